"""Connecting a number, step by step; each step is proved with Meta at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from inbox.channels.meta.actions import apps
from inbox.channels.meta.graph import GraphError
from inbox.channels.pages import manages
from inbox.channels.whatsapp import pending as pendings
from inbox.channels.whatsapp import setup
from inbox.channels.whatsapp.actions import connecting
from inbox.channels.whatsapp.forms import AccountForm, AppForm, KnownAppForm, NumberForm, TokenForm
from inbox.channels.whatsapp.pending import Pending
from inbox.channels.wrong import Wrong
from inbox.models import Channel
from workspaces.errors import Refused
from workspaces.requests import WorkspaceRequest


@require_GET
@manages
def connect(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    return _page(request, pendings.load(request))


@require_POST
@manages
def app(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Step 1: the app, by its id and secret, or one we know."""
    known = KnownAppForm(request.POST, apps=apps.apps_of(request.workspace.pk))
    if "app" in request.POST and known.is_valid():
        return _go_on(request, Pending(app=known.cleaned_data["app"]))
    form = AppForm(request.POST)
    if form.is_valid():
        try:
            name = setup.app_name(**form.cleaned_data)
        except Wrong as wrong:
            form.add_error("app_secret", str(wrong))
        else:
            registered = apps.register(by=request.membership, name=name, **form.cleaned_data)
            return _go_on(request, Pending(app=registered))
    return _page(request, Pending(), app_form=form)


@require_POST
@manages
def token(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Step 2: a system user's token for that app."""
    found, form = pendings.load(request), TokenForm(request.POST)
    if found.app is None:
        return _go_on(request, found)
    if form.is_valid():
        try:
            expires_at, accounts = setup.check_token(found.app, form.cleaned_data["token"])
        except Wrong as wrong:
            form.add_error("token", str(wrong))
        else:
            return _go_on(request, Pending(found.app, form.cleaned_data["token"], expires_at, accounts))
    return _page(request, Pending(found.app), token_form=form)


@require_POST
@manages
def account(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Step 3, where the token does not say which accounts it reaches: one by its id."""
    found, form = pendings.load(request), AccountForm(request.POST)
    if found.app is None or not found.token:
        return _go_on(request, found)
    if form.is_valid():
        try:
            added = setup.account(found.app, found.token, form.cleaned_data["account"])
        except Wrong as wrong:
            form.add_error("account", str(wrong))
        else:
            found.accounts = [*(one for one in found.accounts if one.id != added.id), added]
            return _go_on(request, found)
    return _page(request, found, account_form=form)


@require_POST
@manages
def number(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Step 3: the number. It becomes a channel, and its webhooks are sent here where that works at once."""
    found = pendings.load(request)
    ids = found.number_ids()
    form = NumberForm(request.POST, ids=ids)
    if found.app is None or not found.token:
        return _go_on(request, found)
    if form.is_valid():
        chosen = form.cleaned_data["number"]
        try:
            facts = setup.number(found.app, found.token, chosen)
            channel = connecting.connect(
                by=request.membership, app=found.app, account_id=ids[chosen], number=facts, token=found.token
            )
        except (Wrong, Refused) as wrong:
            form.add_error("number", str(wrong))
        else:
            pendings.forget(request)
            return _connected(request, channel)
    return _page(request, found, number_form=form)


@require_POST
@manages
def restart(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Back to a step: what came after it is forgotten."""
    found = pendings.load(request)
    back_to_token = request.POST.get("step") == "2" and found.app is not None
    return _go_on(request, Pending(found.app) if back_to_token else Pending())


def _connected(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    messages.success(request, _("%(name)s is connected.") % {"name": channel.name})
    try:
        if warning := setup.subscribe(channel):
            messages.warning(request, warning)
        connecting.note_subscribed(channel, by=request.membership)
    except (Wrong, GraphError) as wrong:
        messages.warning(request, str(wrong))
    place = reverse("inbox:whatsapp", kwargs={"workspace_id": request.workspace.public_id, "pk": channel.pk})
    return HttpResponseClientRedirect(place) if request.htmx else redirect(place)


def _go_on(request: WorkspaceRequest, found: Pending) -> HttpResponse:
    pendings.keep(request, found)
    if request.htmx:
        return _page(request, found)
    return redirect("inbox:whatsapp_connect", workspace_id=request.workspace.public_id)


def _page(request: WorkspaceRequest, found: Pending, **forms: Any) -> HttpResponse:
    """The steps, as they stand; with the form that was refused in place of the fresh one."""
    fresh = {
        "app_form": AppForm(),
        "token_form": TokenForm(),
        "account_form": AccountForm(),
        "number_form": NumberForm(ids=found.number_ids()),
    }
    refused = any(form.errors for form in forms.values())
    context = {
        "pending": found,
        "known_apps": apps.apps_of(request.workspace.pk) if found.step == 1 else [],
        "taken": pendings.taken_numbers() if found.step == 3 else set(),
        "simulated": not setup.is_meta(),
        **fresh,
        **forms,
    }
    name = "connect.htmx" if request.htmx else "connect"
    return render(request, f"inbox/whatsapp/{name}.html", context, status=422 if refused else 200)
