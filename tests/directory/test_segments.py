"""Segments: a filter kept under a name, one's own or everybody's; and the dialog in which a filter is made."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client

from crm.tenancy import scope
from directory import filtering
from directory.actions import segments
from directory.listing import groups
from directory.models import Lead, Segment
from tests import cast
from tests.directory import house
from tests.directory.test_directory_page import at, names
from tests.swap import HTMX, Swapped
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


@pytest.fixture
def urgent(owner: Membership) -> Lead:
    with scope(owner.workspace):
        house.lead(owner.workspace, name="Nora")
        return house.lead(owner.workspace, name="Marta", status="urgent")


def place(response: object) -> str:
    """Where the answer leads."""
    import json

    return str(json.loads(response.headers["HX-Location"])["path"])


def test_a_segment_is_kept_opened_and_taken_away(
    owner: Membership, seller: Membership, client: Client, urgent: Lead
) -> None:
    form = {"name": " Urgentes ", "icon": "🔥", "filter": "status:urgent", "state": "active", "sort": "-name"}
    made = client.post(at(owner, "segments/new/"), {**form, "shared": "on"}, headers=HTMX)
    assert place(made) == f"{at(owner)}?f=status:urgent&sort=-name"
    shown = client.get(place(made))
    assert names(shown) == ["Marta"]
    tab = Swapped(shown).tree.select_one(".directory-segment[aria-current]")
    assert "Urgentes" in tab.get_text()
    with scope(owner.workspace):
        kept = Segment.objects.get()
        assert (kept.name, kept.filter, kept.is_shared) == ("Urgentes", "status:urgent", True)
        assert AuditEntry.objects.filter(target="Urgentes").count() == 1
    theirs = cast.signed_in(seller)
    assert "Urgentes" in theirs.get(at(seller)).content.decode()
    assert theirs.post(at(seller, f"segments/{kept.pk}/removal/"), headers=HTMX).status_code == 403
    assert client.post(at(owner, f"segments/{kept.pk}/removal/"), headers=HTMX).status_code == 200
    assert "Urgentes" not in client.get(at(owner)).content.decode()


def test_ones_own_is_nobody_elses(owner: Membership, seller: Membership, admin: Membership) -> None:
    with scope(owner.workspace):
        own = segments.create(by=seller, name="Míos", filter="assignee:me")
    boss = cast.signed_in(owner)
    assert "Míos" not in boss.get(at(owner)).content.decode()
    assert boss.get(at(owner, f"segments/{own.pk}/")).status_code == 404
    assert boss.post(at(owner, f"segments/{own.pk}/removal/")).status_code == 404
    mine = cast.signed_in(seller)
    said = {"name": "Los míos", "icon": "", "filter": own.filter, "now": "1"}
    there = {**HTMX, "HX-Current-URL": f"http://testserver{at(seller)}?f=status:done&state=all"}
    assert mine.post(at(seller, f"segments/{own.pk}/"), said, headers=there).status_code == 200
    with scope(owner.workspace):
        own.refresh_from_db()
    assert (own.name, own.filter, own.state) == ("Los míos", "status:done", "all")


def test_segments_stand_in_the_order_that_people_give_them(
    owner: Membership, seller: Membership, client: Client
) -> None:
    with scope(owner.workspace):
        own = [segments.create(by=owner, name=f"Own {one}") for one in range(3)]
        shared = [segments.create(by=owner, name=f"Shared {one}", shared=True) for one in range(2)]
        theirs = segments.create(by=seller, name="Theirs")
    at_order = at(owner, "segments/order/")
    page = Swapped(client.get(at(owner)))
    given = [own[2].pk, theirs.pk, shared[0].pk, own[0].pk, "x", 10**20]  # own[1] was made meanwhile
    answer = client.post(at_order, {"order": given}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, '{"live:segments": {}}')
    # The strip asks anew, and is as after a reload.
    page.apply(client.get(at(owner, "segments/"), headers=HTMX), trigger="#directory-segments")
    page.assert_same(client.get(at(owner)))
    client.post(at_order, {"order": [shared[1].pk, shared[0].pk], "shared": "1"}, headers=HTMX)
    assert strip(client, owner) == ["Shared 1", "Shared 0", "Own 2", "Own 0", "Own 1"]
    for_everybody = {"order": [shared[0].pk], "shared": "1"}
    by_seller = cast.signed_in(seller)
    assert by_seller.post(at(seller, "segments/order/"), for_everybody, headers=HTMX).status_code == 403
    assert strip(by_seller, seller) == ["Shared 1", "Shared 0", "Theirs"]
    with scope(owner.workspace):
        entry = AuditEntry.objects.get(target="Segments")
        assert entry.changes == {"order": ["Shared 0, Shared 1", "Shared 1, Shared 0"]}


def strip(client: Client, person: Membership) -> list[str]:
    links = Swapped(client.get(at(person))).tree.select(".directory-segment bdi")
    return [link.get_text() for link in links]


def test_columns_stand_in_the_order_that_people_give_them(owner: Membership, client: Client) -> None:
    look = at(owner, "look/")
    client.post(look, {"columns": ["city", "phone", "value"], "density": "compact"}, headers=HTMX)
    client.post(look, {"columns": ["value", "city", "phone"]}, headers=HTMX)  # a head was dragged
    page = Swapped(client.get(at(owner))).tree
    assert [head["data-column"] for head in page.select("th[data-column]")] == []  # nobody is listed
    with scope(owner.workspace):
        house.lead(owner.workspace)
    page = Swapped(client.get(at(owner))).tree
    assert [head["data-column"] for head in page.select("th[data-column]")] == ["value", "city", "phone"]
    assert page.select_one(".directory.is-compact")
    boxes = Swapped(client.get(look, headers=HTMX)).tree.select("[name=columns]")
    assert [box["value"] for box in boxes if box.has_attr("checked")] == ["value", "city", "phone"]
    assert [box["value"] for box in boxes[:3]] == ["value", "city", "phone"]


def test_what_cannot_be_kept_is_said(
    owner: Membership, seller: Membership, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = client.post(at(owner, "segments/new/"), {"name": "x", "filter": "status:angry"}, headers=HTMX)
    assert bad.status_code == 422
    assert "angry" in bad.content.decode()
    assert (
        client.post(at(owner, "segments/new/"), {"name": "\u202e", "filter": ""}, headers=HTMX).status_code
        == 422
    )
    monkeypatch.setattr(segments, "MOST", 1)
    with scope(owner.workspace):
        segments.create(by=owner, name="one")
        with pytest.raises(Refused):
            segments.create(by=owner, name="two")
    shared = cast.signed_in(seller).post(
        at(seller, "segments/new/"), {"name": "x", "shared": "on"}, headers=HTMX
    )
    assert shared.status_code == 200
    with scope(owner.workspace):
        assert Segment.objects.get(name="x").membership_id == seller.pk


def test_the_strip_is_as_after_a_reload(owner: Membership, client: Client, urgent: Lead) -> None:
    page = Swapped(client.get(at(owner)))
    with scope(owner.workspace):
        segments.create(by=owner, name="Urgentes", filter="status:urgent", shared=True)
    page.apply(client.get(at(owner, "segments/"), headers=HTMX), trigger="#directory-segments")
    page.assert_same(client.get(at(owner)))


@pytest.mark.parametrize(
    "text",
    [
        "status:urgent,done",
        "not status:urgent",
        "tag:none",
        "assignee:me,none",
        'name~"ruiz lópez"',
        "city:none",
        "value:5..10",
        "value:..10.5",
        "value:any",
        "created:last-30d",
        "not inbound:over-2w",
        "created:2026-01-01..2026-02-01",
        "created:2026-01-01",
        "created:this-month",
        "waiting:any",
        "starred:yes",
        "status:urgent or not tag:any",
        "not (status:urgent assignee:me)",
        "(status:urgent or tag:any)",
        "status:done or (tag:any not (starred:yes (value:any or city~puebla)))",
    ],
)
def test_the_dialog_shows_a_part_and_makes_the_same_of_it(
    owner: Membership, client: Client, text: str
) -> None:
    dialog = client.get(at(owner, "filter/"), {"f": text, "part": "0"}, headers=HTMX)
    answer = asked(client, owner, [*sent(dialog), ("apply", "1")])
    with scope(owner.workspace):
        wanted = filtering.parse(text)
    assert dict(parse_qsl(urlsplit(place(answer)).query)).get("f", "") == wanted.text


def test_the_dialog_says_what_a_line_lacks_and_adds_and_takes_lines(
    owner: Membership, client: Client
) -> None:
    start = {"f": "status:urgent", "line": "0", "field-0": "tag", "apply": "1"}
    refused = client.get(at(owner, "filter/"), start, headers=HTMX)
    assert refused.status_code == 422
    assert "Choose at least one." in refused.content.decode()
    more = client.get(
        at(owner, "filter/"),
        {"line": "0", "field-0": "value", "first-0": "a", "way-0": "span", "apply": "1"},
        headers=HTMX,
    )
    assert "is no number" in more.content.decode()
    two = client.get(at(owner, "filter/"), {"line": "0", "field-0": "tag", "add": "-1"}, headers=HTMX)
    assert two.content.decode().count('name="line"') == 2
    one = client.get(at(owner, "filter/"), {"line": ["0", "1"], "take": "0"}, headers=HTMX)
    assert one.content.decode().count('name="line"') == 1
    deep = client.get(at(owner, "filter/"), {"f": "(a:1)", "part": "0"}, headers=HTMX)
    assert deep.status_code == 404
    assert (
        len(
            client.get(at(owner, "filter/"), {"line": [str(n) for n in range(500)]})
            .content.decode()
            .split('name="line"')
        )
        == groups.MOST_LINES + 1
    )


def test_groups_within_groups_are_edited_in_the_dialog(owner: Membership, client: Client) -> None:
    text = "status:done or (tag:any starred:yes)"
    fields = sent(client.get(at(owner, "filter/"), {"f": text, "part": "0"}, headers=HTMX))

    # A group in the group; then its line is taken again, and it with that.
    number = next(value for name, value in fields if name == "line" and value.startswith("g")).removeprefix(
        "g"
    )
    more = asked(client, owner, [*fields, ("add_group", number)])
    group, line = (one[1] for one in sent(more) if one[0] == "line" and one not in fields)
    assert group.endswith(f".{number}")
    assert line.endswith(f".{group.removeprefix('g').partition('.')[0]}")
    assert "autofocus" in str(Swapped(more).tree.select_one(f"#filter-field-{line.partition('.')[0]}"))
    less = asked(client, owner, [*sent(more), ("take", line.partition(".")[0])])
    assert sorted(sent(less)) == sorted(fields)

    # Deeper than a form shows: as text. What no form of ours sends does no harm.
    deepest = "city:a (city:b or (city:c (city:d or (city:e (city:f or city:g)))))"
    as_text = client.get(
        at(owner, "filter/"), {"f": f"status:done or ({deepest})", "part": "0"}, headers=HTMX
    )
    assert "<textarea" in as_text.content.decode()
    odd = {"line": ["g1.1", "g2.3", "g3.2", "4.9", "g999", "5.999", "x", "9999"], "add": "77", "take": "-1"}
    assert client.get(at(owner, "filter/"), odd, headers=HTMX).status_code == 200


def sent(response: Any) -> list[tuple[str, str]]:
    """What the dialog's form would send."""
    found = []
    for field in Swapped(response).tree.select("form.filter-form [name]"):
        kind = field.get("type")
        if field.name == "select":
            value = (field.select_one("option[selected]") or field.select_one("option"))["value"]
        elif field.name == "button" or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        else:
            value = field.get("value", "")
        found.append((field["name"], value))
    return found


