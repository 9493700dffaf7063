"""Export and deletion of a whole workspace: each app says what it has, from its `AppConfig.ready()`.

A section of the export is a file name and the rows that go into it, one JSON object a line. A remover deletes what an
app keeps for the workspace where the tables of the tenant can't tell: files, rows outside tenancy. Tables of
`TenantModel`s need none: `workspaces.portability.deletion` finds them.
"""

from workspaces.portability.registry import (
    PAGE,
    Files,
    Remover,
    Row,
    Section,
    files,
    register_files,
    register_remover,
    register_section,
    removers,
    sections,
    table,
)

__all__ = [
    "PAGE",
    "Files",
    "Remover",
    "Row",
    "Section",
    "files",
    "register_files",
    "register_remover",
    "register_section",
    "removers",
    "sections",
    "table",
]
