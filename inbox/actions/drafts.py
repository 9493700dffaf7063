"""What somebody began to write: kept per person and lead, until it is sent."""

from django.db import transaction
from django.utils import timezone

from directory.models import Lead
from inbox.models import Draft
from workspaces.models import Membership

LONGEST = 10_000


@transaction.atomic
def keep(lead: Lead, *, by: Membership, text: str) -> None:
    """Empty text takes the draft away."""
    if not text.strip():
        Draft.objects.filter(lead=lead, membership=by).delete()
        return
    values = {"text": text[:LONGEST], "changed_at": timezone.now()}
    Draft.objects.update_or_create(lead=lead, membership=by, defaults=values)
