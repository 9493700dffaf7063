"""Finding leads by name, phone or e-mail, for the palette, the inbox and whoever else asks by words.

What is asked is classified: letters are a name, digits a phone, an @ an e-mail address; each has an index of its own.

1. The index gives candidates, at most MOST: where it gave fewer, they are all there are, and those which the person may
   see are shown, the latest first.
2. Where it gave MOST, the words say little ("garcia"): then the latest RECENT placements that the person may see are
   looked through, too. Where a page of them is as asked, no other can be among the first.
3. Where words are so short that they surely say little ("ma"), the latest are looked through first, and the index is
   asked only where they don't fill a page.

Neither is ever a walk along the order of time in the hope of a match.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q, QuerySet, Value

from crm.prepared import Prepared, Remembered, Statement
from crm.tenancy import current_workspace
from directory import phones
from directory.models import ContactPoint, Lead, Placement
from directory.models.lead import Fold
from directory.models.placement import LISTED
from directory.naming import sees_phones, without_numbers
from directory.visibility import sight, ways_to_see
from workspaces.models import Membership

MOST = 400  # candidates taken from an index
RECENT = 1_200  # placements looked through where words say little
FEWEST = 2  # characters worth asking for
FEW_DIGITS = 4
_PHONE = re.compile(r"^[+\d\s().\-–/]+$")


@dataclass(frozen=True)
class Asked:
    """Words, classified. `name` is folded; `digits` are of a phone, `number` its match key where it is a whole one."""

    name: str = ""
    email: str = ""
    digits: str = ""
    number: str = ""

    @property
    def says_little(self) -> bool:
        """Of a million leads thousands have two letters, and hundreds four digits."""
        return len(self.name) <= FEWEST if self.name else 0 < len(self.digits) <= FEW_DIGITS


def find(
    membership: Membership,
    words: str,
    limit: int,
    *,
    within: Q | None = None,
    states: Sequence[Q] = (LISTED,),
    is_kept: bool = True,
    only: tuple[str, ...] = (),
) -> list[Placement]:
    """Placements with their leads and assignees, the latest first; `within` narrows them (LISTED, one assignee). Not
    `is_kept`: it is another at another time, and no statement with it is worth to be remembered. `only` names the
    columns that are read, all where it is empty.

    At most three queries. Inside the scope. `states` are those whose latest are looked through where words say little
    (LISTED, archived), each by an index of its own.
    """
    narrowed = Q() if within is None else within
    asked = classify(words, membership)
    candidates = _candidates(
        membership,
        asked,
        limit,
        lambda: _among_latest(membership, asked, narrowed, states, is_kept=is_kept),
    )
    if not candidates:
        return []

    def make() -> Statement[Placement]:
        first = _seen_first(membership, narrowed, limit)
        shown = _shown(Placement.objects.filter(pk__in=first))
        return Statement.of(shown.only(*only) if only else shown, kept=True, found=_FOUND)

    statement = _statements.get((sight(membership), narrowed, limit, only), make) if is_kept else make()
    return statement.rows(found=candidates)


def found(
    membership: Membership,
    words: str,
    limit: int,
    *,
    within: Callable[[], Q],
    known_as: Hashable = None,
    states: Sequence[Q] = (LISTED,),
) -> list[int]:
    """The same as ids alone, for whoever has rows of their own. `known_as` is what tells this `within` from others, by
    which statements with it are kept; it is asked for only where there is none. None: it is another at another time."""
    key = (current_workspace(), sight(membership), known_as, limit, tuple(states))
    known = None if known_as is None else _known.get(key)
    if known is None:
        narrowed = within()
        latest = _latest.__wrapped__(
            current_workspace(), tuple(ways_to_see(membership)), narrowed, tuple(states)
        )
        known = latest, Statement.of(_seen_first(membership, narrowed, limit), found=_FOUND)
        if known_as is not None:
            if len(_known) >= MOST_KEPT:
                _known.clear()
            _known[key] = known
    latest, statement = known
    asked = classify(words, membership)
    candidates = _candidates(membership, asked, limit, lambda: _matching_latest(asked, *latest))
    return [pk for (pk,) in statement.rows(found=candidates)] if candidates else []


def _hides_numbers(asked: Asked, membership: Membership) -> bool:
    return not sees_phones(membership) and len(asked.name) >= FEWEST and any(map(str.isdigit, asked.name))


def _candidates(
    membership: Membership, asked: Asked, limit: int, among_latest: Callable[[], list[int]]
) -> list[int]:
    """Ids among which the first `limit` are. At most two queries."""
    if _hides_numbers(asked, membership):
        return named_in_sight(asked.name, membership, MOST)
    way = _way(asked)
    if way is None:
        return []
    found = [] if asked.says_little else way.first()
    if not asked.says_little and len(found) < MOST:
        return found
    latest = among_latest()
    if len(latest) >= limit:
        return latest
    return latest + (found or way.first())


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


def named_in_sight(words: str, membership: Membership, most: int | None = None) -> list[int]:
    """Ids of leads whose name has the words, the phone numbers in it left out: for who may not see numbers, and would
    else find one out digit by digit. Only of leads that they see, or those of others would be among the `most`."""
    named = _named_so(words) if len(words) > FEWEST else _begun_so(words, f" {words}")
    named = named.filter(pk__in=Placement.objects.visible_to(membership).values("pk"))
    found = named.annotate(folded=_folded(words)).values_list("pk", "name_key", "folded")[:most]
    return [pk for pk, name, folded in found if folded in without_numbers(name)]


def matching(words: str, membership: Membership) -> Q:
    """The same as a condition on placements, of all that match, however many: for who acts on them."""
    asked = classify(words, membership)
    if _hides_numbers(asked, membership):
        return Q(pk__in=named_in_sight(asked.name, membership))
    way = _way(asked)
    return Q(pk__in=way.build(**way.values)) if way else Q(pk__in=[])


def duplicates(membership: Membership, points: Sequence[ContactPoint]) -> list[Lead]:
    """Leads that have one of these (unsaved) contact points, national variants too, and that the person may see."""
    same = Q(pk__in=[])
    for point in points:
        same |= Q(kind=point.kind, match_key=point.match_key)
    having = ContactPoint.objects.filter(same).values("lead_id")
    seen = Lead.objects.visible_to(membership).filter(pk__in=having)
    return list(seen.with_placement().prefetch_related("contact_points").order_by("id")[:5])


_LATEST = ("-last_activity_at", "-pk")
_FOUND = [-1, -2]  # no leads: they stand for those that were found
_statements: Remembered[Placement] = Remembered()
MOST_KEPT = 1_024
_known: dict[Hashable, tuple[tuple[str, tuple[Any, ...]], Statement[tuple[int]]]] = {}


def _seen_first(membership: Membership, narrowed: Q, limit: int) -> "QuerySet[Any, tuple[int]]":
    seen = Placement.objects.visible_to(membership).filter(narrowed, pk__any=_FOUND)
    return seen.order_by(*_LATEST).values_list("pk")[:limit]


def _named_so(name: str) -> "QuerySet[Any, tuple[int]]":
    return Lead.objects.filter(name_key__contains=_folded(name)).order_by().values_list("pk")


def _begun_so(name: str, word: str) -> "QuerySet[Any, tuple[int]]":
    """Where a word of the name begins."""
    begun = Q(name_key__startswith=_folded(name)) | Q(name_key__contains=_folded(word))
    return Lead.objects.filter(begun).order_by().values_list("pk")


def _reached(kind: str, matching: Q) -> "QuerySet[Any, tuple[int]]":
    return ContactPoint.objects.filter(matching, kind=kind).order_by().values_list("lead_id")


def _written_so(part: str) -> "QuerySet[Any, tuple[int]]":
    return _reached(ContactPoint.Kind.EMAIL, Q(match_key__contains=Value(part)))


def _called_so(digits: str) -> "QuerySet[Any, tuple[int]]":
    return _reached(ContactPoint.Kind.PHONE, Q(match_key__contains=Value(digits)))


def _called_either(digits: str, number: str) -> "QuerySet[Any, tuple[int]]":
    """Written as 521 …, kept as 52 …: one index answers both."""
    parts = Q(match_key__contains=Value(digits)) | Q(match_key__contains=Value(number))
    return _reached(ContactPoint.Kind.PHONE, parts)


def _called_whole(number: str) -> "QuerySet[Any, tuple[int]]":
    return _reached(ContactPoint.Kind.PHONE, Q(match_key=number))


@dataclass(frozen=True)
class _Way:
    """`build` gives the ids of leads for `values`, from one index."""

    build: "Callable[..., QuerySet[Any, tuple[int]]]"
    values: dict[str, str]

    def first(self) -> list[int]:
        """MOST at most. A plan must know what is asked for: "ma" and "zyx" are found by different ways."""
        return [pk for (pk,) in _prepared(self.build, tuple(self.values)).rows(**self.values)]


@cache
def _prepared(
    build: "Callable[..., QuerySet[Any, tuple[int]]]", names: tuple[str, ...]
) -> "Prepared[tuple[int]]":
    samples = {name: f"a sample {name}" for name in names}
    return Prepared(lambda **values: build(**values)[:MOST], kept=False, **samples)


def _way(asked: Asked) -> _Way | None:
    """None where too little was asked."""
    if asked.name:
        if len(asked.name) > FEWEST:
            return _Way(_named_so, {"name": asked.name})
        too_little = len(asked.name) < FEWEST
        return None if too_little else _Way(_begun_so, {"name": asked.name, "word": f" {asked.name}"})
    if asked.email:
        return _Way(_written_so, {"part": asked.email})
    if len(asked.digits) > FEWEST:
        if asked.number and asked.number != asked.digits:
            return _Way(_called_either, {"digits": asked.digits, "number": asked.number})
        return _Way(_called_so, {"digits": asked.digits})
    return _Way(_called_whole, {"number": asked.number}) if asked.number else None


def _among_latest(
    membership: Membership, asked: Asked, narrowed: Q, states: Sequence[Q], *, is_kept: bool
) -> list[int]:
    describe = _latest if is_kept else _latest.__wrapped__
    return _matching_latest(
        asked, *describe(current_workspace(), tuple(ways_to_see(membership)), narrowed, tuple(states))
    )


def _matching_latest(asked: Asked, latest: str, params: Sequence[Any]) -> list[int]:
    """Ids of leads among the latest that are as asked. One query, of a number of rows that does not grow.

    OFFSET 0 has each row looked up by its key: PostgreSQL would rather ask the index of names again, for all there are.
    """
    if not latest:
        return []
    table, matches, given = _looked_at(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH latest AS MATERIALIZED ({latest})
            SELECT DISTINCT latest.lead_id FROM latest CROSS JOIN LATERAL ({table} OFFSET 0) AS one
            WHERE {matches}
            """,  # noqa: S608 (compiled by Django, or written here)
            [*params, current_workspace(), *given],
        )
        return [row[0] for row in cursor.fetchall()]


