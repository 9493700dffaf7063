"""How much one browser, or one address, may ask of a widget. Counted in PostgreSQL; a refusal says until when."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from crm import limits, origin
from inbox.channels.webchat.visitors import Visitor
from inbox.models import Channel


@dataclass(frozen=True)
class Rate:
    name: str
    amount: int
    per: int  # seconds


STARTS = Rate("chat.starts", 60, 60)  # an office behind one address opens many pages
NEWCOMERS = Rate("chat.newcomers", 30, 3600)  # who writes for the first time, by address
MESSAGES = Rate("chat.messages", 30, 60)  # by visitor
MESSAGES_BY_ADDRESS = Rate("chat.address", 120, 60)
UPLOADS = Rate("chat.uploads", 20, 600)
UPLOADS_BY_ADDRESS = Rate("chat.uploads.address", 60, 600)
IDENTITIES = Rate("chat.identities", 30, 600)  # guesses at a signature, too
ACTS = Rate("chat.acts", 240, 60)  # read marks, typing, tickets


class TooManyError(Exception):
    """`retry`: seconds after which it is worth trying again."""

    def __init__(self, rate: Rate) -> None:
        super().__init__(rate.name)
        self.retry = rate.per


def by_address(rate: Rate, channel: Channel, request: HttpRequest) -> None:
    """Raises TooManyError."""
    _hit(rate, f"{channel.pk}:{origin.client_ip(request)}")


def by_visitor(rate: Rate, visitor: Visitor) -> None:
    """Raises TooManyError."""
    _hit(rate, visitor.digest)


def _hit(rate: Rate, subject: str) -> None:
    if not limits.allow(rate.name, subject, amount=rate.amount, per=rate.per):
        raise TooManyError(rate)
