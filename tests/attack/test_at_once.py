"""Double clicks, and two people who do different things to one lead at one moment."""

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from crm.tenancy import scope
from directory.models import Event, Placement
from inbox.actions import attachments, messages
from inbox.models import Attachment, Message
from tests import cast
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


def _at_once(*acts):
    together = Barrier(len(acts))

    def run(act):
        try:
            together.wait(10)
            return act().status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_double_click_sends_once(ours):
    client = cast.signed_in(ours.owner)
    words = {"identity": ours.session.identity_id, "kind": "text", "text": "hola", "client_id": uuid.uuid4()}
    address = ours.at("inbox:messages", pk=ours.lead.pk)
    clicks = [lambda: client.post(address, words, headers=HTMX)] * 4
    assert set(_at_once(*clicks)) == {200}
    with scope(ours.workspace):
        assert Message.objects.count() == 1


def test_a_file_goes_with_one_message(ours):
    with scope(ours.workspace):
        file = attachments.upload(SimpleUploadedFile("a.txt", b"once"), by=ours.owner)
        stale = Attachment.objects.get(pk=file.pk)
        common = {"by": ours.owner, "session": ours.session, "kind": "document"}
        first = messages.send(ours.lead, attachments=[file], **common)
        with pytest.raises(Refused):
            messages.send(ours.lead, attachments=[stale], **common)
        assert Attachment.objects.get(pk=file.pk).message_id == first.pk
        assert Message.objects.count() == 1


def test_what_two_people_do_at_once_ends_in_one_order(ours, admin):
    mine, theirs = cast.signed_in(ours.owner), cast.signed_in(admin)
    at = lambda name: ours.at(f"funnels:{name}", pk=ours.funnel.pk)  # noqa: E731
    lead = ours.lead.pk

    def act(client, name, **values):
        return lambda: client.post(at(name), {"lead": lead, **values}, headers=HTMX)

    answers = _at_once(
        act(mine, "moves", stage=ours.stage.pk),
        act(theirs, "moves", stage=0),
        act(mine, "closures", outcome="won"),
        act(theirs, "closures", outcome="lost"),
        act(mine, "assignments", assignee=ours.owner.pk),
        act(theirs, "assignments", assignee=admin.pk),
        act(theirs, "archivals", archived=1),
    )
    assert set(answers) <= {200, 422}
    with scope(ours.workspace):
        placement = Placement.objects.values().get()
        for column in ("outcome", "assignee_id", "stage_id", "is_archived"):
            told = [
                event.changes[column] for event in Event.objects.order_by("id") if column in event.changes
            ]
            for earlier, later in itertools.pairwise(told):
                assert earlier[1] == later[0], (column, told)
            assert not told or told[-1][1] == placement[column], (column, told)
