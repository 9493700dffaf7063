"""Which ports are free, and does a process answer."""

import http.client
import socket

from crm.embedded.errors import Refusal

HOST = "127.0.0.1"


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
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def free_ports() -> int:
    """A port whose two successors are free, too: for pages, live updates and the demo's simulator."""
    while True:
        port = free_port()
        with socket.socket() as one, socket.socket() as other:
            try:
                one.bind((HOST, port + 1))
                other.bind((HOST, port + 2))
            except (OSError, OverflowError):
                continue
            return port


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
