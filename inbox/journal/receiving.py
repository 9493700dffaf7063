"""What the endpoint writes down. One row a request; everything that follows from it is later."""

from django.db.models import F
from django.db.models.functions import Now

from crm import nudge
from inbox import tasks
from inbox.models import ProviderApp, RawRequest
from inbox.models.raw import as_text


def receive(app: ProviderApp, body: bytes) -> None:
    """A signed request. Committed when this returns; the nudge may be lost, and a sweep makes up for it."""
    RawRequest.objects.create(app=app, body=as_text(body), size=len(body))
    nudge.on_commit(tasks.split_webhooks)


def refuse(app: ProviderApp) -> None:
    """A wrong or missing signature: counted, and shown where the app is."""
    ProviderApp.objects.filter(pk=app.pk).update(refused_count=F("refused_count") + 1, refused_at=Now())


def verified(app: ProviderApp) -> None:
    """The provider asked with our token: the first time is kept."""
    ProviderApp.objects.filter(pk=app.pk, verified_at=None).update(verified_at=Now())
