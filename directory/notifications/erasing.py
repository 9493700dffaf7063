"""What was said of leads by mail: the copies of summaries that name one, which the house keeps for a while."""

import re
from datetime import timedelta

from django.db.models import Min

from crm.mail import forgetting
from directory.erasure import Leads, Participant, Step
from directory.models import Lead
from directory.notifications import showing
from workspaces.models import Workspace

DAY = timedelta(days=1)
_NUMBER = re.compile(r"[0-9]+")


def forget(leads: Leads) -> Step:
    """Those that lead to one of them. None is older than the first of them, by whichever clock."""
    since = Lead.objects.filter(pk__any=leads.ids).aggregate(at=Min("created_at"))["at"]
    if since is None:
        return Step.DONE  # deleted by another worker meanwhile
    workspace = Workspace.objects.get(pk=leads.workspace_id)
    numbers = {str(pk): pk for pk in leads.ids}

    def names(text: str) -> bool:
        there = numbers.keys() & set(_NUMBER.findall(text))
        return any(showing.address_of_lead(workspace.public_id, numbers[one]) in text for one in there)

    forgetting.forget(leads.workspace_id, names=names, since=since - DAY)
    return Step.DONE


PARTICIPANT = Participant(
    "summaries", erase=forget, strip=forget, order=1100
)  # after what takes several steps
