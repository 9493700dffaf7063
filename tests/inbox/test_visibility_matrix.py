"""Who sees which lead by which way out: kinds of people × ways, each cell held both ways, no more and no less.

What a person sees is written down here by name; the ways are asked over HTTP, as their browsers would. The routes of
one lead are taken from the URLconf, so that a new one is held to the same as soon as it is there.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import URLPattern
from django.urls.converters import IntConverter
from django.utils import timezone

from crm.tenancy import scope
from directory import listening
from directory import urls as lead_urls
from directory.models import CustomField, Lead, Placement
from inbox import conversation_urls
from inbox.models import Attachment, Identity, Message, Note
from tests import cast
from tests.directory import house as leads
from tests.inbox.matrix import (
    END,
    HERE,
    INBOX,
    KINDS,
    LEADS,
    ME,
    NOBODY,
    PHONE,
    SURNAME,
    THERE,
    Kind,
    Stands,
    World,
)
from tests.swap import HTMX
from workspaces.models import Membership

pytestmark = pytest.mark.django_db


# What is expected, of what stands in the table above.


def _are(kind: Kind, holds: Callable[[Stands], bool]) -> set[str]:
    return {name for name in kind.seen if holds(LEADS[name])}


def _on_board(funnel: str, *, archived: bool = False, outcome: str = "") -> Callable[[Stands], bool]:
    stages = {INBOX, HERE, END} if funnel == "ours" else {INBOX, THERE}
    return lambda at: (
        at.stage in stages and at.archived is archived and (outcome == "any" or at.outcome == outcome)
    )


def _listed(at: Stands) -> bool:
    return at.channel is not None and not at.archived


@pytest.mark.parametrize("name", KINDS)
def test_lists_boards_counts_and_searches(name: str, world_of: Callable[[str], World]) -> None:
    world = world_of(name)
    for funnel in ("ours", "theirs"):
        _check_board(world, funnel)
    _check_list(world)
    _check_searches(world)
    _check_live(world)


def _check_board(world: World, funnel: str) -> None:
    pk, kind = world.funnels[funnel], world.kind
    address = world.at("funnels:board", pk=pk)
    if funnel not in kind.boards:
        for part in ("board", "counts", "news", "more", "menu"):
            assert world.client.get(world.at(f"funnels:{part}", pk=pk)).status_code == 404, part
        return
    every = "&".join(f"lead={one}" for one in world.ids.values())
    for query, holds in (
        ("", _on_board(funnel)),
        ("outcome=any", _on_board(funnel, outcome="any")),
        ("outcome=any&archived=1", _on_board(funnel, outcome="any", archived=True)),
        (f"outcome=any&q={SURNAME}", _on_board(funnel, outcome="any")),
        ("outcome=any&sort=waiting", _on_board(funnel, outcome="any")),
        ("outcome=any&sort=manual", _on_board(funnel, outcome="any")),
    ):
        expected = _are(kind, holds)
        assert world.named(world.page(f"{address}?{query}")) == expected, query
        news = world.page(f"{world.at('funnels:news', pk=pk)}?{query}&{every}")
        assert world.named(news) == expected, f"news {query}"
        counted = _counts(world.page(f"{world.at('funnels:counts', pk=pk)}?{query}"))
        assert sum(counted.values()) == len(expected), f"counts {query}: {counted}"
    for stage, column in world.stages.items():
        if (stage == THERE) == (funnel == "theirs") or stage is INBOX:
            expected = _are(kind, lambda at, stage=stage: _on_board(funnel)(at) and at.stage == stage)
            whole = world.page(f"{world.at('funnels:news', pk=pk)}?column={column}:200")
            assert world.named(whole) == expected, f"column {stage}"


def _counts(page: str) -> dict[str, int]:
    tree = BeautifulSoup(page, "html.parser")
    return {str(one["id"]): int(one.get_text() or 0) for one in tree.select(".column-count")}


def _check_list(world: World) -> None:
    place, kind = world.at("inbox:conversations"), world.kind
    tabs: dict[str, Callable[[Stands], bool]] = {
        "all": _listed,
        "mine": lambda at: _listed(at) and at.whose == ME,
        "unassigned": lambda at: _listed(at) and at.whose is NOBODY,
        "unread": _listed,
        "starred": _listed,
        "archived": lambda at: at.channel is not None and at.archived,
    }
    every = ",".join(map(str, world.ids.values()))
    for tab, holds in tabs.items():
        expected = _are(kind, holds)
        for order in ("recent", "waiting", "window") if tab == "all" else ("recent",):
            page = world.page(f"{place}?tab={tab}&order={order}", headers=HTMX)
            assert world.named(page) == expected, f"{tab} {order}"
        again = world.page(f"{world.at('inbox:again')}?tab={tab}&ids={every}")
        assert world.named(again) == expected, f"again {tab}"
    tree = BeautifulSoup(world.page(world.at("inbox:counts") + "?tab=all"), "html.parser")
    counted = {}
    for link in tree.select(".talks-tab"):
        number = link.select_one(".tab-count")
        counted[str(link["href"]).rpartition("tab=")[2]] = int(number.get_text()) if number else 0
    for tab in ("unread", "unassigned"):
        assert counted[tab] == len(_are(kind, tabs[tab])), tab


def _check_searches(world: World) -> None:
    seen = set(world.kind.seen)
    assert world.named(world.page(f"{world.at('inbox:conversations')}?q={SURNAME}", headers=HTMX)) == seen
    for name in (
        "Alba",
        "Carla",
        "Irma",
        "Luis",
    ):  # the palette shows the first few, and says what was asked for
        found = world.page(f"{world.at('ui:palette')}?q={name}+{SURNAME}")
        assert (world.at("directory:lead", pk=world.ids[name]) in found) == (name in seen), f"palette {name}"
        found = world.page(f"{world.at('inbox:again')}?q={name}&ids={world.ids[name]}")
        assert world.named(found) == {name} & seen, f"again by words {name}"
    whole = world.named(world.page(f"{world.at('inbox:conversations')}?q={PHONE}", headers=HTMX))
    assert whole == seen
    form = {"name": "Otra", "phone": f"+52{PHONE}", "stage": "", "assignee": ""}
    said = world.client.post(world.at("directory:lead_new"), form, headers=HTMX).content.decode()
    doubles = world.named(said)
    assert doubles <= seen
    assert len(doubles) == min(5, len(seen))


def _check_live(world: World) -> None:
    person, user = world.person, world.person.user
    with scope(world.owner.workspace):
        for name, pk in world.ids.items():
            topics = listening.topics_of(Placement.objects.get(pk=pk))
            hears = any(listening._may_hear(user, person, topic) for topic in topics)
            assert hears == (name in world.kind.seen), f"live {name}"
    asked = [f"leads:{person.workspace_id}:all", f"leads:{person.workspace_id}:of:{world.owner.pk}"]
    if person.is_seller:  # that a token holds no other topics, tests/live/test_topics_and_tokens.py says
        assert not any(listening._may_hear(user, person, topic) for topic in asked)


# The routes of one lead, and what else they name.


def _routes() -> Iterator[tuple[str, dict[str, bool]]]:
    """With the names of their arguments, and whether each is a number."""
    patterns: Iterable[Any] = [
        *(("directory", one) for one in lead_urls.urlpatterns),
        *(("inbox", one) for one in conversation_urls.urlpatterns),
    ]
    for app, one in patterns:
        if isinstance(one, URLPattern) and str(one.pattern).startswith(
            ("leads/<int:pk>", "conversations/<int:pk>")
        ):
            named = one.pattern.converters.items()
            yield f"{app}:{one.name}", {name: isinstance(kind, IntConverter) for name, kind in named}


ROUTES = list(_routes())
RIGHTS = {  # of their own, whatever one sees
    "directory:lead_erasure",
    "directory:lead_personal_erasure",
    "directory:lead_merge",
    "directory:lead_merging",
}
# What answers 404 to who sees the lead, too: no such template, tab or other lead here, and no identity named.
NOT_HERE = {"inbox:template", "inbox:template_list", "directory:lead_tab", "directory:lead_merging"}


def _arguments(world: World, name: str, wanted: dict[str, bool]) -> dict[str, Any]:
    pk = world.ids[name]
    identity = Identity.objects.filter(lead_id=pk).first()
    message = Message.objects.filter(lead_id=pk).first()
    note = Note.objects.filter(lead_id=pk).first()
    known = {
        "pk": pk,
        "identity": identity.pk if identity else 0,
        "message": message.pk if message else 0,
        "note": note.pk if note else 0,
        "template": 1,
        "point": 1,
        "tag": 1,
        "profile": 1,
        "other": 1,
        "field": "name",
        "source": "messages",
        "key": "none",
    }
    if wanted.get("field"):
        known["field"] = (CustomField.objects.first() or leads.field("text", "Size")).pk
    return {one: known[one] for one in wanted}


@pytest.mark.parametrize(
    "name", ["admin", "only their own", "works in a funnel", "a mixture", "without phones"]
)
def test_every_page_and_file_of_one_lead(name: str, world_of: Callable[[str], World]) -> None:
    """Every route for two leads in sight and two out of it, the thread, the page and the file for all."""
    world = world_of(name)
    cells = []
    talked = [lead for lead in LEADS if LEADS[lead].channel is not None]
    seen = [lead for lead in talked if lead in world.kind.seen]
    hidden = [lead for lead in talked if lead not in world.kind.seen]
    whole = {*seen[:1], *seen[-1:], *hidden[:1], *hidden[-1:]}
    for lead in LEADS:
        with scope(world.owner.workspace):
            file = Attachment.objects.filter(message__lead_id=world.ids[lead]).first()
            addresses = [
                (route, world.at(route, **_arguments(world, lead, wanted)))
                for route, wanted in ROUTES
                if lead in whole or route in ("inbox:thread", "directory:lead")
            ]
        if file is not None:
            addresses.append(("inbox:media", world.at("inbox:media", pk=file.pk)))
        for route, address in addresses:
            status = _status(world.client.get(address, headers=HTMX))
            if status == 405:
                continue
            right = {200} if lead in world.kind.seen else {404}
            if route in NOT_HERE:
                right = right | {404}
            if route in RIGHTS and world.person.is_seller:
                right = {403}  # whatever they see
            if status not in right:
                cells.append((route, lead, status))
    assert cells == []


def _status(response: Any) -> int:
    if response.streaming:
        b"".join(response.streaming_content)
    return int(response.status_code)


@pytest.mark.parametrize("name", ["only their own", "writes from a channel", "a mixture"])
def test_no_act_reaches_a_lead_out_of_sight(name: str, world_of: Callable[[str], World]) -> None:
    world = world_of(name)
    hidden = next(one for one in ("Irma", "Luis", "Gloria") if one not in world.kind.seen)
    assert "Luis" not in world.kind.seen, "who had it once has it no longer"
    with scope(world.owner.workspace):
        before = _state(world)
        addresses = [
            (route, world.at(route, **_arguments(world, lead, wanted)))
            for lead in {hidden, "Luis"}
            for route, wanted in ROUTES
        ]
    data = {
        "value": "x", "text": "x", "status": "urgent", "stage": "inbox", "assignee": world.person.pk,
        "outcome": "won", "name": "vip", "upto": 1, "identity": 1, "confirmation": "x",
    }  # fmt: skip
    for route, address in addresses:
        for method in ("post", "delete"):
            response = getattr(world.client, method)(
                address, data if method == "post" else None, headers=HTMX
            )
            refusals = {404, 405, 403} if route in RIGHTS else {404, 405}
            assert response.status_code in refusals, f"{method} {route}"
    with scope(world.owner.workspace):
        assert _state(world) == before


@pytest.mark.parametrize("name", ["admin", "works in a funnel", "sees all of a funnel", "a mixture"])
def test_acts_on_many_reach_those_in_sight(name: str, world_of: Callable[[str], World]) -> None:
    world = world_of(name)
    listed = [lead for lead, at in LEADS.items() if not at.archived]
    for funnel in world.kind.boards[:1]:
        for act, data, column in (
            ("statuses", {"status": "urgent"}, "status"),
            ("moves", {"stage": 0}, "stage_id"),
            ("closures", {"outcome": "lost"}, "outcome"),
            ("assignments", {"assignee": world.owner.pk}, "assignee_id"),
        ):
            with scope(world.owner.workspace):
                before = dict(Placement.objects.values_list("pk", column))
                sees = set(Placement.objects.visible_to(_fresh(world)).values_list("pk", flat=True))
            address = world.at(f"funnels:{act}", pk=world.funnels[funnel])
            ids = [world.ids[lead] for lead in listed]
            response = world.client.post(address, {"lead": ids, **data}, headers=HTMX)
            assert response.status_code == 200, response.content
            with scope(world.owner.workspace):
                after = dict(Placement.objects.values_list("pk", column))
            changed = {pk for pk in after if after[pk] != before[pk]}
            wanted = next(iter(data.values())) or None
            assert changed == {pk for pk in sees & set(ids) if before[pk] != wanted}, act
            said = json.loads(response.headers["HX-Trigger"])["toast"]["text"]
            assert not world.named(said) - world.kind.seen


@pytest.mark.parametrize("name", ["admin", "writes from a channel", "a mixture"])
def test_one_writes_to_whom_one_sees_from_channels_one_is_granted(
    name: str, world_of: Callable[[str], World]
) -> None:
    world = world_of(name)
    for lead, at in LEADS.items():
        if at.channel is None:
            continue
        with scope(world.owner.workspace):
            identity = Identity.objects.get(lead_id=world.ids[lead])
        address = world.at("inbox:messages", pk=world.ids[lead])
        response = world.client.post(address, {"identity": identity.pk, "text": "va"}, headers=HTMX)
        may = not world.person.is_seller or at.channel in world.kind.writes
        expected = (200 if may else 422) if lead in world.kind.seen else 404
        assert response.status_code == expected, lead


def test_who_left_and_who_is_of_another_workspace_gets_nothing(
    world_of: Callable[[str], World], outsider: Membership
) -> None:
    world = world_of("sees all of a funnel")
    Membership.objects.filter(pk=world.person.pk).update(deactivated_at=timezone.now())
    with scope(world.owner.workspace):
        addresses = [world.at(route, **_arguments(world, "Alba", wanted)) for route, wanted in ROUTES]
        file = Attachment.objects.filter(message__lead_id=world.ids["Alba"]).get()
    addresses += [
        world.at("inbox:media", pk=file.pk),
        world.at("inbox:conversations"),
        world.at("ui:palette"),
    ]
    addresses.append(world.at("funnels:board", pk=world.funnels["ours"]))
    for client in (world.client, cast.signed_in(outsider)):
        for address in addresses:
            assert client.get(address).status_code == 404, address


def _state(world: World) -> list[Any]:
    """All that an act could have changed."""
    placements = list(Placement.objects.order_by("pk").values())
    names = list(Lead.objects.order_by("pk").values())
    return [placements, names, Message.objects.count(), Identity.objects.filter(blocked_at=None).count()]


def _fresh(world: World) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(pk=world.person.pk)
