"""What the operator's pages read, over all workspaces: counts, ages and states, never what people wrote."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import ngettext

from crm import health
from crm.feed import overview as feeds
from crm.health.checks import LOST_AFTER
from crm.health.models import Heartbeat
from crm.live.signals import LOST as LOST_SIGNALS
from crm.mail.models import Message
from crm.work import overview as work
from crm.work.models import Counter, Item, Lane, State
from workspaces.models import Membership, Role, User, Workspace


@dataclass(frozen=True)
class Tally:
    """How many of everything."""

    workspaces: int
    suspended: int
    being_deleted: int
    people: int
    operators: int


@dataclass(frozen=True)
class KindCount:
    """Open and failed rows of one kind of work."""

    kind: str
    waiting: int
    claimed: int
    failed: int
    unknown: int


@dataclass(frozen=True)
class Process:
    """A worker, or beat, by its last sign of life."""

    process: str
    host: str
    seen_at: Any
    is_alive: bool


@dataclass(frozen=True)
class Posted:
    """A mail from the outside: its envelope, and the row of work that carries it."""

    message: Message
    item: Item | None

    @property
    def state(self) -> str:
        if self.message.sent_at:
            return State.SENT.value
        return self.item.state if self.item else ""

    @property
    def state_words(self) -> str:
        return str(State(self.state).label) if self.state else ""


def tally() -> Tally:
    found = Workspace.objects.aggregate(
        all=Count("pk"),
        suspended=Count("pk", filter=Q(suspended_at__isnull=False)),
        deleted=Count("pk", filter=Q(deletion_requested_at__isnull=False)),
    )
    people = User.objects.aggregate(
        all=Count("pk", filter=Q(is_active=True)), operators=Count("pk", filter=Q(is_operator=True))
    )
    return Tally(found["all"], found["suspended"], found["deleted"], people["all"], people["operators"])


def overview() -> dict[str, Any]:
    """Everything of the first page."""
    return {
        "tally": tally(),
        "queues": [(one.queue, age_words(one.oldest)) for one in work.queue_ages()],
        "kinds": kinds(),
        "lanes": list(work.held_up_lanes()[:20]),
        "processes": processes(),
        "checks": health.report().checks,
        "lost_nudges": work.lost_nudges(),
        "lost_signals": Counter.objects.value(LOST_SIGNALS),
        "readings": readings(),
    }


def kinds() -> list[KindCount]:
    return [
        KindCount(
            kind=kind,
            waiting=states.get(State.QUEUED, 0) + states.get(State.RETRY, 0),
            claimed=states.get(State.CLAIMED, 0),
            failed=states.get(State.FAILED, 0),
            unknown=states.get(State.UNKNOWN, 0),
        )
        for kind, states in sorted(work.counts().items())
    ]


def processes() -> list[Process]:
    """Every worker and beat seen in the last day, by the database's clock."""
    oldest = timezone.now() - timedelta(seconds=LOST_AFTER)
    rows = Heartbeat.objects.order_by("process", "host")
    return [Process(row.process, row.host, row.seen_at, row.seen_at > oldest) for row in rows]


def readings() -> list[tuple[feeds.Reading, str]]:
    """Each consumer with how far it is behind, in words."""
    return [(reading, age_words(reading.behind)) for reading in feeds.readings()]


def workspaces(words: str = "") -> QuerySet[Workspace]:
    """All, or those whose name or Workspace ID the words find; each with `people` and its owner's address."""
    rows = Workspace.objects.named(words) if words else Workspace.objects.all()
    here = Membership.objects.active().filter(workspace=OuterRef("pk"))
    people = here.order_by().values("workspace").annotate(n=Count("*")).values("n")
    owner = here.filter(role=Role.OWNER).values("user__email")
    return rows.annotate(
        people=Coalesce(Subquery(people, output_field=IntegerField()), 0), owner_email=Subquery(owner[:1])
    )


def items(kind: str = "", state: str = "") -> QuerySet[Item]:
    """Failed and unknown work; where given, of one kind or in one state."""
    rows = work.needing_a_person()
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(state=state) if state else rows


def lanes() -> list[Lane]:
    return list(work.held_up_lanes())


def mails(address: str = "") -> QuerySet[Message]:
    """Outgoing mail without its content, which stays encrypted and unread."""
    rows = Message.objects.defer("content")
    return rows.filter(recipients__contains=[address]) if address else rows


def posted(messages: list[Message]) -> list[Posted]:
    """The messages with their rows of work, in one query."""
    correlations = [message.uid.hex for message in messages]
    found = {
        item.correlation: item for item in Item.objects.filter(kind="mail", correlation__in=correlations)
    }
    return [Posted(message, found.get(message.uid.hex)) for message in messages]


def age_words(age: timedelta | None) -> str:
    """ "4 min"; empty where nothing waits."""
    if age is None:
        return ""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s s", "%(n)s s", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)s min", "%(n)s min", seconds // 60) % {"n": seconds // 60}
    if seconds < 86400:
        return ngettext("%(n)s h", "%(n)s h", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)s day", "%(n)s days", seconds // 86400) % {"n": seconds // 86400}
