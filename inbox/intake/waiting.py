"""What came before the message it is about: answers that quote it, changes to it, how far it came.

Whoever parks something holds the lock of the message's external id, and has seen that the message is not there; whoever
saves the message, or its id, holds the same lock, and then looks here. So nothing waits for ever for what is there.
"""

from django.db import connection

from crm import prepared
from inbox.models import Direction, Message, ParkedChange, ParkedStatus

KEEP_DAYS = 7  # what no message came for: it was before our time, or never ours


def settle(message: Message) -> None:
    """Applies what waited for this message. Its external id was saved in this transaction, under the lock."""
    quotes, changes, statuses = _there(message)
    if quotes:
        answers = Message.objects.filter(
            channel_id=message.channel_id, reply_to_external_id=message.external_id
        )
        answers.filter(lead_id=message.lead_id).update(reply_to=message, reply_to_external_id="")
    if changes:
        _apply_changes(message)
    if statuses:
        _apply_statuses(message)


def sweep() -> int:
    """Forgets what nobody came for, of all workspaces: these rows say nothing about anything that is here."""
    deleted = 0
    with connection.cursor() as cursor:
        for model in (ParkedStatus, ParkedChange):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"DELETE FROM {table} WHERE created_at < now() - make_interval(days => %s)",  # noqa: S608
                [KEEP_DAYS],
            )
            deleted += cursor.rowcount
    return deleted


def _there(message: Message) -> tuple[bool, bool, bool]:
    """One question for all three, since mostly nothing waits."""
    given = {
        "workspace": message.workspace_id,
        "channel": message.channel_id,
        "name": message.external_id,
        "ours": message.direction == Direction.OUT,
    }
    [(quotes, changes, statuses)] = prepared.rows(_SQL, given)
    return quotes, changes, statuses


def _apply_changes(message: Message) -> None:
    from inbox.intake import changes

    parked = ParkedChange.objects.filter(channel_id=message.channel_id, target=message.external_id)
    for change in parked.order_by("at", "id"):
        changes.apply_parked(message, change)
    parked.delete()


def _apply_statuses(message: Message) -> None:
    from inbox.intake import statuses

    parked = ParkedStatus.objects.filter(channel_id=message.channel_id, external_id=message.external_id)
    for status in parked.order_by("at", "id"):
        statuses.move(message, status.status, status.at, code=status.error_code, error=status.error)
    parked.delete()


_SQL = """
SELECT
    EXISTS (SELECT FROM inbox_message WHERE workspace_id = %(workspace)s AND channel_id = %(channel)s
        AND reply_to_external_id = %(name)s AND reply_to_external_id <> ''),
    EXISTS (SELECT FROM inbox_parkedchange WHERE workspace_id = %(workspace)s AND channel_id = %(channel)s
        AND target = %(name)s),
    %(ours)s AND EXISTS (SELECT FROM inbox_parkedstatus WHERE workspace_id = %(workspace)s
        AND channel_id = %(channel)s AND external_id = %(name)s)
"""
