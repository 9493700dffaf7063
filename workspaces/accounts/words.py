"""What allauth says, in our words: it asks for errors by key, and for messages by the name of a template."""

from collections.abc import Mapping

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERRORS: Mapping[str, Promise] = {
    "account_inactive": _("This account is closed."),
    "duplicate_email": _("That is your address already."),
    "email_password_mismatch": _("The e-mail or the password is not right."),
    "email_taken": _("Somebody else uses this address. Choose another."),
    "enter_current_password": _("That is not your current password."),
    "incorrect_code": _("That code is not right. Look at the newest mail, or at your app."),
    "incorrect_password": _("That password is not right."),
    "invalid_login": _("The e-mail or the password is not right."),
    "invalid_password_reset": _("This code is no longer valid. Ask for a new one."),
    "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
    "same_as_current": _("That is the address you have now."),
    "too_many_login_attempts": _(
        "Too many attempts. Wait five minutes and try again, or reset your password."
    ),
    "unverified_primary_email": _("Verify your address first."),
}

SECOND_FACTOR_ERRORS: Mapping[str, Promise] = {
    "incorrect_code": _("That did not work. Try again with a new code, or another way."),
    "code_used": _("This code was used already. Wait for the next one."),
    "unverified_email": _("Verify your address before you add a second step."),
    "cannot_delete_authenticator": _("Your account must keep its second step."),
    "cannot_generate_recovery_codes": _("Add a second step first: recovery codes stand in for it."),
}

# By the name of allauth's template; what is not here is not said.
MESSAGES: Mapping[str, tuple[int, Promise]] = {
    "account/messages/email_confirmation_failed.txt": (
        messages.ERROR,
        _("Somebody else uses this address now."),
    ),
    "account/messages/email_confirmed.txt": (messages.SUCCESS, _("Your address is verified.")),
    "account/messages/logged_out.txt": (messages.SUCCESS, _("You are logged out.")),
    "account/messages/password_changed.txt": (
        messages.SUCCESS,
        _("Your password is changed. Every other device was logged out."),
    ),
    "account/messages/password_set.txt": (messages.SUCCESS, _("Your password is set.")),
    "mfa/messages/totp_activated.txt": (messages.SUCCESS, _("The app is set up.")),
    "mfa/messages/totp_deactivated.txt": (messages.SUCCESS, _("The app is removed.")),
    "mfa/messages/webauthn_added.txt": (messages.SUCCESS, _("The passkey is added.")),
    "mfa/messages/webauthn_removed.txt": (messages.SUCCESS, _("The passkey is removed.")),
}
