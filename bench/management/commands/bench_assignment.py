"""People who get leads and a rule; somebody who takes in so many new ones; and how even it was.

prepare --people 8          a channel with its rule off
rule --policy turns         on, or off again
write --first 0 --count 100 as intake's worker does, a transaction each; prints milliseconds of each
count                       leads without an assignee, the greatest difference of two people at any moment
"""

import json
import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from crm.tenancy import scope
from directory.models import Placement
from inbox import intake
from inbox.actions import assignment
from inbox.channels.inbound import InboundMessage, Kind
from inbox.models import AssignmentDecision, Channel
from workspaces.actions import memberships, workspaces
from workspaces.models import Availability, Membership, Role, User, Workspace

NAME = "Bench of assignment"


class Command(BaseCommand):
    help = "The parts of the bench of assignment."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("act", choices=("prepare", "rule", "write", "count"))
        parser.add_argument("--people", type=int, default=8)
        parser.add_argument("--policy", default="turns")
        parser.add_argument("--first", type=int, default=0)
        parser.add_argument("--count", type=int, default=100)

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "prepare":
            self._prepare(options["people"])
            return
        workspace = Workspace.objects.get(name=NAME)
        with scope(workspace):
            if act == "rule":
                owner = Membership.objects.get(workspace=workspace, role=Role.OWNER)
                assignment.set_rule(by=owner, policy=options["policy"])
            elif act == "write":
                self.stdout.write(json.dumps(_write(options["first"], options["count"])))
            else:
                self.stdout.write(json.dumps(_count()))

    def _prepare(self, people: int) -> None:
        owner = workspaces.create(
            by=User.objects.create_user("assigner@bench.example", name="Owner"),
            name=NAME,
            time_zone="America/Mexico_City",
            language="es",
            currency="MXN",
        )
        with scope(owner.workspace):
            channel = Channel.objects.create(kind="webchat", name="Bench", external_id="bench-assignment")
            for number in range(people):
                person = Membership.objects.create(
                    workspace=owner.workspace,
                    user=User.objects.create_user(f"s{number}@bench.example", name=f"Seller {number}"),
                    role=Role.SELLER,
                    availability=Availability.ACTIVE,
                )
                memberships.change_access(
                    person,
                    by=owner,
                    tools_held=[],
                    switches={},
                    granted={"inbox.write_channel": {channel.pk}},
                )


def _write(first: int, count: int) -> list[float]:
    channel = Channel.objects.get()
    times = []
    for number in range(first, first + count):
        part = InboundMessage(
            receiver="",
            sender=str(number),
            at=timezone.now(),
            external_id=f"b{number}",
            keys=(f"guest:{number}",),
            kind=Kind.TEXT,
            text="Hola, ¿tienen en talla M?",
        )
        began = time.perf_counter()
        intake.receive(channel, [part], arrived_at=timezone.now())
        times.append((time.perf_counter() - began) * 1000)
    return times


def _count() -> dict[str, int]:
    given: Counter[int] = Counter()
    people = set(AssignmentDecision.objects.exclude(chosen=None).values_list("chosen_id", flat=True))
    apart = 0
    for chosen in (
        AssignmentDecision.objects.exclude(chosen=None).order_by("id").values_list("chosen_id", flat=True)
    ):
        given[chosen] += 1
        apart = max(apart, max(given.values()) - min(given[person] for person in people))
    return {
        "given": sum(given.values()),
        "apart": apart,
        "unassigned": Placement.objects.filter(assignee=None).count(),
    }
