"""Finding leads by name, phone or e-mail, for the palette, the inbox and whoever else asks by words.

What is asked is classified: letters are a name, digits a phone, an @ an e-mail address; each has an index of its own.

1. The index gives candidates, at most MOST: where it gave fewer, they are all there are, and those which the person may
   see are shown, the latest first.
2. Where it gave MOST, the words say little ("ma"): then the latest RECENT placements that the person may see, way by
   way, are looked through instead.

Neither is ever a walk along the order of time in the hope of a match.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q, QuerySet, Value

from crm.tenancy import current_workspace
from directory import phones
from directory.models import ContactPoint, Lead, Placement
from directory.models.lead import Fold
from directory.models.placement import LISTED
from directory.naming import sees_phones, without_numbers
from directory.visibility import ways_to_see
from workspaces.models import Membership

MOST = 600  # candidates taken from an index
RECENT = 1_200  # placements looked through where words say little
FEWEST = 2  # characters worth asking for
_PHONE = re.compile(r"^[+\d\s().\-–/]+$")


@dataclass(frozen=True)
class Asked:
    """Words, classified. `name` is folded; `digits` are of a phone, `number` its match key where it is a whole one."""

    name: str = ""
    email: str = ""
    digits: str = ""
    number: str = ""


def find(membership: Membership, words: str, limit: int, *, within: Q | None = None) -> list[Placement]:
    """Placements with their leads and assignees, the latest first; `within` narrows them (LISTED, one assignee).

    At most three queries. Inside the scope.
    """
    asked = classify(words, membership)
    candidates = _candidates(asked, membership)
    if candidates is None:
        return []
    narrowed = Q() if within is None else within
    if not sees_phones(membership) and any(map(str.isdigit, asked.name)):
        found = named_in_sight(asked.name, MOST)
    else:
        found = list(candidates.values_list(_LEAD[candidates.model], flat=True)[:MOST])
        if len(found) == MOST:
            found += _among_latest(membership, asked, narrowed)
    seen = Placement.objects.visible_to(membership).filter(narrowed, pk__any=found)
    first = seen.order_by(*_LATEST).values("pk")[:limit]
    return list(_shown(Placement.objects.filter(pk__in=first)))


def classify(words: str, membership: Membership) -> Asked:
    """What the words ask for. Who may not see phone numbers asks for whole ones only."""
    text = " ".join(words.split())
    if "@" in text:
        return Asked(email=text.lower())
    if _PHONE.match(text) and any(character.isdigit() for character in text):
        workspace = membership.workspace
        whole = phones.parse(text, phones.region_of(workspace.currency, workspace.time_zone))
        number = whole.match_key if whole else ""
        digits = re.sub(r"\D", "", text) if sees_phones(membership) else ""
        return Asked(digits=digits, number=number)
    return Asked(name=text)


def named_in_sight(words: str, most: int) -> list[int]:
    """Ids of leads whose name has the words, the phone numbers in it left out: for who may not see numbers, and would
    else find one out digit by digit."""
    rows = Lead.objects.filter(_named(words)).annotate(folded=_folded(words)).order_by()
    found = rows.values_list("pk", "name_key", "folded")[:most]
    return [pk for pk, name, folded in found if folded in without_numbers(name)]


def matching(words: str, membership: Membership) -> Q:
    """The same as a condition on placements, of all that match, however many: for who acts on them."""
    asked = classify(words, membership)
    candidates = _candidates(asked, membership)
    if candidates is None:
        return Q(pk__in=[])
    if not sees_phones(membership) and any(map(str.isdigit, asked.name)):
        return Q(pk__in=named_in_sight(asked.name, MOST))
    return Q(pk__in=candidates.order_by().values(_LEAD[candidates.model]))


def duplicates(membership: Membership, points: Sequence[ContactPoint]) -> list[Lead]:
    """Leads that have one of these (unsaved) contact points, national variants too, and that the person may see."""
    same = Q(pk__in=[])
    for point in points:
        same |= Q(kind=point.kind, match_key=point.match_key)
    having = ContactPoint.objects.filter(same).values("lead_id")
    seen = Lead.objects.visible_to(membership).filter(pk__in=having)
    return list(seen.with_placement().prefetch_related("contact_points").order_by("id")[:5])


_LEAD = {Lead: "pk", ContactPoint: "lead_id"}
_LATEST = ("-last_activity_at", "-pk")


def _candidates(asked: Asked, membership: Membership) -> "QuerySet[Lead] | QuerySet[ContactPoint] | None":
    """Rows of the one index that answers; None where too little was asked."""
    if asked.name:
        return Lead.objects.filter(_named(asked.name)) if len(asked.name) >= FEWEST else None
    points = ContactPoint.objects.all()
    if asked.email:
        return points.filter(kind=ContactPoint.Kind.EMAIL, match_key__contains=asked.email)
    if len(asked.digits) >= FEWEST + 1:
        return points.filter(_numbered(asked))
    return points.filter(kind=ContactPoint.Kind.PHONE, match_key=asked.number) if asked.number else None


def _among_latest(membership: Membership, asked: Asked, narrowed: Q) -> list[int]:
    """Ids of leads among the latest that are as asked. One query, of a number of rows that does not grow.

    OFFSET 0 has each row looked up by its key: PostgreSQL would rather ask the index of names again, for all there are.
    """
    ways = ways_to_see(membership)
    parts, params = [], []
    for number, way in enumerate(ways):
        rows = Placement.objects.filter(LISTED, way, narrowed).order_by(*_LATEST).values_list("lead_id")
        share = RECENT if number == 0 else RECENT // (len(ways) - 1)
        sql, values = rows[:share].query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        parts.append(f"({sql})")
        params += values
    table, matches, given = _looked_at(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH latest AS MATERIALIZED ({" UNION ALL ".join(parts)})
            SELECT DISTINCT latest.lead_id FROM latest CROSS JOIN LATERAL ({table} OFFSET 0) AS one
            WHERE {matches}
            """,  # noqa: S608 (compiled by Django, or written here)
            [*params, current_workspace(), *given],
        )
        return [row[0] for row in cursor.fetchall()]


