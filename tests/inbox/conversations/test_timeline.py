"""Messages and notes among what happened to a lead, on its card."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from directory import timeline
from directory.actions import custom, placements, tags
from directory.models import ContactPoint, Event, Lead
from inbox.actions import notes
from inbox.models import Attachment, Channel, Message
from tests import cast
from tests.directory import house
from tests.directory.test_pages import address
from tests.inbox.conversations import talks
from tests.swap import HTMX, Swapped
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db
MAIL = "marta@example.com"
NOON = timezone.now().replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(days=3)  # in Mexico


@pytest.fixture
def channel(workspace: Workspace, nudges: list[str]) -> Channel:
    with scope(workspace):
        return talks.number(workspace)


@pytest.fixture
def lead(workspace: Workspace, channel: Channel, seller: Membership) -> Lead:
    with scope(workspace):
        lead = talks.talk(workspace, channel, name="Marta Ruiz", assignee=seller)
        Event.objects.all().delete()
        return lead


def told(page: timeline.Page) -> list[str]:
    """Newest first."""
    return [
        " ".join(
            filter(
                None, [line.who.user.name if line.who else line.origin, str(line.told.text), line.told.said]
            )
        )
        for line in page.lines
    ]


def test_what_was_said_noted_and_done_is_one_line_of_time(
    owner: Membership, seller: Membership, lead: Lead
) -> None:
    with scope(owner.workspace):
        talks.say(lead, "¿Hay talla M?", at=timezone.now())
        talks.say(lead, ">Sí", at=timezone.now(), author=seller)
        placements.set_status(lead.pk, by=owner, status="urgent")
        notes.write(lead, by=owner, text=f"@[{seller.pk}] pide factura")
        photo = talks.say(lead, "", kind="image", at=timezone.now())
        Attachment.objects.create(message=photo, kind="image", name="talla.jpg", state="ready")
        page = timeline.page(lead, owner)
        assert told(page) == [
            "Wrote to us Photo: talla.jpg",
            "Olga Owner wrote a note @Sara Seller pide factura",
            "Olga Owner set the status",
            "Sara Seller wrote Sí",
            "Wrote to us ¿Hay talla M?",
        ]
        assert page.next == ""
        kinds = {
            kind: [line.source for line in timeline.page(lead, owner, group=kind).lines]
            for kind in ("messages", "notes", "events", "moves", "people")
        }
        assert kinds == {
            "messages": ["messages"] * 3,
            "notes": ["notes"],
            "events": ["events"],
            "moves": ["events"],
            "people": [],
        }
    page = cast.signed_in(owner).get(address(lead)).content.decode()
    assert f"/conversations/{lead.pk}/#m{photo.pk}" in page


def test_many_messages_of_a_day_are_one_line_that_opens(owner: Membership, lead: Lead) -> None:
    with scope(owner.workspace):
        for number in range(14):
            talks.say(lead, f"Mensaje {number}", at=NOON + timedelta(minutes=number))
        talks.say(lead, "Otro día", at=NOON + timedelta(days=1))
        page = timeline.page(lead, owner)
        assert told(page) == ["Wrote to us Otro día", "14 messages Mensaje 13"]
        assert page.lines[1].told.where == "Ventas"
    client = cast.signed_in(owner)
    shown = Swapped(client.get(address(lead)))
    run = shown.tree.select_one(".timeline-run")
    shown.apply(client.get(run["hx-get"], headers=HTMX), trigger=f"#{run['id']}")
    rows = [row.get_text(strip=True) for row in shown.tree.select(".timeline-run .timeline-said")]
    assert rows == [f"Mensaje {number}" for number in reversed(range(14))]
    assert client.get(address(lead, "lead_run", source="notes") + "?from=1&to=2").status_code == 200
    assert client.get(address(lead, "lead_run", source="nothing") + "?from=1&to=2").status_code == 404
    assert "timeline-row" not in client.get(address(lead, "lead_run", source="messages")).content.decode()


def test_page_by_page_each_thing_is_told_once(owner: Membership, lead: Lead, channel: Channel) -> None:
    """Also where messages and changes take turns, and where a run is longer than what is read at once."""
    with scope(owner.workspace):
        for number in range(40):
            made = talks.say(lead, f"Mensaje {number}", at=NOON + timedelta(minutes=number))
            if number % 5 == 0:
                placements.set_status(lead.pk, by=owner, status="urgent" if number % 10 else "stuck")
                Event.objects.filter(pk=Event.objects.latest("id").pk).update(created_at=made.sent_at)
        notes.write(lead, by=owner, text="Al final")
        for limit in (3, 7, 30):
            seen: list[tuple[str, int]] = []
            counted = 0
            cursor, pages = "", 0
            while True:
                page = timeline.page(lead, owner, cursor=cursor, limit=limit)
                for line in page.lines:
                    seen.append((line.source, line.pk))
                    if line.source == "messages":
                        opened = timeline.opened(
                            lead,
                            owner,
                            next(one for one in timeline.sources if one.key == "messages"),
                            line.pk,
                            line.oldest or line.pk,
                        )
                        counted += len(opened)
                assert [line.at for line in page.lines] == sorted(
                    (line.at for line in page.lines), reverse=True
                )
                pages += 1
                if not (cursor := page.next):
                    break
            assert len(seen) == len(set(seen))
            assert counted == 40
            assert (
                sum(source == "events" for source, _pk in seen)
                == Event.objects.exclude(verb="lead.noted").count()
            )
            assert pages >= 16 // (limit + 3)


def test_a_long_thread_costs_as_many_queries_as_a_short_one(owner: Membership, lead: Lead) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = timeline.page(lead, owner)
            timeline.page(lead, owner, cursor=page.next)
        return len(asked)

    with scope(owner.workspace):
        first = talks.say(lead, "Uno", at=NOON)
        notes.write(lead, by=owner, text="Una")
        queries()
        few = queries()
        columns = {name: getattr(first, name) for name in ("lead", "channel", "identity", "session")}
        Message.objects.bulk_create(
            Message(
                direction="in",
                kind="text",
                text="x",
                external_id=f"y{n}",
                sent_at=NOON - timedelta(hours=n),
                **columns,
            )
            for n in range(1_000)
        )
        for number in range(40):
            notes.write(lead, by=owner, text=f"Nota {number}")
        # Two more: the places of a message and of a note that the second page goes on from.
        assert queries() <= few + 2


def test_what_may_not_be_read_is_not_told(
    owner: Membership, seller: Membership, other_seller: Membership, lead: Lead
) -> None:
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    with scope(owner.workspace):
        talks.say(lead, "Escríbeme: https://wa.me/5215512345678", at=NOON)
        gone = talks.say(lead, "Secreto", at=NOON)
        Message.objects.filter(pk=gone.pk).update(revoked_at=timezone.now())
        notes.write(lead, by=owner, text="Su otro: +52 55 1234 5678")
        noted = notes.write(lead, by=owner, text="Secreto")
        notes.delete(noted, by=owner)
    page = cast.signed_in(seller).get(address(lead)).content.decode()
    text = BeautifulSoup(page, "html.parser").select_one(".timeline").get_text(" ")
    assert "5512345678" not in text
    assert "1234 5678" not in text
    assert "Secreto" not in text
    assert "Deleted message" in text
    assert "deleted a note" in text
    assert cast.signed_in(other_seller).get(address(lead, "lead_history")).status_code == 404


def test_beside_the_thread_only_changes_are_told(owner: Membership, lead: Lead) -> None:
    with scope(owner.workspace):
        talks.say(lead, "¿Hay talla M?", at=timezone.now())
        placements.set_status(lead.pk, by=owner, status="urgent")
    panel = cast.signed_in(owner).get(address(lead, "lead_panel"), headers=HTMX).content.decode()
    assert "set the status" in panel
    assert "talla M" not in panel


@pytest.mark.parametrize(("person", "frame"), [("owner", 4), ("seller", 5)])
def test_the_leads_page_asks_eight_queries_beside_the_frame(
    request: pytest.FixtureRequest, owner: Membership, seller: Membership, lead: Lead, person: str, frame: int
) -> None:
    """Of a lead that has something of everything; names in a pinned note would be the ninth."""
    with scope(owner.workspace):
        field = house.field("choice", "Talla", choices=("S", "M"))
        custom.set_values(lead, {field: field.choice_list[0].pk}, by=owner)
        ContactPoint.objects.create(
            lead=lead, kind="email", **dict.fromkeys(("raw", "value", "match_key"), MAIL)
        )
        tags.put_on(lead, house.tag(owner.workspace), by=owner)
        talks.say(lead, "¿Hay talla M?", at=timezone.now())
        notes.pin(notes.write(lead, by=owner, text="pide factura"), by=owner)
        placements.assign(lead.pk, by=owner, to=seller)
        placements.set_status(lead.pk, by=owner, status="urgent")
    client = cast.signed_in(request.getfixturevalue(person))
    client.get(address(lead))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address(lead)).content.decode()
    assert len(asked) <= frame + 8, [query["sql"][-140:] for query in asked.captured_queries]
    for shown in ("Talla", MAIL, "vip", "¿Hay talla M?", "pide factura", "set the status"):
        assert shown in page
