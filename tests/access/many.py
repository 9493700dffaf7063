"""Acts on many leads, and exports of them."""

import secrets

from crm.tenancy import scope
from tests.access.rows import ADMINS, EVERYONE, SELLERS, Row, World
from tests.directory import bulk, house

ERASE = "directory.erase_leads"
EXPORT = "directory.export_leads"
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


def bulk_act(world: World) -> dict[str, object]:
    """The owner's, on a lead."""
    act = bulk.do("archive", [house.lead(world.workspace)], by=world.owner)
    return {"pk": act.pk}


def chosen(world: World) -> dict[str, object]:
    with scope(world.workspace):
        return {"lead": house.lead(world.workspace).pk, "key": secrets.token_urlsafe(12)}


def archiving(world: World) -> dict[str, object]:
    return {**chosen(world), "act": "archive"}


ROWS = [
    Row("directory:export", get=ADMINS, post=ADMINS, tool=EXPORT),
    Row("directory:export_start", post=ADMINS, tool=EXPORT),
    Row("directory:bulk_acts", get=EVERYONE),
    Row("directory:bulk_act", get=ADMINS, target=bulk_act, unseen=SELLERS),
    Row("directory:bulk_undo", post=ADMINS, target=bulk_act, unseen=SELLERS),
    Row("directory:bulk_more", post=EVERYONE, data=chosen),
    Row("directory:bulk_begin", post=EVERYONE, data=archiving),
    *(Row(f"directory:bulk_{key}", post=EVERYONE, data=chosen) for key in BULK),
    Row("directory:bulk_delete", post=ADMINS, data=chosen, tool=ERASE),
]
