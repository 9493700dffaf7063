"""What was said of a lead by mail: the copies of summaries that name it, which the house keeps for a while."""

from crm.mail import forgetting
from directory.erasure import Participant, Step
from directory.models import Lead
from directory.notifications import showing


def forget(lead: Lead) -> Step:
    where = showing.address_of_lead(lead.workspace.public_id, lead.pk)
    forgetting.forget(lead.workspace_id, linking=where)
    return Step.DONE


PARTICIPANT = Participant("summaries", erase=forget, strip=forget, order=950)
