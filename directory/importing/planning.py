"""An import as it was chosen, with what words in its cells may mean: read once for a job, or for a page."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from directory import custom, networks, pipeline
from directory.custom import Value
from directory.importing import cells, options
from directory.importing.cells import Unclear, folded
from directory.importing.options import Options
from directory.importing.targets import CUSTOM
from directory.models import CustomField, Import, Tag
from directory.permissions import DirectoryPermission
from workspaces.models import Membership, Workspace

MOST_REMEMBERED = 20_000


@dataclass
class Plan:
    """`by` imports: what they may do and see holds. `tags` are by their folded names, and grow as new ones are met."""

    one: Import
    by: Membership
    options: Options
    columns: list[tuple[int, str]]
    fields: dict[int, CustomField]
    tags: dict[str, int]
    tag_names: dict[int, str]
    people: dict[str, list[int]]
    stages: dict[tuple[str, str], list[int]]
    funnels: dict[str, list[int]]
    may_make_tags: bool
    defaults: dict[int, Value] = field(default_factory=dict)  # of custom fields, for leads that are made
    began: datetime = field(default_factory=timezone.now)
    asked: dict[int, tuple[str, ...]] = field(default_factory=dict)
    new_tags: dict[str, str] = field(default_factory=dict)  # folded, and as first written
    memo: dict[Any, Any] = field(default_factory=dict)  # cells repeat themselves

    @property
    def workspace(self) -> Workspace:
        return self.by.workspace

    @cached_property
    def marks(self) -> tuple[int, int, str]:
        """Workspace, person and moment, as each row that is copied in has them."""
        return self.by.workspace_id, self.by.pk, self.began.isoformat()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.workspace.time_zone)

    def reads(self, key: str) -> bool:
        """Whether any column is that."""
        return any(key == one for _place, one in self.columns)

    @cached_property
    def networks(self) -> list[str]:
        """Of each column, the network that its header names."""
        return [networks.named_in(cells.folded(header)) for header in self.one.profile["headers"]]

    @property
    def width(self) -> int:
        return len(self.one.profile["headers"])

    def learn(self, tags: Iterable[Tag]) -> None:
        for tag in tags:
            self.tags.setdefault(folded(tag.name), tag.pk)
            self.tag_names[tag.pk] = tag.name

    def once(self, key: str, text: str, read: Callable[[str], Any]) -> Any:
        """What a cell means, read once for all cells alike. Raises what reading raised."""
        held = self.memo.get((key, text), self)
        if held is self:
            try:
                held = read(text)
            except Unclear as problem:
                held = problem
            self._remember((key, text), held)
        if isinstance(held, Unclear):
            raise Unclear(held.code, **held.args_of_reason)
        return held

    def remembered(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What does not fail, made once."""
        held = self.memo.get(key, self)
        if held is self:
            held = make()
            self._remember(key, held)
        return held

    def _remember(self, key: Hashable, held: Any) -> None:
        if len(self.memo) >= MOST_REMEMBERED:
            self.memo.clear()
        self.memo[key] = held

    def person(self, text: str) -> int:
        found = self.people.get(text.strip().casefold()) or self.people.get(folded(text)) or []
        if len(found) != 1:
            raise Unclear("two_people" if found else "no_person")
        return found[0]

    def stage(self, text: str, funnel: str) -> int | None:
        """None is the Inbox. The funnel may be named in the same cell: "Mayoreo / Negociación"."""
        words, within = folded(text), folded(funnel)
        if words == "inbox":
            return None
        found = self.stages.get((within, words)) or []
        if not found and not within:
            found = [
                pk for (name, stage), pks in self.stages.items() if f"{name} {stage}" == words for pk in pks
            ]
        if len(found) != 1:
            raise Unclear("two_stages" if found else "no_stage")
        return found[0]

    def first_stage(self, funnel: str) -> int:
        found = self.funnels.get(folded(funnel))
        if not found:
            raise Unclear("no_funnel")
        return found[0]

    def asks(self, stage: int | None) -> tuple[str, ...]:
        """What a stage asks of who comes in; each stage is asked once."""
        if stage is None:
            return ()
        if stage not in self.asked:
            self.asked[stage] = tuple(pipeline.current().asks(stage)[1])
        return self.asked[stage]


def of(one: Import, by: Membership) -> Plan:
    """Five queries. `by` comes with workspace and user."""
    chosen = options.of_json(one.options)
    funnels = pipeline.current().choices(by)
    stages: dict[tuple[str, str], list[int]] = {}
    for funnel in funnels:
        for stage in funnel.stages:
            for within in ("", folded(funnel.name)):
                stages.setdefault((within, folded(stage.name)), []).append(stage.pk)
    fields = {field.pk: field for field in custom.fields()}
    begun = {pk: custom.thawed(field, field.default) for pk, field in fields.items()}
    tags = list(Tag.objects.by_name().values_list("pk", "name"))
    return Plan(
        one=one,
        by=by,
        options=chosen,
        columns=[
            (place, key)
            for place, key in enumerate(one.mapping)
            if key and (not key.startswith(CUSTOM) or int(key.removeprefix(CUSTOM)) in fields)
        ],
        fields=fields,
        tags={folded(name): pk for pk, name in tags},
        tag_names=dict(tags),
        people=_people(by),
        stages=stages,
        funnels={folded(one.name): [stage.pk for stage in one.stages] for one in funnels},
        may_make_tags=by.may(DirectoryPermission.MANAGE_TAGS),
        defaults={pk: value for pk, value in begun.items() if value is not None},
    )


def _people(by: Membership) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    rows: Iterable[Any] = Membership.objects.of_workspace(by.workspace).active().select_related("user")
    for person in rows:
        for name in {person.user.email.casefold(), folded(person.user.name)}:
            found.setdefault(name, []).append(person.pk)
    return found
