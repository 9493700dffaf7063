"""Finding leads by name, phone or e-mail, for the palette, the inbox and whoever else asks by words.

What is asked is classified: letters are a name, digits a phone, an @ an e-mail address; each has an index of its own.

1. The index gives candidates, at most MOST: where it gave fewer, they are all there are, and those which the person may
   see are shown, the latest first. Who sees their own leads alone has an index of those leads' names: it is read from
   end to end in half of the time in which that of all letters finds twenty thousand of a name.
2. Where it gave MOST, the words say little ("garcia"): then the latest RECENT placements that the person may see are
   looked through, too. Where a page of them is as asked, no other can be among the first.
3. Where words are so short that they surely say little ("ma"), the latest are looked through first, and the index is
   asked only where they don't fill a page.

Neither is ever a walk along the order of time in the hope of a match.
"""

import datetime as dt
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet, Value

from crm.prepared import Prepared, Remembered, Statement
from crm.tenancy import current_workspace
from crm.ui.ways import merged
from directory import phones
from directory.filtering.moments import NOW, SAMPLE
from directory.models import ContactPoint, Lead, OwnedName, Placement
from directory.models.lead import Fold
from directory.models.placement import LISTED
from directory.naming import sees_phones, without_numbers
from directory.visibility import sees_own_alone, sight, ways_to_see
from workspaces.models import Membership

MOST = 400  # candidates taken from an index
RECENT = 1_200  # placements looked through where words say little
PASSED = 6_000  # rows in the order of time among which they are
MOST_BEFORE_ONE = 4  # ways to see
_PERSON = -(2**61) - 11  # nobody: they stand for whoever asks
ALL_OF_THEM = -1  # no lead: as many were looked through as should be
FEWEST = 2  # characters worth asking for
FEW_DIGITS = 4
Row = TypeVar("Row")
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

    def make() -> "_Within[Placement]":
        def shown() -> "QuerySet[Any, Placement]":
            rows = _shown(Placement.objects.filter(pk__in=_seen_first(membership, narrowed, limit)))
            return rows.only(*only) if only else rows

        return _Within(tuple(ways_to_see(membership)), narrowed, tuple(states), shown, kept=True)

    known = (sight(membership), narrowed, limit, only, tuple(states))
    return _first(membership, words, limit, _placements.get(known, make) if is_kept else make(), None)


def found(
    membership: Membership,
    words: str,
    limit: int,
    *,
    within: Callable[[], Q],
    known_as: Hashable,
    states: Sequence[Q] = (LISTED,),
    now: dt.datetime | None = None,
) -> list[int]:
    """The same as ids alone, for whoever has rows of their own. `known_as` is what tells this `within` from others, by
    which statements with it are kept; it is asked for only where there is none. From `now` is counted what is another
    at another time."""

    def make() -> "_Within[tuple[int]]":
        narrowed = within()
        return _Within(
            tuple(ways_to_see(membership)),
            narrowed,
            tuple(states),
            lambda: _seen_first(membership, narrowed, limit),
            moment=SAMPLE,
        )

    known = _ids.get((sight(membership), known_as, limit, tuple(states)), make)
    return [pk for (pk,) in _first(membership, words, limit, known, now)]


def _first(
    membership: Membership, words: str, limit: int, within: "_Within[Row]", now: dt.datetime | None
) -> list[Row]:
    asked, values = classify(words, membership), {NOW: now}
    candidates = _candidates(membership, asked, limit, lambda: within.matching_latest(asked, values))
    return within.first.rows(**values, found=candidates) if candidates else []


def _hides_numbers(asked: Asked, membership: Membership) -> bool:
    return not sees_phones(membership) and len(asked.name) >= FEWEST and any(map(str.isdigit, asked.name))


def _candidates(
    membership: Membership, asked: Asked, limit: int, among_latest: Callable[[], list[int]]
) -> list[int]:
    """Ids among which the first `limit` are. At most two queries."""
    if _hides_numbers(asked, membership):
        return named_in_sight(asked.name, membership, MOST)
    way = _way(asked, membership)
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


def _seen_first(membership: Membership, narrowed: Q, limit: int) -> "QuerySet[Any, tuple[int]]":
    seen = Placement.objects.visible_to(membership).filter(narrowed, pk__any=_FOUND)
    return seen.order_by(*_LATEST).values_list("pk")[:limit]


def _named_so(name: str) -> "QuerySet[Any, tuple[int]]":
    return Lead.objects.filter(name_key__contains=_folded(name)).order_by().values_list("pk")


def _begun_so(name: str, word: str) -> "QuerySet[Any, tuple[int]]":
    """Where a word of the name begins."""
    return Lead.objects.filter(_begins(name, word)).order_by().values_list("pk")


def _own_named_so(name: str, person: int) -> "QuerySet[Any, tuple[int]]":
    own = OwnedName.objects.filter(assignee_id=person, name_key__contains=_folded(name))
    return own.order_by().values_list("pk")


def _own_begun_so(name: str, word: str, person: int) -> "QuerySet[Any, tuple[int]]":
    own = OwnedName.objects.filter(_begins(name, word), assignee_id=person)
    return own.order_by().values_list("pk")


def _begins(name: str, word: str) -> Q:
    return Q(name_key__startswith=_folded(name)) | Q(name_key__contains=_folded(word))


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
    values: dict[str, Any]

    def first(self) -> list[int]:
        """MOST at most. A plan must know what is asked for: "ma" and "zyx" are found by different ways."""
        return [pk for (pk,) in _prepared(self.build, tuple(self.values)).rows(**self.values)]


