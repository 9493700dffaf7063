"""Imports of leads."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from directory.models import Import
from tests.access.rows import ADMINS, Row, World

IMPORT = "directory.import_leads"


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


ROWS = [
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
]
