"""What somebody began to write: kept per person and lead, until it is sent."""

from django.db import transaction
from django.utils import timezone

from crm import live
from directory.models import Lead
from inbox.models import Draft
from workspaces.models import Membership

LONGEST = 10_000


@transaction.atomic
def keep(lead: Lead, *, by: Membership, text: str, is_note: bool = False) -> None:
    """Empty text takes the draft away. The person's list hears where one begins or ends to be."""
    mine = Draft.objects.filter(lead=lead, membership=by, is_note=is_note)
    if text.strip():
        values = {"text": text[:LONGEST], "changed_at": timezone.now()}
        _draft, changed = Draft.objects.update_or_create(
            lead=lead, membership=by, is_note=is_note, defaults=values
        )
    else:
        changed = bool(mine.delete()[0])
    if changed:
        live.signal(f"user:{by.user_id}", "reading", id=lead.pk)
