"""What is measured: each screen as one request of each person, with the budget of the design."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from bench.million import directory
from bench.million.cast import NONE, RARE
from bench.million.words import TAGS
from directory.models import Placement, Tag
from directory.models.placement import ON_BOARD
from funnels.models import Funnel, Stage
from inbox.models import Channel, Identity
from workspaces.models import Membership, Role, Team


@dataclass(frozen=True)
class Screen:
    """`budget` is a multiple of the floor, `queries` how many beyond the frame's. `data` is of a form, `body` a hook's.

    `turns` are values that alternate from one request to the next in `data`, so that each of them changes something.
    """

    name: str
    path: str
    budget: float
    queries: int
    data: dict[str, str] = field(default_factory=dict)
    turns: list[dict[str, str]] = field(default_factory=list)
    body: str = ""
    signature: str = ""  # of the body, as the provider gives it

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def screens(person: str, membership: Membership) -> Iterator[Screen]:
    """In the scope of the membership's workspace. What has no route is left out."""
    for make in MAKERS:
        try:
            yield from make(membership)
        except NoReverseMatch as missing:
            print(f"# {person}: {missing}")


def _path(name: str, membership: Membership, **kwargs: Any) -> str:
    return reverse(name, kwargs={"workspace_id": membership.workspace.public_id, **kwargs})


def _board(membership: Membership) -> Iterator[Screen]:
    """Inbox and seven stages; of the second funnel the mixed seller sees everything."""
    for number, funnel in enumerate(Funnel.objects.in_use().in_order(), start=1):
        path = _path("funnels:board", membership, pk=funnel.pk)
        yield Screen(f"board.{number}", path, 8, 6)
        yield Screen(f"board.{number}.manual", f"{path}?sort=manual", 8, 6)
        yield Screen(f"board.{number}.urgent", f"{path}?status=urgent", 8, 6)


def _list(membership: Membership) -> Iterator[Screen]:
    path = _path("inbox:conversations", membership)
    for tab in ("all", "mine", "unread", "unassigned", "starred", "archived"):
        yield Screen(f"list.{tab}", f"{path}?tab={tab}", 8, 9)
    for order in ("waiting", "window"):
        yield Screen(f"list.{order}", f"{path}?tab=all&order={order}", 8, 9)
    for name, words in SEARCHES.items():
        yield Screen(f"search.{name}", f"{path}?q={words}", 12, 6)


def _filtered(membership: Membership) -> Iterator[Screen]:
    """By what none has, a hundred, some, many; in each order. What few wait for, or many, is in the data."""
    path = _path("inbox:conversations", membership)
    by_name: dict[str, Any] = {
        "tag": Tag.objects, "channel": Channel.objects, "stage": Stage.objects, "team": Team.objects,
    }  # fmt: skip
    found = {
        f"{field}.{name}": f"{field}={one.pk}"
        for field, names in NAMED.items()
        for name, called in names.items()
        for one in by_name[field].filter(name=called)[:1]
    }
    sellers = Membership.objects.filter(workspace_id=membership.workspace_id, role=Role.SELLER).order_by("pk")
    owners = {"rare": sellers.get(user__name=RARE), "own": sellers[0], "some": sellers[20]}
    found |= {f"owner.{name}": f"owner={one.pk}" for name, one in owners.items()}
    found |= {"owner.nobody": "owner=0", "stage.inbox": "stage=0", "reply": "reply=1"}
    found |= {"status.some": "status=urgent", "status.many": "status=neutral"}
    found["several"] = f"{found['tag.many']}&status=pending&{found['team.many']}"
    found["reply.rare"] = f"{found['stage.rare']}&reply=1"
    for name, query in found.items():
        for order in ("recent", "waiting", "window"):
            yield Screen(f"filter.{name}.{order}", f"{path}?tab=all&order={order}&{query}", 8, 9)
        for tab in ("unread", "archived", "unassigned"):
            yield Screen(f"filter.{name}.{tab}", f"{path}?tab={tab}&{query}", 8, 9)


def _directory(membership: Membership) -> Iterator[Screen]:
    for name, path, budget in directory.pages(membership):
        yield Screen(name, path, budget, directory.QUERIES)


