"""What goes with a lead that is deleted for good: messages, files, what waits to be sent, who wrote. Where only its
personal data are erased, messages lose their words and files, and stay to be counted.

The journal, which knows no leads, is gone through apart (`inbox.journal.erasing`).
"""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from crm import work
from crm.work.models import Item, State
from directory import erasure
from directory.erasure import Participant, Step
from directory.models import Lead
from inbox import forgetting
from inbox.intake import holding
from inbox.intake.messages import MEDIA
from inbox.intake.statuses import SEND
from inbox.journal import erasing as journal
from inbox.journal.splitting import key_of
from inbox.models import (
    Attachment,
    Channel,
    Draft,
    Heard,
    Identity,
    IdentityKey,
    Message,
    Note,
    Reaction,
    Session,
    WaitingLead,
)
from inbox.models.message import MessageQuerySet
from inbox.sending.courtesies import COURTESY

BATCH = 1_000  # messages deleted, or emptied, at once
ERASED = {"erased": True}  # the `data` of a message that was emptied
NAMES = 40  # of files in one row of work
REMOVAL = "inbox.file_removal"


def register() -> None:
    work.register_kind(KIND)
    work.register_kind(journal.KIND)
    erasure.register(Participant("messages", erase, stop=stop, seal=seal, strip=strip, order=10))
    erasure.keep_in_events(
        "channel", "session", "message", "direction", "identity", "decision", "reason", "at"
    )
    erasure.keep_in_events("source_type", "topic", "allowed", "reachable", "note", "mentions")


def stop(lead: Lead) -> None:
    """1. What waits to be sent is discarded; what a provider is being told at this moment is not held up, and its
    outcome is nobody's any more.
    2. Under intake's locks on all their names: a message that arrives meanwhile is taken in before, and goes with the
    rest, or afterwards, and makes a new lead.
    3. Nothing leads from their names to this lead any more; a hash of each stays.
    """
    identities = list(Identity.objects.filter(lead=lead).values_list("pk", "channel_id"))
    channels = {channel for _pk, channel in identities}
    for item in _unsent(lead, channels):
        work.discard(item)
    keys = holding.hold(lead)
    now = timezone.now()
    for channel in channels:
        mine = {key for where, key in keys if where == channel}
        forgetting.remember(channel, mine | {key_of(key) for key in mine}, at=now)
    IdentityKey.objects.filter(identity__lead=lead).delete()
    Heard.objects.filter(lead_id=lead.pk).delete()  # nobody need be told any more
    for one in Channel.objects.filter(pk__in=channels):
        journal.forget(one)


def seal(lead: Lead) -> None:
    """1. What they were called by the providers; their conversations can't be gone on with.
    2. What people of the workspace wrote of them: a note's line stays. Nobody need take the lead.
    """
    Identity.objects.filter(lead=lead).update(name="", username="", is_reachable=False)
    sessions = Session.objects.filter(identity__lead=lead)
    sessions.update(
        closed_at=Coalesce("closed_at", Now()), window_ends_at=None, held_until=None, thread_key=""
    )
    Note.objects.filter(lead=lead, deleted_at=None).update(
        text="", deleted_at=Now(), pinned_at=None, pinned_by=None
    )
    Draft.objects.filter(lead=lead).delete()
    WaitingLead.objects.filter(lead=lead).delete()


def erase(lead: Lead) -> Step:
    """One batch of messages, the last first."""
    if _is_being_sent(lead):
        return Step.WAIT
    ids = _newest(Message.objects.of_lead(lead))
    if not ids:
        return Step.DONE
    with transaction.atomic():
        _remove_files(lead, ids)
        _remove_work(ids)
        Message.objects.filter(reply_to_id__in=ids).update(reply_to=None)
        Reaction.objects.filter(message_id__in=ids).delete()
        Attachment.objects.filter(message_id__in=ids).delete()
        Message.objects.filter(pk__in=ids).delete()
    return Step.MORE


def strip(lead: Lead) -> Step:
    """One batch of messages, the last first."""
    for item in _unsent(lead, _channels(lead)):  # written in the moment in which it began
        work.discard(item)
    if _is_being_sent(lead):
        return Step.WAIT
    ids = _newest(Message.objects.of_lead(lead).exclude(data=ERASED))
    if not ids:
        return Step.DONE
    with transaction.atomic():
        _remove_files(lead, ids)
        _remove_work(ids)
        Reaction.objects.filter(message_id__in=ids).delete()
        Attachment.objects.filter(message_id__in=ids).delete()
        Message.objects.filter(pk__in=ids).update(
            text="", data=ERASED, external_id="", reply_to_external_id="", client_id=None, error=""
        )
    return Step.MORE


def _newest(messages: MessageQuerySet) -> list[int]:
    """In the thread's order, by its index: by their ids alone PostgreSQL walks the messages of everybody."""
    return list(messages.newest_first().values_list("pk", flat=True)[:BATCH])


def deliver(item: Item) -> work.Receipt:
    """Files leave the store after their rows; one that is not there any more is no error."""
    for name in item.payload["files"]:
        default_storage.delete(name)
    return work.Receipt()


def _unsent(lead: Lead, channels: set[int]) -> list[Item]:
    lanes = [f"channel:{channel}" for channel in channels]
    rows = Item.objects.filter(kind=SEND, lane__kind=SEND, lane__key__in=lanes, key=f"lead:{lead.pk}")
    return list(rows.filter(state__in=(State.QUEUED, State.RETRY, State.UNKNOWN)).order_by("id"))


def _channels(lead: Lead) -> set[int]:
    return set(Identity.objects.filter(lead=lead).values_list("channel_id", flat=True))


def _is_being_sent(lead: Lead) -> bool:
    lanes = [f"channel:{channel}" for channel in _channels(lead)]
    rows = Item.objects.filter(kind=SEND, lane__kind=SEND, lane__key__in=lanes, key=f"lead:{lead.pk}")
    return rows.filter(state=State.CLAIMED).exists()


def _remove_files(lead: Lead, messages: list[int]) -> None:
    rows = Attachment.objects.filter(message_id__in=messages).exclude(file="")
    names = list(rows.values_list("file", flat=True))
    for start in range(0, len(names), NAMES):
        work.enqueue(
            kind=REMOVAL,
            lane=f"workspace:{lead.workspace_id}",
            payload={"files": names[start : start + NAMES]},
            workspace=lead.workspace_id,
        )


def _remove_work(messages: list[int]) -> None:
    """Rows of work of these messages, and what providers said of them. What a worker has at this moment is left to it:
    it finds nothing, and its row holds no content."""
    uids = [uid.hex for uid in Message.objects.filter(pk__in=messages).values_list("uid", flat=True)]
    files = Attachment.objects.filter(message_id__in=messages).values_list("pk", flat=True)
    for kind, names in (
        (SEND, uids),
        (MEDIA, [str(pk) for pk in files]),
        (COURTESY, [f"seen:{pk}" for pk in messages]),
    ):
        Item.objects.filter(kind=kind, correlation__in=names).exclude(state=State.CLAIMED).delete()


KIND = work.Kind(
    REMOVAL,
    deliver=deliver,
    idempotent=True,
    queue="bulk",
    batch=5,
    parallel=2,
    max_attempts=20,
    backoff=timedelta(seconds=30),
    lease=timedelta(minutes=5),
)
