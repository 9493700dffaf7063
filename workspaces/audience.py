"""Who may listen to live signals, and to which; plugged into crm.live."""

from collections.abc import Collection, Iterable

from crm import live
from workspaces.models import Membership, User


def register() -> None:
    live.register_audience(_members, _mark)
    live.register_topic("workspace", _may_hear, _offers)


def _members(ids: Collection[int]) -> Iterable[Membership]:
    """Those of the memberships that may be here now, with their people."""
    return (
        Membership.objects.active()
        .filter(pk__in=ids, user__is_active=True)
        .filter(workspace__deletion_requested_at=None, workspace__suspended_at=None)
        .select_related("user")
    )


def _mark(membership: Membership) -> str:
    """Changes with whatever decides what they may hear."""
    switches = f"{membership.sees_unassigned}|{membership.sees_phones}"
    return f"{membership.role}|{sorted(membership.tools)}|{switches}"


def _may_hear(user: User, membership: Membership, topic: str) -> bool:
    """`workspace:<pk>` to its members; `workspace:<pk>:people` to who sees people, all or some of them."""
    _prefix, pk, *rest = topic.split(":")
    if pk != str(membership.workspace_id):
        return False
    return not rest or (rest == ["people"] and membership.sees_people)


def _offers(user: User, membership: Membership) -> list[str]:
    return [f"workspace:{membership.workspace_id}", f"workspace:{membership.workspace_id}:people"]
