"""The summary by mail: to whom, when, what of, and once."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm.mail.models import Message
from crm.tenancy import scope
from directory.actions import notifications
from directory.erasure import Leads
from directory.models import Lead, Notification, NotificationSettings
from directory.notifications import digests, erasing, pushing
from tests.directory import house
from workspaces.models import BusinessHours, Membership

MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # nine o'clock in Mexico City


@pytest.fixture
def hours(workspace):
    """Nine to six, Monday to Friday."""
    with scope(workspace):
        BusinessHours.objects.all().delete()
        for weekday in range(5):
            BusinessHours.objects.create(weekday=weekday, opens="09:00", closes="18:00")


def waits(workspace, seller, name="Marta Ruiz", **columns):
    columns = {"waiting_since": MONDAY - timedelta(hours=3), "last_message_id": 1, **columns}
    return house.lead(workspace, name=name, assignee=seller, by=seller, **columns)


def wanting(person, digest="daily", at=MONDAY, **values) -> NotificationSettings:
    with scope(person.workspace):
        notifications.choose(person, ways={"assigned": ["page", "mail"]}, digest=digest, **values)
        NotificationSettings.objects.filter(membership=person).update(digest_due_at=at)
        return NotificationSettings.objects.get(membership=person)


def due_of(person) -> str:
    with scope(person.workspace):
        return NotificationSettings.objects.get(membership=person).digest_due_at.strftime("%a %H:%M")


def mails() -> list[EmailMessage]:
    return [one.parsed for one in Message.objects.order_by("pk")]


def text_of(mail: EmailMessage) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_it_names_who_waits_and_what_was_not_seen_and_leads_there(seller, workspace, hours):
    wanting(seller)
    with scope(workspace):
        marta = waits(workspace, seller)
        told = house.lead(workspace, name="Nora Vidal", assignee=seller, by=seller)
        placement = house.placement_of(told)
        notifications.make("assigned", to=seller, cause="event:1", placement=placement)
    assert digests.sweep(MONDAY) == 1
    [mail] = mails()
    assert mail["Subject"] == "1 lead waits for you · Ventas MX"
    assert mail["To"] == "sara@example.com"
    text = text_of(mail)
    assert "Marta Ruiz (since 2026-11-30 06:00)" in text
    assert f"/conversations/{marta.pk}/" in text
    assert "Nora Vidal was assigned to you" in text
    html = mail.get_body(("html",)).get_content()
    assert "Nora Vidal" in html


def test_nothing_is_sent_where_nothing_waits_and_the_next_day_is_set(seller, other_seller, workspace, hours):
    wanting(seller)
    with scope(workspace):
        waits(workspace, other_seller)
        waits(workspace, seller, is_archived=True)
    assert digests.sweep(MONDAY) == 0
    assert mails() == []
    assert due_of(seller) == "Tue 15:00"


def test_what_the_matrix_leaves_out_of_mail_is_not_in_it(seller, workspace, hours):
    wanting(seller)
    with scope(workspace):
        notifications.choose(seller, ways={"assigned": ["page"]}, digest="daily")
        NotificationSettings.objects.update(digest_due_at=MONDAY)
        placement = house.placement_of(house.lead(workspace, assignee=seller, by=seller))
        notifications.make("assigned", to=seller, cause="event:1", placement=placement)
    assert digests.sweep(MONDAY) == 0


def test_two_beats_send_one_mail_a_period_however_late_they_are(seller, workspace, hours):
    wanting(seller, "hourly", at=MONDAY - timedelta(days=2))
    with scope(workspace):
        waits(workspace, seller)
    now = MONDAY + timedelta(minutes=7)
    assert [digests.sweep(now), digests.sweep(now), digests.sweep(now + timedelta(minutes=52))] == [1, 0, 0]
    assert digests.sweep(MONDAY + timedelta(minutes=60)) == 1
    assert len(mails()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_beat_holds_is_passed_over(seller, workspace, hours):
    row = wanting(seller)
    with scope(workspace):
        waits(workspace, seller)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT FROM directory_notificationsettings WHERE id = %s FOR UPDATE", [row.pk])
        assert digests.sweep(MONDAY) == 0
    finally:
        other.rollback()
        other.close()
    assert digests.sweep(MONDAY) == 1


@pytest.mark.parametrize(
    ("digest", "at", "due"),
    [
        ("hourly", MONDAY + timedelta(hours=10), "Tue 15:00"),  # seven in the evening: when it opens
        ("hourly", MONDAY - timedelta(days=1), "Mon 15:00"),  # Sunday
        ("daily", MONDAY - timedelta(hours=2), "Mon 15:00"),  # seven in the morning: later that day
        ("daily", MONDAY + timedelta(hours=10), "Tue 15:00"),  # at nine, their hour, of the next day
    ],
)
def test_outside_the_shift_it_waits(seller, workspace, hours, digest, at, due):
    wanting(seller, digest, at=at)
    with scope(workspace):
        waits(workspace, seller)
    assert digests.sweep(at) == 0
    assert due_of(seller) == due


def test_a_copy_that_names_a_lead_that_is_deleted_goes_and_others_stay(
    seller, other_seller, workspace, hours
):
    for person, name in ((seller, "Marta Ruiz"), (other_seller, "Nora Vidal")):
        wanting(person)
        with scope(workspace):
            lead = waits(workspace, person, name=name)
    assert digests.sweep(MONDAY) == 2
    Message.objects.update(sent_at=MONDAY)
    with scope(workspace):
        kept = [one for one in mails() if "Nora Vidal" in text_of(one)]
        part = int(str(lead.pk)[:-1] or 0)  # the first digits of hers
        erasing.forget(Leads(workspace.pk, [lead.pk + 1, part, _marta(workspace)]))
        assert [one["Message-ID"] for one in mails()] == [one["Message-ID"] for one in kept]


def _marta(workspace) -> int:
    return Lead.objects.get(name="Marta Ruiz").pk


def test_a_lead_they_see_no_more_and_a_number_they_may_not_see_are_not_in_it(
    owner, seller, other_seller, workspace, hours
):
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    seller.refresh_from_db()
    wanting(seller)
    with scope(workspace):
        waits(workspace, seller, name="+52 55 1234 5678")
        lost = house.lead(workspace, name="Nora Vidal", assignee=seller, by=seller)
        notifications.make("assigned", to=seller, cause="event:1", placement=house.placement_of(lost))
        house.place(lost, assignee=other_seller)
    assert digests.sweep(MONDAY) == 1
    [mail] = mails()
    assert "1234 5678" not in mail.as_string()
    assert "Nora" not in text_of(mail)


def test_who_may_not_enter_gets_none(owner, seller, workspace, hours):
    wanting(seller)
    with scope(workspace):
        waits(workspace, seller)
    workspace.suspended_at = timezone.now()
    workspace.save()
    assert digests.sweep(MONDAY) == 0


def test_the_link_in_it_ends_it_by_one_press_or_by_the_mail_program_itself(
    seller, other_seller, workspace, hours
):
    wanting(seller)
    wanting(other_seller)
    with scope(workspace):
        waits(workspace, seller)
    digests.sweep(MONDAY)
    [mail] = mails()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + mail["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    stranger = Client(enforce_csrf_checks=True)
    assert "Ventas MX" in stranger.get(path).content.decode()
    assert due_of(seller) == "Tue 15:00"
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with scope(workspace):
        chosen = dict(NotificationSettings.objects.values_list("membership_id", "digest"))
    assert chosen == {seller.pk: "off", other_seller.pk: "daily"}
    assert stranger.post(path[:-3] + "x/").status_code == 404


def test_what_is_due_to_browsers_leaves_once_and_many_as_their_number(seller, workspace, monkeypatch):
    sent: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr("crm.push.has_browsers", lambda user_id: True)
    monkeypatch.setattr(
        "crm.push.enqueue", lambda user_id, *, content, payload, **rest: sent.append((content, payload))
    )
    with scope(workspace):
        notifications.choose(seller, ways={"assigned": ["push", "page"]}, quiet=False)
        placement = house.placement_of(house.lead(workspace, assignee=seller, by=seller))

        def tell(*numbers: int) -> None:
            for number in numbers:
                notifications.make("assigned", to=seller, cause=f"event:{number}", placement=placement)
            Notification.objects.exclude(push_due_at=None).update(push_due_at=timezone.now())

        tell(1, 2)
        notifications.see(Notification.objects.get(cause="event:2").pk, by=seller)
    assert (pushing.sweep(), pushing.sweep()) == (1, 0)
    assert [content for content, _payload in sent] == ["notification"]
    with scope(workspace):
        tell(3, 4, 5, 6)
    assert pushing.sweep() == 4
    assert sent[1:] == [("notifications", {"membership": seller.pk, "count": 4})]
    with scope(workspace):
        assert pushing.many(sent[1][1]).title == "4 new notifications"


def test_outside_business_hours_no_browser_is_told_unless_one_wants_that(seller, workspace, monkeypatch):
    monkeypatch.setattr("crm.push.has_browsers", lambda user_id: True)
    with scope(workspace):
        BusinessHours.objects.all().delete()
        tomorrow = (timezone.now() + timedelta(days=2)).weekday()
        BusinessHours.objects.create(weekday=tomorrow, opens="09:00", closes="09:01")
        placement = house.placement_of(house.lead(workspace, assignee=seller, by=seller))
        notifications.make("assigned", to=seller, cause="event:1", placement=placement)
        notifications.choose(seller, ways={"assigned": ["push"]}, quiet=False)
        notifications.make("assigned", to=seller, cause="event:2", placement=placement)
        due = dict(Notification.objects.values_list("cause", "push_due_at"))
    assert due["event:1"] is None
    assert due["event:2"] is not None