def _thread(membership: Membership) -> Iterator[Screen]:
    """The 100,000 messages for who sees them, else the person's newest."""
    yield Screen("thread", _path("inbox:thread", membership, pk=_newest(membership)), 8, 9)


def _lead(membership: Membership) -> Iterator[Screen]:
    yield Screen("lead", _path("directory:lead", membership, pk=_newest(membership)), 6, 8)


def _move(membership: Membership) -> Iterator[Screen]:
    """A lead of the board's first column of stages, there and back again."""
    funnel = Funnel.objects.in_use().in_order()[0]
    one, other = funnel.stages.order_by("position")[:2]
    rows = Placement.objects.visible_to(membership).filter(ON_BOARD, stage=one)
    data = {"lead": str(rows.order_by("-last_activity_at")[5].pk)}
    turns = [{"stage": str(stage.pk)} for stage in (other, one)]
    yield Screen("move", _path("funnels:moves", membership, pk=funnel.pk), 5, 9, data, turns)


def _reply(membership: Membership) -> Iterator[Screen]:
    """To somebody whose window is open, on a number from which the person may write."""
    writable = Channel.objects.writable_by(membership).filter(kind="whatsapp").values("pk")
    rows = Placement.objects.visible_to(membership).filter(
        ON_BOARD, channel_id__in=writable, window_ends_at__gt=timezone.now()
    )
    lead = rows.exclude(pk=1).order_by("-window_ends_at").values_list("pk", flat=True)[0]
    identity = Identity.objects.filter(lead_id=lead).values_list("pk", flat=True)[0]
    data = {"text": "Con gusto, le confirmo mañana.", "identity": str(identity), "client_id": FRESH}
    yield Screen("reply", _path("inbox:messages", membership, pk=lead), 6, 9, data)


def _webhook(membership: Membership) -> Iterator[Screen]:
    """A batch of text messages; it is the provider who calls, so once is enough."""
    if not membership.is_owner:
        return
    channel = Channel.objects.filter(kind="whatsapp").select_related("app").order_by("pk")[0]
    if channel.app is None:
        return
    path = reverse("hooks:webhook", kwargs={"provider": "meta", "public_id": channel.app.public_id})
    for name, count in (("webhook", 1), ("webhook.64k", 150)):
        body = json.dumps(_delivered(channel, count))
        secret = channel.app.secrets["app_secret"].encode()
        signature = "sha256=" + hmac.new(secret, body.encode(), hashlib.sha256).hexdigest()
        yield Screen(name, path, 2, 3, body=body, signature=signature)


def _delivered(channel: Channel, count: int) -> dict[str, Any]:
    messages = [
        {
            "from": f"52155{number:08}",
            "id": f"wamid.bench{number:040}",
            "timestamp": "1763769600",
            "type": "text",
            "text": {"body": "Hola, ¿sigue disponible? " + "Me interesa mucho. " * 10},
        }
        for number in range(count)
    ]
    metadata = {"display_phone_number": "525500000000", "phone_number_id": channel.external_id}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": messages}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": channel.account_id, "changes": changes}]}


NAMED = {
    "tag": {"none": NONE, "rare": RARE, "some": TAGS[-1], "many": TAGS[0]},
    "channel": {"none": NONE, "rare": RARE, "many": "WhatsApp 1"},
    "stage": {"none": NONE, "rare": RARE, "some": "Visita", "many": "Nuevo"},
    "team": {"none": NONE, "rare": RARE, "many": "Norte"},
}
FRESH = "<uuid>"  # a new one with each request
MAKERS: list[Callable[[Membership], Iterator[Screen]]] = [
    _board, _list, _filtered, _directory, _thread, _lead, _move, _reply, _webhook,
]  # fmt: skip
SEARCHES = {
    "rare": "xochitl+etxeberria",
    "common": "garcia",
    "short": "ma",
    "none": "zzyzx",
    "phone": "5504827",
    "phone_end": "4827",
    "email": "maria.1@",
}


def _newest(membership: Membership) -> int:
    seen = Placement.objects.visible_to(membership).filter(ON_BOARD, last_message_id__isnull=False)
    return seen.order_by("-last_activity_at").values_list("pk", flat=True)[0]
