"""What can go wrong outside, in terms of what to do next.

No message holds a URL's path or query: they carry secrets.
"""

from __future__ import annotations


class OutboundError(Exception):
    """`permanent`: trying again will not help. `reached`: the other side may have acted on the request."""

    permanent = False
    reached = False


class BadURL(OutboundError):
    """Not http or https, with a password in it, or on a port that is not allowed."""

    permanent = True


class AddressRefused(OutboundError):
    """The name leads to an address that is not public."""

    permanent = True


class HostUnknown(OutboundError):
    """The name does not resolve, now."""


class NotConnected(OutboundError):
    """No connection, or none with TLS: nothing was sent."""


class TimedOut(OutboundError):
    """Too slow, in one step or altogether."""

    def __init__(self, message: str, *, reached: bool) -> None:
        super().__init__(message)
        self.reached = reached


class BadAnswer(OutboundError):
    """The connection ended amid the exchange, or what came was not HTTP."""

    reached = True


class TooLarge(OutboundError):
    """The answer is larger than the limit, as sent or when unpacked."""

    permanent = True
    reached = True


class StatusError(OutboundError):
    """An HTTP status of 400 and more; permanent unless it is one that asks to come back."""

    reached = True

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status
        self.permanent = 400 <= status < 500 and status not in (408, 409, 423, 425, 429)
