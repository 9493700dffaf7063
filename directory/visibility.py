"""Which leads a person sees. One condition, used by everything that lists, counts, searches, exports, streams,
attaches or notifies. Seeing a lead means its whole thread.

The grants are of models on the floors above, and are asked by their codes.
"""

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import JSONObject

from crm.prepared import Remembered, Statement
from directory.models.placement import Placement
from workspaces import grants
from workspaces.models import Membership

AnyModel = TypeVar("AnyModel", bound=Model)
WORK_FUNNEL = "funnels.work_funnel"  # its unassigned leads, with "sees unassigned"
SEE_ALL = "funnels.see_all_leads"  # all of its leads
WRITE_CHANNEL = "inbox.write_channel"  # unassigned leads in the Inbox that came by it
_LEADS = [-1]  # no leads: they stand for those that are named
_seen: Remembered[Statement[Placement]] = Remembered()
_STAGES = "_stages_granted"  # kept on a membership while a request lasts


def may_see(membership: Membership, prefix: str = "") -> Q:
    """The condition on placements; `prefix` leads to them ("placement__")."""
    if not membership.is_seller:
        return Q()

    def where(**conditions: object) -> Q:
        return Q(**{prefix + name: value for name, value in conditions.items()})

    own = where(assignee_id=membership.pk)
    whole = _stages_of(membership.grants.ids(SEE_ALL))
    if whole is not None:
        own |= where(stage_id__in=whole)
    if not membership.sees_unassigned:
        return own
    worked = _stages_of(membership.grants.ids(WORK_FUNNEL))
    if worked is not None:
        own |= where(assignee_id=None, stage_id__in=worked)
    channels = membership.grants.ids(WRITE_CHANNEL)
    if channels:
        own |= where(assignee_id=None, stage_id=None, channel_id__in=sorted(channels))
    return own


def ways_to_see(membership: Membership) -> list[Q]:
    """`may_see` as conditions that exclude each other, for lists by time: each is answered by an index of its own (own
    leads, a stage's, a channel's free ones), where their OR would be answered by none. One query, for their stages."""
    if not membership.is_seller:
        return [Q()]
    own = Q(assignee_id=membership.pk)
    others = Q(assignee_id=None) | ~Q(assignee_id=membership.pk)
    whole = membership.grants.ids(SEE_ALL)
    worked = membership.grants.ids(WORK_FUNNEL) - whole if membership.sees_unassigned else frozenset()
    ways = [own]
    for stage, funnel in stages_granted(membership):
        if funnel in whole or funnel in worked:
            ways.append(Q(stage_id=stage) & (others if funnel in whole else Q(assignee_id=None)))
    if membership.sees_unassigned:
        channels = sorted(membership.grants.ids(WRITE_CHANNEL))
        ways += [Q(assignee_id=None, stage_id=None, channel_id=channel) for channel in channels]
    return ways


def sees_own_alone(membership: Membership) -> bool:
    return membership.is_seller and len(ways_to_see(membership)) == 1


def seen_by(membership: Membership) -> Q:
    """The same as `may_see`, with the stages by their numbers: for statements that are remembered by `sight`, and of
    which PostgreSQL had better know how many there are. One query."""
    if not membership.is_seller:
        return Q()
    whole = membership.grants.ids(SEE_ALL)
    worked = membership.grants.ids(WORK_FUNNEL) - whole if membership.sees_unassigned else frozenset()
    stages = stages_granted(membership)
    found = Q(assignee_id=membership.pk)
    if seen := [stage for stage, funnel in stages if funnel in whole]:
        found |= Q(stage_id__in=seen)
    if free := [stage for stage, funnel in stages if funnel in worked]:
        found |= Q(assignee_id=None, stage_id__in=free)
    channels = sorted(membership.grants.ids(WRITE_CHANNEL))
    if membership.sees_unassigned and channels:
        found |= Q(assignee_id=None, stage_id=None, channel_id__in=channels)
    return found


def clearance(membership: Membership) -> Hashable:
    """What decides what `may_see` says, for statements that are remembered by it."""
    if not membership.is_seller:
        return (membership.pk, membership.joined_at)
    grants = membership.grants
    granted = (grants.ids(SEE_ALL), grants.ids(WORK_FUNNEL), grants.ids(WRITE_CHANNEL))
    return (membership.pk, membership.joined_at, membership.sees_unassigned, granted)


def sight(membership: Membership) -> Hashable:
    """The same of `ways_to_see`, which name stages. One query for a seller's."""
    known = clearance(membership)
    return (known, tuple(stages_granted(membership))) if membership.is_seller else known


def stages_granted(membership: Membership) -> list[tuple[int, int]]:
    """(stage, funnel) of all funnels that a seller is granted. One query, and none when it is asked again of the same
    object, as the parts of a page do."""
    known: list[tuple[int, int]] | None = membership.__dict__.get(_STAGES)
    if known is None:
        known = membership.__dict__[_STAGES] = stages_of(funnels_granted(membership))
    return known


def tell_stages(membership: Membership, stages: Sequence[tuple[int, int]]) -> None:
    """What `stages_granted` would ask for, where another query has told it."""
    membership.__dict__[_STAGES] = sorted(stages)