@lru_cache(maxsize=1024)
def _latest(
    workspace: int, ways: tuple[Q, ...], narrowed: Q, states: tuple[Q, ...]
) -> tuple[str, tuple[Any, ...]]:
    """SQL of the latest RECENT of each state, with its values; "" where there can be none. Describing it takes as long
    as asking. `workspace` is the open scope's: its id is among the values."""
    each = [(state, way) for way in ways for state in states]
    parts, params = [], []
    for number, (state, way) in enumerate(each):
        share = RECENT if number < len(states) else RECENT // (len(each) - len(states))
        rows = Placement.objects.filter(state, way, narrowed).order_by(*_LATEST)
        try:
            ids = rows.values_list("lead_id", "last_activity_at")[:share]
            sql, values = ids.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:
            continue
        parts.append(f"({sql})")
        params += values
    if not parts:
        return "", ()
    together, most = " UNION ALL ".join(parts), RECENT * len(states)
    first = f"SELECT lead_id FROM ({together}) AS ways ORDER BY last_activity_at DESC LIMIT {most:d}"  # noqa: S608 (compiled by Django)
    return first, tuple(params)


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


def _folded(text: str) -> Fold:
    return Fold(Value(text))


def _shown(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    return placements.select_related("lead", "assignee__user").order_by(*_LATEST)
