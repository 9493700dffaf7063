"""One act on several conversations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from directory.actions import several
from directory.models import Placement, Tag
from inbox.actions import reading
from workspaces.models import Membership

Leads = Sequence[Placement]

Row = list[Any]  # [lead, what it was], as `directory.actions.undoing` asks


@dataclass
class Done:
    """`rows` are those that changed; `now` is what the act made of them; `refused` is why some would not."""

    rows: list[Row] = field(default_factory=list)
    now: Any = None
    refused: str = ""


def assign(leads: Leads, *, by: Membership, to: Membership | None) -> Done:
    return Done(several.assign(_ids(leads), by=by, to=to), to.pk if to else None)


def set_status(leads: Leads, *, by: Membership, status: str) -> Done:
    return Done(several.set_status(_ids(leads), by=by, status=status), status)


def archive(leads: Leads, *, by: Membership, archived: bool) -> Done:
    return Done(several.archive(_ids(leads), by=by, archived=archived), archived)


def star(leads: Leads, *, by: Membership, starred: bool) -> Done:
    return Done(several.star(_ids(leads), by=by, starred=starred), starred)


def tag(leads: Leads, *, by: Membership, tag: Tag, on: bool) -> Done:
    if not on:
        return Done(several.take_off(_ids(leads), tag, by=by), tag.pk)
    rows, refused = several.put_on(_ids(leads), tag, by=by)
    return Done(rows, tag.pk, refused)


def mark(leads: Leads, *, by: Membership, read: bool) -> Done:
    """Each in a transaction of its own, since what is read is told to its provider. Nobody but the person is concerned:
    there is nothing to take back that the opposite act does not."""
    done = Done(now=read)
    for one in leads:
        if not one.last_inbound_id:
            continue
        if read:
            moved = reading.mark_read(one.lead, by=by, up_to=one.last_inbound_id)
        else:
            moved = reading.mark_unread(one.lead, by=by) is not None
        if moved:
            done.rows.append([one.pk, None])
    return done


def _ids(leads: Leads) -> list[int]:
    return [one.pk for one in leads]
