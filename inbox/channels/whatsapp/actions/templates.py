"""Templates as Meta has them: read whole, and kept in step by what its webhooks say."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from inbox.channels import health
from inbox.channels.inbound import TemplateUpdate
from inbox.channels.whatsapp.actions import numbers
from inbox.channels.whatsapp.client import RemoteTemplate
from inbox.models import Channel, Template

LENGTHS = {"status": 32, "quality": 16, "category": 32}  # of the columns of the same names


def enqueue_sync(channel: Channel) -> None:
    numbers.enqueue_check(channel, templates=True)


@transaction.atomic
def replace(channel: Channel, found: Iterable[RemoteTemplate]) -> int:
    """Makes the channel's templates those of `found`, which is all of them; what is not among them is gone.

    Returns how many there are. Rows stay: messages name them.
    """
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    now = timezone.now()
    rows = [_row(locked, one) for one in found if one.id and one.name]
    for row in rows:
        row.synced_at = now
    Template.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace", "channel", "external_id"],
        update_fields=[
            "name", "language", "category", "status", "reason", "quality", "parameter_format", "components",
            "synced_at", "gone_at",
        ],
    )  # fmt: skip
    kept = {row.external_id for row in rows}
    Template.objects.filter(channel=locked, gone_at=None).exclude(external_id__in=kept).update(gone_at=now)
    locked.settings = {**locked.settings, "templates_synced_at": now.isoformat()}
    locked.save(update_fields=["settings"])
    health.tell(locked)
    return len(rows)


def apply(channel: Channel, update: TemplateUpdate) -> None:
    """What a webhook says of one template. One we do not know, or whose text changed, is read anew with the others."""
    known = Template.objects.filter(channel=channel)
    known = (
        known.filter(external_id=update.template_id)
        if update.template_id
        else known.filter(name=update.name, language=update.language)
    )
    length = LENGTHS.get(update.what)
    if length is None or not update.value:
        enqueue_sync(channel)
        return
    changes: dict[str, object] = {update.what: update.value[:length]}
    if update.what == "status":
        changes["reason"] = update.reason[:300]
        changes["gone_at"] = timezone.now() if update.value == "DELETED" else None
    if not known.update(**changes):
        enqueue_sync(channel)
    health.tell(channel)


def _row(channel: Channel, one: RemoteTemplate) -> Template:
    return Template(
        workspace_id=channel.workspace_id,
        channel=channel,
        external_id=one.id[:80],
        name=one.name,
        language=one.language[:16],
        category=one.category[:32],
        status=one.status[:32],
        reason=one.rejected_reason[:300],
        quality=one.quality[:16],
        parameter_format="NAMED" if one.named else "POSITIONAL",
        components=list(one.components),
        gone_at=None,
    )
