"""A browser's subscription: kept, and given up."""

from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from crm.encryption import keyed_hash
from crm.live.audience import living_sessions
from crm.live.tokens import session_mark
from crm.outbound.addresses import is_allowed
from crm.push.models import Subscription
from crm.push.vapid import CURVE, decoded

LONGEST_ENDPOINT = 2_000
MOST = 20  # browsers of one person; the oldest make room
PURPOSE = "push.endpoint"


class NotASubscription(ValueError):
    """What came is not what a browser gives."""


def has_browsers(user_id: int) -> bool:
    return Subscription.objects.of_person(user_id).exists()


def browsers_of(user_id: int) -> list[Subscription]:
    """Those that are told things now: where the person is logged in. Newest first."""
    living = living_sessions({user_id})
    return [row for row in Subscription.objects.of_person(user_id) if (user_id, row.session) in living]


def is_logged_in(browser: Subscription) -> bool:
    return (browser.user_id, browser.session) in living_sessions({browser.user_id})


@transaction.atomic
def keep(
    user_id: int,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    session_key: str,
    user_agent: str = "",
    only_known: bool = False,
) -> None:
    """The browser's, for this person and session: one that another person of this browser had, is theirs no more.
    `only_known`: where it is this person's already."""
    _check(endpoint, p256dh, auth)
    found_by = keyed_hash(endpoint, purpose=PURPOSE)
    if only_known and not Subscription.objects.filter(user_id=user_id, endpoint_hash=found_by).exists():
        return
    Subscription.objects.update_or_create(
        endpoint_hash=found_by,
        defaults={
            "user_id": user_id,
            "endpoint": endpoint,
            "keys": {"p256dh": p256dh, "auth": auth},
            "session": session_mark(session_key),
            "user_agent": user_agent[:300],
        },
    )
    surplus = Subscription.objects.of_person(user_id).values_list("pk", flat=True)[MOST:]
    Subscription.objects.filter(pk__in=list(surplus)).delete()


def give_up(user_id: int, *, pk: int | None = None, endpoint: str = "") -> int:
    """One of the person's, by its id or by the address that its browser knows."""
    mine = Subscription.objects.of_person(user_id)
    if pk is not None:
        return mine.filter(pk=pk).delete()[0]
    return mine.filter(endpoint_hash=keyed_hash(endpoint, purpose=PURPOSE)).delete()[0]


def forget_person(user_id: int) -> int:
    """They delete their account."""
    return Subscription.objects.of_person(user_id).delete()[0]


def _check(endpoint: str, p256dh: str, auth: str) -> None:
    """A trust boundary: the address is where we will send requests to, and may be typed by anybody who is signed in. It
    is https; `crm.outbound` then goes to public addresses only, and follows nothing."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port or 443
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(p256dh))
        if len(decoded(auth)) != 16 or len(p256dh) > 100:
            raise NotASubscription("keys")
    except ValueError:
        raise NotASubscription("no address, or no keys") from None
    simulated = parts.scheme == "http" and is_allowed(parts.hostname or "", port)
    if not parts.hostname or len(endpoint) > LONGEST_ENDPOINT or not (parts.scheme == "https" or simulated):
        raise NotASubscription("address")
