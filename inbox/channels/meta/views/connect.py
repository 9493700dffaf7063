"""Connecting a page, or its Instagram account, step by step; each step is proved with Meta at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from inbox.channels.meta import asking, checking, setup, subscribing
from inbox.channels.meta import pending as pendings
from inbox.channels.meta.actions import apps, connecting
from inbox.channels.meta.connection import GRAPH, INSTAGRAM, OWN_LOGIN, PAGE_LOGIN
from inbox.channels.meta.forms import AppForm, KnownAppForm, OwnLoginForm, PageForm, TokenForm
from inbox.channels.meta.graph import GraphError
from inbox.channels.meta.pending import Pending
from inbox.channels.pages import back_to, manages
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
            name = setup.app_name(GRAPH, **form.cleaned_data)
        except Wrong as wrong:
            form.add_error("app_secret", str(wrong))
        else:
            registered = apps.register(by=request.membership, name=name, **form.cleaned_data)
            return _go_on(request, Pending(app=registered))
    return _page(request, Pending(), app_form=form)


@require_POST
@manages
def token(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Step 2: a token of the page, or of a person who manages it."""
    found, form = pendings.load(request), TokenForm(request.POST)
    if found.app is None:
        return _go_on(request, found)
    if form.is_valid():
        try:
            pages = asking.pages_of(found.app, form.cleaned_data["token"])
        except Wrong as wrong:
            form.add_error("token", str(wrong))
        else:
            return _go_on(request, Pending(found.app, form.cleaned_data["token"], pages))
    return _page(request, Pending(found.app), token_form=form)


@require_POST
@manages
def page(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Step 3: the page, or the account that is linked to it. It becomes a channel, and what happens is sent here."""
    found = pendings.load(request)
    choices = found.choices()
    form = PageForm(request.POST, names=choices)
    if found.app is None or not found.token:
        return _go_on(request, found)
    if form.is_valid():
        kind, chosen = choices[form.cleaned_data["page"]]
        try:
            fresh = asking.page_of(found.app, found.token, chosen.id)
            facts = asking.facts_for(found.app, fresh, checking.scopes_of(kind))
            channel = connecting.connect(
                by=request.membership,
                app=found.app,
                kind=kind,
                login=PAGE_LOGIN,
                facts=facts,
                token=fresh.token,
            )
        except (Wrong, Refused) as wrong:
            form.add_error("page", str(wrong))
        else:
            return _connected(request, channel)
    return _page(request, found, page_form=form)


@require_POST
@manages
def restart(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Back to a step: what came after it is forgotten."""
    found = pendings.load(request)
    back_to_token = request.POST.get("step") == "2" and found.app is not None
    return _go_on(request, Pending(found.app) if back_to_token else Pending())


@require_http_methods(["GET", "POST"])
@manages
def own_login(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """An account by Instagram's own login. Its secret proves itself by the first webhook: nobody can be asked."""
    form = OwnLoginForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            facts = asking.own_login(given["token"])
            registered = apps.register(
                by=request.membership,
                app_id=given["app_id"],
                app_secret=given["app_secret"],
                name=_("Instagram app %(id)s") % {"id": given["app_id"]},
                provider=apps.INSTAGRAM,
            )
            channel = connecting.connect(
                by=request.membership,
                app=registered,
                kind=INSTAGRAM,
                login=OWN_LOGIN,
                facts=facts,
                token=given["token"],
            )
        except (Wrong, Refused) as wrong:
            form.add_error("token", str(wrong))
        else:
            return _connected(request, channel)
    context = {"form": form, "simulated": asking.is_simulated()}
    return render(request, "inbox/meta/instagram.html", context, status=422 if form.errors else 200)


def _connected(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    messages.success(request, _("%(name)s is connected.") % {"name": channel.name})
    try:
        if warning := subscribing.subscribe(channel):
            messages.warning(request, warning)
        connecting.note_subscribed(channel, by=request.membership)
    except (Wrong, GraphError) as wrong:
        messages.warning(request, str(wrong))
    if not request.htmx:
        return back_to(channel)
    place = reverse("inbox:meta", kwargs={"workspace_id": request.workspace.public_id, "pk": channel.pk})
    return HttpResponseClientRedirect(place)


def _go_on(request: WorkspaceRequest, found: Pending) -> HttpResponse:
    pendings.keep(request, found)
    if request.htmx:
        return _page(request, found)
    return redirect("inbox:messenger_connect", workspace_id=request.workspace.public_id)


def _page(request: WorkspaceRequest, found: Pending, **forms: Any) -> HttpResponse:
    """The steps, as they stand; with the form that was refused in place of the fresh one."""
    fresh = {"app_form": AppForm(), "token_form": TokenForm(), "page_form": PageForm(names=found.choices())}
    refused = any(form.errors for form in forms.values())
    context = {
        "pending": found,
        "known_apps": apps.apps_of(request.workspace.pk) if found.step == 1 else [],
        "taken": pendings.taken() if found.step == 3 else set(),
        "simulated": asking.is_simulated(),
        **fresh,
        **forms,
    }
    name = "connect.htmx" if request.htmx else "connect"
    return render(request, f"inbox/meta/{name}.html", context, status=422 if refused else 200)
