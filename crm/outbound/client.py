"""The client: checks the URL, keeps the time, follows redirects one checked hop after the other."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any

import httpcore
import httpx
from django.conf import settings

import crm
from crm.outbound import errors, network
from crm.outbound.addresses import is_allowed
from crm.outbound.limits import Limits
from crm.outbound.response import Response, read_body

REDIRECTS = frozenset({301, 302, 303, 307, 308})
HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")  # a name or an IPv6 address
HARMLESS = ("accept", "accept-language", "user-agent")  # headers that follow a redirect to another origin


def request(method: str, url: str, *, limits: Limits | None = None, **options: Any) -> Response:
    """One request over a connection of its own; see `Client.request`."""
    with client(limits=limits) as http:
        return http.request(method, url, **options)


def client(*, limits: Limits | None = None) -> Client:
    """A client that keeps its connections until it is closed. It may be used by several threads."""
    return Client(limits or Limits())


class Client:
    """See the package. Make it by `client()`."""

    def __init__(
        self, limits: Limits, *, resolver: Callable[[str, int, float], list[str]] | None = None
    ) -> None:
        self.limits = limits
        self._http = httpx.Client(
            transport=_transport(network.CheckedBackend(resolver)),
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={
                "User-Agent": f"Cauce/{crm.VERSION} (+{settings.BASE_URL})",
                "Accept-Encoding": "gzip, deflate",
            },
            trust_env=False,
            follow_redirects=False,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        content: bytes | None = None,
    ) -> Response:
        """The answer, whatever its status. Raises the errors of `crm.outbound.errors`, and nothing of httpx."""
        with _clock(self.limits.total), _translated():
            outgoing = self._http.build_request(
                method,
                url,
                headers=headers,
                params=params,
                json=json,
                data=data,
                files=files,
                content=content,
            )
            for _ in range(self.limits.redirects + 1):
                self._check_url(outgoing.url)
                answer = self._http.send(outgoing, stream=True)
                try:
                    following = self._following(outgoing, answer) if self.limits.redirects else None
                    if following is None:
                        body = read_body(answer, self.limits.body)
                        return Response(answer.status_code, answer.headers, body, str(outgoing.url))
                finally:
                    answer.close()
                outgoing = following
            raise errors.BadAnswer("too many redirects")

    def _check_url(self, url: httpx.URL) -> None:
        if url.scheme not in ("http", "https") or not url.host:
            raise errors.BadURL("the address does not begin with http:// or https://")
        if not HOST.fullmatch(url.raw_host.decode("ascii", "replace")):
            raise errors.BadURL("the host's name has characters that no name has")
        if url.userinfo:
            raise errors.BadURL("the address has a user name or password in it")
        port = url.port or (443 if url.scheme == "https" else 80)
        if self.limits.ports is not None and port not in self.limits.ports and not is_allowed(url.host, port):
            raise errors.BadURL(f"port {port} is not allowed")

    def _following(self, outgoing: httpx.Request, answer: httpx.Response) -> httpx.Request | None:
        """The request a redirect asks for. To another origin goes nothing that may be a secret."""
        if answer.status_code not in REDIRECTS or "location" not in answer.headers:
            return None
        target = outgoing.url.join(answer.headers["location"])
        if outgoing.url.scheme == "https" and target.scheme != "https":
            raise errors.BadURL("a redirect leads from https to http")
        same_origin = (target.scheme, target.host, target.port) == _origin(outgoing.url)
        keep_body = answer.status_code in (307, 308) or outgoing.method in ("GET", "HEAD")
        if keep_body and not same_origin and outgoing.method not in ("GET", "HEAD"):
            raise errors.BadURL("a redirect would send the body to another origin")
        headers = {
            name: value
            for name, value in outgoing.headers.items()
            if name not in ("host", "content-length", "transfer-encoding")
            and (same_origin or name in HARMLESS)
            and (keep_body or not name.startswith("content-"))
        }
        return self._http.build_request(
            outgoing.method if keep_body else "GET",
            target,
            headers=headers,
            content=outgoing.read() if keep_body and outgoing.method not in ("GET", "HEAD") else None,
        )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return (url.scheme, url.host, url.port)


def _transport(backend: httpcore.NetworkBackend) -> httpx.HTTPTransport:
    transport = httpx.HTTPTransport(verify=_tls())
    # httpx has no way to hand its pool a network backend.
    transport._pool.close()
    transport._pool = httpcore.ConnectionPool(
        ssl_context=_tls(),
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=30.0,
        network_backend=backend,
    )
    return transport


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reading the authorities takes 20 ms


@contextmanager
def _clock(total: float) -> Iterator[None]:
    deadline = network.deadline.set(time.monotonic() + total)
    sent = network.sent.set([])
    try:
        yield
    finally:
        network.deadline.reset(deadline)
        network.sent.reset(sent)


@contextmanager
def _translated() -> Iterator[None]:
    """Turns what httpx and httpcore raise into our errors, without their words, which hold the URL."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError):
        raise errors.BadURL("the address cannot be used") from None
    except (httpx.ConnectTimeout, httpx.PoolTimeout, httpcore.ConnectTimeout):
        raise errors.TimedOut("no connection in time", reached=False) from None
    except httpx.TimeoutException:
        raise errors.TimedOut("no answer in time", reached=bool(network.sent.get([]))) from None
    except (httpx.ConnectError, httpcore.ConnectError):
        raise errors.NotConnected("no connection") from None
    except httpx.TransportError:
        raise errors.BadAnswer("the connection broke") from None