def _looked_at(asked: Asked) -> tuple[str, str, list[str]]:
    """Where a lead's own rows are, by an index of the lead; what of them is as asked, with its values."""
    if asked.name:
        table = "SELECT name_key AS text FROM directory_lead WHERE workspace_id = %s AND id = latest.lead_id"
        if len(asked.name) > FEWEST:
            return table, "position(directory_fold(%s) IN one.text) > 0", [asked.name]
        return table, "position(' ' || directory_fold(%s) IN ' ' || one.text) > 0", [asked.name]
    table = """
        SELECT kind, match_key AS text FROM directory_contactpoint WHERE workspace_id = %s AND lead_id = latest.lead_id
    """
    if asked.email:
        return table, "one.kind = 'email' AND position(%s IN one.text) > 0", [asked.email]
    either = "one.kind = 'phone' AND (position(%s IN one.text) > 0 OR position(%s IN one.text) > 0)"
    return table, either, [asked.digits or asked.number, asked.number or asked.digits]


def _numbered(asked: Asked) -> Q:
    parts = Q(match_key__contains=asked.digits)
    if asked.number and asked.number != asked.digits:
        parts |= Q(match_key__contains=asked.number)  # written as 521 …, kept as 52 …: one index answers both
    return Q(kind=ContactPoint.Kind.PHONE) & parts


def _named(name: str) -> Q:
    """Three letters and more: anywhere in the name. Fewer: where a word of it begins. The folding is the database's."""
    if len(name) > FEWEST:
        return Q(name_key__contains=_folded(name))
    return Q(name_key__startswith=_folded(name)) | Q(name_key__contains=_folded(f" {name}"))


def _folded(text: str) -> Fold:
    return Fold(Value(text))


def _shown(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    return placements.select_related("lead", "assignee__user").order_by(*_LATEST)
