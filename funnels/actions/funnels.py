"""Funnels: made, changed, ordered, archived, deleted. Their stages: `funnels.actions.stages`."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.jobs.models import Job
from funnels.actions import rehousing, telling
from funnels.models import Funnel, Stage
from funnels.permissions import FunnelPermission
from funnels.trades import Trade
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Colour, Membership, Verb
from workspaces.permissions import check

MOST = 50
MOST_STAGES = 30


@transaction.atomic
def create(
    *,
    by: Membership,
    name: str,
    colour: str = Colour.SLATE,
    stages: Iterable[tuple[str, str]] = (),
) -> Funnel:
    """After the others; the first one is the main one. `stages` are (name, colour)."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    _locked(by)
    if Funnel.objects.count() >= MOST:
        raise Refused(_("A workspace has at most %(count)s funnels. Delete one first.") % {"count": MOST})
    last = Funnel.objects.in_order().last()
    funnel = saved(
        Funnel(
            name=name,
            colour=colour,
            position=last.position + 1 if last else 0,
            is_main=not Funnel.objects.filter(is_main=True).exists(),
        )
    )
    made = [
        Stage(workspace_id=by.workspace_id, funnel=funnel, name=name, colour=colour, position=position)
        for position, (name, colour) in enumerate(stages)
    ]
    Stage.objects.bulk_create(made)
    names = [stage.name for stage in made]
    audit.record(
        by.workspace_id, verb=Verb.FUNNEL_CREATED, by=by, target=name, changes={"stages": [[], names]}
    )
    telling.of_structure(funnel)
    return funnel


def create_from_trade(trade: Trade, *, by: Membership, name: str = "") -> Funnel:
    """In the words of the workspace's language, whoever asks."""
    with translation.override(by.workspace.language):
        stages = [(str(stage), str(colour)) for stage, colour in trade.stages]
        name = name or str(trade.name)
    return create(by=by, name=name, colour=trade.stages[0][1], stages=stages)


@transaction.atomic
def change(funnel: Funnel, *, by: Membership, name: str, colour: str) -> None:
    check(by, FunnelPermission.MANAGE_FUNNELS)
    funnel = Funnel.objects.select_for_update().get(pk=funnel.pk)
    changes: dict[str, list[Any]] = {}
    for field, value in (("name", name), ("colour", colour)):
        if getattr(funnel, field) != value:
            changes[field] = [getattr(funnel, field), value]
            setattr(funnel, field, value)
    if changes:
        saved(funnel)
        record(funnel, by, changes)


@transaction.atomic
def make_main(funnel: Funnel, *, by: Membership) -> None:
    """The one whose board opens first."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    _locked(by)
    funnel.refresh_from_db()
    if funnel.is_main:
        return
    if funnel.is_archived or funnel.leaving_since:
        raise Refused(_("An archived funnel cannot be the main one. Unarchive it first."))
    before = Funnel.objects.filter(is_main=True).first()
    Funnel.objects.filter(is_main=True).update(is_main=False)
    funnel.is_main = True
    funnel.save(update_fields=["is_main"])
    record(funnel, by, {"main funnel": [before.name if before else None, funnel.name]})


@transaction.atomic
def reorder(ids: Sequence[int], *, by: Membership) -> None:
    """Those named come in this order; those that are not named, made meanwhile, after them."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    _locked(by)
    funnels = list(Funnel.objects.in_order())
    wanted = sorted(funnels, key=lambda funnel: _place(ids, funnel.pk))
    if [one.pk for one in wanted] == [one.pk for one in funnels]:
        return
    for position, funnel in enumerate(wanted):
        funnel.position = position
    Funnel.objects.bulk_update(wanted, ["position"])
    names = [[one.name for one in order] for order in (funnels, wanted)]
    audit.record(
        by.workspace_id,
        verb=Verb.FUNNEL_CHANGED,
        by=by,
        changes={"order": [", ".join(names[0]), ", ".join(names[1])]},
    )
    telling.of_structure(wanted[0])


@transaction.atomic
def archive(funnel: Funnel, *, by: Membership) -> None:
    """Its board is put away; its leads stay where they are. Another funnel becomes the main one."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    _locked(by)
    funnel.refresh_from_db()
    if funnel.is_archived:
        return
    was_main, funnel.is_main, funnel.archived_at = funnel.is_main, False, timezone.now()
    funnel.save(update_fields=["is_main", "archived_at"])
    if was_main:
        _next_is_main()
    record(funnel, by, {"archived": [False, True]})


@transaction.atomic
def unarchive(funnel: Funnel, *, by: Membership) -> None:
    check(by, FunnelPermission.MANAGE_FUNNELS)
    _locked(by)
    funnel.refresh_from_db()
    if not funnel.is_archived:
        return
    funnel.archived_at = None
    funnel.is_main = not Funnel.objects.filter(is_main=True).exists()
    funnel.save(update_fields=["archived_at", "is_main"])
    record(funnel, by, {"archived": [True, False]})


@transaction.atomic
def delete(funnel: Funnel, *, by: Membership, to: Stage | None) -> Job | None:
    """With its stages; their leads, archived and closed ones too, go to the stage `to` (None: the Inbox). A job where
    they are many: it is told, and the funnel stays, closed, until it is empty."""
    check(by, FunnelPermission.MANAGE_FUNNELS)
    _locked(by)
    funnel.refresh_from_db()
    if to is not None and to.funnel_id == funnel.pk:
        raise Refused(_("Its leads need a stage of another funnel, or the Inbox."))
    rehousing.check_home(to)
    was_main, funnel.is_main, funnel.leaving_since = funnel.is_main, False, timezone.now()
    funnel.save(update_fields=["is_main", "leaving_since"])
    if was_main:
        _next_is_main()
    home = str(to) if to else _("Inbox")
    changes: dict[str, list[Any]] = {
        "stages": [[stage.name for stage in funnel.stages.all()], []],
        "leads go to": [None, home],
    }
    audit.record(by.workspace_id, verb=Verb.FUNNEL_DELETED, by=by, target=funnel.name, changes=changes)
    telling.of_structure(funnel)
    return rehousing.empty(by=by, funnel=funnel, to=to)


def saved(funnel: Funnel) -> Funnel:
    try:
        with transaction.atomic():
            funnel.save()
    except IntegrityError:
        raise Refused(_("There is a funnel named %(name)s already.") % {"name": funnel.name}) from None
    return funnel


def record(funnel: Funnel, by: Membership, changes: dict[str, list[Any]]) -> None:
    """In the audit log, and to the pages that are open."""
    audit.record(by.workspace_id, verb=Verb.FUNNEL_CHANGED, by=by, target=funnel.name, changes=changes)
    telling.of_structure(funnel)


def _locked(by: Membership) -> None:
    """All funnels: which is the main one, and their order, are facts about all of them."""
    list(Funnel.objects.select_for_update().order_by("pk").values_list("pk"))


def _next_is_main() -> None:
    following = Funnel.objects.in_use().in_order().first()
    if following is not None:
        following.is_main = True
        following.save(update_fields=["is_main"])


def _place(ids: Sequence[int], pk: int) -> int:
    return ids.index(pk) if pk in ids else len(ids)
