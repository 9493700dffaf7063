"""One workspace with a mountain of messages does not delay another's, either way."""

import pytest

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

MOUNTAIN = 5_000


def test_what_comes_in_is_taken_in_by_turns(channel, other_workspace):
    other = house.channel(other_workspace)
    lane, workspace = f"channel:{channel.pk}", channel.workspace_id
    rows = (work.Row(lane=lane, key=f"wa:{n}", payload={}, workspace=workspace) for n in range(MOUNTAIN))
    work.enqueue_many(INTAKE, rows)
    claim("now")
    house.post(other, house.text("¿y yo?"))
    splitting.run()
    turns = [claim("now").items[0].workspace_id for _ in range(2)]
    assert other_workspace.pk in turns


def test_what_is_sent_is_sent_by_turns(workspace, other_workspace, owner, outsider, nudges, post_kind):
    def conversation(of, by):
        with scope(of):
            lead = directory.lead(of, name="Marta")
            return lead, house.conversation(lead, house.channel(of, kind="post", app=None)), by

    lead, session, by = conversation(workspace, owner)
    with scope(workspace):
        messages.send(lead, by=by, session=session, text="primero")
    first = Item.objects.get(kind=SEND)
    Item.objects.bulk_create(
        [
            Item(kind=SEND, lane=first.lane, key=f"lead:{n}", payload=first.payload, correlation=f"m{n}")
            for n in range(MOUNTAIN)
        ]
    )
    assert len(claim("now").items) == 10
    lead, session, by = conversation(other_workspace, outsider)
    with scope(other_workspace):
        messages.send(lead, by=by, session=session, text="¿y yo?")
    turns = [claim("now").items[0].workspace_id for _ in range(2)]
    assert other_workspace.pk in turns
