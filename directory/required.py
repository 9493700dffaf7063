"""What a stage may ask of a lead before it comes in: fields that must hold something. Floors above add theirs.

    required.register(required.Field("city", _("City"), holds, field, fill))     from AppConfig.ready()

People are asked (directory.required.Missing names what lacks); channels, bots and the house are not, since nobody could
answer: what they move comes in as it is. Nor is taking something back, opening again, or what a deleted stage leaves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.ui.registry import Registry
from directory.models import Lead
from workspaces.errors import Refused
from workspaces.models import Membership


@dataclass(frozen=True)
class Field:
    """holds: of these leads, the ids of those that have it; one query. field: how it is asked for, of this person.
    fill: writes what the field gave, by an action of its own. order: that of the form; who a lead is given to is last.
    """

    key: str
    label: str | Promise
    holds: Callable[[Sequence[int]], set[int]]
    field: Callable[[Membership], forms.Field]
    fill: Callable[[Lead, Any, Membership], None]
    order: int = 100


class Missing(Refused):
    """Fields that a stage asks for, by lead; `keys` are those that any of them lacks, in order."""

    def __init__(self, stage: str, lacking: Mapping[int, Sequence[str]]) -> None:
        self.lacking = lacking
        missing = _among({key for keys in lacking.values() for key in keys})
        self.keys = [one.key for one in missing]
        labels = ", ".join(str(one.label) for one in missing)
        super().__init__(_("%(stage)s asks for: %(fields)s.") % {"stage": stage, "fields": labels})


Load = Callable[[], Sequence[Field]]
_fields: Registry[Field] = Registry("Required field")
_sources: dict[str, Load] = {}


def register(field: Field) -> Field:
    return _fields.register(field)


def register_source(prefix: str, load: Load) -> None:
    """Of fields that are a workspace's own: `load` reads them in its scope, when a key begins with `prefix`, or all are
    asked for."""
    _sources[prefix] = load


def fields() -> list[Field]:
    return _in_order([*_fields, *(one for load in _sources.values() for one in load())])


def find(key: str) -> Field | None:
    return next(iter(_among({key})), None)


def label_of(key: str) -> str | Promise:
    found = find(key)
    return found.label if found else key


def ordered(keys: set[str]) -> list[str]:
    return [one.key for one in _among(keys)]


def lacking(keys: Sequence[str], leads: Sequence[int]) -> dict[int, list[str]]:
    """{lead: keys it has nothing in}, without those that lack nothing. A query for each key; a key that no app knows
    any more asks for nothing."""
    found: dict[int, list[str]] = {}
    for field in _among(set(keys)) if leads else ():
        for lead in sorted(set(leads) - field.holds(leads)):
            found.setdefault(lead, []).append(field.key)
    return found


def _among(keys: set[str]) -> list[Field]:
    """Those with these keys, in order; a workspace's own are read only where one of them is meant."""
    known = list(_fields)
    for prefix, load in _sources.items():
        if any(key.startswith(prefix) for key in keys):
            known += load()
    return _in_order([one for one in known if one.key in keys])


def _in_order(found: list[Field]) -> list[Field]:
    return sorted(found, key=lambda one: one.order)
