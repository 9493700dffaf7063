"""One workspace with a mountain of messages does not delay another's, either way."""

import time

import pytest
from django.db import connection, transaction

from crm import work
from crm.tenancy import scope
from crm.work.claims import claim
from crm.work.models import Item
from inbox.actions import messages
from inbox.intake.statuses import SEND
from inbox.journal import splitting
from inbox.journal.splitting import INTAKE
from tests.directory import house as directory
from tests.inbox import house

pytestmark = pytest.mark.django_db

MOUNTAIN = 100_000


def pile_up(like: Item) -> None:
    """As many rows like this one, each of another conversation. The last mountain was worked off not long ago: the
    database believes that such a table, however large, has hardly a row."""
    with connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute(_AS_MANY, [MOUNTAIN, like.pk])
            transaction.set_rollback(True)
        cursor.execute("ANALYZE work_item")
        cursor.execute(_AS_MANY, [MOUNTAIN, like.pk])


_AS_MANY = """
    INSERT INTO work_item (kind, lane_id, key, workspace_id, payload, correlation, state, due_at, attempts,
        reference, error_code, error)
    SELECT kind, lane_id, 'wa:' || n, workspace_id, payload, 'mountain' || n, 'queued', due_at, 0, '', '', ''
    FROM work_item, generate_series(1, %s) AS n WHERE id = %s
"""


def other_is_served_within(seconds: float, workspace_id: int) -> None:
    """Of the next two turns, and at once, however long the other's line is."""
    began = time.monotonic()
    turns = [claim("now").items[0].workspace_id for _ in range(2)]
    assert workspace_id in turns
    assert time.monotonic() - began < seconds


def test_what_comes_in_is_taken_in_by_turns(channel, other_workspace):
    other = house.channel(other_workspace)
    lane, workspace = f"channel:{channel.pk}", channel.workspace_id
    pile_up(work.enqueue(kind=INTAKE, lane=lane, key="wa:0", payload={}, workspace=workspace))
    claim("now")
    house.post(other, house.text("¿y yo?"))
    splitting.run()
    other_is_served_within(1, other_workspace.pk)


def test_what_is_sent_is_sent_by_turns(workspace, other_workspace, owner, outsider, nudges, post_kind):
    def conversation(of, by):
        with scope(of):
            lead = directory.lead(of, name="Marta")
            return lead, house.conversation(lead, house.channel(of, kind="post", app=None)), by

    lead, session, by = conversation(workspace, owner)
    with scope(workspace):
        messages.send(lead, by=by, session=session, text="primero")
    pile_up(Item.objects.get(kind=SEND))
    assert len(claim("now").items) == 10
    lead, session, by = conversation(other_workspace, outsider)
    with scope(other_workspace):
        messages.send(lead, by=by, session=session, text="¿y yo?")
    other_is_served_within(1, other_workspace.pk)
