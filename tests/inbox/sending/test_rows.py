"""Rows of work that are sends of some leads: which there are, and that nobody else's are read for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tenancy import scope
from crm.work.models import Item, Lane, State
from crm.work.models.item import FINISHED
from inbox.models import Channel
from inbox.sending import rows
from tests.directory import house as directory
from tests.inbox import house
from workspaces.models import Workspace

# What a broadcast leaves in the queue: a thousand leads on each of twenty channels that are not ours.
_FILL = """
    INSERT INTO work_item
        (kind, lane_id, key, payload, correlation, state, due_at, attempts, reference, error_code, error)
    SELECT 'inbox.send', lane.id, 'lead:' || (10000000 + n), '{}', lane.id || '-' || n, 'queued', now(), 0, '', '', ''
    FROM work_lane lane, generate_series(1, 1000) n WHERE lane.kind = 'inbox.send'
"""


@pytest.fixture
def leads(workspace: Workspace, channel: Channel) -> list[int]:
    """As many as are deleted at once, with one send of each state for the first, and for another."""
    with scope(workspace):
        made = [directory.lead(workspace) for _ in range(2)]
        for lead in made:
            house.conversation(lead, channel, key=f"wa:{lead.pk}")
    lane = Lane.objects.create(kind="inbox.send", key=f"channel:{channel.pk}")
    now = timezone.now()
    for lead in made:
        for state in State.values:
            Item.objects.create(
                kind="inbox.send",
                lane=lane,
                key=f"lead:{lead.pk}",
                correlation=f"{lead.pk}-{state}",
                payload={},
                state=state,
                due_at=now,
                finished_at=now if state in FINISHED else None,
                lease_until=now if state == State.CLAIMED else None,
                claim="1b4e28ba-2fa1-11d2-883f-0016d3cca427" if state == State.CLAIMED else None,
            )
    return [made[0].pk, *range(20_000_000, 20_000_299)]


def test_what_is_unsent_open_and_being_sent(workspace: Workspace, leads: list[int]) -> None:
    with scope(workspace):
        first = leads[0]
        unsent = {item.correlation for item in rows.unsent_of(leads)}
        assert unsent == {f"{first}-{state}" for state in (State.QUEUED, State.RETRY, State.UNKNOWN)}
        assert {item.correlation for item in rows.open_of(leads)} == unsent | {
            f"{first}-{State.CLAIMED}",
            f"{first}-{State.FAILED}",
        }
        assert rows.being_sent_to(leads) == {first}


def test_the_queue_of_everybody_is_not_read(workspace: Workspace, leads: list[int]) -> None:
    lanes = [Lane(kind="inbox.send", key=f"channel:{900_000 + number}") for number in range(20)]
    Lane.objects.bulk_create(lanes)
    with connection.cursor() as cursor:
        cursor.execute(_FILL)
        cursor.execute("ANALYZE work_item")
        cursor.execute("ANALYZE work_lane")
    with scope(workspace), CaptureQueriesContext(connection) as asked:
        assert len(rows.unsent_of(leads)) == 3
        assert rows.being_sent_to(leads)
    statements = [one["sql"] for one in asked if '"work_lane"' in one["sql"]]
    assert len(statements) == 3
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "work_item_line_due" in plan or "work_item_flight_due" in plan, plan
