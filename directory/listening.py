"""Live signals of leads: topics per audience, so that nobody is told of a lead they may not see.

    leads:<workspace>:all               owner and admins
    leads:<workspace>:of:<membership>   the assignee
    leads:<workspace>:stage:<stage>     who sees all of the stage's funnel
    leads:<workspace>:free:<stage>      who works in its funnel and sees unassigned leads; only of unassigned ones
    leads:<workspace>:channel:<channel> who writes from the channel and sees unassigned leads; only those in the Inbox

Kinds: "lead" (anything a card or a row shows; `id`, `stage`, and `was`, the stage it left; 0 is the Inbox), "thread"
(messages of it; `id` is the lead's), and "refresh" where many leads changed at once.
"""

from collections.abc import Iterable, Sequence

from crm import live
from directory.models import Placement
from directory.visibility import SEE_ALL, WORK_FUNNEL, WRITE_CHANNEL, stages_granted
from workspaces.models import Membership, User

_KNOWN = "_topics_of_leads"  # kept on a membership while a request, or a stream's connecting, lasts


def topics_of(placement: Placement) -> set[str]:
    """Whose topics a change of this lead concerns, as it stands."""
    base = f"leads:{placement.workspace_id}"
    topics = {f"{base}:all"}
    if placement.assignee_id is not None:
        topics.add(f"{base}:of:{placement.assignee_id}")
    if placement.stage_id is not None:
        topics.add(f"{base}:stage:{placement.stage_id}")
        if placement.assignee_id is None:
            topics.add(f"{base}:free:{placement.stage_id}")
    elif placement.assignee_id is None and placement.channel_id is not None:
        topics.add(f"{base}:channel:{placement.channel_id}")
    return topics


def tell(placement: Placement, *, kind: str = "lead", before: Placement | None = None) -> None:
    """On commit, to all who see the lead now or saw it before."""
    topics = topics_of(placement) | (topics_of(before) if before else set())
    ids: dict[str, int] = {"id": placement.pk, "stage": placement.stage_id or 0}
    if before is not None and before.stage_id != placement.stage_id:
        ids["was"] = before.stage_id or 0
    for topic in sorted(topics):
        live.signal(topic, kind, **ids)


def tell_if_there(lead_id: int, *, kind: str = "lead") -> None:
    """The same by its id; nobody, where the lead is being deleted."""
    placement = Placement.objects.filter(pk=lead_id).first()
    if placement is not None:
        tell(placement, kind=kind)


def tell_of_many(
    workspace_id: int,
    *,
    people: Iterable[int] = (),
    stages: Iterable[int] = (),
    channels: Iterable[int] = (),
) -> None:
    """On commit, that many leads changed at once: pages load again what they show, instead of hearing of thousands.
    `people` are memberships whose leads they are or were, `stages` where they stand or stood, `channels` those of free
    ones in the Inbox."""
    base = f"leads:{workspace_id}"
    topics = {f"{base}:all"} | {f"{base}:of:{pk}" for pk in people}
    topics |= {f"{base}:{kind}:{pk}" for kind in ("stage", "free") for pk in stages}
    topics |= {f"{base}:channel:{pk}" for pk in channels}
    for topic in sorted(topics):
        live.signal(topic, "refresh")


def topics_for(membership: Membership, stages: Sequence[tuple[int, int]] | None = None) -> list[str]:
    """What a page that shows leads listens to: give it as `live_topics`. One query where a seller has funnels, and none
    when it is asked again of the same object, as each topic's authorisation does; nor where the page has read the
    `stages` of all the funnels it is granted, as (stage, funnel)."""
    known: list[str] | None = membership.__dict__.get(_KNOWN)
    if known is None:
        known = membership.__dict__[_KNOWN] = _topics_for(membership, stages)
    return known


def _topics_for(membership: Membership, stages: Sequence[tuple[int, int]] | None) -> list[str]:
    base = f"leads:{membership.workspace_id}"
    if not membership.is_seller:
        return [f"{base}:all"]
    topics = [f"{base}:of:{membership.pk}"]
    whole, worked = membership.grants.ids(SEE_ALL), membership.grants.ids(WORK_FUNNEL)
    free = worked if membership.sees_unassigned else frozenset()
    for stage, funnel in stages_granted(membership) if stages is None else stages:
        if funnel in whole:
            topics.append(f"{base}:stage:{stage}")
        elif funnel in free:
            topics.append(f"{base}:free:{stage}")
    if membership.sees_unassigned:
        topics += [f"{base}:channel:{channel}" for channel in sorted(membership.grants.ids(WRITE_CHANNEL))]
    return topics


def register() -> None:
    live.register_topic("leads", _may_hear, _offers)


def _may_hear(user: User, membership: Membership, topic: str) -> bool:
    _prefix, workspace, *rest = topic.split(":")
    if workspace != str(membership.workspace_id):
        return False
    if rest == ["of", str(membership.pk)]:
        return True
    if rest == ["all"] or not membership.is_seller:
        return not membership.is_seller
    return topic in topics_for(membership)


def _offers(user: User, membership: Membership) -> Iterable[str]:
    """Everyone hears of their own leads on every page."""
    return [f"leads:{membership.workspace_id}:of:{membership.pk}"]
