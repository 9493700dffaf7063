"""Second steps and passkeys: allauth's forms, which believe less of what they are sent."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as second_factor
from allauth.mfa.adapter import get_adapter as get_second_factor_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from workspaces.accounts.forms.account import Worded
from workspaces.models import User

CREDENTIAL_MAX = 65_536  # characters; real ones have some thousands


class UsedOnce(Worded):
    """Mixin: a code of the app is refused for as long as it could still be valid.

    allauth remembers it for one period only, while `MFA_TOTP_TOLERANCE` takes those before and after as well.
    """

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.user, code)
        return code


def use_up(user: User, code: str) -> None:
    """Note that the app's code was used. Raises ValidationError where it was already."""
    key = f"allauth:cauce:totp:{user.pk}:{normalize_user_code(code)}"
    if not cache.add(key, 1, timeout=second_factor.TOTP_PERIOD * (2 * second_factor.TOTP_TOLERANCE + 1)):
        raise get_second_factor_adapter().validation_error("code_used")


class SecondFactorForm(UsedOnce, base.AuthenticateForm):
    labels = {"code": _("Code")}


class ConfirmCodeForm(UsedOnce, base.ReauthenticateForm):
    labels = {"code": _("Code")}


class ActivateAppForm(Worded, totp.ActivateTOTPForm):
    labels = {"code": _("Code that the app shows")}

    def clean_code(self) -> str:
        code: str = super().clean_code()
        use_up(self.user, code)
        return code


class CredentialField(forms.JSONField):
    """What a stranger's browser says about a key: an object of moderate size, whatever else it may be."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > CREDENTIAL_MAX:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": "…"})
        try:
            credential = super().to_python(value)
        except RecursionError:
            credential = None
        if credential in self.empty_values:
            return None
        if not isinstance(credential, dict):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": "…"})
        return credential


class Bounded(Worded):
    """Mixin: fido2 reads strangers' bytes and raises a dozen kinds of errors over broken ones; all mean "no"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        with refusing_broken():
            clean = getattr(super(), "clean_credential", None)
            return clean() if clean else self.cleaned_data["credential"]

    def clean(self) -> Any:
        with refusing_broken():
            return super().clean()


@contextmanager
def refusing_broken() -> Iterator[None]:
    try:
        yield
    except forms.ValidationError:
        raise
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        struct.error,
    ) as error:
        raise get_second_factor_adapter().validation_error("incorrect_code") from error
    except (InvalidSignature, UnsupportedAlgorithm) as error:
        raise get_second_factor_adapter().validation_error("incorrect_code") from error


class PasskeyLogInForm(Bounded, webauthn.LoginWebAuthnForm):
    pass


class PasskeyStepForm(Bounded, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyConfirmForm(Bounded, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(Bounded, webauthn.AddWebAuthnForm):
    """A passkey always stands for the password too: there is no choice to make."""

    labels = {"name": _("Name")}
    helps = {"name": _("So that you recognise it later.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"].widget.attrs["maxlength"] = 60

    def clean_name(self) -> str:
        return str(super().clean_name())[:60]


class RenamePasskeyForm(Worded, webauthn.EditWebAuthnForm):
    name = forms.CharField(max_length=60)
    labels = {"name": _("Name")}
