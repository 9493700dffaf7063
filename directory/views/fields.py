"""What is written on a card, field by field: texts, contact points, tags."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from directory import naming
from directory.actions import leads, placements, profiles, tags
from directory.card import TEXTS
from directory.forms.leads import ContactPointForm, FieldForm, LinkForm, TagNameForm, ValueForm
from directory.models import Lead, SocialProfile, Tag
from directory.permissions import DirectoryPermission
from directory.views.answers import answer, lead_to_change
from workspaces.accounts import zones
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def text(request: WorkspaceRequest, workspace_id: str, pk: int, field: str) -> HttpResponse:
    """One of TEXTS. What is refused comes back as it was typed, with the reason."""
    if field not in TEXTS:
        raise Http404
    lead = lead_to_change(request, pk)
    form = FieldForm(request.POST, field=field)
    typed = {field: request.POST.get("value", "")}
    if not form.is_valid():
        return answer(request, pk, errors={field: _first(form, "value")}, typed=typed)
    value = form.cleaned_data["value"]
    if not naming.sees_phones(request.membership):
        value = naming.written_over(value, getattr(lead, field))
    try:
        leads.edit(lead, by=request.membership, seen={field: form.cleaned_data["seen"]}, **{field: value})
    except Refused as refused:
        return answer(request, pk, errors={field: str(refused)}, typed=typed)
    return answer(request, pk)


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def value(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What the lead may be worth. What is refused comes back as it was typed, with the reason."""
    lead_to_change(request, pk)
    form = ValueForm(request.POST)
    typed = {"value": request.POST.get("value", "")}
    if not form.is_valid():
        return answer(request, pk, errors={"value": _first(form, "value")}, typed=typed)
    amount, seen = form.cleaned_data["value"], form.cleaned_data["seen"]
    try:
        placements.set_value(pk, by=request.membership, value=amount, seen=seen)
    except Refused as refused:
        return answer(request, pk, errors={"value": str(refused)}, typed=typed)
    return answer(request, pk)


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def contact_points(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A phone or an e-mail address more."""
    lead = lead_to_change(request, pk)
    form = ContactPointForm(request.POST, workspace=request.workspace)
    problem = ""
    if form.is_valid():
        try:
            leads.add_contact_point(lead, form.cleaned_data["text"], by=request.membership)
        except Refused as refused:
            problem = str(refused)
    else:
        problem = _first(form, "text")
    if problem:
        typed = {"point": request.POST.get("text", "")}
        return answer(request, pk, errors={"point": problem}, typed=typed)
    return answer(request, pk)


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def contact_point_removal(request: WorkspaceRequest, workspace_id: str, pk: int, point: int) -> HttpResponse:
    lead = lead_to_change(request, pk)
    found = lead.contact_points.filter(pk=point).first()
    if found is not None:  # else it went a moment ago
        leads.remove_contact_point(found, by=request.membership)
    return answer(request, pk)


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def lead_profiles(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A link more."""
    lead = lead_to_change(request, pk)
    form = LinkForm(request.POST)
    problem = "" if form.is_valid() else _first(form, "url")
    if not problem:
        try:
            profiles.add(lead, form.cleaned_data["url"], by=request.membership)
        except Refused as refused:
            problem = str(refused)
    if problem:
        typed = {"profile": request.POST.get("url", "")}
        return answer(request, pk, errors={"profile": problem}, typed=typed)
    return answer(request, pk)


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def lead_profile_removal(request: WorkspaceRequest, workspace_id: str, pk: int, profile: int) -> HttpResponse:
    lead = lead_to_change(request, pk)
    found = SocialProfile.objects.filter(lead=lead, pk=profile).first()
    if found is not None:  # else it went a moment ago
        profiles.remove(found, by=request.membership)
    return answer(request, pk)


@require_GET
@requires(DirectoryPermission.WORK_LEADS)
def time_zones(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """For the suggestions of a time zone's field."""
    return render(request, "directory/zone_options.htmx.html", {"zones": zones.choices()})


@require_http_methods(["GET", "POST"])
@requires(DirectoryPermission.WORK_LEADS)
def lead_tags(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A GET gives those one may put on it, for the field's suggestions; a POST puts one on, by name."""
    lead = lead_to_change(request, pk)
    if request.method == "GET":
        worn = lead.lead_tags.values("tag_id")
        context = {"tags": Tag.objects.exclude(pk__in=worn).by_name()}
        return render(request, "directory/tag_options.htmx.html", context)
    form = TagNameForm(request.POST)
    problem = "" if form.is_valid() else _first(form, "name")
    if not problem:
        try:
            tags.put_on(lead, _tag_named(request, form.cleaned_data["name"]), by=request.membership)
        except Refused as refused:
            problem = str(refused)
    if problem:
        return answer(request, pk, errors={"tag": problem}, typed={"tag": request.POST.get("name", "")})
    return answer(request, pk)


@require_POST
@requires(DirectoryPermission.WORK_LEADS)
def lead_tag_removal(request: WorkspaceRequest, workspace_id: str, pk: int, tag: int) -> HttpResponse:
    lead: Lead = lead_to_change(request, pk)
    tags.take_off(lead, get_object_or_404(Tag, pk=tag), by=request.membership)
    return answer(request, pk)


def _tag_named(request: WorkspaceRequest, name: str) -> Tag:
    """Upper and lower case are one; who manages tags makes one that is not there."""
    found = Tag.objects.filter(name__iexact=name).by_name().first()
    if found is not None:
        return found
    try:
        return tags.create(by=request.membership, name=name)
    except PermissionDenied:
        words = _("There is no tag named %(name)s. Choose one of the list, or ask an admin for it.")
        raise Refused(words % {"name": name}) from None


def _first(form: forms.Form, field: str) -> str:
    """What is wrong with a field."""
    return str(next(iter(form.errors.get(field, [])), _("Try again.")))
