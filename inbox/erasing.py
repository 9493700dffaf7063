"""What goes with leads that are deleted for good: messages, files, what waits to be sent, who wrote. Where only its
personal data are erased, messages lose their words and files, and stay to be counted.

The journal, which knows no leads, is gone through apart (`inbox.journal.erasing`).
"""

import json
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from crm import work
from crm.work.models import Item, State
from directory import erasure
from directory.erasure import Leads, Participant, Step
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
from inbox.sending.courtesies import COURTESY
from inbox.sending.rows import being_sent_to, channels_of, unsent_of

BATCH = 1_000  # messages deleted, or emptied, at once
NEWEST = "sent_at DESC, sequence DESC, id DESC"  # the index of threads
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


def stop(leads: Leads) -> None:
    """1. What waits to be sent is discarded; what a provider is being told at this moment is not held up, and its
    outcome is nobody's any more.
    2. Under intake's locks on all their names: a message that arrives meanwhile is taken in before, and goes with the
    rest, or afterwards, and makes a new lead.
    3. Nothing leads from their names to these leads any more; a hash of each stays.
    """
    work.discard_all(unsent_of(leads.ids))
    keys = holding.hold(leads.workspace_id, leads.ids)
    channels = channels_of(leads.ids)
    now = timezone.now()
    for channel in channels:
        mine = {key for where, key in keys if where == channel}
        forgetting.remember(channel, mine | {key_of(key) for key in mine}, at=now)
    IdentityKey.objects.filter(identity__lead_id__any=leads.ids).delete()
    Heard.objects.filter(lead_id__any=leads.ids).delete()  # nobody need be told any more
    for one in Channel.objects.filter(pk__any=list(channels)):
        journal.forget(one)


def seal(leads: Leads) -> None:
    """1. What they were called by the providers; their conversations can't be gone on with.
    2. What people of the workspace wrote of them: a note's line stays. Nobody need take the lead.
    """
    Identity.objects.filter(lead_id__any=leads.ids).update(name="", username="", is_reachable=False)
    sessions = Session.objects.filter(identity__lead_id__any=leads.ids)
    sessions.update(
        closed_at=Coalesce("closed_at", Now()), window_ends_at=None, held_until=None, thread_key=""
    )
    Note.objects.filter(lead_id__any=leads.ids, deleted_at=None).update(
        text="", deleted_at=Now(), pinned_at=None, pinned_by=None
    )
    Draft.objects.filter(lead_id__any=leads.ids).delete()
    WaitingLead.objects.filter(lead_id__any=leads.ids).delete()


def erase(leads: Leads) -> Step:
    """One batch of messages; of a lead to whom one is being sent, later."""
    rest = leads.without(being_sent_to(leads.ids))
    ids = rest.rows("inbox_message", order=NEWEST, most=BATCH)
    if not ids:
        return Step.DONE if rest == leads else Step.WAIT
    with transaction.atomic():
        _remove_files(leads.workspace_id, ids)
        _remove_work(ids)
        Message.objects.filter(reply_to_id__any=ids).update(reply_to=None)
        Reaction.objects.filter(message_id__any=ids).delete()
        Attachment.objects.filter(message_id__any=ids).delete()
        Message.objects.filter(pk__any=ids).delete_alone()
    return Step.MORE


def strip(leads: Leads) -> Step:
    """One batch of messages; of a lead to whom one is being sent, later."""
    work.discard_all(unsent_of(leads.ids))  # written in the moment in which it began
    rest = leads.without(being_sent_to(leads.ids))
    ids = rest.rows("inbox_message", order=NEWEST, most=BATCH, where=f"data <> '{json.dumps(ERASED)}'")
    if not ids:
        return Step.DONE if rest == leads else Step.WAIT
    with transaction.atomic():
        _remove_files(leads.workspace_id, ids)
        _remove_work(ids)
        Reaction.objects.filter(message_id__any=ids).delete()
        Attachment.objects.filter(message_id__any=ids).delete()
        Message.objects.filter(pk__any=ids).update(
            text="", data=ERASED, external_id="", reply_to_external_id="", client_id=None, error=""
        )
    return Step.MORE


def deliver(item: Item) -> work.Receipt:
    """Files leave the store after their rows; one that is not there any more is no error."""
    for name in item.payload["files"]:
        default_storage.delete(name)
    return work.Receipt()


def _remove_files(workspace: int, messages: list[int]) -> None:
    rows = Attachment.objects.filter(message_id__any=messages).exclude(file="")
    names = list(rows.values_list("file", flat=True))
    for start in range(0, len(names), NAMES):
        work.enqueue(
            kind=REMOVAL,
            lane=f"workspace:{workspace}",
            payload={"files": names[start : start + NAMES]},
            workspace=workspace,
        )


def _remove_work(messages: list[int]) -> None:
    """Rows of work of these messages, and what providers said of them. What a worker has at this moment is left to it:
    it finds nothing, and its row holds no content."""
    uids = [uid.hex for uid in Message.objects.filter(pk__any=messages).values_list("uid", flat=True)]
    files = Attachment.objects.filter(message_id__any=messages).values_list("pk", flat=True)
    for kind, names in (
        (SEND, uids),
        (MEDIA, [str(pk) for pk in files]),
        (COURTESY, [f"seen:{pk}" for pk in messages]),
    ):
        Item.objects.filter(kind=kind, correlation__any=names).exclude(state=State.CLAIMED).delete()


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
