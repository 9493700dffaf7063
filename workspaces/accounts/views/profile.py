"""The person: name, language, zone, appearance, picture, and leaving for good."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.logout import logout
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.cleanness import upload_limit
from workspaces.accounts import actions, pictures, zones
from workspaces.accounts.forms.profile import DeleteAccountForm, ProfileForm, ThemeForm
from workspaces.accounts.views.entrance import remember_language
from workspaces.errors import Refused
from workspaces.models import Membership, User
from workspaces.requests import SignedInRequest

MULTIPART_EXTRA = 65_536  # bytes around the picture in its form
FOR_A_YEAR = "private, max-age=31536000, immutable"  # the address changes with the picture


@login_required
@require_http_methods(["GET", "POST"])
@ratelimit.decorator(app="allauth.account", action="profile")
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        actions.change_profile(request.user, **form.cleaned_data)
        with translation.override(request.user.language):
            messages.success(request, _("Your profile is saved."))
        response = redirect("profile")
        remember_language(response, request.user.language)
        _remember_theme(response, request.user.theme)
        return response
    context = {
        "form": form,
        "zones": zones.choices(),
        "max_megabytes": settings.AVATAR_MAX_BYTES // 1_048_576,
    }
    return render(request, "profile/index.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@ratelimit.decorator(app="allauth.account", action="profile")
def theme(request: SignedInRequest) -> HttpResponse:
    """From the person's menu: the page has changed already, this only keeps it."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    actions.change_profile(request.user, **form.cleaned_data)
    response = HttpResponse(status=204)
    _remember_theme(response, request.user.theme)
    return response


@upload_limit(settings.AVATAR_MAX_BYTES + MULTIPART_EXTRA)
@login_required
@require_POST
@ratelimit.decorator(app="allauth.account", action="avatar")
def picture_change(request: SignedInRequest) -> HttpResponse:
    """A new picture; with `remove`, none."""
    upload = request.FILES.get("picture")
    try:
        if "remove" in request.POST:
            actions.set_picture(request.user, None)
        elif upload is None:
            raise Refused(_("Choose a picture first."))
        else:
            actions.set_picture(request.user, pictures.cleaned(upload, max_bytes=settings.AVATAR_MAX_BYTES))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("profile")


@login_required
@require_GET
def picture(request: SignedInRequest, user_id: int, version: str) -> FileResponse:
    """To oneself and to those who share a workspace; for all others there is no such picture."""
    person = User.objects.filter(pk=user_id, avatar=f"avatars/{version}.webp").first()
    if person is None or not (
        person == request.user or Membership.objects.share_workspace(request.user.pk, user_id)
    ):
        raise Http404
    try:
        file = default_storage.open(str(person.avatar.name))
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, content_type="image/webp", headers={"Cache-Control": FOR_A_YEAR})


@login_required
@require_http_methods(["GET", "POST"])
@ratelimit.decorator(app="allauth.account", action="delete_account")
@reauthentication_required(app="allauth.account")
def deletion(request: SignedInRequest) -> HttpResponse:
    """Delete my account: not while I own a workspace, and only after typing my address."""
    owned = actions.owned(request.user)
    form = DeleteAccountForm(request.POST or None, user=request.user)
    if request.method == "POST" and not owned and form.is_valid():
        person = request.user
        try:
            actions.delete_account(User.objects.get(pk=person.pk))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            logout(request, show_message=False)
            messages.success(request, _("Your account is deleted."))
            return redirect("account_login")
    context = {"form": form, "owned": owned}
    return render(request, "profile/delete.html", context, status=422 if form.errors else 200)


def _remember_theme(response: HttpResponse, theme: str) -> None:
    response.set_cookie(
        settings.THEME_COOKIE_NAME, theme, max_age=365 * 86400, samesite="Lax", secure=settings.SECURE_COOKIES
    )
