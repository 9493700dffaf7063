"""The form that opens where a stage asks for more than the leads have that were to be moved there, and the move."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, trigger_client_event

from crm.cleanness import whole_number
from crm.ui.jinja import url
from directory import required, undoing
from directory.permissions import DirectoryPermission
from directory.views.answers import answer, place_of
from funnels.actions import requirements as acts
from funnels.forms.requirements import RequirementsForm
from funnels.models import Stage
from funnels.views.answers import acted
from funnels.views.opening import board_in_view, seen_leads
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

FETCH = "dialog:fetch"  # heard by js/dialog.js


def asked_at(
    workspace_id: str,
    stage: int,
    leads: Sequence[int],
    *,
    place: str = "",
    board: int = 0,
    where: Mapping[str, int | None] | None = None,
) -> str:
    """The form's address. `place` is that of a lead's card, `board` the funnel whose board is in view."""
    pairs: list[tuple[str, object]] = [("lead", pk) for pk in leads]
    pairs += [("in", place)] if place else []
    pairs += [("board", board)] if board else []
    pairs += [(name, pk) for name, pk in (where or {}).items() if pk is not None]
    return f"{url('funnels:requirements', workspace_id=workspace_id, pk=stage)}?{urlencode(pairs)}"


@require_http_methods(["GET", "POST"])
@requires(DirectoryPermission.WORK_LEADS)
def requirements(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What the stage `pk` asks of the leads (`lead`) in the address; a POST fills it in and moves them there."""
    stage = get_object_or_404(Stage.objects.with_funnel(), pk=pk)
    found = seen_leads(request, request.GET.getlist("lead"))
    leads = [one.pk for one in found]
    lacking = required.lacking(stage.required, leads)
    keys = required.ordered({key for every in lacking.values() for key in every})
    form = RequirementsForm(
        request.POST if request.method == "POST" else None, keys=keys, membership=request.membership
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _moved(request, stage, leads, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        except PermissionDenied:
            form.add_error(None, _("You can't move leads into that funnel. Ask an admin."))
    context = {
        "form": form,
        "stage": stage,
        "number": len(lacking) or len(leads),
        "action": request.get_full_path(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "funnels/board/requirements.htmx.html", context, status=status)


def _moved(request: WorkspaceRequest, stage: Stage, leads: list[int], form: RequirementsForm) -> HttpResponse:
    where = {name: whole_number(request.GET.get(name, "")) for name in ("after", "before")}
    done = acts.fill_and_move(leads, form.cleaned_data, by=request.membership, stage=stage, **where)
    board = whole_number(request.GET.get("board", ""))
    if board and not place_of(request):
        rows = [[one.lead_id, one.was_stage, one.was_position] for one in done if one.has_changed]
        token = undoing.token("move", request.membership.pk, rows, stage.pk) if rows else ""
        text = _("Filled in and moved to %(stage)s.") % {"stage": stage.name}
        response = acted(request, board_in_view(request, board), leads, text, undo=token)
    else:
        response = answer(request, leads[0])
    return reswap(trigger_client_event(response, "dialog:close", {}), "none")
