"""Who may sign up.

With OPEN_SIGNUP everyone. Without it only the first person of the installation, and whoever holds an invitation: the
invitation's view calls `begin`, which remembers it in the session and leads to log-in or sign-up.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from workspaces.models import Invitation, Membership, User

HELD = "cauce_invitation"  # session key: the hash of the invitation's token
VERIFIED = "account_verified_email"  # session key of allauth: an address that needs no code
FIRST_PERSON_LOCK = 0x43415543  # any number that nobody else locks
PATIENCE = timedelta(minutes=30)  # how long an unverified first person keeps the place


def begin(request: HttpRequest, invitation: Invitation) -> HttpResponseRedirect:
    """Lead a stranger who accepted: to log-in if the address has an account, else to sign-up with it.

    The address counts as verified, since the link was sent to it. Once they are in, the invitation is accepted
    (see signals), and they land in the workspace.
    """
    request.session[HELD] = invitation.token_hash
    known = User.objects.filter(email=invitation.email).exists()
    if not known:
        request.session[VERIFIED] = invitation.email
    page = reverse("account_login" if known else "account_signup")
    home = reverse("workspaces:home_of", kwargs={"workspace_id": invitation.workspace.public_id})
    return HttpResponseRedirect(f"{page}?{urlencode({'next': home})}")


def invited(request: HttpRequest) -> Invitation | None:
    """The invitation that this browser holds, while it can be accepted; forgets one that no longer can."""
    held = request.session.get(HELD)
    if not held:
        return None
    invitation = Invitation.objects.open().filter(token_hash=held, expires_at__gt=timezone.now()).first()
    if invitation is None:
        forget(request)
    return invitation


def forget(request: HttpRequest) -> None:
    for key in (HELD, VERIFIED):
        request.session.pop(key, None)


def is_open(request: HttpRequest) -> bool:
    return settings.OPEN_SIGNUP or invited(request) is not None or not _is_settled()


def is_empty() -> bool:
    """Nobody has an account yet: whoever comes is the first."""
    return not User.objects.exists()


def admit(request: HttpRequest) -> bool:
    """Whether the person about to be written may be. In the transaction that writes them.

    Of two who would be the first, the second waits here for the first one's commit, and then is told no. A first person
    who never verified their address (mistyped, perhaps) gives the place up after `PATIENCE`.
    """
    if settings.OPEN_SIGNUP or invited(request) is not None:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_PERSON_LOCK])
    if _is_settled():
        return False
    discard(_stale())
    return True


def unfinished() -> QuerySet[User]:
    """People who signed up and never verified their address nor got in."""
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    claimed = EmailAddress.objects.filter(user=OuterRef("pk"))
    member = Membership.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(~Exists(verified), Exists(claimed), ~Exists(member), last_login=None)


def discard(people: QuerySet[User]) -> None:
    """Delete unfinished people. Nothing refers to them but their address: no cascade through workspaces is needed."""
    ids = list(people.values_list("pk", flat=True))
    EmailAddress.objects.filter(user_id__in=ids).delete()
    doomed = User.objects.filter(pk__in=ids)
    doomed._raw_delete(doomed.db)


def twin(email: str, password: str) -> User | None:
    """Who just signed up with the same address and password: the form was posted twice."""
    person = unfinished().filter(email=email, joined_at__gt=timezone.now() - PATIENCE).first()
    return person if person is not None and person.check_password(password) else None


def _stale() -> QuerySet[User]:
    return unfinished().filter(joined_at__lt=timezone.now() - PATIENCE)


def _is_settled() -> bool:
    return User.objects.exclude(pk__in=_stale().values("pk")).exists()
