"""What counts as unread: above the person's floor and mark, or marked so by hand."""

import time
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.tenancy import scope
from crm.work.models import Item
from directory.models import Lead
from inbox.actions import floors, reading
from inbox.conversations import glances, listing, unread
from inbox.conversations.wanted import Tab, Wanted
from inbox.models import Channel, Message, ReadMark
from tests.inbox import house
from tests.inbox.conversations.talks import number, talk
from workspaces.models import Membership

pytestmark = pytest.mark.django_db


def names(person: Membership) -> list[str]:
    wanted = Wanted.of(QueryDict("tab=unread"), person)
    return [one.lead.name for one in listing.page(person, wanted, {})]


def unread_of(lead: Lead, reader: Membership) -> int:
    return glances.of([lead.placement], reader)[lead.pk].unread


def test_what_is_older_than_a_month_counts_as_read_but_for_what_was_marked_by_hand(
    seller: Membership,
) -> None:
    with scope(seller.workspace):
        channel = number(seller.workspace)
        old = talk(seller.workspace, channel, "hola", name="Old", assignee=seller)
        old.refresh_from_db()  # its placement, too
        new = talk(seller.workspace, channel, "hola", name="New", assignee=seller)
        long_ago = timezone.now() - timedelta(days=floors.UNREAD_DAYS + 1)
        Message.objects.filter(lead=old).update(created_at=long_ago)
        Membership.objects.filter(pk=seller.pk).update(joined_at=long_ago - timedelta(days=1))
        seller.refresh_from_db()
        reading.mark_read(new, by=seller, up_to=0)  # a mark that says nothing
        assert names(seller) == ["New", "Old"]

        floors.raise_of(seller.workspace_id)

        assert names(seller) == ["New"]
        assert listing.counted(seller, Tab.UNREAD, 100).count() == 1
        assert unread_of(old, seller) == 0
        assert not ReadMark.objects.exists()  # the floor has passed it

        reading.mark_unread(old, by=seller)

        assert names(seller) == ["New", "Old"]
        assert unread_of(old, seller) == 1
        first = unread.first(old, seller, page=1)
        assert first is not None
        assert first.pk == old.placement.last_inbound_id
        reading.mark_read(old, by=seller, up_to=old.placement.last_inbound_id or 0)
        assert names(seller) == ["New"]


def test_nobody_is_told_of_what_came_before_they_did(seller: Membership) -> None:
    with scope(seller.workspace):
        channel = number(seller.workspace)
        lead = talk(seller.workspace, channel, "hola", assignee=seller)
        lead.refresh_from_db()  # its placement, too
        Message.objects.filter(lead=lead).update(created_at=seller.joined_at - timedelta(seconds=1))
        assert names(seller) == []
        assert unread_of(lead, seller) == 0


def test_a_notice_about_a_person_is_nothing_to_read(channel: Channel, owner: Membership) -> None:
    change = {"type": "user_changed_number", "wa_id": "5218112345678"}
    house.take_in(channel, house.text("hola", at=time.time() - 60))
    house.take_in(channel, house.element("system", change, at=time.time() - 30))
    with scope(owner.workspace):
        lead, said, notice = Lead.objects.get(), *Message.objects.order_by("pk")
        reading.mark_read(lead, by=owner, up_to=notice.pk)
        assert Item.objects.get(kind="inbox.courtesy").payload["message"] == said.pk
        assert names(owner) == []
        reading.mark_unread(lead, by=owner)
        assert names(owner) == [lead.name]
