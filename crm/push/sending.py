"""The kind of work "push": one content to one browser.

It is never sent twice without knowing that the first attempt failed: where the service fell silent, that was it. A
message of which nobody knows whether it arrived would be a row for an operator to decide, and there is nothing to
decide: the bell in the page has it. What is older than a day is not sent any more.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm import outbound, work
from crm.outbound import Limits, OutboundError
from crm.push import contents, subscribing, vapid
from crm.push.encrypting import LONGEST, encrypted
from crm.push.models import Subscription
from crm.work.models import Item

PUSH = "push"
TTL = timedelta(days=1)  # how long a service keeps it for a browser that is not there
LIMITS = Limits(connect=5, read=5, total=10, body=16_384)
GONE = (404, 410)  # RFC 8030: the subscription has ended


def enqueue(
    user_id: int, *, content: str, payload: Mapping[str, Any], workspace: Any, topic: str = ""
) -> int:
    """For every browser of the person; returns how many. `topic` (32 letters of base64url at most): what the service
    has not delivered yet of the same topic is replaced."""
    browsers = Subscription.objects.of_person(user_id).values_list("pk", flat=True)
    return work.enqueue_many(
        PUSH,
        [
            work.Row(
                lane=f"workspace:{getattr(workspace, 'pk', workspace)}",
                key=f"browser:{pk}",
                payload={"browser": pk, "user": user_id, "content": content, "topic": topic, **payload},
                workspace=workspace,
            )
            for pk in browsers
        ],
    )


def deliver(item: Item) -> work.Receipt:
    browser = Subscription.objects.filter(pk=item.payload["browser"], user_id=item.payload["user"]).first()
    left = TTL - (timezone.now() - item.created_at)
    if browser is None or left <= timedelta(0):
        return work.Receipt("dropped")
    if not subscribing.is_logged_in(browser):
        return work.Receipt("logged out")
    content = contents.rendered(item.payload["content"], item.payload)
    if content is None:
        return work.Receipt("dropped")
    return _post(browser, content, item.payload["topic"], int(left.total_seconds()))


def _post(browser: Subscription, content: contents.Content, topic: str, ttl: int) -> work.Receipt:
    try:
        body = encrypted(
            _packed(content),
            p256dh=vapid.decoded(browser.keys["p256dh"]),
            auth=vapid.decoded(browser.keys["auth"]),
        )
        headers = {
            "Authorization": vapid.authorization(browser.endpoint),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(ttl),
            "Urgency": "high",
            **({"Topic": topic} if topic else {}),
        }
        answer = outbound.request("POST", browser.endpoint, headers=headers, content=body, limits=LIMITS)
    except OutboundError as error:
        if error.reached:
            return work.Receipt("not confirmed")
        raise work.DeliveryError(
            type(error).__name__, permanent=error.permanent, code=type(error).__name__
        ) from None
    return _judged(browser, answer)


def _judged(browser: Subscription, answer: outbound.Response) -> work.Receipt:
    if answer.status in GONE:
        browser.delete()
        return work.Receipt("gone")
    if answer.status >= 400:
        after = answer.headers.get("retry-after", "")
        raise work.DeliveryError(
            f"The push service answered {answer.status}.",
            permanent=answer.status < 500 and answer.status not in (408, 425, 429),
            retry_after=min(int(after), 3_600) if after.isdigit() else None,
            code=str(answer.status),
        )
    return work.Receipt(answer.headers.get("location", "")[-200:])


def _packed(content: contents.Content) -> bytes:
    """What static/js/service-worker.js reads."""
    shown: dict[str, Any] = {
        "title": content.title[:200],
        "text": content.text[:400],
        "href": content.href,
        "tag": content.tag,
        **({"always": True} if content.always else {}),
    }
    packed = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
    return packed if len(packed) <= LONGEST else json.dumps({**shown, "text": ""}).encode()


KIND = work.Kind(
    PUSH,
    deliver=deliver,
    max_attempts=5,
    batch=3,
    parallel=6,
    lease=timedelta(minutes=2),
    backoff=timedelta(seconds=10),
    max_backoff=timedelta(minutes=15),
)
