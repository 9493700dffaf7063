"""Leads. The lead of each row is assigned to the seller with the grant: the other seller does not see it."""

import secrets

from crm.tenancy import scope
from directory.models import CloseReason, Lead, Segment, Tag
from tests.access.rows import ADMINS, EVERYONE, SELLERS, Actor, Row, World
from tests.directory import bulk, house

OTHERS = frozenset({Actor.SELLER})
SEEN = EVERYONE - OTHERS


def lead(world: World) -> dict[str, object]:
    made = house.lead(
        world.workspace,
        phone="+52 55 1234 5678",
        assignee=world.granted,
        tags=[Tag.objects.create(name="vip")],
    )
    return {"pk": made.pk}


def contact_point(world: World) -> dict[str, object]:
    found = Lead.objects.get(**lead(world))
    return {"pk": found.pk, "point": found.contact_points.get().pk}


def worn(world: World) -> dict[str, object]:
    found = Lead.objects.get(**lead(world))
    return {"pk": found.pk, "tag": found.lead_tags.get().tag_id}


def tag(world: World) -> dict[str, object]:
    return {"pk": Tag.objects.create(name="vip").pk}


def reason(world: World) -> dict[str, object]:
    return {"pk": CloseReason.objects.create(name="Price", outcome="lost").pk}


def text(world: World) -> dict[str, object]:
    return {**lead(world), "field": "notes"}


def tab(world: World) -> dict[str, object]:
    return {**lead(world), "key": "general"}


def bulk_act(world: World) -> dict[str, object]:
    """The owner's, on a lead."""
    act = bulk.do("archive", [house.lead(world.workspace)], by=world.owner)
    return {"pk": act.pk}


def chosen(world: World) -> dict[str, object]:
    with scope(world.workspace):
        return {"lead": house.lead(world.workspace).pk, "key": secrets.token_urlsafe(12)}


def archiving(world: World) -> dict[str, object]:
    return {**chosen(world), "act": "archive"}


BULK = (
    "assign",
    "tag",
    "untag",
    "stage",
    "funnel",
    "status",
    "archive",
    "unarchive",
    "won",
    "lost",
    "reopen",
    "field",
)


def shared_segment(world: World) -> dict[str, object]:
    """One of all: an own one is nobody else's to see."""
    return {"pk": Segment.objects.create(name="Urgent", filter="status:urgent").pk}


ERASE = "directory.erase_leads"
SHARE = "directory.share_segments"
TAGS = "directory.manage_tags"

ROWS = [
    Row("directory:directory", get=EVERYONE),
    Row("directory:list_again", get=EVERYONE),
    Row("directory:list_count", get=EVERYONE),
    Row("directory:list_alike", get=EVERYONE),
    Row("directory:list_fields", get=EVERYONE),
    Row("directory:list_filter", get=EVERYONE),
    Row("directory:list_look", get=EVERYONE, post=EVERYONE),
    Row("directory:segments", get=EVERYONE),
    Row("directory:segment_new", get=EVERYONE, post=EVERYONE),
    Row("directory:segment_management", get=EVERYONE),
    Row("directory:segment", get=ADMINS, post=ADMINS, target=shared_segment, tool=SHARE),
    Row("directory:segment_removal", post=ADMINS, target=shared_segment, tool=SHARE),
    Row("directory:lead_new", get=EVERYONE, post=EVERYONE),
    Row("directory:lead", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_panel", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_news", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_history", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_tab", get=SEEN, target=tab, unseen=OTHERS),
    Row("directory:lead_text", post=SEEN, target=text, unseen=OTHERS),
    Row("directory:lead_value", post=SEEN, target=lead, unseen=OTHERS),
    Row("directory:contact_points", post=SEEN, target=lead, unseen=OTHERS),
    Row("directory:contact_point_removal", post=SEEN, target=contact_point, unseen=OTHERS),
    Row("directory:lead_tags", get=SEEN, post=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_tag_removal", post=SEEN, target=worn, unseen=OTHERS),
    Row("directory:lead_status", get=SEEN, post=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_stage", get=SEEN, post=SEEN, target=lead, unseen=OTHERS),
    # Given to nobody, it leaves the sight of who had it: each answer is to the page that says so.
    Row("directory:lead_assignee", get=SEEN, post=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_closure", get=SEEN, post=SEEN, delete=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_archive", post=SEEN, delete=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_star", post=SEEN, delete=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_erasure", get=ADMINS, post=ADMINS, target=lead, tool=ERASE),
    Row("directory:bulk_acts", get=EVERYONE),
    Row("directory:bulk_act", get=ADMINS, target=bulk_act, unseen=SELLERS),
    Row("directory:bulk_undo", post=ADMINS, target=bulk_act, unseen=SELLERS),
    Row("directory:bulk_more", post=EVERYONE, data=chosen),
    Row("directory:bulk_begin", post=EVERYONE, data=archiving),
    *(Row(f"directory:bulk_{key}", post=EVERYONE, data=chosen) for key in BULK),
    Row("directory:bulk_delete", post=ADMINS, data=chosen, tool=ERASE),
    Row("directory:tags", get=ADMINS, post=ADMINS, tool=TAGS),
    Row("directory:tag", get=ADMINS, post=ADMINS, target=tag, tool=TAGS),
    Row("directory:tag_removal", get=ADMINS, post=ADMINS, target=tag, tool=TAGS),
    Row("directory:reasons", get=ADMINS, post=ADMINS, tool=TAGS),
    Row("directory:reason_order", post=ADMINS, tool=TAGS),
    Row("directory:reason_rule", post=ADMINS, tool=TAGS),
    Row("directory:reason", get=ADMINS, post=ADMINS, target=reason, tool=TAGS),
    Row("directory:reason_removal", get=ADMINS, post=ADMINS, target=reason, tool=TAGS),
]
