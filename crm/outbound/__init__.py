"""The one outbound HTTP client. Whatever leaves this installation for an address that somebody typed goes through it.

    response = outbound.request("POST", url, json={...})      # one request
    with outbound.client(limits=Limits(total=10)) as http:    # several, over kept connections
        http.request("GET", url)

Trust boundary: the URL may be chosen by a person of any workspace, and by whoever answers with a redirect. So the
client resolves the name itself, refuses every address that is not public, and connects to exactly the address it
checked; a name that resolves differently the next moment gains nothing. It reads no proxy, password or cookie from its
surroundings, and gives up at a size and at a time. OUTBOUND_ALLOW names the exceptions (`host:port`, exactly), which
are simulators on this machine.

An HTTP status is an answer, not an error; `response.check()` makes one of it. Every error says whether trying again can
help (`permanent`) and whether the other side may have acted on the request (`reached`).
"""

from __future__ import annotations

from crm.outbound.client import Client, client, request
from crm.outbound.errors import (
    AddressRefused,
    BadAnswer,
    BadURL,
    HostUnknown,
    NotConnected,
    OutboundError,
    StatusError,
    TimedOut,
    TooLarge,
)
from crm.outbound.limits import Limits
from crm.outbound.response import Response

__all__ = [
    "AddressRefused",
    "BadAnswer",
    "BadURL",
    "Client",
    "HostUnknown",
    "Limits",
    "NotConnected",
    "OutboundError",
    "Response",
    "StatusError",
    "TimedOut",
    "TooLarge",
    "client",
    "request",
]
