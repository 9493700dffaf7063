"""What a lead is called: by name, else by how they are reached.

Who may not see phone numbers sees them masked wherever they stand, in names too: profiles are
often named by their number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from crm.prepared import Prepared
from directory import phones
from directory.models import ContactPoint, Lead, Placement
from workspaces.models import Membership

FEWEST_DIGITS = 7  # of what is taken for a telephone number within a name
points_of = Prepared(  # of some leads, oldest first
    lambda leads: ContactPoint.objects.filter(lead_id__any=leads).order_by("id"), leads=[-1]
)
_NUMBERS = re.compile(r"\+?\d(?:[\W_]{0,4}\d)+")  # whatever stands between, marks that nobody sees, too


class Reached(Protocol):
    """A contact point, or what a list's row says of one."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...


def sees_phones(membership: Membership) -> bool:
    """Owner and admins always do; a seller unless the access screen says otherwise."""
    return membership.sees_phones or not membership.is_seller


def shown_text(text: str, membership: Membership) -> str:
    """A name, or another short text, as the person may see it."""
    return text if sees_phones(membership) else without_numbers(text)


def without_numbers(text: str) -> str:
    """As those see it who may not see phone numbers."""
    if not any(character.isdigit() for character in text):
        return text
    return _NUMBERS.sub(_without_number, text)


def written_over(text: str, stored: str) -> str:
    """What somebody wrote who saw `stored` with its numbers masked: where a mask still stands, its number does."""
    for found in _NUMBERS.finditer(stored):
        mask = _without_number(found)
        if mask != found.group():
            text = text.replace(mask, found.group(), 1)
    return text


def shown_phone(e164: str, membership: Membership) -> str:
    return phones.shown(e164) if sees_phones(membership) else phones.masked(e164)


def shown_point(point: Reached, membership: Membership) -> str:
    return shown_phone(point.value, membership) if point.kind == ContactPoint.Kind.PHONE else point.value


def called(name: str, points: Sequence[Reached], membership: Membership) -> str:
    """Never empty. `points` are the lead's, oldest first; they matter only where there is no name."""
    oldest = {point.kind: point.value for point in reversed(points)}
    phone, email = oldest.get(ContactPoint.Kind.PHONE, ""), oldest.get(ContactPoint.Kind.EMAIL, "")
    return called_by(name, phone, email, membership)


def called_by(name: str, phone: str, email: str, membership: Membership) -> str:
    """The same of their oldest phone and address."""
    if name:
        return shown_text(name, membership)
    return (shown_phone(phone, membership) if phone else email) or _("No name")


def load_names(placements: Sequence[Placement], membership: Membership) -> Mapping[int, str]:
    """The card part "name". One query where placements come with their leads and all have names; up to two more."""
    names = {one.pk: one.lead.name for one in placements} if _with_leads(placements) else _names(placements)
    nameless = [pk for pk, name in names.items() if not name]
    points: dict[int, list[ContactPoint]] = {}
    if nameless:
        for point in points_of.rows(leads=nameless):
            points.setdefault(point.lead_id, []).append(point)
    return {pk: called(name, points.get(pk, ()), membership) for pk, name in names.items()}


def _with_leads(placements: Iterable[Placement]) -> bool:
    return all("lead" in one._state.fields_cache for one in placements)


def _names(placements: Iterable[Placement]) -> dict[int, str]:
    found: Any = Lead.objects.filter(pk__in=[one.pk for one in placements]).values_list("pk", "name")
    return dict(found)


def _without_number(found: "re.Match[str]") -> str:
    text = found.group()
    digits = re.sub(r"\D", "", text)
    if len(digits) < FEWEST_DIGITS:
        return text
    return phones.masked(text) if text.startswith("+") else f"{phones.BULLET * 6} {digits[-2:]}"
