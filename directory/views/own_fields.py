"""What a lead holds in a workspace's own field, written on its card."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directory import custom
from directory.actions.custom import set_values
from directory.custom import Value
from directory.models import CustomField, Lead
from directory.permissions import DirectoryPermission
from directory.views.answers import answer, lead_to_change
from directory.views.custom_fields import field_of
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def lead_field(request: WorkspaceRequest, workspace_id: str, pk: int, field: int) -> HttpResponse:
    """`value`, several of several choices; `seen`, the mark of what its writer saw. What is refused comes back as it
    was typed, with the reason."""
    lead = lead_to_change(request, pk)
    found = field_of(field)
    raw = "; ".join(request.POST.getlist("value"))
    seen = {found: request.POST.get("seen", "")[:16]}
    try:
        set_values(lead, {found: _value(request, lead, found, raw)}, by=request.membership, seen=seen)
    except ValidationError as error:
        problem = " ".join(error.messages)
    except Refused as refused:
        problem = str(refused)
    else:
        return answer(request, pk)
    return answer(request, pk, errors={found.name: problem}, typed={found.name: raw})


def _value(request: WorkspaceRequest, lead: Lead, field: CustomField, raw: str) -> Value | None:
    stored = custom.values([lead.pk], [field]).get(lead.pk, {}).get(field.pk)
    text = custom.written_over(field, raw, stored, request.membership)
    value = custom.clean(field, text, request.workspace)
    if value is None and field.is_required and stored is not None:
        raise Refused(_("This field is required: it can be changed, but not emptied."))
    return value
