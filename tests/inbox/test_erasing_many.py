"""Leads deleted for good some hundreds at once: by the statements that one takes, and each as if it were alone."""

import threading

import pytest
from django.db import connection
from django.db.models.deletion import get_candidate_relations_to_delete
from django.test.utils import CaptureQueriesContext

from crm.tenancy import scope
from crm.work import attempts
from crm.work.claims import claim
from crm.work.models import Item
from directory.actions import erasure
from directory.models import Event, Lead, Placement
from inbox import forgetting
from inbox.actions import messages
from inbox.models import ErasedSender, Message
from tests.directory import house as directory
from tests.inbox import house
from tests.inbox.test_erasure import bulk
from workspaces.models import AuditEntry


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_one_who_is_being_written_to_holds_up_nobody_else(workspace, owner, post_kind, nudges):
    channel = house.channel(workspace, kind="post")
    with scope(workspace):
        waiting, other = (directory.lead(workspace) for _ in range(2))
        sessions_of = {
            lead.pk: house.conversation(lead, channel, key=f"wa:{lead.pk}") for lead in (waiting, other)
        }
        messages.send(waiting, by=owner, session=sessions_of[waiting.pk], text="uno")
    batch = claim("now")
    with scope(workspace):
        messages.send(other, by=owner, session=sessions_of[other.pk], text="dos")
        erasure.begin([waiting.pk, other.pk], by=owner)
        item = Item.objects.get(kind=erasure.KIND_NAME)
        erasure.deliver(item)
        assert [message.text for message in Message.objects.all()] == ["uno"]
        assert not Event.objects.filter(lead__in=[waiting.pk, other.pk]).exists()
        assert Lead.objects.count() == 2, "they go together"
    assert attempts.deliver(batch) == 1
    bulk()
    with scope(workspace):
        assert not Lead.objects.exists()
        erasure.deliver(item)  # of a worker that was thought dead: nothing is left to do


def test_as_many_as_are_begun_at_once_fit_into_a_row_of_work(workspace, owner):
    with scope(workspace):
        for wrong in ([], range(erasure.AT_ONCE + 1)):
            with pytest.raises(ValueError, match="not deleted at once"):
                erasure.begin(wrong, by=owner)
        ids = [9_999_999_000 + number for number in range(erasure.AT_ONCE)]
        erasure._enqueue(workspace.pk, ids, step=1000)
        assert Item.objects.get(kind=erasure.KIND_NAME).payload["leads"] == ids


def test_what_refers_to_what_is_deleted_alone_is_taken_away_before(db):
    """A new reference to messages or events needs a line where they are deleted (`delete_alone`)."""

    def referring(model):
        relations = get_candidate_relations_to_delete(model._meta)
        return {(one.related_model.__name__, one.field.name) for one in relations}

    assert referring(Message) == {("Message", "reply_to"), ("Reaction", "message"), ("Attachment", "message")}
    assert referring(Event) == {("Event", "cause")}


def test_rows_of_work_from_before_name_one(workspace, owner):
    from importlib import import_module

    with scope(workspace):
        lead = directory.lead(workspace)
        erasure.begin([lead.pk], by=owner)
        Item.objects.filter(kind=erasure.KIND_NAME).update(payload={"lead": lead.pk, "step": 0})
    with connection.cursor() as cursor:
        cursor.execute(import_module("directory.migrations.0145_erasures_of_several")._SEVERAL)
    assert Item.objects.get(kind=erasure.KIND_NAME).payload == {"leads": [lead.pk], "step": 0}
    bulk()
    with scope(workspace):
        assert not Lead.objects.exists()


def test_many_go_by_as_many_statements_as_two(channel, workspace, owner):
    """And each with what is theirs alone."""
    taken = []
    for start, many in ((0, 2), (10, 12)):
        phones = [f"52155000000{number:02}" for number in range(start, start + many)]
        for number, phone in enumerate(phones):
            house.take_in(channel, house.text(f"hola {number}", phone=phone))
        with scope(workspace):
            ids = sorted(Lead.objects.filter(placement__isnull=False).values_list("pk", flat=True))
            assert len(ids) == many
            with CaptureQueriesContext(connection) as at_once:
                erasure.begin(ids, by=owner)
            item = Item.objects.filter(kind=erasure.KIND_NAME).latest("pk")
            assert item.payload["leads"] == ids
            with CaptureQueriesContext(connection) as afterwards:
                erasure.deliver(item)
            assert not Lead.objects.filter(pk__in=ids).exists()
            digests = {forgetting.digest(channel.pk, f"wa:{phone}") for phone in phones}
            assert ErasedSender.objects.filter(digest__in=digests).count() == many
        taken.append((len(at_once), len(afterwards)))
    (first_began, first_later), (began, later) = taken
    assert (began <= first_began, later) == (True, first_later), "the first makes lanes, too"
    with scope(workspace):
        assert AuditEntry.objects.filter(verb="lead_erased").count() == 14


@pytest.mark.django_db(transaction=True)
def test_two_who_delete_the_same_leads_at_once_delete_them_once(channel, workspace, owner):
    for number in range(4):
        house.take_in(channel, house.text("hola", phone=f"521550000000{number}"))
    with scope(workspace):
        ids = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
    ready, outcomes = threading.Barrier(2), []

    def delete(those):
        try:
            with scope(workspace):
                ready.wait(5)
                erasure.begin(those, by=owner)
            outcomes.append("begun")
        except Placement.DoesNotExist:
            outcomes.append("gone")
        finally:
            connection.close()

    threads = [threading.Thread(target=delete, args=[those]) for those in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["begun", "gone"]
    with scope(workspace):
        assert AuditEntry.objects.filter(verb="lead_erased").count() == len(ids)
        assert not Placement.objects.exists()
