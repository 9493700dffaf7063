"""One lead with something in every table that can hold anything of one: deleted, nothing of it is anywhere; its
personal data erased, what is left names nobody."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crm.tenancy import scope
from crm.work import attempts
from crm.work.claims import claim
from crm.work.models import Item, State
from directory.actions import erasure, personal
from directory.erasure import Leads, Step
from directory.models import (
    ContactPoint,
    CustomValue,
    Event,
    Lead,
    Notification,
    Placement,
)
from inbox.actions import messages
from inbox.models import (
    AssignmentDecision,
    Identity,
    IdentityKey,
    Message,
    Note,
    Session,
    WaitingLead,
)
from tests import cast, traces
from tests.directory import house as directory
from tests.inbox import everything, house
from tests.inbox.everything import MARKS, NUMBER, PHONE
from workspaces.errors import Refused
from workspaces.models import AuditEntry

# The row that says who deleted number so-and-so, and the work that did it, which goes after WORK_KEEP_DAYS.
NUMBER_STAYS = {"workspaces_auditentry", "work_item"}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def number(db):
    """The next lead's."""
    sequence = "pg_get_serial_sequence('directory_lead', 'id')"
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM directory_lead")
        [(usual,)] = cursor.fetchall()
        cursor.execute(f"SELECT setval({sequence}, %s, false)", [NUMBER])
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval({sequence}, %s, false)", [usual])


def bulk():
    """All that the bulk queue has, due or not."""
    from django.db.models.functions import Now

    while True:
        Item.objects.filter(state__in=(State.QUEUED, State.RETRY)).update(due_at=Now())
        made = house.work_off()
        while (batch := claim("bulk")) and batch.items:
            made += attempts.deliver(batch)
        if not made:
            assert not Item.objects.filter(state=State.FAILED).exists()
            return


@pytest.fixture
def zenobia(number, channel, workspace, owner, seller, other_seller):
    return everything.make(channel, workspace, owner, seller, other_seller)


def test_the_lead_of_these_tests_is_everywhere(zenobia, workspace):
    """Else they would prove nothing."""
    found = traces.of(*MARKS.values(), NUMBER)
    assert {word for _table, word in found} == {*MARKS.values(), str(NUMBER)}
    tables = {table for table, word in found if word == str(NUMBER)}
    assert tables >= {
        *("directory_lead", "directory_placement", "directory_contactpoint", "directory_customvalue"),
        *("directory_event", "directory_leadtag", "directory_notification"),
        *("inbox_message", "inbox_identity", "inbox_note", "inbox_draft", "inbox_readmark", "inbox_heard"),
        *("inbox_assignmentdecision", "inbox_waitinglead", "work_item"),
        *("directory_bulkrow", "directory_importrow", "directory_merge"),
    }


def test_of_a_deleted_lead_nothing_is_left_anywhere(zenobia, channel, workspace, owner, media):
    with scope(workspace):
        erasure.begin([zenobia.pk], by=owner)
    bulk()
    assert traces.of(*MARKS.values()) == set()
    assert {table for table, _word in traces.of(NUMBER)} <= NUMBER_STAYS
    assert [one for one in media.rglob("*") if one.is_file()] == []
    with scope(workspace):
        [luis] = Lead.objects.all()
        assert Message.objects.of_lead(luis).get().text == "hola, soy Luis"
        assert Identity.objects.get().lead_id == luis.pk
        assert AuditEntry.objects.get(verb="lead_erased").target == f"#{NUMBER}"
    kinds = Item.objects.filter(key=f"lead:{NUMBER}").values_list("kind", flat=True)
    assert set(kinds) <= {erasure.KIND_NAME}


