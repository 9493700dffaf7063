"""The stages of a funnel: added, changed, ordered, deleted."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.jobs.models import Job
from directory import required as required_fields
from funnels.actions import rehousing
from funnels.actions.funnels import MOST_STAGES, record
from funnels.models import Funnel, Stage
from funnels.permissions import FunnelPermission
from workspaces.errors import Refused
from workspaces.models import Colour, Membership
from workspaces.permissions import check

COLOURS = (Colour.SKY, Colour.VIOLET, Colour.AMBER, Colour.TEAL, Colour.ORANGE, Colour.BLUE, Colour.GREEN)


@transaction.atomic
def add(funnel: Funnel, *, by: Membership, name: str, colour: str = "") -> Stage:
    """The last one; without a colour, the next of COLOURS."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    funnel = _locked(funnel.pk)
    stages = list(funnel.stages.all())
    if len(stages) >= MOST_STAGES:
        raise Refused(_("A funnel has at most %(count)s stages.") % {"count": MOST_STAGES})
    stage = _saved(
        Stage(
            funnel=funnel,
            name=name,
            colour=colour or COLOURS[len(stages) % len(COLOURS)],
            position=stages[-1].position + 1 if stages else 0,
        )
    )
    record(funnel, by, {"stages": [[], [name]]})
    return stage


@transaction.atomic
def change(stage: Stage, *, by: Membership, **values: str) -> None:
    """`name`, `colour`, or both."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    funnel = _locked(stage.funnel_id)
    stage.refresh_from_db()
    changes: dict[str, list[Any]] = {}
    for field, label in (("name", "stage"), ("colour", "colour")):
        if field in values and getattr(stage, field) != values[field]:
            changes[label] = [getattr(stage, field), values[field]]
            setattr(stage, field, values[field])
    if not changes:
        return
    _saved(stage)
    if "stage" not in changes:
        changes = {"stage": [None, stage.name], **changes}
    record(funnel, by, changes)


@transaction.atomic
def set_rules(stage: Stage, *, by: Membership, required: Sequence[str], stale_days: int | None) -> None:
    """What it asks of a lead before it comes in (keys of `directory.required`), and after how many days one that stays
    is stale (None: never)."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    funnel = _locked(stage.funnel_id)
    stage.refresh_from_db()
    changes: dict[str, list[Any]] = {}
    if list(required) != stage.required:
        changes["asks for"] = [_labels(stage.required), _labels(required)]
        stage.required = list(required)
    if stale_days != stage.stale_days:
        changes["stale after"] = [stage.stale_days, stale_days]
        stage.stale_days = stale_days
    if changes:
        stage.save(update_fields=["required_keys", "stale_days"])
        record(funnel, by, {"stage": [None, stage.name], **changes})


@transaction.atomic
def reorder(funnel: Funnel, ids: Sequence[int], *, by: Membership) -> None:
    """Those named come in this order; those that are not named, made meanwhile, after them."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    funnel = _locked(funnel.pk)
    stages = list(funnel.stages.all())
    wanted = sorted(stages, key=lambda stage: ids.index(stage.pk) if stage.pk in ids else len(ids))
    if wanted == stages:
        return
    for position, stage in enumerate(wanted):
        stage.position = position
    Stage.objects.bulk_update(wanted, ["position"])
    before, after = (", ".join(stage.name for stage in order) for order in (stages, wanted))
    record(funnel, by, {"order": [before, after]})


@transaction.atomic
def delete(stage: Stage, *, by: Membership, to: Stage | None) -> Job | None:
    """Its leads, archived and closed ones too, go to the stage `to` (None: the Inbox). A job where they are many: it is
    told, and the stage stays, closed, until it is empty."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    funnel = _locked(stage.funnel_id)
    if to is not None and to.pk == stage.pk:
        raise Refused(_("Its leads need another stage, or the Inbox."))
    rehousing.check_home(to)
    Stage.objects.filter(pk=stage.pk).update(leaving_since=timezone.now())
    home = str(to) if to else _("Inbox")
    record(funnel, by, {"stages": [[stage.name], []], "leads go to": [None, home]})
    return rehousing.empty(by=by, stage=stage, to=to)


def _labels(keys: Sequence[str]) -> str:
    return ", ".join(str(required_fields.label_of(key)) for key in keys)


def _locked(pk: int) -> Funnel:
    """Its stages are changed by one at a time."""
    return Funnel.objects.select_for_update().get(pk=pk)


def _saved(stage: Stage) -> Stage:
    try:
        with transaction.atomic():
            stage.save()
    except IntegrityError:
        raise Refused(_("There is a stage named %(name)s already.") % {"name": stage.name}) from None
    return stage
