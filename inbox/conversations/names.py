"""What a list's filters hold, by name, and who is in their teams: one query however many they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Expression, F, QuerySet, Value

from directory.models import Tag
from funnels.models import Stage
from funnels.models.funnel import granted_to
from inbox.conversations.filters import Filters
from workspaces.models import Membership, Team, TeamMember

_KNOWN = "_names_of_filters"  # kept on a membership while a request lasts
_SEATS = "seats"
_Row = tuple[str, int, str]


@dataclass(frozen=True)
class Names:
    """By field of `Filters` and id. `people` are those of the teams asked for, as far as the reader may see these."""

    by_field: Mapping[str, dict[int, str]] = field(default_factory=dict)
    people: frozenset[int] = frozenset()

    def get(self, kind: str, pk: int) -> str:
        return self.by_field.get(kind, {}).get(pk, "")


def of(membership: Membership, filters: Filters) -> Names:
    """No query where nothing has to be looked up, or when it is asked again of the same object."""
    known: tuple[Filters, Names] | None = membership.__dict__.get(_KNOWN)
    if known is None or known[0] != filters:
        known = membership.__dict__[_KNOWN] = (filters, _read(membership, filters))
    return known[1]


def _read(membership: Membership, filters: Filters) -> Names:
    parts = list(_parts(membership, filters))
    if not parts:
        return Names()
    found: dict[str, dict[int, str]] = {}
    people = set()
    for kind, pk, name in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        if kind == _SEATS:
            people.add(pk)
        else:
            found.setdefault(kind, {})[pk] = name
    return Names(found, frozenset(people))


def _parts(membership: Membership, filters: Filters) -> "list[QuerySet[Any, _Row]]":
    parts = []
    if filters.tags:
        tags = Tag.objects.filter(pk__in=filters.tags)
        parts.append(_rows(tags, "tags", F("pk"), F("name")))
    if filters.stages:
        stages = Stage.objects.filter(pk__in=filters.stages)
        if membership.is_seller:
            stages = stages.filter(funnel_id__in=granted_to(membership))
        parts.append(_rows(stages, "stages", F("pk"), F("name")))
    if filters.teams:
        teams = Team.objects.visible_to(membership).filter(pk__in=filters.teams)
        parts.append(_rows(teams, "teams", F("pk"), F("name")))
        seats = TeamMember.objects.filter(team__in=teams.values("pk"))
        parts.append(_rows(seats, _SEATS, F("membership_id"), Value("")))
    if filters.owners:
        people = Membership.objects.filter(workspace_id=membership.workspace_id, pk__in=filters.owners)
        parts.append(_rows(people, "owners", F("pk"), F("user__name")))
    return parts


def _rows(queryset: "QuerySet[Any]", kind: str, *columns: Expression | F) -> "QuerySet[Any, _Row]":
    """Id and name, under names that no model has."""
    names = ("its_pk", "its_name")
    its = dict(zip(names, columns, strict=True))
    rows = queryset.order_by().annotate(its_kind=Value(kind, output_field=CharField()), **its)
    found: QuerySet[Any, _Row] = rows.values_list("its_kind", *names)
    return found
