"""Fields of the large workspace's own, and what its leads hold in them: for the filters of the directory.

Of a hundred leads thirty hold the usual plan, one the dearest fee; a hundred leads of all hold the rare plan. Each is
chosen by a hash of its number, as everything else of the bench.
"""

from django.db import connection

from bench.million.cast import RARE
from crm.tenancy import scope
from directory.models import CustomChoice, CustomField, CustomKind
from workspaces.models import Workspace

PLAN, FEE, ENDS = "plan", "cuota", "vence"
USUAL = "Básico"

_LOADED = """
    INSERT INTO directory_customvalue (workspace_id, lead_id, field_id, slot, text, match_key, {column})
    SELECT l.workspace_id, l.id, %(field)s, 0, '', '', {value} FROM directory_lead l
    WHERE l.workspace_id = %(workspace)s AND {which}
"""
_ROLL = "abs(hashint8(l.id + {salt})) %% {sides}"
_WORTH = """
    UPDATE directory_placement SET value = 100 * (1 + abs(hashint8(lead_id + 7)) %% 2000)
    WHERE workspace_id = %(workspace)s AND value IS NULL AND abs(hashint8(lead_id + 6)) %% 100 < 3
"""


def make(workspace: Workspace) -> None:
    """Nothing where they are there."""
    with scope(workspace):
        if CustomField.objects.filter(key=PLAN).exists():
            return
        fields = {
            key: CustomField.objects.create(label=key.title(), key=key, kind=kind)
            for key, kind in ((PLAN, CustomKind.CHOICE), (FEE, CustomKind.MONEY), (ENDS, CustomKind.DATE))
        }
        usual, rare = (CustomChoice.objects.create(field=fields[PLAN], label=one) for one in (USUAL, RARE))
    few, many = _roll(1, 10_000) + " = 0", _roll(1, 10_000) + " BETWEEN 1 AND 3000"
    _load(workspace, fields[PLAN], "choice_id", str(rare.pk), few)
    _load(workspace, fields[PLAN], "choice_id", str(usual.pk), many)
    _load(workspace, fields[FEE], "number", f"1 + {_roll(2, 10_000)}", _roll(3, 2) + " = 0")
    _load(workspace, fields[ENDS], "date", f"CURRENT_DATE - {_roll(4, 730)} + 60", _roll(5, 10) + " < 4")
    with connection.cursor() as cursor:
        cursor.execute(_WORTH, {"workspace": workspace.pk})
        cursor.execute("VACUUM (ANALYZE) directory_customvalue, directory_placement")


def _roll(salt: int, sides: int) -> str:
    return _ROLL.format(salt=salt, sides=sides)


def _load(workspace: Workspace, field: CustomField, column: str, value: str, which: str) -> None:
    sql = _LOADED.format(column=column, value=value, which=which)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"workspace": workspace.pk, "field": field.pk})
