"""Getting in: allauth's views, where ours say more or do less."""

from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.mfa.base import views as second_factor
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import flows as webauthn_flows
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workspaces import demo
from workspaces.accounts import actions, admission
from workspaces.accounts.forms.account import closed
from workspaces.models import User


class LogIn(account.LoginView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admission.is_empty():  # a fresh installation: nobody could log in
            return redirect(passthrough_next_redirect_url(request, reverse("account_signup"), "next"))
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "may_sign_up": admission.is_open(self.request),
            "demo_accounts": demo.accounts(),
        }


class SignUp(account.SignupView):
    def closed(self) -> HttpResponse:
        return closed(self.request)


class SecondStep(second_factor.AuthenticateView):
    """A code, or for those who have one a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        passkeys = Authenticator.objects.filter(user=self.stage.login.user, type=Authenticator.Type.WEBAUTHN)
        return {**super().get_context_data(**kwargs), "has_passkey": passkeys.exists()}


class EmailCode(account.ConfirmEmailVerificationCodeView):
    """Type the code that verifies an address: of a new account, or the new address of an old one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if not self._process:
            messages.warning(
                request, _("There is no code to type, or it has expired. Log in to get a new one.")
            )
        return response

    def _verify_form_invalid(self, form: Any) -> HttpResponseBase:
        if self._process.record_invalid_attempt():
            return _unprocessed(self.render_to_response(self.get_context_data(form=form)))
        messages.error(self.request, _("Too many wrong codes. Log in to get a new one."))
        return redirect("account_email" if self.request.user.is_authenticated else "account_login")


class ResetCode(account.ConfirmPasswordResetCodeView):
    """Type the code that lets one choose a new password. The same for addresses without an account."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response if self._process else _expired_reset(request)

    def form_invalid(self, form: Any) -> HttpResponseBase:
        if self._process.record_invalid_attempt():
            return _unprocessed(self.render_to_response(self.get_context_data(form=form)))
        messages.error(self.request, _("Too many wrong codes. Ask for a new one."))
        return redirect("account_reset_password")


class ResetPassword(account.CompletePasswordResetView):
    def dispatch(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, **kwargs)
        return response if self._process else _expired_reset(request)


class PasskeyLogin(webauthn.LoginWebAuthnView):
    """GET gives the browser a challenge, POST brings its answer. Leads where log-in was asked for."""

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = webauthn_flows.perform_passwordless_login(self.request, authenticator, login)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("This passkey does not open an account here. Use your password."))
        return redirect(passthrough_next_redirect_url(self.request, reverse("account_login"), "next"))


@require_POST
@ratelimit.decorator(app="allauth.account", action="confirm_code")
def start_over(request: HttpRequest) -> HttpResponse:
    """Back from a code to the beginning, with another address or account.

    An account that was just made and never verified goes: its address was wrong, and may be somebody else's.
    """
    stage = get_pending_stage(request)
    person = stage.login.user if stage else None
    if person is not None:
        admission.discard(admission.unfinished().filter(pk=person.pk))
    logout(request, show_message=False)
    return redirect("account_signup" if stage and stage.login.signup else "account_login")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose a language: the person's, and this browser's for before log-in."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES) or not check_for_language(code):
        return HttpResponse(status=400)
    if isinstance(request.user, User):
        actions.change_profile(request.user, language=code)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204, headers={"HX-Refresh": "true"})
    else:
        target = request.POST.get("next", "")
        safe = target and get_adapter(request).is_safe_url(target)
        response = HttpResponseRedirect(target if safe else reverse("account_login"))
    remember_language(response, code)
    return response


def remember_language(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86400,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
    )


def _unprocessed(response: HttpResponse) -> HttpResponse:
    response.status_code = 422
    return response


def _expired_reset(request: HttpRequest) -> HttpResponseRedirect:
    messages.warning(request, _("That code has expired. Ask for a new one."))
    return redirect("account_reset_password")


log_in = LogIn.as_view()
sign_up = SignUp.as_view()
second_step = never_cache(SecondStep.as_view())
email_code = never_cache(EmailCode.as_view())
reset_code = never_cache(ResetCode.as_view())
reset_password = never_cache(ResetPassword.as_view())
passkey_login = PasskeyLogin.as_view()
