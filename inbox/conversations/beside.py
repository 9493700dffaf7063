"""Who else has a conversation open, and who of them is writing: see crm.live.presence.

Told to those who have it open, too, by their own topic: a signal for each of the few, and not for all who may see the
lead. The signal says that something changed at this lead; who is there the page asks, and is answered by whether its
person may see the lead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crm import live
from crm.live import presence
from crm.live.presence import Came, Present
from crm.prepared import Prepared
from crm.ui.avatars import colour, initials
from inbox.conversations.rows import Face
from workspaces.models import Membership

LOOKING, WRITING, NOTING = "", "writing", "noting"
DOING = frozenset({LOOKING, WRITING, NOTING})

_people = Prepared(
    lambda workspace, ids: (
        Membership.objects.filter(workspace_id=workspace, pk__any=ids, deactivated_at=None)
        .select_related("user")
        .only("user__name", "user__avatar")
    ),
    workspace=-1,
    ids=[-2],
)


@dataclass(frozen=True)
class Beside:
    """Somebody else at the same conversation. `stays`: milliseconds until they are gone unless one hears otherwise."""

    pk: int
    name: str
    face: Face
    doing: str
    stays: int


def come(lead_id: int, by: Membership, doing: str) -> list[Beside]:
    """The person has it open, and does this; who else is there. One query where anybody is."""
    came = presence.come(_place(lead_id, by), member=by.pk, user=by.user_id, doing=doing)
    _tell(lead_id, came)
    return _named(came.others, by)


def go(lead_id: int, by: Membership) -> None:
    _tell(lead_id, presence.go(_place(lead_id, by), member=by.pk))


def others(lead_id: int, by: Membership) -> list[Beside]:
    return _named(presence.others(_place(lead_id, by), member=by.pk), by)


def writing(lead_id: int, by: Membership) -> list[int]:
    """Memberships of those others who are writing an answer. No query."""
    found = presence.others(_place(lead_id, by), member=by.pk)
    return sorted(one.member for one in found if one.doing == WRITING)


def named(members: Sequence[int], by: Membership) -> list[str]:
    return [one.user.name for one in _loaded(members, by).values()]


def _place(lead_id: int, by: Membership) -> str:
    return f"lead:{by.workspace_id}:{lead_id}"


def _tell(lead_id: int, came: Came) -> None:
    if came.changed:
        for one in came.others:
            live.signal(f"user:{one.user}", "presence", id=lead_id)


def _named(found: Sequence[Present], by: Membership) -> list[Beside]:
    """Those who write first. Who is no longer in the workspace is left out."""
    people = _loaded([one.member for one in found], by)
    here = [one for one in found if one.member in people]
    return [_shown(people[one.member], one) for one in sorted(here, key=lambda one: one.doing == LOOKING)]


def _loaded(members: Sequence[int], by: Membership) -> dict[int, Membership]:
    if not members:
        return {}
    return {one.pk: one for one in _people.rows(workspace=by.workspace_id, ids=list(members))}


def _shown(person: Membership, present: Present) -> Beside:
    user = person.user
    face = Face(user.name, initials(user.name), colour(str(user.pk)), user.picture_url)
    return Beside(person.pk, user.name, face, present.doing, int(present.stays * 1000))
