"""One lead. That of each row is assigned to the seller with the grant: the other seller does not see it."""

from directory.models import Lead, SocialProfile, Tag
from tests.access.rows import ADMINS, EVERYONE, Actor, Row, World
from tests.directory import house

OTHERS = frozenset({Actor.SELLER})
SEEN = EVERYONE - OTHERS
ERASE = "directory.erase_leads"
PERSONAL = "directory.erase_personal"


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


def text(world: World) -> dict[str, object]:
    return {**lead(world), "field": "notes"}


def tab(world: World) -> dict[str, object]:
    return {**lead(world), "key": "general"}


def run(world: World) -> dict[str, object]:
    """Of the messages of a lead without any."""
    return {**lead(world), "source": "messages"}


def lead_with_field(world: World) -> dict[str, object]:
    return {**lead(world), "field": house.field("text", "Size").pk}


def lead_with_link(world: World) -> dict[str, object]:
    found = lead(world)
    link = SocialProfile.objects.create(lead_id=found["pk"], network="x", url="https://x.com/ana")
    return {**found, "profile": link.pk}


ROWS = [
    Row("directory:lead_new", get=EVERYONE, post=EVERYONE),
    Row("directory:lead", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_panel", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_news", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_history", get=SEEN, target=lead, unseen=OTHERS),
    Row("directory:lead_run", get=SEEN, target=run, unseen=OTHERS),
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
]
