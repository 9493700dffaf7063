"""What was chosen beside the columns: what to do with who is known already, how dates and numbers are written, what all
of them get."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory import phones
from directory.importing.cells import DATE_STYLES, DMY, MDY, YMD
from workspaces.models import Workspace

SKIP, FILL, REPLACE, CREATE = "skip", "fill", "replace", "create"
RULES = (
    (SKIP, _("Skip the row")),
    (FILL, _("Fill in what is empty")),
    (REPLACE, _("Put what the file says in its place")),
    (CREATE, _("Create another lead anyway")),
)
KEYS = (("external_id", _("External ID")), ("phone", _("Phone")), ("email", _("E-mail")))
STYLES = (
    (DMY, _("Day, month, year: 31/12/2026")),
    (MDY, _("Month, day, year: 12/31/2026")),
    (YMD, _("Year, month, day: 2026-12-31")),
)


@dataclass(frozen=True)
class Options:
    """`keys`: what is compared, the surest first. `stage` and `assignee` are for new leads whose row names none."""

    rule: str = SKIP
    keys: tuple[str, ...] = ("external_id", "phone", "email")
    dates: str = DMY
    region: str = ""
    tags: tuple[int, ...] = ()
    stage: int | None = None
    assignee: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def of_json(data: Mapping[str, Any]) -> Options:
    known = {key: value for key, value in data.items() if key in Options.__dataclass_fields__}
    for key in ("keys", "tags"):
        if key in known:
            known[key] = tuple(known[key])
    return Options(**known)


def usual(workspace: Workspace, dates: str = "") -> Options:
    region = phones.region_of(workspace.currency, workspace.time_zone) or ""
    return Options(dates=dates or usual_dates(workspace), region=region)


def usual_dates(workspace: Workspace) -> str:
    """Where money is US dollars and people speak English, the month comes first."""
    style = MDY if workspace.currency == "USD" and workspace.language[:2] == "en" else DMY
    assert style in DATE_STYLES
    return style
