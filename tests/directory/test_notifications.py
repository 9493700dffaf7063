"""Who is told of what happened to a lead, and who must not be."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from crm.feed import consumers
from crm.tenancy import scope
from directory.actions import events, notifications, placements
from directory.actors import SYSTEM
from directory.models import Event, Notification, NotificationSettings
from directory.notifications import choosing, consuming, shifts, showing
from tests.directory import house
from tests.swap import HTMX, Swapped
from workspaces.actions import memberships
from workspaces.models import BusinessHours, Membership, Workspace


def read_all() -> None:
    """What the consumer does with every event there is; as after a crash, once more from the beginning."""
    for event in Event.objects.order_by("pk"):
        consuming.handle(event)


def told(person: Membership) -> list[str]:
    """What the person reads, oldest first, as they are now."""
    person = Membership.objects.select_related("user", "workspace").get(pk=person.pk)
    rows = Notification.objects.of(person).with_leads().order_by("pk")
    with translation.override("en"):
        return [line.text for line in showing.lines(list(rows), person)]


def note(lead, *, by: Membership, mentions: object) -> Event:
    return events.record(
        house.placement_of(lead), by=by, verb=_Noted.NOTED, facts={"note": 7, "mentions": mentions}
    )


class _Noted(StrEnum):
    NOTED = consuming.NOTED


def test_the_consumer_reads_events():
    assert consumers.get("notifications").feed is Event


def test_who_is_assigned_a_lead_is_told_by_whom_and_nobody_else_is(owner, seller, other_seller, workspace):
    with scope(workspace):
        marta = house.lead(workspace)
        placements.assign(marta.pk, by=owner, to=seller)
        read_all()
        assert told(seller) == ["Olga Owner assigned Marta Ruiz to you"]
        assert told(other_seller) == told(owner) == []


def test_taking_a_lead_oneself_is_no_news_and_an_automatic_assignment_is(owner, seller, workspace):
    with scope(workspace):
        funnel = house.funnel(workspace)
        seller = house.grant(seller, by=owner, work_funnel=[funnel])
        nora = house.lead(workspace, name="Nora", stage=funnel.stages.first())
        placements.assign(nora.pk, by=seller, to=seller)
        placements.assign(house.lead(workspace, name="José").pk, by=SYSTEM, to=seller)
        read_all()
        assert told(seller) == ["José was assigned to you"]


def test_a_lead_that_is_made_for_somebody_is_told_to_them(owner, seller, workspace):
    with scope(workspace):
        house.lead(workspace, assignee=seller, by=owner)
        read_all()
        assert told(seller) == ["Olga Owner assigned Marta Ruiz to you"]


def test_reading_twice_tells_once_and_does_not_wake_what_was_seen(owner, seller, workspace):
    with scope(workspace):
        marta = house.lead(workspace)
        placements.assign(marta.pk, by=owner, to=seller)
        read_all()
        notifications.see_all(by=seller)
        read_all()
        [row] = Notification.objects.all()
        assert row.seen_at is not None


def test_whose_lead_it_is_no_more_is_not_told_and_sees_no_more_what_they_were_told(
    owner, seller, other_seller, workspace
):
    with scope(workspace):
        marta = house.lead(workspace)
        placements.assign(marta.pk, by=owner, to=seller)
        read_all()
        placements.assign(marta.pk, by=owner, to=other_seller)
        assert told(seller) == []
        assert showing.unseen(seller) == 0
        placements.assign(marta.pk, by=owner, to=seller)
        placements.assign(marta.pk, by=owner, to=other_seller)
        Notification.objects.all().delete()
        read_all()
        assert told(seller) == []
        assert told(other_seller) == ["Olga Owner assigned Marta Ruiz to you"] * 2


def test_who_is_mentioned_is_told_only_of_a_lead_that_they_see(
    owner, admin, seller, other_seller, outsider, workspace
):
    with scope(workspace):
        marta = house.lead(workspace, assignee=seller, by=seller)
        note(marta, by=owner, mentions=[owner.pk, seller.pk, other_seller.pk, admin.pk, outsider.pk, 10**30])
        read_all()
        assert told(seller) == told(admin) == ["Olga Owner mentioned you in a note on Marta Ruiz"]
        assert told(owner) == told(other_seller) == []
    assert not Membership.objects.filter(pk=outsider.pk, workspace=workspace).exists()
    with scope(outsider.workspace):
        assert Notification.objects.count() == 0


@pytest.mark.parametrize("mentions", [None, "7", {"a": 1}, [None, "x", True, -1, [1]], []])
def test_a_note_whose_mentions_are_none_is_passed_over(owner, seller, workspace, mentions):
    with scope(workspace):
        marta = house.lead(workspace, assignee=seller, by=seller)
        note(marta, by=owner, mentions=mentions)
        read_all()
        assert Notification.objects.count() == 0


def test_a_new_lead_is_told_only_to_who_wants_that_and_may_take_it(owner, seller, other_seller, workspace):
    with scope(workspace):
        funnel = house.funnel(workspace)
        [first, _second] = funnel.stages.all()
        mine = house.grant(seller, by=owner, work_funnel=[funnel])
        for person in (mine, other_seller):
            notifications.choose(person, ways={"free_lead": ["page"]})
        house.lead(workspace, stage=first)
        read_all()
        assert told(seller) == ["Marta Ruiz is new and has nobody yet"]
        assert told(other_seller) == told(owner) == []


def test_a_number_as_a_name_is_masked_for_who_may_not_see_phones(owner, seller, workspace):
    memberships.change_access(seller, by=owner, tools_held=[], switches={"sees_phones": False}, granted={})
    with scope(workspace):
        house.lead(workspace, name="+52 55 1234 5678", assignee=seller, by=owner)
        read_all()
        [text] = told(seller)
    assert "1234" not in text
    assert "78" in text


def test_who_switched_every_way_off_is_told_nothing(owner, seller, workspace):
    with scope(workspace):
        notifications.choose(seller, ways={"assigned": []})
        placements.assign(house.lead(workspace).pk, by=owner, to=seller)
        read_all()
        assert Notification.objects.count() == 0


def test_who_leaves_takes_their_notifications_along_and_gets_no_new_ones(owner, seller, workspace):
    with scope(workspace):
        marta = house.lead(workspace, assignee=seller, by=owner)
        notifications.choose(seller, ways={})
        read_all()
    memberships.deactivate(seller, by=owner, successor=None)
    with scope(workspace):
        note(marta, by=owner, mentions=[seller.pk])
        read_all()
        assert Notification.objects.count() == NotificationSettings.objects.count() == 0


def test_seen_ones_go_after_a_month_and_unseen_ones_after_three(owner, seller, workspace):
    with scope(workspace):
        now = timezone.now()
        for number, (at, seen_at) in enumerate([(31, 31), (40, 29), (89, None), (91, None)]):
            Notification.objects.create(
                membership=seller,
                kind="assigned",
                cause=f"event:{number}",
                at=now - timedelta(days=at),
                seen_at=now - timedelta(days=seen_at) if seen_at else None,
            )
        notifications.forget_old()
        assert list(Notification.objects.order_by("pk").values_list("cause", flat=True)) == [
            "event:1",
            "event:2",
        ]


def test_the_bell_of_a_thousand_costs_one_query(owner, seller, workspace):
    with scope(workspace):
        marta = house.lead(workspace, assignee=seller, by=owner)
        Notification.objects.bulk_create(
            Notification(
                workspace=workspace, membership=seller, kind="assigned", cause=f"event:{n}", lead=marta
            )
            for n in range(150)
        )
        person = Membership.objects.select_related("user", "workspace").get(pk=seller.pk)
        assert person.grants is not None
        showing.unseen(person)
        with CaptureQueriesContext(connection) as asked:
            assert showing.unseen(person) == showing.MOST
        assert len(asked) == 1


def test_a_message_that_gathers_is_counted_once_however_often_it_is_read(seller, workspace):
    with scope(workspace):
        marta = house.lead(workspace, assignee=seller, by=seller)
        placement = house.placement_of(marta)

        def hear(*ids: int) -> None:
            for pk in ids:
                notifications.make("wrote", to=seller, cause=f"message:{pk}", placement=placement, latest=pk)

        hear(1, 2, 2, 1, 3)
        assert told(seller) == ["Marta Ruiz wrote 3 messages"]
        notifications.see_lead(marta.pk, by=seller)
        hear(2, 3)
        assert Notification.objects.unseen().count() == 0
        hear(4)
        assert told(seller) == ["Marta Ruiz wrote 3 messages", "Marta Ruiz wrote to you"]


@pytest.fixture
def nine_to_six(workspace: Workspace) -> Workspace:
    """Monday to Friday."""
    with scope(workspace):
        BusinessHours.objects.all().delete()
        for weekday in range(5):
            BusinessHours.objects.create(weekday=weekday, opens="09:00", closes="18:00")
    return workspace


@pytest.mark.parametrize(
    ("moment", "zone", "is_on"),
    [
        # Nine on the wall, whatever the clocks were set to the night before (Madrid: 29 March and 25 October 2026).
        ("2026-03-27T08:30", "Europe/Madrid", True),
        ("2026-03-27T07:30", "Europe/Madrid", False),
        ("2026-03-30T07:30", "Europe/Madrid", True),
        ("2026-10-23T07:30", "Europe/Madrid", True),
        ("2026-10-26T07:30", "Europe/Madrid", False),
        ("2026-10-26T17:00", "Europe/Madrid", False),
        ("2026-10-23T16:00", "Europe/Madrid", False),
        # Without a zone of their own, the workspace's: Mexico City, six hours behind all year.
        ("2026-03-30T07:30", "", False),
        ("2026-03-30T15:00", "", True),
    ],
)
def test_a_shift_is_by_the_clock_on_the_persons_wall(seller, nine_to_six, moment, zone, is_on):
    seller.user.time_zone = zone
    with scope(nine_to_six):
        assert shifts.is_on(seller, datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("UTC"))) is is_on


def test_a_workspace_without_hours_is_never_quiet(seller, workspace):
    with scope(workspace):
        BusinessHours.objects.all().delete()
        assert shifts.is_on(seller, timezone.now())


def test_the_daily_hour_is_kept_when_the_clocks_change(seller, workspace):
    seller.user.time_zone = "Europe/Madrid"
    row = NotificationSettings(digest="daily", digest_hour=9)

    def due(after: str) -> str:
        moment = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo("UTC"))
        return choosing.next_due(row, seller, after=moment).strftime("%d %H:%M")

    assert due("2026-03-28T08:00") == "29 07:00"
    assert due("2026-03-28T07:59") == "28 08:00"
    assert due("2026-10-24T07:00") == "25 08:00"
    row.digest_hour = 2  # the hour that 29 March does not have
    assert due("2026-03-28T12:00") == "29 01:00"


def test_marking_all_as_seen_leaves_the_page_as_if_loaded_afresh(client_of, owner, seller, workspace):
    with scope(workspace):
        for name in ("Marta", "Nora"):
            house.lead(workspace, name=name, assignee=seller, by=owner)
        read_all()
    client, path = client_of(seller), f"/w/{workspace.public_id}/notifications/"
    page = Swapped(client.get(path))
    mark = json.loads(page.tree.select_one(".notices-tools button")["hx-vals"])["upto"]
    with scope(workspace):
        house.lead(workspace, name="Olga", assignee=seller, by=owner)
        read_all()
    response = client.post(f"{path}seen/?in=page", {"upto": mark}, headers=HTMX)
    page.apply(response, trigger=".notices-tools button").assert_same(client.get(path))
    assert "notices-seen" in response["HX-Trigger"]
    assert [bool(one["class"][1:]) for one in page.tree.select(".notice")] == [True, False, False]


def test_older_ones_follow_and_a_day_is_named_once(client_of, owner, seller, workspace):
    now = timezone.now().replace(hour=18, minute=0)
    with scope(workspace):
        marta = house.lead(workspace, assignee=seller, by=owner)
        Notification.objects.bulk_create(
            Notification(
                workspace=workspace,
                membership=seller,
                kind="assigned",
                cause=f"event:{n}",
                lead=marta,
                at=now - timedelta(days=n // 20, seconds=n),
            )
            for n in range(45)
        )
    client, path = client_of(seller), f"/w/{workspace.public_id}/notifications/"
    page = Swapped(client.get(path))
    more = page.tree.select_one(".more button")["hx-get"]
    page.apply(client.get(more, headers=HTMX), trigger=".more button")
    assert len(page.tree.select(".notice")) == 45
    assert len(page.tree.select(".notices-day h3")) == 3
    assert not page.tree.select(".more")
    for broken in ("x", "e30", "9" * 700):
        assert client.get(path, {"after": broken}, headers=HTMX).status_code == 200


def test_the_bell_tells_aloud_only_what_came_since_and_only_who_wants_that(
    client_of, owner, seller, workspace
):
    client, path = client_of(seller), f"/w/{workspace.public_id}/notifications/bell/"

    def ask(since: str = "") -> tuple[str, str]:
        answer = client.get(path, {"since": since} if since else {}, headers=HTMX)
        span = BeautifulSoup(answer.content, "html.parser").span
        address = span["hx-get"].partition("since=")[2]
        return address, f"{span['data-bell-count']} {answer.headers.get('HX-Trigger', '')}"

    mark, said = ask()
    assert said == "0 "
    with scope(workspace):
        house.lead(workspace, assignee=seller, by=owner)
        read_all()
    assert ask(mark)[1] == "1 "
    with scope(workspace):
        notifications.choose(seller, ways={"assigned": ["page"]}, toasts=True, quiet=False)
    later, said = ask(mark)
    assert "Olga Owner assigned Marta Ruiz to you" in said
    assert ask(later)[1] == "1 "
    for broken in ("x", "-1", "9" * 19, "9" * 40):
        assert ask(broken)[1] == "1 "


def test_what_a_person_chose_is_kept_and_what_is_always_stays(client_of, seller, workspace):
    client, path = client_of(seller), f"/w/{workspace.public_id}/me/notifications/"
    page = BeautifulSoup(client.get(path).content, "html.parser")
    assert not page.select('[name="ways-channel_lost"]'), "sellers connect no channels"
    assert page.select_one('[name="ways-undelivered"][value="page"][disabled][checked]')
    fields = {"ways-assigned": ["push", "nonsense"], "ways-channel_lost": "page", "digest": "daily"}
    assert client.post(path, {**fields, "digest_hour": "7", "sounds": "on"}).status_code == 302
    with scope(workspace):
        row = NotificationSettings.objects.get(membership=seller)
    assert row.ways == {
        "assigned": ["push"],
        **{key: [] for key in ("assigned_many", "imported", "mentioned", "wrote", "free_lead")},
        "undelivered": ["page"],
    }
    assert (row.digest, row.digest_hour, row.sounds, row.quiet) == ("daily", 7, True, False)
    assert row.digest_due_at > timezone.now()
    page = BeautifulSoup(client.get(path).content, "html.parser")
    assert page.select_one('[name="ways-assigned"][value="push"][checked]')
    assert not page.select_one('[name="ways-assigned"][value="page"][checked]')
    for bad in ({"digest": "weekly", "digest_hour": "7"}, {"digest": "daily", "digest_hour": "24"}, {}):
        assert client.post(path, bad).status_code == 422


def test_the_way_from_the_persons_own_pages_leads_into_the_workspace_used_last(client_of, seller, workspace):
    answer = client_of(seller).get("/profile/notifications/")
    assert answer["Location"] == f"/w/{workspace.public_id}/me/notifications/"
