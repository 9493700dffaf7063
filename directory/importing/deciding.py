"""What each row does, one after the other, in memory: so a row sees what those before it did, and a batch is written by
a few statements.

1. A row with a problem is refused. 2. Who it is: by the surest key that leads to somebody; a row of keys that lead to
two people changes neither. 3. A lead that the importing person does not see is not told of, and not touched. 4. The
rule says what happens to who is known; anybody else is created.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from directory import custom
from directory.actions.leads import PARTS, made_of
from directory.actions.profiles import MOST as MOST_PROFILES
from directory.actions.tags import MOST_ON_A_LEAD
from directory.importing.drafts import Draft, Problem
from directory.importing.matching import Key, Standing
from directory.importing.options import CREATE, FILL, SKIP
from directory.importing.planning import Plan
from directory.importing.reasons import NO_COLUMN
from directory.models import RowOutcome, Status

TEXTS = (
    "name",
    *PARTS,
    "city",
    "address",
    "delivery_address",
    "notes",
    "came_from",
    "external_id",
)
REST = TEXTS[1:]  # all but the name
PEOPLE = ("assignee", "manager")
PLACED = ("stage", "assignee", "status", "value")
LEADS = (*TEXTS, "manager", "is_named_by_us")  # columns of the lead; PLACED are of its placement
ADDED = ("tags", "points", "profiles")
NEUTRAL = Status.NEUTRAL.value
Changes = dict[str, list[Any]]


@dataclass(slots=True)
class Decision:
    """`changes` is {field: [old, new]} of a lead that was there; ADDED are what was added."""

    draft: Draft
    outcome: str
    lead: Standing | None = None
    changes: Changes = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Deciding:
    """Over a batch. `known` is by key, and grows by what rows create."""

    def __init__(self, plan: Plan, known: dict[Key, list[Standing]]) -> None:
        self._plan, self._known = plan, known

    def decide(self, drafts: Sequence[Draft]) -> Iterator[Decision]:
        for draft in drafts:
            yield self._decide(draft)

    def _decide(self, draft: Draft) -> Decision:
        found = self._who(draft)
        if draft.problems:  # whose it is says which files go with that lead
            return Decision(draft, RowOutcome.REFUSED, found[0] if found else None, problems=draft.problems)
        if not found:
            return self._create(draft)
        lead = found[0]
        if not lead.is_seen:
            return _refused(draft, NO_COLUMN, "not_yours", lead=lead)
        if self._plan.options.rule == SKIP:
            return Decision(draft, RowOutcome.SKIPPED, lead)
        if any(one is not lead and one.is_seen for one in found[1:]):
            return _refused(draft, NO_COLUMN, "two_leads", lead=lead)
        return self._change(draft, lead)

    def _who(self, draft: Draft) -> list[Standing]:
        """The first of each key, the surest key first."""
        if self._plan.options.rule == CREATE or not self._known:
            return []
        known = [key for key in draft.identities() if key in self._known]
        if not known:
            return []
        return [self._known[key][0] for kind in self._plan.options.keys for key in known if key[0] == kind]

    def _create(self, draft: Draft) -> Decision:
        lead = draft.lead or born(draft, self._plan)
        lead.tags = self._tags(draft)
        problem = self._lacks(draft, lead, lead.stage) or _too_many(lead.tags, lead.profiles)
        if problem:
            return _refused(draft, *problem)
        for key in draft.identities():
            self._known.setdefault(key, []).append(lead)
        return Decision(draft, RowOutcome.CREATED, lead)

    def _change(self, draft: Draft, lead: Standing) -> Decision:
        if lead.is_earlier:
            return Decision(draft, RowOutcome.UPDATED, lead)
        changes = self._fields(draft, lead)
        tags = self._tags(draft) - lead.tags
        points = {(kind, key): (raw, value) for kind, raw, value, key in draft.points}
        new_points = {key: point for key, point in points.items() if key not in lead.points}
        profiles = {url: network for url, network in draft.profiles.items() if url not in lead.profiles}
        if not changes and not tags and not new_points and not profiles:
            return Decision(draft, RowOutcome.SKIPPED, lead)
        after = _after(lead, changes, tags, new_points, profiles)
        problem = _too_many(after.tags, after.profiles) or (
            self._lacks(draft, after, after.stage) if "stage" in changes else None
        )
        if problem:
            return _refused(draft, *problem, lead=lead)
        self._apply(lead, after, changes)
        if tags:
            changes["tags"] = sorted(tags)
        if new_points:
            changes["points"] = [[kind, key, *point] for (kind, key), point in new_points.items()]
        if profiles:
            changes["profiles"] = [[network, url] for url, network in profiles.items()]
        for key in draft.identities():
            self._known.setdefault(key, []).append(lead)
        return Decision(draft, RowOutcome.UPDATED, lead, changes)

    def _fields(self, draft: Draft, lead: Standing) -> Changes:
        """What the row says of what has one value."""
        fills = self._plan.options.rule == FILL
        changes: Changes = {}
        for name in TEXTS:
            if held := getattr(draft, name):
                _put(changes, name, getattr(lead, name), held, fills)
        _follow(changes, lead)
        _put(changes, "value", lead.value, draft.value, fills)
        for name in PEOPLE:
            _put(changes, name, getattr(lead, name), getattr(draft, name), fills)
        status = draft.status if draft.status != NEUTRAL or not fills else None
        _put(changes, "status", lead.status, status, fills and lead.status != NEUTRAL)
        if draft.has_stage and draft.stage != lead.stage and not (fills and lead.stage is not None):
            changes["stage"] = [lead.stage, draft.stage]
        for pk, value in draft.custom.items():
            _put(changes, f"custom.{pk}", lead.custom.get(pk), value, fills)
        return changes

    def _tags(self, draft: Draft) -> set[int]:
        """Those of the row and those for all. One that is new has no number yet where nothing is written."""
        known, found = self._plan.tags, set(self._plan.options.tags)
        for key in draft.tags:
            if key in known:
                found.add(known[key])
        return found

    def _lacks(
        self, draft: Draft, lead: Standing, stage: int | None
    ) -> tuple[int, str, dict[str, Any]] | None:
        asked = self._plan.asks(stage)
        if not asked:
            return None
        lacking = [key for key in asked if not _holds(lead, draft, key)]
        return (draft.stage_column, "stage_asks", {"fields": lacking}) if lacking else None

    def _apply(self, lead: Standing, after: Standing, changes: Changes) -> None:
        for name in (*PLACED, *LEADS):
            if name in changes:
                setattr(lead, name, getattr(after, name))
        lead.tags, lead.points, lead.custom = after.tags, after.points, after.custom
        lead.profiles = after.profiles
        lead.texts = None
        lead.touched.update(name for name in changes if not name.startswith("custom."))


def born(draft: Draft, plan: Plan) -> Standing:
    """The lead that a row of somebody new makes, but for its tags, which may have to be made."""
    chosen = plan.options
    name = draft.name or made_of((draft.first_name, draft.second_name, draft.last_name))
    stage = draft.stage if draft.has_stage else chosen.stage
    assignee = draft.assignee or chosen.assignee
    if not assignee and plan.by.is_seller and (stage is None or not plan.by.sees_unassigned):
        assignee = plan.by.pk  # they would not see what they bring
    return Standing(
        is_new=True,
        made_by=draft.number,
        name=name,
        **{part: held for part in REST if (held := getattr(draft, part))},
        is_named_by_us=bool(name),
        manager=draft.manager,
        stage=stage,
        assignee=assignee,
        status=draft.status or NEUTRAL,
        value=draft.value,
        created=draft.created or plan.began,
        points={(kind, key): (raw, value) for kind, raw, value, key in draft.points},
        custom={**plan.defaults, **draft.custom},
        profiles=dict(draft.profiles),
    )


def _put(changes: Changes, name: str, old: Any, new: Any, fills: bool) -> None:
    if new is not None and new != old and not (fills and old not in (None, "", NEUTRAL)):
        changes[name] = [old, new]


def _follow(changes: Changes, lead: Standing) -> None:
    """The name, as `directory.actions.leads` has it: it follows its parts, unless somebody gave another one."""
    if "name" not in changes and any(part in changes for part in PARTS):
        made = made_of(changes[part][1] if part in changes else getattr(lead, part) for part in PARTS)
        follows = not lead.name or not lead.is_named_by_us or lead.name == made_of(lead.parts)
        if follows and made != lead.name:
            changes["name"] = [lead.name, made]
    if "name" in changes and not lead.is_named_by_us:
        changes["is_named_by_us"] = [False, True]


def _after(
    lead: Standing,
    changes: Changes,
    tags: set[int],
    points: dict[Key, tuple[str, str]],
    profiles: dict[str, str],
) -> Standing:
    """As it will be; the lead itself is left until nothing stands against it."""
    held = {name: pair[1] for name, pair in changes.items() if not name.startswith("custom.")}
    after = Standing(lead.pk, lead.is_new, made_by=lead.made_by, time_zone=lead.time_zone)
    for name in (*PLACED, *LEADS):
        setattr(after, name, held.get(name, getattr(lead, name)))
    after.tags, after.points = lead.tags | tags, {**lead.points, **points}
    after.profiles = {**lead.profiles, **profiles}
    after.custom = {**lead.custom}
    for name, pair in changes.items():
        if name.startswith("custom."):
            after.custom[int(name[7:])] = pair[1]
    return after


def _holds(lead: Standing, draft: Draft, key: str) -> bool:
    if key in ("phone", "email"):
        return any(kind == key for kind, _key in lead.points)
    if key == "tag":
        return bool(lead.tags or draft.tags)
    if key.startswith("custom."):
        return int(key[7:]) in lead.custom
    return bool(getattr(lead, key, None))


def _too_many(tags: set[int], profiles: dict[str, str]) -> Problem | None:
    if len(tags) > MOST_ON_A_LEAD:
        return NO_COLUMN, "too_many_tags", {"number": MOST_ON_A_LEAD}
    if len(profiles) > MOST_PROFILES:
        return NO_COLUMN, "too_many_links", {"number": MOST_PROFILES}
    return None


def _refused(
    draft: Draft, column: int, code: str, args: Any = None, lead: Standing | None = None
) -> Decision:
    return Decision(draft, RowOutcome.REFUSED, lead, problems=[(column, code, args or {})])


def frozen(changes: Changes) -> dict[str, Any]:
    """As an import's row keeps them, in JSON."""
    return {
        name: pair if name in ADDED else [custom.frozen(one) for one in pair]
        for name, pair in changes.items()
    }
