"""A workspace at work, for the bench of many open pages: prints JSON that `bench.crowd` reads.

40 people (the owner, three admins, 36 sellers of three sights), two funnels, leads who wrote by WhatsApp, seven of ten
with an assignee, and for each page that is to be open a session of its own, as of another browser.
"""

import json
from itertools import cycle, islice
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import F
from django.db.models.functions import Mod
from django.urls import reverse
from django.utils import timezone

from bench.management.sessions import session_of
from bench.million.words import FUNNELS
from crm.tenancy import scope
from directory.models import Placement
from funnels.models import Funnel, Stage
from inbox import intake
from inbox.channels.inbound import InboundMessage, Kind
from inbox.models import Channel, IdentityKey, ProviderApp
from workspaces.actions import memberships, workspaces
from workspaces.models import Membership, Role, User

NUMBER = "PN1"
ADMINS, SELLERS = 3, 36
SHAPES = ("list", "thread", "list", "thread", "board")  # of five pages


class Command(BaseCommand):
    help = "Make the people, leads and sessions of the bench of many open pages."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("secret")
        parser.add_argument("--leads", type=int, default=2000)
        parser.add_argument("--pages", type=int, default=200)

    def handle(self, *args: Any, secret: str, leads: int, pages: int, **options: Any) -> None:
        app = ProviderApp.objects.create(
            provider="meta", secrets={"app_id": "1", "app_secret": secret, "verify_token": "x"}
        )
        owner, people = _people()
        with scope(owner.workspace):
            channel = Channel.objects.create(kind="whatsapp", name="Bench", external_id=NUMBER, app=app)
            funnels = _funnels(owner)
            _grant(people, owner, channel, funnels)
            senders = _leads(channel, leads, people, Stage.objects.order_by("pk"))
            opened = _pages(people, pages, funnels)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum has done long ago in a house that works
        self.stdout.write(
            json.dumps({"app": app.public_id, "number": NUMBER, "senders": senders, "pages": opened})
        )


def _people() -> tuple[Membership, list[Membership]]:
    owner = workspaces.create(
        by=User.objects.create_user("owner@crowd.example", name="Owner"),
        name="Crowd",
        time_zone="America/Mexico_City",
        language="es",
        currency="MXN",
    )
    others = [
        Membership.objects.create(
            workspace=owner.workspace,
            user=User.objects.create_user(f"p{number}@crowd.example", name=f"Person {number}"),
            role=Role.ADMIN if number < ADMINS else Role.SELLER,
        )
        for number in range(ADMINS + SELLERS)
    ]
    return owner, [owner, *others]


def _funnels(owner: Membership) -> list[Funnel]:
    made = []
    for place, (name, stages) in enumerate(FUNNELS.items()):
        funnel = Funnel.objects.create(
            workspace=owner.workspace, name=name, position=place, is_main=place == 0
        )
        for position, stage in enumerate(stages):
            Stage.objects.create(
                workspace=owner.workspace, funnel=funnel, name=stage, colour="teal", position=position
            )
        made.append(funnel)
    return made


def _grant(people: list[Membership], owner: Membership, channel: Channel, funnels: list[Funnel]) -> None:
    """A third of the sellers see their own leads, a third also the unassigned, a third the second funnel whole."""
    every = {funnel.pk for funnel in funnels}
    for place, person in enumerate(one for one in people if one.is_seller):
        sight = place % 3
        granted = {"funnels.work_funnel": every, "inbox.write_channel": {channel.pk}}
        if sight == 2:
            granted["funnels.see_all_leads"] = {funnels[1].pk}
        switches = {"sees_unassigned": sight == 1, "sees_phones": True}
        memberships.change_access(person, by=owner, tools_held=[], switches=switches, granted=granted)


def _leads(channel: Channel, count: int, people: list[Membership], stages: Any) -> dict[str, int]:
    """Their numbers, each with its lead. Two of seven are new, the others spread over the stages."""
    numbers = [f"52155{number:08d}" for number in range(count)]
    for first in range(0, count, 100):
        parts = [
            InboundMessage(
                receiver=NUMBER,
                sender=number,
                at=timezone.now(),
                external_id=f"first.{number}",
                keys=(f"wa:{number}",),
                phone=f"+{number}",
                kind=Kind.TEXT,
                text="Hola, ¿tienen en talla M?",
            )
            for number in numbers[first : first + 100]
        ]
        intake.receive(channel, parts, arrived_at=timezone.now())
    sellers = [person.pk for person in people if person.is_seller]
    for place, seller in enumerate(sellers):
        leads = Placement.objects.annotate(part=Mod(F("pk"), len(sellers) * 10))
        leads.filter(part__in=range(place * 10, place * 10 + 7)).update(assignee_id=seller)
    for place, stage in enumerate(stages, 2):
        Placement.objects.annotate(part=Mod(F("pk"), len(stages) + 2)).filter(part=place).update(
            stage_id=stage
        )
    keys = IdentityKey.objects.filter(channel=channel).values_list("key", "identity__lead_id")
    return {key.removeprefix("wa:"): lead for key, lead in keys}


def _pages(people: list[Membership], count: int, funnels: list[Funnel]) -> list[dict[str, str]]:
    """Each with a session, an address, and whose it is."""
    workspace = people[0].workspace.public_id
    people = list(
        Membership.objects.filter(workspace=people[0].workspace).select_related("user").order_by("pk")
    )
    made = []
    for place, person in enumerate(islice(cycle(people), count)):
        shape = SHAPES[(place + place // len(people)) % len(SHAPES)]
        session = session_of(person.user)
        UserSession.objects.create(user=person.user, session_key=session, ip="127.0.0.1", user_agent="bench")
        made.append(
            {"session": session, "shape": shape, "path": _path(workspace, person, shape, place, funnels)}
        )
    return made


def _path(workspace: str, person: Membership, shape: str, place: int, funnels: list[Funnel]) -> str:
    if shape == "board":
        return reverse("funnels:board", kwargs={"workspace_id": workspace, "pk": funnels[place % 2].pk})
    if shape == "list":
        return reverse("inbox:conversations", kwargs={"workspace_id": workspace})
    seen = Placement.objects.visible_to(person).order_by("pk").values_list("pk", flat=True)[:11]
    return reverse("inbox:thread", kwargs={"workspace_id": workspace, "pk": seen[place % len(seen)]})
