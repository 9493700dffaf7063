"""Uploads that were never sent: their rows and files go after a day, in all workspaces.

The one place that reads uploads outside a scope: by what they lack, a message, they belong to nobody's thread.
"""

from django.core.files.storage import default_storage
from django.db import connection

from crm.tenancy import scope
from inbox.models import Attachment

DAYS = 1
BATCH = 500


def sweep() -> int:
    """The row first: a file without a row is garbage, a row without its file a broken promise."""
    swept = 0
    for workspace_id, pk in _due():
        with scope(workspace_id):
            attachment = Attachment.objects.filter(pk=pk, message=None).first()
            if attachment is not None and Attachment.objects.filter(pk=pk, message=None).delete()[0]:
                default_storage.delete(str(attachment.file.name))
                swept += 1
    return swept


def _due() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace_id, id FROM inbox_attachment"
            " WHERE message_id IS NULL AND created_at < now() - make_interval(days => %s) ORDER BY created_at LIMIT %s",
            [DAYS, BATCH],
        )
        return list(cursor.fetchall())
