"""The world of the visibility matrix: leads that stand everywhere, kinds of people, and what each sees, by name."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from directory.models import Lead
from inbox.actions import drafts
from inbox.models import Attachment, Channel, Message, Note
from tests import cast
from tests.directory import house
from tests.inbox import house as inbox
from workspaces.actions import teams
from workspaces.models import Membership

SURNAME, PHONE = "Zapata", "5512345678"
ME, OTHER, NOBODY = "me", "other", None
HERE, END, THERE, INBOX = "here", "end", "there", None  # the first two are of "ours", THERE is of "theirs"


@dataclass(frozen=True)
class Stands:
    """Where one lead stands. `channel`: 0, 1, or None for who never wrote."""

    whose: str | None
    stage: str | None
    channel: int | None
    archived: bool = False
    outcome: str = ""


LEADS = {
    "Alba": Stands(ME, INBOX, 0),
    "Bruno": Stands(ME, THERE, 0),
    "Carla": Stands(NOBODY, HERE, 0),
    "Diego": Stands(NOBODY, THERE, 1),
    "Elena": Stands(OTHER, HERE, 0),
    "Fabio": Stands(NOBODY, INBOX, 0),
    "Gloria": Stands(NOBODY, INBOX, 1),
    "Hugo": Stands(NOBODY, INBOX, None),
    "Irma": Stands(OTHER, INBOX, 0),
    "Jorge": Stands(ME, INBOX, 0, archived=True),
    "Karen": Stands(OTHER, HERE, 0, archived=True),
    "Luis": Stands(OTHER, INBOX, 0),  # was mine a moment ago
    "Mario": Stands(ME, END, 0, outcome="won"),
    "Nadia": Stands(NOBODY, HERE, 0, outcome="won"),
}
MINE = frozenset({"Alba", "Bruno", "Jorge", "Mario"})
OURS = frozenset({"Carla", "Elena", "Karen", "Nadia"})  # the others in the funnel "ours"


@dataclass(frozen=True)
class Kind:
    """`seen`, written down; `boards`: the funnels whose board opens; `writes`: channels they may write from."""

    seen: frozenset[str]
    grants: dict[str, Any] = field(default_factory=dict)
    boards: tuple[str, ...] = ()
    switches: dict[str, bool] = field(default_factory=dict)
    supervises: bool = False

    @property
    def writes(self) -> frozenset[int]:
        return frozenset(self.grants.get("write_channel", ()))


KINDS = {
    "owner": Kind(frozenset(LEADS), boards=("ours", "theirs")),
    "admin": Kind(frozenset(LEADS), boards=("ours", "theirs")),
    "only their own": Kind(MINE),
    "with grants, but not of what is nobody's": Kind(
        MINE,
        {"work_funnel": ["ours"], "write_channel": [0]},
        ("ours",),
        {"sees_unassigned": False},
    ),
    "works in a funnel": Kind(MINE | {"Carla", "Nadia"}, {"work_funnel": ["ours"]}, ("ours",)),
    "writes from a channel": Kind(MINE | {"Fabio"}, {"write_channel": [0]}),
    "sees all of a funnel": Kind(MINE | OURS, {"see_all_leads": ["ours"]}, ("ours",)),
    "a mixture": Kind(
        MINE | OURS | {"Diego", "Gloria"},
        {"see_all_leads": ["ours"], "work_funnel": ["theirs"], "write_channel": [1]},
        ("ours", "theirs"),
    ),
    "without phones": Kind(
        MINE | OURS, {"see_all_leads": ["ours"]}, ("ours",), {"sees_phones": False, "sees_unassigned": False}
    ),
    "supervises the other's team": Kind(MINE, supervises=True),  # its people, not their leads
}


@dataclass
class World:
    owner: Membership
    person: Membership
    client: Client
    kind: Kind
    stages: dict[str | None, int]
    funnels: dict[str, int]
    channels: list[Channel]
    ids: dict[str, int]

    def at(self, route: str, **arguments: Any) -> str:
        return reverse(route, kwargs={"workspace_id": self.owner.workspace.public_id, **arguments})

    def named(self, text: str) -> set[str]:
        """Whose name stands in it."""
        return {name for name in LEADS if f"{name} {SURNAME}" in text}

    def page(self, address: str, **more: Any) -> str:
        response = self.client.get(address, **more)
        assert response.status_code == 200, address
        return str(response.content.decode())


def built(owner: Membership, person: Membership, other: Membership, kind: Kind) -> World:
    workspace = owner.workspace
    channels = [inbox.channel(workspace, kind="post"), inbox.channel(workspace, kind="post")]
    ours, theirs = house.funnel(workspace, "Ours"), house.funnel(workspace, "Theirs")
    here, end = ours.stages.all()
    stages = {HERE: here, END: end, THERE: theirs.stages.first()}
    people = {ME: person, OTHER: other}
    ids = {}
    for name, at in LEADS.items():
        whose = people.get(at.whose or "")
        stage = stages.get(at.stage or "")
        first = person if name == "Luis" else whose
        lead = house.lead(
            workspace, name=f"{name} {SURNAME}", phone=f"+52{PHONE}", stage=stage, assignee=first
        )
        ids[name] = lead.pk
        closed = {"outcome": at.outcome, "closed_at": timezone.now()} if at.outcome else {}
        columns = {"assignee": whose, "is_archived": at.archived, "is_starred": True, **closed}
        if at.channel is not None:
            columns |= _talk(lead, channels[at.channel])
        house.place(lead, **columns)
        drafts.keep(lead, by=person, text=f"borrador {name}")
    objects = {"ours": ours, "theirs": theirs}
    if person.is_seller:
        if kind.supervises:
            team = teams.create(by=owner, name="Equipo", colour="teal", people=[other])
            _supervise(person, team)
        Membership.objects.filter(pk=person.pk).update(**kind.switches)
        granted = {
            code: [channels[one] if isinstance(one, int) else objects[one] for one in named]
            for code, named in kind.grants.items()
        }
        person = house.grant(Membership.objects.get(pk=person.pk), by=owner, **granted)
    return World(
        owner,
        person,
        cast.signed_in(person),
        kind,
        {INBOX: 0, **{name: stage.pk for name, stage in stages.items()}},
        {name: funnel.pk for name, funnel in objects.items()},
        channels,
        ids,
    )


def _talk(lead: Lead, channel: Channel) -> dict[str, Any]:
    """They wrote a message with a file, and wait, and somebody noted something; the columns of the placement."""
    session = inbox.conversation(lead, channel, key=f"wa:52155{lead.pk:08}")
    said = {"lead": lead, "channel": channel, "identity": session.identity, "session": session}
    message = Message.objects.create(
        direction="in", kind="document", text="dice algo", sent_at=timezone.now(), **said
    )
    Note.objects.create(lead=lead, text="pide factura")
    stored = default_storage.save(f"1/inbox/{lead.pk}", ContentFile(b"%PDF-"))
    Attachment.objects.create(message=message, kind="document", file=stored, size=5, state="ready")
    return {
        "channel_id": channel.pk,
        "last_message_id": message.pk,
        "last_inbound_id": message.pk,
        "last_inbound_at": message.sent_at,
        "waiting_since": message.sent_at,
        "window_ends_at": session.window_ends_at,
    }


def _supervise(person: Membership, team: Any) -> None:
    assign_perm("workspaces.supervise_team", person.user, team)
