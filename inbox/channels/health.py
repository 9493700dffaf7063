"""How a channel is, whatever its kind: what went wrong last, and whether anything can be sent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from crm import live
from inbox import notifying
from inbox.models import Channel


def lose(channel: Channel, *, problem: str) -> None:
    """Nothing can be sent any more until an admin acts. What arrives still arrives."""
    was_usable = channel.is_usable
    _set(channel, state=Channel.State.DISCONNECTED, problem=problem[:300], problem_at=timezone.now())
    if was_usable:
        notifying.channel_lost(channel)


def lose_token(channel: Channel, *, problem: str) -> None:
    """The provider refused the token that `channel` was read with. Where an admin has given another one meanwhile, that
    says nothing any more."""
    with transaction.atomic():
        now = Channel.objects.select_for_update(no_key=True, of=("self",)).get(pk=channel.pk)
        if now.secrets.get("token") == channel.secrets.get("token"):
            lose(channel, problem=problem)


def trouble(channel: Channel, *, problem: str) -> None:
    """It works, and something asks for an admin. A disconnected channel stays so."""
    state = Channel.State.DISCONNECTED if not channel.is_usable else Channel.State.TROUBLED
    _set(channel, state=state, problem=problem[:300], problem_at=timezone.now())


def note_error(channel: Channel, *, problem: str) -> None:
    """Worth knowing, asks for nothing."""
    _set(channel, problem=problem[:300], problem_at=timezone.now())


def tell(channel: Channel) -> None:
    """Pages that show the channel fetch it anew."""
    live.signal(f"workspace:{channel.workspace_id}", "channels", id=channel.pk)


def _set(channel: Channel, **values: Any) -> None:
    Channel.objects.filter(pk=channel.pk).update(**values)
    for name, value in values.items():
        setattr(channel, name, value)
    tell(channel)
