"""How a number is: what Meta says of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import work
from crm.work.models import Item
from crm.work.models.item import WAITING
from inbox.channels import health
from inbox.channels.whatsapp.client import Number
from inbox.models import Channel

CHECK = "inbox.whatsapp.check"


@transaction.atomic
def note_number(channel: Channel, number: Number) -> None:
    """What the provider says of the number now. The token is good: a channel that was lost is back."""
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    facts = {**asdict(number), "checked_at": timezone.now().isoformat()}
    locked.settings = {**locked.settings, "number": facts}
    problem = worry(number)
    locked.state = Channel.State.TROUBLED if problem else Channel.State.CONNECTED
    if problem:
        locked.problem, locked.problem_at = problem[:300], timezone.now()
    locked.save(update_fields=["settings", "state", "problem", "problem_at"])
    health.tell(locked)


def worry(number: Number) -> str:
    """What an admin should see to, by the facts of the number; empty where all is well."""
    if number.quality == "RED":
        return _("The number's quality is low: people block or report it. Meta may restrict it.")
    if number.name_status in ("DECLINED", "EXPIRED"):
        return _("Meta declined the number's display name. Choose another one in WhatsApp Manager.")
    if number.status and number.status not in ("CONNECTED", "MIGRATED"):
        return _("Meta shows the number as {status}.").format(status=number.status.replace("_", " ").lower())
    return ""


def enqueue_check(channel: Channel, *, templates: bool = False) -> None:
    """Asks the provider anew, soon. Asked many times within a minute it is done at once, and where that has begun
    already, which may have been too early, once more when the minute is over."""
    now = timezone.now().replace(second=0, microsecond=0)
    following = now + timedelta(minutes=1)
    if _check(channel, templates, now).state not in WAITING:
        _check(channel, templates, following, due_at=following)


def _check(channel: Channel, templates: bool, minute: datetime, due_at: datetime | None = None) -> Item:
    what = "templates" if templates else "number"
    return work.enqueue(
        kind=CHECK,
        lane=f"channel:{channel.pk}",
        payload={"channel": channel.pk, "templates": templates},
        correlation=f"{channel.pk}:{what}:{minute:%Y%m%d%H%M}",
        workspace=channel.workspace_id,
        due_at=due_at,
    )
