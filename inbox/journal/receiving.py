"""What the endpoint writes down. One row a request; everything that follows from it is later."""

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from crm import nudge
from crm.encryption.keys import encrypt
from inbox import tasks
from inbox.models import ProviderApp
from inbox.models.raw import as_text


def receive(app: ProviderApp, body: bytes) -> None:
    """A signed request. Committed when this returns; the nudge may be lost, and a sweep makes up for it."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [app.pk, encrypt(as_text(body)), len(body)])
    nudge.on_commit(tasks.split_webhooks)


def refuse(app: ProviderApp) -> None:
    """A wrong or missing signature: counted, and shown where the app is."""
    ProviderApp.objects.filter(pk=app.pk).update(refused_count=F("refused_count") + 1, refused_at=Now())


def verified(app: ProviderApp) -> None:
    """The provider asked with our token: the first time is kept."""
    ProviderApp.objects.filter(pk=app.pk, verified_at=None).update(verified_at=Now())


# As SQL: Django would take longer to build it than PostgreSQL to do it, in every webhook.
_INSERT = """
INSERT INTO inbox_rawrequest (app_id, body, size, state, parts, unknown_receivers, receiver, error)
VALUES (%s, %s, %s, 'new', 0, 0, '', '')
"""
