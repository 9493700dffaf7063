"""Leads. The lead of each row is assigned to the seller with the grant: the other seller does not see it."""

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from crm.tenancy import scope
from directory.models import CloseReason, Import, Lead, Segment, SocialProfile, Tag
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


def own_field(world: World) -> dict[str, object]:
    return {"pk": house.field("text", "Size").pk}


def lead_with_field(world: World) -> dict[str, object]:
    return {**lead(world), "field": house.field("text", "Size").pk}


def lead_with_link(world: World) -> dict[str, object]:
    found = lead(world)
    link = SocialProfile.objects.create(lead_id=found["pk"], network="x", url="https://x.com/ana")
    return {**found, "profile": link.pk}


def chosen_field(world: World) -> dict[str, object]:
    return {"field": house.field("choice", "Size", choices=["S", "M"]).pk}


def choice(world: World) -> dict[str, object]:
    field = house.field("choice", "Size", choices=["S", "M"])
    return {"field": field.pk, "pk": field.choice_list[0].pk}


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


def imported(world: World, **columns: object) -> dict[str, object]:
    """Of the admin: a seller who may import sees their own only, so it is given to the one with the tool."""
    profile = {"headers": ["Nombre"], "samples": [["Ana"]], "total": 1, "header_number": 1}
    made = Import.objects.create(
        **{
            "by": world.granted,
            "name": "a.csv",
            "kind": "csv",
            "size": 9,
            "digest": "0" * 64,
            "file": "gone.csv",
            "state": "options",
            "mapping": ["name"],
            "profile": profile,
            "layout": {"encoding": "utf-8", "delimiter": ",", "has_header": True},
            **columns,
        }
    )
    return {"pk": made.pk}


def refused(world: World) -> dict[str, object]:
    name = default_storage.save("imports/access.csv", ContentFile(b"a"))
    return imported(world, state="done", refused_file=name)


ERASE = "directory.erase_leads"
EXPORT = "directory.export_leads"
PERSONAL = "directory.erase_personal"


def shared_segment(world: World) -> dict[str, object]:
    """One of all: an own one is nobody else's to see."""
    return {"pk": Segment.objects.create(name="Urgent", filter="status:urgent").pk}


SHARE = "directory.share_segments"
TAGS = "directory.manage_tags"
IMPORT = "directory.import_leads"
FIELDS = "directory.manage_fields"

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
    Row("directory:segment_order", post=EVERYONE),
    Row("directory:segment", get=ADMINS, post=ADMINS, target=shared_segment, tool=SHARE),
    Row("directory:segment_removal", post=ADMINS, target=shared_segment, tool=SHARE),
    Row("directory:lead_new", get=EVERYONE, post=EVERYONE),
    Row("directory:lead", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_panel", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_news", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_history", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_tab", get=SEEN, target=tab, unseen=OTHERS),
    Row("directory:lead_text", post=SEEN, target=text, unseen=OTHERS),
    Row("directory:lead_field", post=SEEN, target=lead_with_field, unseen=OTHERS),
    Row("directory:lead_manager", get=SEEN, post=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_profiles", post=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_profile_removal", post=SEEN, target=lead_with_link, unseen=OTHERS),
    Row("directory:time_zones", get=EVERYONE),
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
    Row("directory:lead_personal_erasure", get=ADMINS, post=ADMINS, target=lead, tool=PERSONAL),
    Row("directory:export", get=ADMINS, post=ADMINS, tool=EXPORT),
    Row("directory:export_start", post=ADMINS, tool=EXPORT),
    Row("directory:bulk_acts", get=EVERYONE),
    Row("directory:bulk_act", get=ADMINS, target=bulk_act, unseen=SELLERS),
    Row("directory:bulk_undo", post=ADMINS, target=bulk_act, unseen=SELLERS),
    Row("directory:bulk_more", post=EVERYONE, data=chosen),
    Row("directory:bulk_begin", post=EVERYONE, data=archiving),
    *(Row(f"directory:bulk_{key}", post=EVERYONE, data=chosen) for key in BULK),
    Row("directory:bulk_delete", post=ADMINS, data=chosen, tool=ERASE),
    Row("directory:imports", get=ADMINS, tool=IMPORT),
    Row("directory:import_new", get=ADMINS, post=ADMINS, tool=IMPORT),
    Row("directory:import", get=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_layout", post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_columns", get=ADMINS, post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_options", get=ADMINS, post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_run", post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_continuation", post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_stop", post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_undo", get=ADMINS, post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_removal", post=ADMINS, target=imported, tool=IMPORT),
    Row("directory:import_refused", get=ADMINS, target=refused, tool=IMPORT),
    Row("directory:tags", get=ADMINS, post=ADMINS, tool=TAGS),
    Row("directory:tag", get=ADMINS, post=ADMINS, target=tag, tool=TAGS),
    Row("directory:tag_removal", get=ADMINS, post=ADMINS, target=tag, tool=TAGS),
    Row("directory:reasons", get=ADMINS, post=ADMINS, tool=TAGS),
    Row("directory:reason_order", post=ADMINS, tool=TAGS),
    Row("directory:reason_rule", post=ADMINS, tool=TAGS),
    Row("directory:reason", get=ADMINS, post=ADMINS, target=reason, tool=TAGS),
    Row("directory:reason_removal", get=ADMINS, post=ADMINS, target=reason, tool=TAGS),
    Row("directory:fields", get=ADMINS, post=ADMINS, tool=FIELDS),
    Row("directory:field_order", post=ADMINS, tool=FIELDS),
    Row("directory:field", get=ADMINS, post=ADMINS, target=own_field, tool=FIELDS),
    Row("directory:field_removal", get=ADMINS, post=ADMINS, target=own_field, tool=FIELDS),
    Row("directory:field_choices", post=ADMINS, target=chosen_field, tool=FIELDS),
    Row("directory:field_choice_order", post=ADMINS, target=chosen_field, tool=FIELDS),
    Row("directory:field_choice", get=ADMINS, post=ADMINS, target=choice, tool=FIELDS),
    Row("directory:field_choice_removal", get=ADMINS, post=ADMINS, target=choice, tool=FIELDS),
]
