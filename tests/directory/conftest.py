from datetime import timedelta

import pytest
from django.utils import timezone

from crm.tenancy import scope
from directory.models import Lead
from tests.directory import house
from workspaces.models import Membership


@pytest.fixture
def few(owner: Membership, seller: Membership) -> list[Lead]:
    """Ten, from A to J; each was written to a minute after the one before, and created in the opposite order."""
    made = []
    now = timezone.now()
    with scope(owner.workspace):
        for number, letter in enumerate("ABCDEFGHIJ"):
            lead = house.lead(
                owner.workspace,
                name=f"{letter} lead",
                assignee=seller if number % 2 else None,
                last_activity_at=now + timedelta(minutes=number),
                created_at=now - timedelta(minutes=number),
            )
            Lead.objects.filter(pk=lead.pk).update(created_at=now - timedelta(minutes=number))
            made.append(lead)
    return made
