"""The network beneath httpx: resolves once, checks every address, connects to one of those it checked.

httpcore asks its backend for a connection to a host's name and speaks TLS for that name afterwards; so checking here,
between the two, leaves Host, SNI and the certificate's check as they are and no second resolution in between.
"""

from __future__ import annotations

import concurrent.futures
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

import httpcore

from crm.outbound.addresses import is_allowed, is_public
from crm.outbound.errors import AddressRefused, HostUnknown, NotConnected, TimedOut

deadline: ContextVar[float] = ContextVar(
    "deadline"
)  # monotonic seconds: when the current request must be over
sent: ContextVar[list[bool]] = ContextVar("sent")  # gets True once bytes of the current request have left

_resolvers = concurrent.futures.ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


def resolve(host: str, port: int, timeout: float) -> list[str]:
    """Numeric addresses of a host. Raises HostUnknown, TimedOut."""
    # getaddrinfo knows no time limit, so it runs beside us.
    future = _resolvers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = future.result(timeout)
    except concurrent.futures.TimeoutError:
        future.cancel()
        raise TimedOut("the name was not resolved in time", reached=False) from None
    except (OSError, UnicodeError):
        raise HostUnknown("the name does not resolve") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Connects only to what is public or explicitly allowed."""

    def __init__(self, resolver: Callable[[str, int, float], list[str]] | None = None) -> None:
        self._resolve = resolver or resolve
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Tries the addresses in turn. One that is not public among them refuses the host: honest names have none."""
        addresses = self._resolve(host, port, _left(timeout))
        if not is_allowed(host, port):
            for address in addresses:
                if not is_public(address):
                    raise AddressRefused("the name leads to an address that is not public")
        failure: Exception = HostUnknown("the name does not resolve")
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(address, port, _left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            _assert_connected_to(stream, address)
            return TimedStream(stream)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise AddressRefused("sockets of this machine are not reached")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class TimedStream(httpcore.NetworkStream):
    """A connection whose every step also ends at the request's deadline, so that slow drips do not add up."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            sent.get([]).append(True)
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None) -> float:
    left = deadline.get() - time.monotonic()
    if left <= 0:
        raise TimedOut("the request took too long altogether", reached=bool(sent.get([])))
    return left if timeout is None else min(left, timeout)


def _assert_connected_to(stream: httpcore.NetworkStream, address: str) -> None:
    peer = str(stream.get_extra_info("server_addr")[0])
    if ipaddress.ip_address(peer) != ipaddress.ip_address(address):
        stream.close()
        raise NotConnected("the connection went elsewhere")
