"""All that the lead's page, drawer and panel show, read at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm.ui import money
from crm.ui.jinja import url
from directory import acts, card_fields, cards, naming, networks, sections
from directory.actions.leads import EDITABLE
from directory.actions.marks import mark_of, mark_of_amount
from directory.card_fields import OwnField
from directory.cards import ChannelMark, PinnedNote
from directory.models import ContactPoint, Lead, Placement, Tag
from workspaces.models import Membership

PLACES = ("page", "drawer", "panel")
TEXTS = EDITABLE


@dataclass(frozen=True)
class PointShown:
    """A contact point as the person sees it; `copy` is what the button copies, empty where it is masked."""

    pk: int
    kind: str
    text: str
    copy: str


@dataclass(frozen=True)
class ProfileShown:
    """A link to a profile; `href` is empty where a number is masked in it."""

    pk: int
    network: str
    text: str
    href: str


@dataclass(frozen=True)
class Card:
    """`place` is one of PLACES, and the beginning of every id, since a drawer may open over a panel of the same lead.

    `errors` and `typed` are of a field that was refused: what was typed stays.
    """

    lead: Lead
    reader: Membership
    place: str
    points: Sequence[PointShown]
    name: str
    tags: Sequence[Tag]
    channels: Sequence[ChannelMark]
    own: Sequence[OwnField] = ()
    profiles: Sequence[ProfileShown] = ()
    pinned: Sequence[PinnedNote] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def placement(self) -> Placement:
        return self.lead.placement

    @property
    def prefix(self) -> str:
        return f"{self.place}-lead-{self.lead.pk}"

    @property
    def workspace_id(self) -> str:
        """As addresses have it."""
        return self.reader.workspace.public_id

    def act(self, route: str, **arguments: Any) -> str:
        """The address of an act on this lead, which knows where the card stands."""
        return f"{self._address(f'directory:{route}', **arguments)}?in={self.place}"

    @property
    def more_acts(self) -> list[tuple[str, str, str, dict[str, str]]]:
        """Label, icon, tone and attributes of each act that the floors add."""
        return [
            (str(act.label), act.icon, act.tone, self._attributes(act)) for act in acts.open_to(self.reader)
        ]

    @property
    def sections(self) -> list[tuple[str, str, str]]:
        """Key, label and address of each part that the floors add to the General tab."""
        return [(one.key, str(one.label), self._address(one.route)) for one in sections.every()]

    def _attributes(self, act: acts.Act) -> dict[str, str]:
        how = {"hx-target": "#dialog"} if act.method == "get" else {"hx-swap": "none"}
        return {f"hx-{act.method}": f"{self._address(act.route)}?in={self.place}", **how}

    @property
    def href(self) -> str:
        return self._address("directory:lead")

    @property
    def chat(self) -> str:
        return self._address("inbox:thread")

    def _address(self, route: str, **arguments: Any) -> str:
        # One address of each kind is made, and kept; those of other leads differ in the number.
        made: str = url(route, workspace_id=self.workspace_id, pk=0, **arguments)
        return made.replace("/0/", f"/{self.lead.pk}/", 1)

    @property
    def stage(self) -> Any:
        """Of the floor above, with its funnel; None is the Inbox."""
        return self.placement.stage

    @property
    def is_stale(self) -> bool:
        """Longer in its stage than that allows."""
        days = self.stage.stale_days if self.stage else None
        return days is not None and timezone.now() - self.placement.stage_since > timedelta(days=days)

    def text(self, name: str) -> str:
        """What a field shows: what was typed and refused, else what is stored, as the person may see it."""
        if name in self.typed:
            return self.typed[name]
        stored: str = getattr(self.lead, name)
        return naming.shown_text(stored, self.reader)

    @property
    def value(self) -> str:
        """What it may be worth: as it was typed and refused, else as money; empty where nobody knows."""
        if "value" in self.typed:
            return self.typed["value"]
        amount = self.placement.value
        return money.shown(amount, self.reader.workspace.currency) if amount is not None else ""

    def mark(self, name: str) -> str:
        return mark_of(getattr(self.lead, name))

    @property
    def value_mark(self) -> str:
        return mark_of_amount(self.placement.value)

    def longest(self, name: str) -> int:
        """Characters of a text."""
        column: Any = Lead._meta.get_field(name)
        return int(column.max_length)


def read(lead: Lead, reader: Membership, place: str, **refused: Mapping[str, str]) -> Card:
    """Two queries: channels, pinned notes; one more for people named in these, and one where the workspace has fields
    of its own. `lead` is of `Lead.objects.with_card()`."""
    points = [ContactPoint(**row) for row in lead.point_rows]
    parts = cards.load_all([lead.placement], reader, [cards.CHANNELS, cards.PINNED])
    return Card(
        lead=lead,
        reader=reader,
        place=place,
        points=[_shown(point, reader) for point in sorted(points, key=_place_of)],
        name=naming.called(lead.name, points, reader),
        tags=[Tag(**row) for row in lead.tag_rows],
        channels=parts[cards.CHANNELS].get(lead.pk, ()),
        own=card_fields.read(lead, reader),
        profiles=[_profile(row, reader) for row in lead.profile_rows],
        pinned=parts[cards.PINNED].get(lead.pk, ()),
        **refused,
    )


def _place_of(point: ContactPoint) -> tuple[bool, str]:
    """Phones stand first, each kind in the order in which they came."""
    return point.kind != ContactPoint.Kind.PHONE, point.kind


def _shown(point: ContactPoint, reader: Membership) -> PointShown:
    hidden = point.kind == ContactPoint.Kind.PHONE and not naming.sees_phones(reader)
    return PointShown(point.pk, point.kind, naming.shown_point(point, reader), "" if hidden else point.value)


def _profile(row: Mapping[str, Any], reader: Membership) -> ProfileShown:
    url = str(row["url"])
    is_whole = naming.shown_text(url, reader) == url
    text = naming.shown_text(networks.name_of(url), reader)
    label = networks.LABELS.get(str(row["network"]), "")
    return ProfileShown(int(row["pk"]), label, text, url if is_whole else "")
