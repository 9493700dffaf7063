"""Moving cards."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from crm.cleanness import whole_number
from crm.prepared import Prepared
from directory import required, undoing
from directory.models import Placement
from directory.naming import shown_text
from directory.permissions import DirectoryPermission
from funnels.actions import moves as acts
from funnels.actions.moves import Moved
from funnels.board.columns import INBOX
from funnels.board.page import Board
from funnels.models import Stage
from funnels.views.answers import acted, refused
from funnels.views.opening import board_in_view, seen_leads
from funnels.views.requirements import FETCH, asked_at
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

_stage = Prepared(lambda pk: Stage.objects.with_funnel().filter(pk=pk), pk=-1)


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def moves(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`lead` (one or more) to `stage` (0: the Inbox), below the lead `after`, above the lead `before`."""
    board = board_in_view(request, pk)
    found = seen_leads(request, request.POST.getlist("lead"))
    try:
        stage = stage_named(request.POST.get("stage", ""))
        if text := gone_text(found, request.membership, archived=board.look.archived):
            return refused(request, board, [one.pk for one in found], text)
        where = _neighbours(request.POST)
        done = acts.move_many(
            [one.pk for one in found],
            by=request.membership,
            stage=stage,
            after=where["after"],
            before=where["before"],
        )
    except required.Missing as missing:
        return _asked(request, board, [one.pk for one in found], missing)
    except Refused as refusal:
        return refused(request, board, [one.pk for one in found], str(refusal))
    changed = [one for one in done if one.has_changed]
    leads = [one.pk for one in found]
    if not changed:
        return acted(request, board, leads, _("It is there already."), level="info")
    undo = undoing.token("move", request.membership.pk, _rows(changed), stage.pk if stage else None)
    return acted(
        request, board, leads, _said(found, changed, stage, request.membership), undo=undo, moved=True
    )


def _asked(
    request: WorkspaceRequest, board: Board, leads: list[int], missing: required.Missing
) -> HttpResponse:
    """Nothing was moved; the cards as they are, and the form for what lacks."""
    response = refused(request, board, leads, str(missing))
    href = asked_at(
        request.workspace.public_id,
        whole_number(request.POST.get("stage", "")) or 0,
        leads,
        board=board.plan.pk,
        where=_neighbours(request.POST),
    )
    return trigger_client_event(response, FETCH, {"href": href})


def stage_named(text: str) -> Stage | None:
    """The stage that is meant, with its funnel; None for the Inbox; 404 for none that there is."""
    pk = whole_number(text)
    if pk is None:
        raise BadRequest("no stage is named")
    if pk == INBOX:
        return None
    stage = _stage.first(pk=pk)
    if stage is None:
        raise Http404("no such stage")
    return stage


def gone_text(found: list[Placement], reader: Membership, *, archived: bool) -> str:
    """Why leads cannot be acted on as the page shows them: archived, or taken back, by somebody else meanwhile."""
    changed = [one for one in found if one.is_archived != archived]
    if not changed:
        return ""
    name = shown_text(changed[0].lead.name, reader) or _("This lead")
    if archived:
        return _("%(name)s is no longer archived: somebody took it back.") % {"name": name}
    return _("%(name)s was archived meanwhile. Unarchive it first.") % {"name": name}


def _neighbours(data: QueryDict) -> dict[str, int | None]:
    return {name: whole_number(data.get(name, "")) for name in ("after", "before")}


def _rows(changed: list[Moved]) -> list[list[object]]:
    return [[one.lead_id, one.was_stage, one.was_position] for one in changed]


def _said(found: list[Placement], changed: list[Moved], stage: Stage | None, reader: Membership) -> str:
    where = stage.name if stage else _("Inbox")
    if len(changed) == 1:
        names = {one.pk: one.lead.name for one in found}
        name = shown_text(names[changed[0].lead_id], reader) or _("The lead")
        if changed[0].was_stage == (stage.pk if stage else None):
            return _("%(name)s has a new place in %(stage)s.") % {"name": name, "stage": where}
        return _("%(name)s is in %(stage)s.") % {"name": name, "stage": where}
    return ngettext("%(count)s lead is in %(stage)s.", "%(count)s leads are in %(stage)s.", len(changed)) % {
        "count": len(changed),
        "stage": where,
    }
