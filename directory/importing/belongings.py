"""What imports have of a workspace: a section of its export, their files, and a remover of these."""

from typing import Any

from django.core.files.storage import default_storage

from directory.importing.storing import FOLDER
from directory.models import Import
from workspaces import portability
from workspaces.models import Workspace
from workspaces.portability import Row

FLOOR = 2


def register() -> None:
    portability.register_section(
        portability.table("imports", lambda workspace: Import.objects.all(), _import)
    )
    portability.register_files(portability.Files("imports", _files))
    portability.register_remover(portability.Remover("import files", FLOOR, _remove_files))


def _import(one: Import) -> Row:
    return {
        "id": one.pk,
        "by": one.by_id,
        "state": one.state,
        "file": one.name,
        "kind": one.kind,
        "size": one.size,
        "columns": one.profile.get("headers", []),
        "mapping": one.mapping,
        "options": one.options,
        "rows": one.total,
        "created": one.created,
        "updated": one.updated,
        "skipped": one.skipped,
        "refused": one.refused,
        "made": one.made,
        "undone": one.undone,
        "created_at": one.created_at,
        "started_at": one.started_at,
        "finished_at": one.finished_at,
        "undone_at": one.undone_at,
    }


def _files(workspace: Workspace, after: Any) -> tuple[list[tuple[str, str]], Any]:
    """What was given and what was refused, as long as it is kept."""
    rows = Import.objects.exclude(file="", refused_file="").filter(pk__gt=after or 0).order_by("pk")
    found = list(rows[: portability.PAGE])
    names = [
        (f"{one.pk}{part}.{one.kind}", name)
        for one in found
        for part, name in (("", one.file), ("-refused", one.refused_file))
        if name
    ]
    return names, found[-1].pk if found else after


def _remove_files(workspace: Workspace) -> int:
    """The whole folder: what a killed worker left, too."""
    folder = f"{FOLDER}/{workspace.pk}"
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    return len(names)
