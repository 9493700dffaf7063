"""Duplicates and merges. Who may merge sees pairs of which they see both leads: the seller with the tool has both."""

from directory.actions import merges
from directory.models import DuplicatePair
from tests.access.leads import OTHERS, SEEN, lead
from tests.access.rows import ADMINS, Row, World
from tests.directory import house

MERGE = "directory.merge_leads"


def two(world: World) -> tuple[int, int]:
    """Leads of the seller with the tool."""
    made = [house.lead(world.workspace, name=name, assignee=world.granted) for name in ("Marta", "Marta R")]
    return made[0].pk, made[1].pk


def both(world: World) -> dict[str, object]:
    kept, gone = two(world)
    return {"pk": kept, "other": gone}


def pair(world: World) -> dict[str, object]:
    first, second = two(world)
    return {
        "pk": DuplicatePair.objects.create(first_id=first, second_id=second, reasons=["phone"], score=90).pk
    }


def merged(world: World) -> dict[str, object]:
    kept, gone = two(world)
    found = {one.pk: one for one in house.Lead.objects.filter(pk__in=[kept, gone])}
    return {"pk": merges.merge(found[kept], found[gone], by=world.owner).pk}


ROWS = [
    Row("directory:duplicates", get=ADMINS, tool=MERGE),
    Row("directory:duplicates_scan", post=ADMINS, tool=MERGE),
    Row("directory:duplicate_dismissal", post=ADMINS, delete=ADMINS, target=pair, tool=MERGE),
    Row("directory:duplicate_later", post=ADMINS, target=pair, tool=MERGE),
    Row("directory:lead_merge", get=ADMINS, target=lead, tool=MERGE),
    Row("directory:lead_merging", get=ADMINS, post=ADMINS, target=both, tool=MERGE),
    Row("directory:merge_undo", post=ADMINS, target=merged, tool=MERGE),
    Row("directory:lead_changes", get=SEEN, target=lead, unseen=OTHERS),
]
