"""One act on several conversations: each by the action that does it to one, in a transaction of its own, so that one
that is gone meanwhile stops none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from directory.actions import placements, tags
from directory.models import Placement, Tag
from inbox.actions import reading
from workspaces.errors import Refused
from workspaces.models import Membership

Row = list[Any]  # [lead, what it was], as `directory.actions.undoing` asks


@dataclass
class Done:
    """`rows` are those that changed; `now` is what the act made of them; `refused` is why some would not."""

    rows: list[Row] = field(default_factory=list)
    now: Any = None
    refused: str = ""


def assign(leads: Sequence[Placement], *, by: Membership, to: Membership | None) -> Done:
    now = to.pk if to else None
    return _each(
        leads,
        lambda one: placements.assign(one.pk, by=by, to=to),
        lambda one: one.assignee_id,
        now,
    )


def set_status(leads: Sequence[Placement], *, by: Membership, status: str) -> Done:
    return _each(
        leads, lambda one: placements.set_status(one.pk, by=by, status=status), lambda one: one.status, status
    )


def archive(leads: Sequence[Placement], *, by: Membership, archived: bool) -> Done:
    act = placements.archive if archived else placements.unarchive
    return _each(leads, lambda one: act(one.pk, by=by), lambda one: one.is_archived, archived)


def star(leads: Sequence[Placement], *, by: Membership, starred: bool) -> Done:
    def act(one: Placement) -> bool:
        placements.star(one.pk, starred=starred)
        return True

    return _each(leads, act, lambda one: one.is_starred, starred)


def tag(leads: Sequence[Placement], *, by: Membership, tag: Tag, on: bool) -> Done:
    act = tags.put_on if on else tags.take_off
    done = _each(leads, lambda one: act(one.lead, tag, by=by), lambda one: None, tag.pk)
    done.rows = [[lead, tag.pk] for lead, _was in done.rows]
    return done


def mark(leads: Sequence[Placement], *, by: Membership, read: bool) -> Done:
    """Nobody but the person is concerned: there is nothing to take back that the opposite act does not."""

    def act(one: Placement) -> bool:
        if not read:
            return reading.mark_unread(one.lead, by=by) is not None
        return reading.mark_read(one.lead, by=by, up_to=one.last_inbound_id or 0)

    heard = [one for one in leads if one.last_inbound_id]
    return _each(heard, act, lambda one: None, read)


def _each(
    leads: Sequence[Placement],
    act: Callable[[Placement], bool],
    was: Callable[[Placement], Any],
    now: Any,
) -> Done:
    done = Done(now=now)
    for one in leads:
        if was(one) == now:
            continue
        try:
            if act(one):
                done.rows.append([one.pk, was(one)])
        except Placement.DoesNotExist:
            continue
        except Refused as refused:
            done.refused = str(refused)
    return done
