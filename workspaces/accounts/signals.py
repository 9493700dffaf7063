"""What follows an act of an account: its audit row, the end of other sessions, the mail about a new device."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as second_factor
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import signals as auth
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from crm import live, origin
from workspaces.accounts import admission, letters, sessions
from workspaces.accounts.middleware import mark_seen
from workspaces.actions import audit, invitations
from workspaces.errors import Refused
from workspaces.models import User, Verb

KNOWN_COOKIE = "cauce_known"  # who has logged in on this browser: decides about a mail only
KNOWN_SALT = "workspaces.accounts.known"
KNOWN_FOR = 60 * 60 * 24 * 365  # seconds
KNOWN_MOST = 12  # people a browser remembers
SHOW_CODES = "cauce_show_codes"  # session key: fresh recovery codes wait to be shown, once
RECOVERY = Authenticator.Type.RECOVERY_CODES


def connect() -> None:
    """From AppConfig.ready()."""
    auth.user_logged_in.connect(_note_time, dispatch_uid="accounts.note_time")
    auth.user_logged_out.connect(_signed_out, dispatch_uid="accounts.signed_out")
    account.user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    account.password_changed.connect(_password_changed, dispatch_uid="accounts.password_changed")
    account.password_set.connect(_password_changed, dispatch_uid="accounts.password_set")
    account.password_reset.connect(_password_reset, dispatch_uid="accounts.password_reset")
    account.email_changed.connect(_email_changed, dispatch_uid="accounts.email_changed")
    second_factor.authenticator_added.connect(_factor_added, dispatch_uid="accounts.factor_added")
    second_factor.authenticator_removed.connect(_factor_removed, dispatch_uid="accounts.factor_removed")
    second_factor.authenticator_reset.connect(_codes_made, dispatch_uid="accounts.codes_made")
    second_factor.authentication_failed.connect(_factor_failed, dispatch_uid="accounts.factor_failed")


def _note_time(request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None and hasattr(request, "session"):
        mark_seen(request)


def _signed_in(request: HttpRequest, user: User, response: HttpResponse, **kwargs: Any) -> None:
    _accept_invitation(request, user)
    known = _known(request)
    methods = [
        str(record.get("type") or record["method"]) for record in get_authentication_records(request, user)
    ]
    with transaction.atomic():
        way = {"by": [None, ", ".join(methods)]} if methods else {}  # none: they have just signed up
        audit.record_for_person(user, verb=Verb.SIGNED_IN, changes=way)
        if user.pk not in known and not getattr(request, "is_first_login", True):
            _tell_of_device(user)
    value = signing.dumps([user.pk, *(pk for pk in known if pk != user.pk)][:KNOWN_MOST], salt=KNOWN_SALT)
    response.set_cookie(
        KNOWN_COOKIE,
        value,
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _accept_invitation(request: HttpRequest, user: User) -> None:
    """The one they accepted before they were asked to log in or sign up."""
    invitation = admission.invited(request)
    admission.forget(request)
    if invitation is None:
        return
    try:
        invitations.accept(invitation, by=user)
    except Refused as refused:
        messages.error(request, str(refused))


def _signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if not isinstance(user, User):
        return
    key = request.session.session_key or ""
    with transaction.atomic():
        UserSession.objects.filter(user=user, session_key=key).delete()
        audit.record_for_person(user, verb=Verb.SIGNED_OUT)
    if key:
        live.end(user_id=user.pk, session_key=key)


def _password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    with transaction.atomic():
        sessions.end(user, keep=request.session.session_key, noted=False)
        audit.record_for_person(user, verb=Verb.PASSWORD_CHANGED)


def _password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    with transaction.atomic():
        sessions.end(user, noted=False)
        audit.record_for_person(user, verb=Verb.PASSWORD_RESET)


def _email_changed(
    user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **kwargs: Any
) -> None:
    before = from_email_address.email if from_email_address else None
    if before is None:
        return  # the first verification of a new account
    with transaction.atomic():
        audit.record_for_person(
            user, verb=Verb.EMAIL_CHANGED, changes={"email": [before, to_email_address.email]}
        )


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == RECOVERY:
        _codes_made(request=request, user=user)
        return
    with transaction.atomic():
        audit.record_for_person(user, verb=Verb.MFA_ADDED, changes={"factor": [None, authenticator.type]})


def _factor_removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    with transaction.atomic():
        audit.record_for_person(user, verb=Verb.MFA_REMOVED, changes={"factor": [authenticator.type, None]})


def _codes_made(request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session[SHOW_CODES] = True
    with transaction.atomic():
        audit.record_for_person(user, verb=Verb.MFA_CODES_MADE)


def _factor_failed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    with transaction.atomic():
        audit.record_for_person(
            user, verb=Verb.SIGN_IN_FAILED, changes={"factor": [None, authenticator.type]}
        )


def _known(request: HttpRequest) -> list[int]:
    """Ids of people who have logged in on this browser; none where the cookie is missing or was tampered with."""
    try:
        value = signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=KNOWN_SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return []
    return [pk for pk in value if isinstance(pk, int)] if isinstance(value, list) else []


def _tell_of_device(user: User) -> None:
    context = {"facts": letters.facts_of(origin.current(), user)}
    letters.send("new_sign_in", to=user.email, language=user.language, context=context)
