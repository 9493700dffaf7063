"""Getting in, and the address and password of an account: allauth's forms with our words, without placeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from workspaces.accounts import admission
from workspaces.models import User
from workspaces.names import clean_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PASSWORD_MAX = 256  # characters; hashing something longer only costs time
GOOD_PASSWORD = _("10 characters or more. A few words that only you would put together are best.")
CODE_ATTRS = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "autocapitalize": "off",
    "spellcheck": "false",
}


class Worded(forms.BaseForm):
    """Mixin: `labels` and `helps` by field; placeholders go; passwords are bounded and asked for once."""

    labels: ClassVar[dict[str, _StrPromise]] = {}
    helps: ClassVar[dict[str, _StrPromise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = self.helps.get(name, "")
            if name in self.labels:
                field.label = self.labels[name]
            if isinstance(field.widget, forms.PasswordInput):
                field.widget.attrs["maxlength"] = PASSWORD_MAX
                field.validators = [*field.validators, MaxLengthValidator(PASSWORD_MAX)]
        if "code" in self.fields:
            self.fields["code"].widget.attrs.update(CODE_ATTRS, maxlength=40)


class LogInForm(Worded, account.LoginForm):
    labels = {
        "login": _("E-mail"),
        "password": _("Password"),
        "remember": _("Keep me logged in on this device"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["remember"].initial = True


class SignUpForm(Worded, account.SignupForm):
    account_already_exists: bool
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "email", "password1"]
    labels = {"name": _("Your name"), "email": _("E-mail"), "password1": _("Password")}
    helps = {"password1": GOOD_PASSWORD}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = admission.invited(current.request)
        if self.invitation is not None:  # the link was sent there: the address is theirs, and no other is
            self.fields["email"].initial = self.invitation.email
            self.fields["email"].disabled = True

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if {"name", "password1"} <= cleaned.keys() and "password1" not in self.errors:
            person = User(name=cleaned["name"], email=cleaned.get("email", ""))
            try:
                get_adapter().clean_password(cleaned["password1"], user=person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """As allauth's; the same form posted twice goes on with the person that the first post wrote."""
        if self.account_already_exists:
            twin = admission.twin(self.cleaned_data["email"], self.cleaned_data["password1"])
            if twin is not None:
                return twin, None
        try:
            saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except IntegrityError:  # at the very same time
            self.account_already_exists = True
            return self.try_save(request)
        return saved

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        if not admission.admit(request):
            raise ImmediateHttpResponse(closed(request))
        person: User = super().save(request)
        return person


def closed(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "account/signup_closed.html", status=403).render()


class NewEmailForm(Worded, account.AddEmailForm):
    labels = {"email": _("New e-mail")}
    helps = {"email": _("We send a code there. Until you type it, nothing changes.")}


class OtherEmailForm(Worded, account.ChangeEmailForm):
    labels = {"email": _("E-mail")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    labels = {"oldpassword": _("Current password"), "password1": _("New password")}
    helps = {"password1": GOOD_PASSWORD}


class SetPasswordForm(Worded, account.SetPasswordForm):
    labels = {"password1": _("New password")}
    helps = {"password1": GOOD_PASSWORD}


class ForgottenForm(Worded, account.ResetPasswordForm):
    labels = {"email": _("E-mail")}


class NewPasswordForm(Worded, account.ResetPasswordKeyForm):
    labels = {"password1": _("New password")}
    helps = {"password1": GOOD_PASSWORD}


class ConfirmForm(Worded, account.ReauthenticateForm):
    labels = {"password": _("Password")}


class EmailCodeForm(Worded, account.ConfirmEmailVerificationCodeForm):
    labels = {"code": _("Code")}


class ResetCodeForm(Worded, account.ConfirmPasswordResetCodeForm):
    labels = {"code": _("Code")}
