"""Cards as they are shown: everything a template writes is made here, since it writes it some hundreds of times."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from crm.ui.avatars import colour, initials
from crm.ui.jinja import iso, url
from directory import cards as parts
from directory.models import STATUS_MARKS, Placement, Status
from funnels.board.columns import INBOX
from funnels.board.look import Look
from workspaces.models import Membership

PARTS = (parts.NAME, parts.TAGS, parts.CHANNEL, parts.LAST_MESSAGE)
A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Face:
    """An assignee: their picture, or initials on their colour."""

    name: str
    initials: str
    colour: str
    picture: str


@dataclass(frozen=True, slots=True)
class Card:
    """`key` is its place in the column's order (see orders); times are ISO."""

    pk: int
    column: int
    key: str
    name: str
    lead_url: str
    chat_url: str
    channel: parts.ChannelMark | None
    said: Any  # the inbox's last message
    active_at: str
    is_waiting: bool
    status: str
    mark: str  # of the status; "" for neutral
    status_label: str
    tags: tuple[Any, ...]
    stage_since: str  # "" where it came today
    window_ends_at: str
    face: Face | None
    outcome: str
    is_archived: bool

    @property
    def more_tags(self) -> str:
        """Names of those that the card has no room for."""
        return ", ".join(str(tag) for tag in self.tags[1:])


def made(
    placements: Sequence[Placement], membership: Membership, look: Look, workspace_id: str
) -> list[Card]:
    """In their order. At most as many queries as there are parts."""
    return _Maker(placements, membership, look, workspace_id).cards()


class _Maker:
    def __init__(
        self, placements: Sequence[Placement], membership: Membership, look: Look, workspace_id: str
    ) -> None:
        self.placements = placements
        self.key = look.order.key
        self.found = parts.load_all(placements, membership, PARTS)
        self.now = timezone.now()
        # One address of each kind is made, the others differ in the number at its end.
        self.lead_url = url("directory:lead", workspace_id=workspace_id, pk=0)[: -len("0/")]
        self.chat_url = url("inbox:thread", workspace_id=workspace_id, pk=0)[: -len("0/")]
        self.labels = {str(value): str(label) for value, label in Status.choices}
        self.faces: dict[int, Face] = {}

    def cards(self) -> list[Card]:
        return [self._card(placement) for placement in self.placements]

    def _card(self, placement: Placement) -> Card:
        pk, found = placement.pk, self.found
        ends = placement.window_ends_at
        return Card(
            pk=pk,
            column=placement.stage_id or INBOX,
            key=self.key(placement),
            name=found[parts.NAME].get(pk) or placement.lead.name,
            lead_url=f"{self.lead_url}{pk}/",
            chat_url=f"{self.chat_url}{pk}/",
            channel=found[parts.CHANNEL].get(pk),
            said=found[parts.LAST_MESSAGE].get(pk),
            active_at=iso(placement.last_activity_at),
            is_waiting=placement.waiting_since is not None,
            status=placement.status,
            mark="" if placement.status == Status.NEUTRAL else STATUS_MARKS[Status(placement.status)],
            status_label=self.labels[placement.status],
            tags=tuple(found[parts.TAGS].get(pk, ())),
            stage_since=iso(placement.stage_since) if self.now - placement.stage_since >= A_DAY else "",
            window_ends_at=iso(ends) if ends else "",
            face=self._face(placement),
            outcome=placement.outcome,
            is_archived=placement.is_archived,
        )

    def _face(self, placement: Placement) -> Face | None:
        if placement.assignee_id is None or placement.assignee is None:
            return None
        if placement.assignee_id not in self.faces:
            user = placement.assignee.user
            self.faces[placement.assignee_id] = Face(
                user.name, initials(user.name), colour(str(user.pk)), user.picture_url
            )
        return self.faces[placement.assignee_id]