def telling_stages(rows: "QuerySet[AnyModel]", membership: Membership) -> "QuerySet[AnyModel]":
    """The rows with what `stages_granted` would ask for beside each: for a page that begins with one (`tell_of`)."""
    funnels = funnels_granted(membership)
    if not funnels:
        return rows
    stages: QuerySet[Any] = stage_model()._default_manager.filter(funnel_id__in=sorted(funnels))
    pairs = stages.order_by("pk").values(pair=JSONObject(stage="pk", funnel="funnel_id"))
    told: Any = rows.annotate(stages_told=ArraySubquery(pairs))
    return cast("QuerySet[AnyModel]", told)


def tell_of(row: Model, membership: Membership) -> None:
    told: list[dict[str, int]] = row.__dict__.get("stages_told", [])
    if told:
        tell_stages(membership, [(one["stage"], one["funnel"]) for one in told])


def funnels_granted(membership: Membership) -> frozenset[int]:
    """Whose leads a seller may see; empty for others."""
    if not membership.is_seller:
        return frozenset()
    return membership.grants.ids(SEE_ALL) | membership.grants.ids(WORK_FUNNEL)


def stage_model() -> type[Model]:
    """The one model of a floor above that placements name."""
    found: type[Model] = Placement._meta.get_field("stage").related_model
    return found


def stages_of(funnels: frozenset[int]) -> list[tuple[int, int]]:
    """(stage, funnel) of each of their stages, on the one model of a floor above that placements name."""
    if not funnels:
        return []
    rows: QuerySet[Any] = stage_model()._default_manager.filter(funnel_id__in=sorted(funnels)).order_by("pk")
    return list(rows.values_list("pk", "funnel_id"))


def ways_into_column(membership: Membership, funnel: int | None) -> list[Q]:
    """`may_see` for one column of a board, a stage of `funnel` or (None) the Inbox: conditions that exclude each other,
    each answered by an index of its own, where their OR would be answered by none."""
    if not membership.is_seller or (funnel is not None and membership.grants.holds(SEE_ALL, funnel)):
        return [Q()]
    ways = [Q(assignee_id=membership.pk)]
    if not membership.sees_unassigned:
        return ways
    if funnel is None:
        channels = sorted(membership.grants.ids(WRITE_CHANNEL))
        return ways + [Q(assignee_id=None, channel_id=channel) for channel in channels]
    if membership.grants.holds(WORK_FUNNEL, funnel):
        ways.append(Q(assignee_id=None))
    return ways


def in_sight(
    membership: Membership, leads: Sequence[int], *related: str, tells: bool = False
) -> list[Placement]:
    """Those of these leads that the person sees, in no order, with their rows that are named. One query, described once
    for all that see alike: describing it takes longer than asking. `tells` a seller's stages, too, for what follows."""

    def make() -> Statement[Placement]:
        rows = Placement.objects.visible_to(membership).filter(pk__any=_LEADS).select_related(*related)
        return Statement.of(telling_stages(rows, membership) if tells else rows, kept=True, leads=_LEADS)

    found = _seen.get((clearance(membership), related, tells), make).rows(leads=list(leads))
    for one in found[:1]:
        tell_of(one, membership)
    return found


def sees(membership: Membership, placement: Placement) -> bool:
    """The same for one placement that was read already; no query but the grants and, for a funnel's, its stages."""
    if not membership.is_seller or placement.assignee_id == membership.pk:
        return True
    return Placement.objects.visible_to(membership).filter(pk=placement.pk).exists()


def who_see(placement: Placement, people: Sequence[Membership]) -> list[Membership]:
    """Of these people of its workspace, those who see a lead: `may_see` turned round. The grants of all of them are
    read at once, and the funnel of its stage."""
    grants.load(people)
    funnel = _funnel_of(placement.stage_id) if any(one.is_seller for one in people) else None
    return [one for one in people if _sees(one, placement, funnel)]


def _sees(membership: Membership, placement: Placement, funnel: int | None) -> bool:
    if not membership.is_seller or placement.assignee_id == membership.pk:
        return True
    if funnel is not None and membership.grants.holds(SEE_ALL, funnel):
        return True
    if not membership.sees_unassigned or placement.assignee_id is not None:
        return False
    if placement.stage_id is None:
        return placement.channel_id is not None and membership.grants.holds(
            WRITE_CHANNEL, placement.channel_id
        )
    return funnel is not None and membership.grants.holds(WORK_FUNNEL, funnel)


def _funnel_of(stage_id: int | None) -> int | None:
    if stage_id is None:
        return None
    rows: QuerySet[Any] = stage_model()._default_manager.filter(pk=stage_id)
    found: int | None = rows.values_list("funnel_id", flat=True).first()
    return found


def _stages_of(funnels: frozenset[int]) -> "object | None":
    """The ids of the funnels' stages, as a subquery on the one model of a floor above that placements name."""
    if not funnels:
        return None
    return stage_model()._default_manager.filter(funnel_id__in=sorted(funnels)).values("pk")