def test_of_a_lead_whose_personal_data_are_erased_only_figures_are_left(
    zenobia, channel, workspace, owner, seller, media
):
    with scope(workspace):
        before = _figures(zenobia)
        personal.begin(zenobia, by=owner)
    at_once = {
        table for table, _word in traces.of(MARKS["name"], MARKS["city"], MARKS["notes"], MARKS["note"])
    }
    assert at_once <= {"directory_event", "inbox_rawrequest (encrypted)", "mail_message (encrypted)"}
    bulk()
    assert traces.of(*MARKS.values(), "1987-06-05", "4271.12") == set()
    assert [one for one in media.rglob("*") if one.is_file()] == []
    with scope(workspace):
        lead = Lead.objects.get(pk=NUMBER)
        assert (lead.name, lead.city, lead.notes) == (f"Persona borrada n.º {NUMBER}", "", "")
        assert _figures(lead) == before
        placement = Placement.objects.get(pk=NUMBER)
        assert (placement.waiting_since, placement.window_ends_at) == (None, None)
        verbs = directory.verbs_of(lead)
        assert verbs[-1] == "lead.personal_erased"
        assert {"lead.assigned", "lead.lost", "lead.edited", "contact_point.added"} <= set(verbs)
        assert {"bulk", "import", "row", "merge"} <= {
            key for one in Event.objects.filter(lead=lead) for key in one.facts
        }
        assert not Event.objects.filter(facts__has_key="file", lead=lead).exists()
        assert Event.objects.get(lead=lead, verb="lead.merged").changes["merged"][0] is None
        moved = Event.objects.filter(lead=lead, verb="lead.assigned").latest("id")
        assert moved.changes["assignee_id"][1] == seller.pk
        for model in (ContactPoint, CustomValue, IdentityKey, Notification, WaitingLead):
            assert not model.objects.filter(**_of(model, lead)).exists()
        entry = AuditEntry.objects.get(verb="personal_erased")
        assert (entry.target, entry.actor_id) == (f"#{NUMBER}", owner.user_id)
        with pytest.raises(Refused):
            personal.begin(lead, by=owner)
        with pytest.raises(Refused):
            messages.send(lead, by=owner, session=Session.objects.get(identity__lead=lead), text="?")
    reach = reverse("inbox:reach", kwargs={"workspace_id": workspace.public_id, "pk": NUMBER})
    assert "Personal data erased" in cast.signed_in(owner).get(reach).content.decode()
    _write_again(channel, workspace)


def _figures(lead):
    """What stays."""
    placement = Placement.objects.get(pk=lead.pk)
    said = Message.objects.of_lead(lead)
    return {
        "stands": (
            placement.stage_id,
            placement.assignee_id,
            placement.status,
            placement.value,
            placement.outcome,
        ),
        "when": (placement.created_at, placement.last_activity_at, placement.stage_since, lead.created_at),
        "messages": list(
            said.order_by("pk").values_list("direction", "kind", "sent_at", "author_id", "delivery")
        ),
        "notes": Note.objects.filter(lead=lead).count(),
        "tags": list(lead.lead_tags.values_list("tag__name", flat=True)),
        "decided": AssignmentDecision.objects.filter(lead=lead).count(),
    }


def _of(model, lead):
    return {"identity__lead": lead} if model is IdentityKey else {"lead": lead}


def _write_again(channel, workspace):
    """A replay of what they had said brings nobody back; what they say now is a new lead's."""
    again = timezone.now()
    house.take_in(channel, house.text("de vuelta", phone=PHONE, at=again.timestamp() + 5))
    house.take_in(channel, house.text(MARKS["said"], phone=PHONE, at=again.timestamp() - 600))
    with scope(workspace):
        new = Lead.objects.latest("pk")
        assert new.pk != NUMBER
        assert [one.text for one in Message.objects.of_lead(new)] == ["de vuelta"]
        assert not Message.objects.of_lead(Lead.objects.get(pk=NUMBER)).exclude(text="").exists()


def test_the_dialog_wants_the_name_typed_and_the_permission(zenobia, workspace, owner, seller):
    where = {"workspace_id": workspace.public_id, "pk": zenobia.pk}
    address = reverse("directory:lead_personal_erasure", kwargs=where)
    client = cast.signed_in(owner)
    assert f"{MARKS['name']} Roble" in client.get(address, headers=HTMX).content.decode()
    assert client.post(address, {"confirmation": "Zenobia"}, headers=HTMX).status_code == 422
    assert cast.signed_in(seller).post(address, headers=HTMX).status_code == 403
    word = {"confirmation": f"{MARKS['name']} Roble"}
    assert client.post(f"{address}?in=drawer", word, headers=HTMX).status_code == 204
    bulk()
    card = client.get(reverse("directory:lead", kwargs=where)).content.decode()
    thread = client.get(reverse("inbox:thread", kwargs=where)).content.decode()
    assert MARKS["name"] not in card + thread
    assert "Erased" in thread
    refused = client.post(address, {"confirmation": f"Persona borrada n.º {NUMBER}"}, headers=HTMX)
    assert refused.status_code == 422


def test_what_is_being_sent_while_personal_data_are_erased_ends_first(workspace, owner, post_kind, nudges):
    channel = house.channel(workspace, kind="post")
    with scope(workspace):
        lead = directory.lead(workspace)
        session = house.conversation(lead, channel)
        under_way = messages.send(lead, by=owner, session=session, text="uno")
        waiting = messages.send(lead, by=owner, session=session, text="dos")
    batch = claim("now")
    with scope(workspace):
        personal.begin(lead, by=owner)
        strips = [one.strip for one in erasure.erasure.participants()]
        assert erasure.exhaust(Leads(workspace.pk, [lead.pk]), strips) is Step.WAIT
    assert attempts.deliver(batch) == 1
    bulk()
    assert not Item.objects.filter(correlation__in=[under_way.uid.hex, waiting.uid.hex]).exists()
    with scope(workspace):
        assert set(Message.objects.values_list("text", flat=True)) == {""}
