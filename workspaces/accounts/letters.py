"""The mails of an account: allauth asks for them by the name of a template, we send them by crm.mail.

Codes have a template of their own (mail/account_code), the rest are notices. Words are read in the reader's language.
"""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm import mail
from crm.origin import Origin
from workspaces import links
from workspaces.accounts.devices import device_of
from workspaces.models import User

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Letter:
    """`subject` and `text` are lazy; `text` may hold %(name)s of the context."""

    subject: Promise
    text: Promise
    advice: Promise | str = ""
    action: Promise | str = ""  # what the button says
    target: str = ""  # the route it leads to


NOT_YOU = _("If this was not you, reset your password now, and look at where you are logged in.")
IGNORE = _("If you did not ask for this, you need not do anything.")

CODES: Mapping[str, Letter] = {
    "account/email/email_confirmation_signup": Letter(
        _("Your code for Cauce"), _("Type this code to verify your address and get in:"), IGNORE
    ),
    "account/email/email_confirmation": Letter(
        _("Your code for Cauce"), _("Type this code to verify your address:"), IGNORE
    ),
    "account/email/password_reset_code": Letter(
        _("Your code to reset the password"),
        _("Type this code to choose a new password:"),
        _("If you did not ask for this, ignore this mail: without the code nobody can change your password."),
    ),
}
ANSWERS: Mapping[str, Letter] = {
    "account/email/account_already_exists": Letter(
        _("You have an account already"),
        _(
            "Somebody, probably you, tried to sign up with this address. It has an account already: "
            "log in, or reset the password if you forgot it."
        ),
        IGNORE,
        _("Log in"),
        "account_login",
    ),
    "account/email/unknown_account": Letter(
        _("No account with this address"),
        _(
            "Somebody, probably you, asked to reset a password with this address. It has no account. "
            "Perhaps you used another address, or need an invitation from your team."
        ),
        IGNORE,
    ),
}
NOTICES: Mapping[str, Letter] = {
    "account/email/password_changed": Letter(
        _("Your password was changed"),
        _("Your password was changed, and every other device was logged out."),
        NOT_YOU,
    ),
    "account/email/password_set": Letter(_("Your password was set"), _("A password was set."), NOT_YOU),
    "account/email/password_reset": Letter(
        _("Your password was reset"),
        _("Your password was reset, and every device was logged out."),
        NOT_YOU,
    ),
    "account/email/email_changed": Letter(
        _("Your e-mail was changed"),
        _("From now on you log in with %(to_email)s, no longer with %(from_email)s."),
        _("If this was not you, write to the admin of your workspace at once."),
    ),
    "mfa/email/totp_activated": Letter(
        _("An authenticator app was added"),
        _("Codes of an authenticator app are now asked for at log-in."),
        NOT_YOU,
    ),
    "mfa/email/totp_deactivated": Letter(
        _("The authenticator app was removed"),
        _("Codes of an app are no longer asked for at log-in."),
        NOT_YOU,
    ),
    "mfa/email/webauthn_added": Letter(
        _("A passkey was added"),
        _("A passkey was added. It opens your account without the password."),
        NOT_YOU,
    ),
    "mfa/email/webauthn_removed": Letter(
        _("A passkey was removed"), _("A passkey of your account was removed."), NOT_YOU
    ),
    "mfa/email/recovery_codes_generated": Letter(
        _("New recovery codes"),
        _("New recovery codes were made. The old ones no longer work."),
        NOT_YOU,
    ),
    "new_sign_in": Letter(
        _("New log-in"),
        _("Your account was opened on a device we did not know yet."),
        NOT_YOU,
        _("Where you are logged in"),
        "usersessions_list",
    ),
}
LETTERS: Mapping[str, Letter] = {**CODES, **ANSWERS, **NOTICES}


def send(name: str, *, to: str, language: str, context: Context) -> None:
    """Queue the letter `name`, in the caller's transaction. `context` fills the words; a secret stands only in `code`.

    `facts` of the context are (label, value) pairs: when, where, on what.
    """
    letter = LETTERS[name]
    with translation.override(language):
        text = str(letter.text) % context
    if name in CODES:
        words = {"title": letter.subject, "text": text, "code": context["code"], "footnote": letter.advice}
        mail.send("mail/account_code", to=to, language=language, context=words)
        return
    mail.notice(
        to=to,
        language=language,
        title=letter.subject,
        paragraphs=[text],
        facts=list(context.get("facts", ())),
        action=(letter.action, links.absolute(letter.target)) if letter.target else None,
        footnote=letter.advice,
    )


def facts_of(origin: Origin, user: User | None = None) -> list[tuple[Promise, str]]:
    """When, from where, on what: for the person to tell whether it was them."""
    zone = zoneinfo.ZoneInfo(user.time_zone) if user is not None and user.time_zone else None
    moment = timezone.localtime(timezone.now(), zone) if zone else timezone.now()
    return [
        (_("When"), f"{moment:%Y-%m-%d %H:%M} ({moment.tzname()})"),
        (_("Device"), device_of(origin.user_agent).name),
        (_("Address"), origin.ip or "—"),
    ]


def language_of(email: str, user: User | None, otherwise: str) -> str:
    """The language of the person with this address, else of who asks."""
    person = user or User.objects.filter(email=email).only("language").first()
    return person.language if person is not None else otherwise
