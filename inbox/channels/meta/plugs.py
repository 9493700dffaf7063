"""What Meta plugs into the registries, and what is read at an app's endpoint: its body's object decides. Called by the
app's `ready()`."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from crm import schedule, work
from inbox.channels import kinds, providers
from inbox.channels.inbound import Part
from inbox.channels.instagram import app as instagram
from inbox.channels.instagram.channel import KIND as INSTAGRAM
from inbox.channels.messenger import app as messenger
from inbox.channels.messenger.channel import KIND as MESSENGER
from inbox.channels.meta import checking, envelopes, events, profiles, redacting
from inbox.channels.meta.actions import apps
from inbox.channels.meta.events import Platform
from inbox.channels.meta.provider import challenge, verify
from inbox.channels.providers import Provider
from inbox.channels.reading import loads, mapping
from inbox.channels.whatsapp import app as whatsapp
from inbox.channels.whatsapp import parsing
from inbox.channels.whatsapp import redacting as redacting_whatsapp
from inbox.models import ProviderApp


def read(app: ProviderApp, body: bytes, arrived_at: datetime) -> tuple[Part, ...]:
    """Meta names object and receiver in the body."""
    app_id = str(app.secrets.get("app_id", ""))
    readers: dict[str, envelopes.Reader] = {
        whatsapp.OBJECT: parsing.entry,
        messenger.OBJECT: partial(events.entry, Platform(messenger.OBJECT, "psid", app_id)),
        instagram.OBJECT: partial(events.entry, Platform(instagram.OBJECT, "igsid", app_id)),
    }
    return envelopes.parse(body, arrived_at, readers)


def redact(body: bytes, receiver: str, ids: frozenset[str]) -> bytes | None:
    """The body without what it says of one person; None where nothing else is in it."""
    if mapping(loads(body)).get("object") == whatsapp.OBJECT:
        return redacting_whatsapp.redact(body, receiver, ids)
    return redacting.redact(body, receiver, ids)


META = Provider(
    key=apps.PROVIDER,
    challenge=challenge,
    verify=verify,
    parse=read,
    redact=redact,
    kinds=("whatsapp", MESSENGER.key, INSTAGRAM.key),
)
# Instagram's own login has apps of its own, whose secret is another: the same, at an endpoint of their own.
OWN_LOGIN = Provider(
    key=apps.INSTAGRAM,
    challenge=challenge,
    verify=verify,
    parse=read,
    redact=redact,
    kinds=(INSTAGRAM.key,),
)


def register() -> None:
    kinds.register(MESSENGER)
    kinds.register(INSTAGRAM)
    providers.register(META)
    providers.register(OWN_LOGIN)
    work.register_kind(profiles.KIND)
    work.register_kind(checking.KIND)
    schedule.daily("inbox.check_meta", at="05:10", task="inbox.tasks.check_meta")
