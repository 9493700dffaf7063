"""Which ports are free, and does a process answer."""

import http.client
import random
import socket

from crm.embedded.errors import Refusal

HOST = "127.0.0.1"
BELOW_CONNECTIONS = (20_000, 32_000)  # Linux gives connections 32768 and up


def require_free(*ports: int) -> None:
    """Raises Refusal for the first that somebody listens on, or that we may not open."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
                probe.listen(1)
            except PermissionError as error:
                raise Refusal(
                    f"Port {port} is reserved for the administrator. Choose one above 1023: --port N."
                ) from error
            except OSError as error:
                raise Refusal(
                    f"Port {port} is in use by another program. End that, or choose another: --port N"
                    " (N is for pages, N+1 for live updates, N+2 for the demo's simulator)."
                ) from error


def free_port() -> int:
    return _free_in_a_row(1)


def free_ports() -> int:
    """A port whose two successors are free, too: for pages, live updates and the demo's simulator."""
    return _free_in_a_row(3)


def _free_in_a_row(count: int) -> int:
    """The first of so many. Below the ports that the system gives to connections: one of those would be taken
    again by anybody's, between this and the bind of the server that it is for."""
    while True:
        first = random.randrange(*BELOW_CONNECTIONS)  # noqa: S311 - nobody gains by guessing it
        try:
            require_free(*range(first, first + count))
        except Refusal:
            continue
        return first


def answer(port: int, path: str, seconds: float = 2.0) -> tuple[int, str]:
    """Status and the beginning of the body; (0, why) where nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()
