"""Settings → Assignment: where it is on, a rule, a rule over last week; and the decisions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from crm.cleanness import whole_number
from crm.ui import keyset
from funnels.models import Funnel
from inbox.actions import assignment
from inbox.assignment import overview, places, simulating
from inbox.assignment.places import Place
from inbox.forms.assignment import RuleForm, SeatForm
from inbox.models import AssignmentDecision, AssignmentRule, Channel, Policy
from inbox.permissions import InboxPermission
from workspaces import presence
from workspaces.models import Membership
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

manages = requires(InboxPermission.MANAGE_ASSIGNMENT)
LATEST = 10
_RULES = ("rule__channel", "rule__funnel")


@require_GET
@manages
def listing(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Where it is on, who is there, what was decided lately."""
    people = list(_people(request).values())
    waits = places.waiting()
    decisions = AssignmentDecision.objects.select_related(*_RULES).newest_first()[:LATEST]
    every = places.every()
    context = {
        "places": [
            (place, place.href(workspace_id), waits.get(place.rule.pk) if place.rule else None)
            for place in every
        ],
        "inbox_rule": every[0].rule,
        "people": sorted(people, key=lambda one: (one.availability, one.user.name)),
        "figures": presence.figures([person.pk for person in people]),
        "decisions": overview.told(decisions, request.membership),
    }
    return render(request, "inbox/assignment/list.html", context)


@require_http_methods(["GET", "POST"])
@manages
def inbox(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    return _rule_page(request, _place())


@require_http_methods(["GET", "POST"])
@manages
def channel(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    return _rule_page(request, _place(channel=get_object_or_404(Channel.objects.in_use(), pk=pk)))


@require_http_methods(["GET", "POST"])
@manages
def funnel(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    return _rule_page(request, _place(funnel=get_object_or_404(Funnel.objects.in_use(), pk=pk)))


@require_GET
@manages
def simulation(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """What stands in the form, unsaved, over last week; `channel` or `funnel` say of which rule."""
    place = _place_asked(request)
    people = _people(request)
    form, seats = _forms(request.GET, place, people)
    if not _all_valid(form, seats):
        return render(request, "inbox/assignment/simulation.htmx.html", {"found": None, "people": people})
    values = form.values()
    by_turns = form.follows_inbox or values["policy"] == Policy.OFF
    found = simulating.simulate(
        place,
        request.workspace.pk,
        policy=Policy.ROUND_ROBIN if by_turns else Policy(values["policy"]),
        capacity=values["capacity"],
        team=values["team_id"],
        seats={
            one.person.pk: (
                one.cleaned_data["takes_part"],
                one.cleaned_data["weight"],
                one.cleaned_data["capacity"],
            )
            for one in seats
        },
    )
    context = {"found": found, "people": people, "days": simulating.DAYS, "most": simulating.MOST}
    return render(request, "inbox/assignment/simulation.htmx.html", context)


@require_GET
@manages
def decisions(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """All of them, the latest first."""
    rows = AssignmentDecision.objects.select_related(*_RULES)
    page = keyset.page_of_request(rows, "created_at", request.GET)
    context = {
        "page": page,
        "decisions": overview.told(page, request.membership),
        "action": reverse("inbox:decisions", kwargs={"workspace_id": workspace_id}),
        "days": AssignmentDecision.KEEP_DAYS,
    }
    return render(request, "inbox/assignment/decisions.html", context)


@require_GET
def decision(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Why a lead went to whom it went, to whoever sees the lead; in the page's dialog, or as a page of its own."""
    visible = AssignmentDecision.objects.visible_to(request.membership).select_related(*_RULES)
    found = get_object_or_404(visible, pk=pk)
    [told] = overview.told([found], request.membership, whole=True)
    template = "inbox/assignment/decision.htmx.html" if request.htmx else "inbox/assignment/decision.html"
    return render(request, template, {"told": told, "policy": found.get_policy_display()})


def _rule_page(request: WorkspaceRequest, place: Place) -> HttpResponse:
    people = _people(request)
    data = request.POST if request.method == "POST" else None
    form, seats = _forms(data, place, people)
    if data is not None and _all_valid(form, seats):
        _save(request, place, form, seats)
        return redirect("inbox:assignment", workspace_id=request.workspace.public_id)
    by_person = {one.person.pk: one for one in seats}
    context = {
        "place": place,
        "form": form,
        "rows": [(row, by_person[row.person.pk]) for row in overview.rows(place, people)],
        "waits": places.waiting().get(place.rule.pk) if place.rule else None,
        "action": place.href(request.workspace.public_id),
    }
    refused = data is not None
    return render(request, "inbox/assignment/rule.html", context, status=422 if refused else 200)


def _save(request: WorkspaceRequest, place: Place, form: RuleForm, seats: Sequence[SeatForm]) -> None:
    if form.follows_inbox and place.channel is not None:
        assignment.follow_inbox(place.channel, by=request.membership)
        messages.success(request, _("%(name)s is assigned as the Inbox.") % {"name": place.name})
        return
    rule = assignment.set_rule(
        by=request.membership,
        channel=place.channel,
        funnel=place.funnel,
        seats=[one.seat() for one in seats],
        **form.values(),
    )
    messages.success(request, _("Saved."))
    if form.cleaned_data["takes_unassigned"] and rule.is_on:
        taken = assignment.take_unassigned(rule, by=request.membership)
        said = ngettext(
            "%(num)s lead that waited is being handed out.",
            "%(num)s leads that waited are being handed out.",
            taken,
        )
        messages.info(request, said % {"num": taken})


def _forms(data: Any, place: Place, people: Mapping[int, Membership]) -> tuple[RuleForm, list[SeatForm]]:
    form = RuleForm(data, rule=place.rule, is_channel=place.channel is not None)
    stored = {seat.membership_id: seat for seat in place.rule.seats.all()} if place.rule else {}
    return form, [SeatForm(data, person=one, seat=stored.get(one.pk)) for one in people.values()]


def _all_valid(form: RuleForm, seats: Sequence[SeatForm]) -> bool:
    """All are asked, so that each says what is wrong with it."""
    return all([form.is_valid(), *(one.is_valid() for one in seats)])


def _place(*, channel: Channel | None = None, funnel: Funnel | None = None) -> Place:
    return Place(AssignmentRule.objects.filter(channel=channel, funnel=funnel).first(), channel, funnel)


def _place_asked(request: WorkspaceRequest) -> Place:
    channel, funnel = (whole_number(request.GET.get(name, "")) for name in ("channel", "funnel"))
    if channel is not None:
        return _place(channel=get_object_or_404(Channel.objects.in_use(), pk=channel))
    if funnel is not None:
        return _place(funnel=get_object_or_404(Funnel.objects.in_use(), pk=funnel))
    return _place()


def _people(request: WorkspaceRequest) -> dict[int, Membership]:
    """Everyone who is in the workspace now, by id."""
    found = Membership.objects.of_workspace(request.workspace).active().by_name()
    return {one.pk: one for one in found}