def asked(client: Client, owner: Membership, pairs: list[tuple[str, str]]) -> Any:
    return client.get(f"{at(owner, 'filter/')}?{urlencode(pairs)}", headers=HTMX)


def test_slips_of_the_finger_are_forgiven_apart(
    owner: Membership, seller: Membership, client: Client
) -> None:
    with scope(owner.workspace):
        house.lead(owner.workspace, name="Xóchitl Etxeberría", assignee=seller)
        house.lead(owner.workspace, name="Xochitl Archivada", is_archived=True)
        house.lead(owner.workspace, name="Pedro")
    page = client.get(at(owner), {"q": "xochtil"})
    assert names(page) == []
    href = Swapped(page).tree.select_one(".directory-alike")["hx-get"]
    alike = client.get(href, headers=HTMX)
    assert names(alike) == ["Xóchitl Etxeberría"]
    assert "Names that look alike" in alike.content.decode()
    assert names(cast.signed_in(seller).get(at(seller, "alike/"), {"q": "xochtil", "f": "status:done"})) == []
    assert names(client.get(at(owner, "alike/"), {"q": "xochitl"})) == []
    assert "directory-alike" not in client.get(at(owner), {"q": "ped"}).content.decode()


def test_rows_are_fetched_again_as_the_page_shows_them(
    owner: Membership, client: Client, urgent: Lead
) -> None:
    page = Swapped(client.get(at(owner)))
    address = page.tree.select_one("[data-again]")["data-again"]
    row = Swapped(client.get(address, {"ids": f"{urgent.pk},0,x"}, headers=HTMX)).tree.select("[data-lead]")
    assert [str(one) for one in row] == [str(page.tree.select_one(f"#lead-{urgent.pk}"))]
    assert (
        Swapped(client.get(address, {"ids": str(urgent.pk), "f": "status:done"}, headers=HTMX)).tree.select(
            "[data-lead]"
        )
        == []
    )