@cache
def _prepared(
    build: "Callable[..., QuerySet[Any, tuple[int]]]", names: tuple[str, ...]
) -> "Prepared[tuple[int]]":
    samples = {name: _PERSON if name == "person" else f"a sample {name}" for name in names}
    return Prepared(lambda **values: build(**values)[:MOST], kept=False, **samples)


def _way(asked: Asked, membership: Membership | None = None) -> _Way | None:
    """None where too little was asked. Of all leads, or of all that the person sees and maybe others."""
    if asked.name:
        if len(asked.name) < FEWEST:
            return None
        name = {"name": asked.name}
        word = {"word": f" {asked.name}"} if len(asked.name) == FEWEST else {}
        if membership and sees_own_alone(membership):
            own = {"person": membership.pk}
            return _Way(_own_begun_so if word else _own_named_so, {**name, **word, **own})
        return _Way(_begun_so if word else _named_so, {**name, **word})
    if asked.email:
        return _Way(_written_so, {"part": asked.email})
    if len(asked.digits) > FEWEST:
        if asked.number and asked.number != asked.digits:
            return _Way(_called_either, {"digits": asked.digits, "number": asked.number})
        return _Way(_called_so, {"digits": asked.digits})
    return _Way(_called_whole, {"number": asked.number}) if asked.number else None


class _Within(Generic[Row]):
    """What is looked through within a condition, and what of it is shown, each described when it is first asked for.
    With a `moment` (`moments.SAMPLE`) stretches of time in it are counted from that of each run."""

    def __init__(
        self,
        ways: tuple[Q, ...],
        narrowed: Q,
        states: tuple[Q, ...],
        shown: "Callable[[], QuerySet[Any, Row]]",
        *,
        kept: bool = False,
        moment: Mapping[str, Any] = {},
    ) -> None:
        self._ways, self._narrowed, self._states = ways, narrowed, states
        self._shown, self._kept, self._moment = shown, kept, moment
        self._as_one = len(ways) > MOST_BEFORE_ONE
        self._matching: dict[tuple[str, str, bool], Statement[tuple[int]]] = {}

    @cached_property
    def first(self) -> Statement[Row]:
        """Of those that were `found`, as far as they are seen."""
        return Statement.of(self._shown(), kept=self._kept, found=_FOUND, **self._moment)

    def matching_latest(self, asked: Asked, values: Mapping[str, Any]) -> list[int]:
        """Ids of leads among the latest that are as asked. One query, of a number of rows that does not grow.

        What a seller sees by many ways is walked as one first, past what they do not see; where that finds too few, way
        by way, merged, from then on.
        """
        table, matches, *given = _looked_at(asked)
        said = dict(zip(_SAID, given, strict=False))
        while True:
            looking = self._matching.get((table, matches, self._as_one))
            if looking is None:
                looking = self._looking(table, matches, len(given))
                self._matching[table, matches, self._as_one] = looking
            ids = [pk for (pk,) in looking.rows(**values, **said)]
            if not self._as_one or ALL_OF_THEM in ids:
                return [pk for pk in ids if pk != ALL_OF_THEM]
            self._as_one = False

    def _looking(self, table: str, matches: str, words: int) -> Statement[tuple[int]]:
        """OFFSET 0 has each row looked up by its key: PostgreSQL would rather ask the index of names again, for all
        there are."""
        try:
            latest, params = self._latest()
        except EmptyResultSet:
            return Statement.of_sql(f"SELECT {ALL_OF_THEM}", [])
        sql = f"""
            WITH latest AS MATERIALIZED ({latest})
            SELECT latest.lead_id FROM latest CROSS JOIN LATERAL ({table} OFFSET 0) AS one WHERE {matches}
            UNION SELECT {ALL_OF_THEM} WHERE (SELECT count(*) FROM latest) = {RECENT}
        """  # noqa: S608 (compiled by Django, or written here)
        samples = dict(list(_SAID.items())[:words])
        return Statement.of_sql(
            sql, [*params, current_workspace(), *samples.values()], **samples, **self._moment
        )

    def _latest(self) -> tuple[str, list[Any]]:
        """SQL of the latest RECENT within the condition, among the latest PASSED, with its values."""
        rows = Placement.objects.filter(self._narrowed)
        ways = self._ways
        if self._as_one:
            rows, ways = rows.filter(reduce(or_, self._ways)), (Q(),)
        each = [way & state for way in ways for state in self._states]
        return merged(rows.order_by(*_LATEST).values_list("lead_id")[:RECENT], each, _LATEST, PASSED)


_placements: Remembered[_Within[Placement]] = Remembered()
_ids: Remembered[_Within[tuple[int]]] = Remembered()
_SAID = {"one": "\x01 one", "other": "\x01 other"}  # no words: they stand for those that are asked for


def _looked_at(asked: Asked) -> tuple[str, ...]:
    """Where a lead's own rows are, by an index of the lead; what of them is as asked, with its values."""
    if asked.name:
        table = "SELECT name_key AS text FROM directory_lead WHERE workspace_id = %s AND id = latest.lead_id"
        if len(asked.name) > FEWEST:
            return table, "position(directory_fold(%s) IN one.text) > 0", asked.name
        return table, "position(' ' || directory_fold(%s) IN ' ' || one.text) > 0", asked.name
    table = """
        SELECT kind, match_key AS text FROM directory_contactpoint WHERE workspace_id = %s AND lead_id = latest.lead_id
    """
    if asked.email:
        return table, "one.kind = 'email' AND position(%s IN one.text) > 0", asked.email
    either = "one.kind = 'phone' AND (position(%s IN one.text) > 0 OR position(%s IN one.text) > 0)"
    return table, either, asked.digits or asked.number, asked.number or asked.digits


def _folded(text: str) -> Fold:
    return Fold(Value(text))


def _shown(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    return placements.select_related("lead", "assignee__user").order_by(*_LATEST)
