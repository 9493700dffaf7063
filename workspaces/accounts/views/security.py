"""What guards an account: password, second steps, recovery codes, passkeys."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from workspaces.accounts import sessions
from workspaces.accounts.signals import SHOW_CODES
from workspaces.requests import SignedInRequest


@login_required
@require_GET
def security(request: SignedInRequest) -> HttpResponse:
    """All of it at a glance, each with its way to change it."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    by_type = {factor.type: factor.wrap() for factor in factors}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "app": by_type.get(Authenticator.Type.TOTP),
        "codes_left": len(codes.get_unused_codes()) if codes else None,
        "codes_total": app_settings.RECOVERY_CODE_COUNT,
        "passkeys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "is_guarded": any(factor.type != Authenticator.Type.RECOVERY_CODES for factor in factors),
        "places": sessions.places(request.user, request.session.session_key),
        "address": EmailAddress.objects.get_primary(request.user),
    }
    return render(request, "mfa/index.html", context)


@login_required
@require_GET
@never_cache
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Fresh codes, once: right after they were made. Later only how many are left.

    allauth would note in the database that they were seen, on a GET; a mark in the session does the same.
    """
    row = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        return redirect("mfa_index")
    unused = row.wrap().get_unused_codes()
    fresh = unused if request.session.pop(SHOW_CODES, False) else []
    context = {"codes": fresh, "left": len(unused), "total": app_settings.RECOVERY_CODE_COUNT}
    return render(request, "mfa/recovery_codes/index.html", context)


class AddPasskey(webauthn.AddWebAuthnView):
    """A discoverable credential that asks its holder who they are: it opens the account alone."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super(webauthn.AddWebAuthnView, self).get_context_data(**kwargs)
        context["options"] = auth.begin_registration(self.request.user, True)
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("The passkey was not added. Try again."))
        return redirect("mfa_add_webauthn")


class ConfirmByPasskey(webauthn.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("That passkey is not one of yours. Use another way."))
        return redirect(self.passthrough_next_url(self.request.path))


add_passkey = never_cache(AddPasskey.as_view())
confirm_by_passkey = never_cache(ConfirmByPasskey.as_view())
