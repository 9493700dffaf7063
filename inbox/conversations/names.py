"""What a list's filters hold, by name, who is in their teams, and the saved views beside them: one query however many
there are."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, CharField, Expression, F, IntegerField, QuerySet, Value

from crm.prepared import Remembered, Statement
from directory.models import Tag
from funnels.models import Stage
from funnels.models.funnel import granted_to
from inbox.conversations.filters import Filters
from inbox.models import SavedView
from workspaces.models import Membership, Team, TeamMember
from workspaces.permissions import WorkspacePermission

SUPERVISE = "workspaces.supervise_team"
_KNOWN = "_names_of_filters"  # kept on a membership while a request lasts
_SEATS, _VIEWS = "seats", "views"
_Row = tuple[str, int, str, str, str, int | None, int]


ViewRow = tuple[int, str, str, str, int | None]  # id, name, icon, query, whose
_NOTHING = (
    Value("", output_field=CharField()),
    Value("", output_field=CharField()),
    Value(0, output_field=BigIntegerField()),  # a NULL is text to SELECT DISTINCT
    Value(0, output_field=IntegerField()),
)


# No ids: they stand for those asked for.
_SAMPLES = {"tags": [-1, -1], "stages": [-1, -2], "teams": [-1, -3], "owners": [-1, -4]}
_statements: Remembered[Statement[_Row]] = Remembered()


@dataclass(frozen=True)
class Names:
    """By field of `Filters` and id. `people` are those of the teams asked for, as far as the reader may see these."""

    by_field: Mapping[str, dict[int, str]] = field(default_factory=dict)
    people: frozenset[int] = frozenset()
    views: tuple[ViewRow, ...] = ()

    def get(self, kind: str, pk: int) -> str:
        return self.by_field.get(kind, {}).get(pk, "")


def of(membership: Membership, filters: Filters) -> Names:
    """No query when it is asked again of the same object."""
    known: tuple[Filters, Names] | None = membership.__dict__.get(_KNOWN)
    if known is None or known[0] != filters:
        known = membership.__dict__[_KNOWN] = (filters, _read(membership, filters))
    return known[1]


def _read(membership: Membership, filters: Filters) -> Names:
    found: dict[str, dict[int, str]] = {}
    people, views = set(), []
    for kind, pk, name, icon, query, person, position in _asked(membership, filters):
        if kind == _SEATS:
            people.add(pk)
        elif kind == _VIEWS:
            views.append((person is not None, position, (pk, name, icon, query, person)))
        else:
            found.setdefault(kind, {})[pk] = name
    return Names(
        found, frozenset(people), tuple(row for *_place, row in sorted(views, key=lambda one: one[:2]))
    )


def _asked(membership: Membership, filters: Filters) -> list[_Row]:
    """One statement for all that ask by the same fields and may see the same."""
    given = {name: list(values) for name in _SAMPLES if (values := getattr(filters, name))}
    sees: list[Hashable] = [membership.pk]
    if filters.stages:
        sees.append(granted_to(membership) if membership.is_seller else None)
    if filters.teams:
        sees += [membership.may(WorkspacePermission.SEE_PEOPLE), membership.grants.ids(SUPERVISE)]

    def make() -> Statement[_Row]:
        samples = {name: _SAMPLES[name] for name in given}
        first, *others = _parts(membership, samples)
        return Statement.of(first.union(*others, all=True) if others else first, kept=True, **samples)

    return _statements.get((tuple(given), *sees), make).rows(**given)


def _parts(membership: Membership, ids: Mapping[str, list[int]]) -> "list[QuerySet[Any, _Row]]":
    views = SavedView.objects.open_to(membership)
    parts = [
        _rows(views, _VIEWS, F("pk"), F("name"), F("icon"), F("query"), F("membership_id"), F("position"))
    ]
    if "tags" in ids:
        tags = Tag.objects.filter(pk__any=ids["tags"])
        parts.append(_rows(tags, "tags", F("pk"), F("name")))
    if "stages" in ids:
        stages = Stage.objects.filter(pk__any=ids["stages"])
        if membership.is_seller:
            stages = stages.filter(funnel_id__in=granted_to(membership))
        parts.append(_rows(stages, "stages", F("pk"), F("name")))
    if "teams" in ids:
        teams = Team.objects.visible_to(membership).filter(pk__any=ids["teams"])
        parts.append(_rows(teams, "teams", F("pk"), F("name")))
        seats = TeamMember.objects.filter(team__in=teams.values("pk"))
        parts.append(_rows(seats, _SEATS, F("membership_id"), Value("")))
    if "owners" in ids:
        people = Membership.objects.filter(workspace_id=membership.workspace_id, pk__any=ids["owners"])
        parts.append(_rows(people, "owners", F("pk"), F("user__name")))
    return parts


def _rows(queryset: "QuerySet[Any]", kind: str, *columns: Expression | F) -> "QuerySet[Any, _Row]":
    """Id, name, and what only views have, under names that no model has."""
    names = ("its_pk", "its_name", "its_icon", "its_query", "its_person", "its_position")
    its = dict(zip(names, (*columns, *_NOTHING[len(columns) - 2 :]), strict=True))
    rows = queryset.order_by().annotate(its_kind=Value(kind, output_field=CharField()), **its)
    found: QuerySet[Any, _Row] = rows.values_list("its_kind", *names)
    return found
