"""Where allauth asks us: who may sign up, how mails and messages read, how secrets are kept, how sessions end."""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm import encryption, origin
from workspaces.accounts import admission, letters, sessions, words
from workspaces.accounts.devices import device_of
from workspaces.actions import audit
from workspaces.models import User, Verb

NO_ADDRESS = "0.0.0.0"  # noqa: S104 (a stand-in where the server is on a socket and tells no address)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {**DefaultAccountAdapter.error_messages, **words.ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return admission.is_open(request)

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        user.language = (get_language() or "es")[:2]
        super().save_user(request, user, form, commit=commit)
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        """As for the audit: from trusted proxies only. allauth's own raises where a proxy was passed by."""
        return origin.client_ip(request) or NO_ADDRESS

    def login(self, request: HttpRequest, user: User) -> None:
        request.is_first_login = user.last_login is None  # type: ignore[attr-defined]
        super().login(request, user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        person = User.objects.filter(email=User.objects.normalize_email(credentials.get("email"))).first()
        if person is not None:
            with transaction.atomic():
                audit.record_for_person(person, verb=Verb.SIGN_IN_FAILED)

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """allauth renders a template for each message; ours are in a table."""
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)
        elif message_template and message_template in words.MESSAGES:
            own_level, text = words.MESSAGES[message_template]
            messages.add_message(request, own_level, str(text), extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        request = current.request
        person = context.get("user") or (request.user if request.user.is_authenticated else None)
        if "timestamp" in context:  # a notice about the account: when, where, on what
            context = {**context, "facts": letters.facts_of(origin.current(), person)}
        language = letters.language_of(email, person, get_language() or "es")
        letters.send(template_prefix, to=email, language=language, context=context)


class MFAAdapter(DefaultMFAAdapter):
    """Seeds and secrets stand encrypted in the database; crm.encryption rotates their keys (see plugs)."""

    error_messages = {**DefaultMFAAdapter.error_messages, **words.SECOND_FACTOR_ERRORS}

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 (allauth's name)
        name = device_of(current.request.headers.get("User-Agent", "")).name
        taken = {
            row.wrap().name
            for row in Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
        }
        return (
            name
            if name not in taken
            else _("%(name)s (%(number)s)") % {"name": name, "number": len(taken) + 1}
        )


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions_ended: Iterable[UserSession]) -> None:
        for session in sessions_ended:
            sessions.end(session.user, pk=session.pk)
