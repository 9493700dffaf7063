"""Queries that every page makes, with their SQL compiled once.

Building and compiling `.filter(…).select_related(…)` takes Django five times as long as PostgreSQL and the driver take
to answer it, and `in` with the ids of a page as long again. Where a page has a budget of a few milliseconds, such a
query is described once, by a queryset, and later only run; `lead_id__any=ids` says `in` with one parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, FieldError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.query import get_related_populators

from crm.tenancy import current_workspace, scope
from crm.tenancy.query import TenantQuery
from crm.tenancy.scopes import ForeignWorkspace

Row = TypeVar("Row", covariant=True)
SAMPLE_WORKSPACE = 2**63 - 1  # no workspace's key: it stands for the open scope's while a query is compiled


@ForeignObject.register_lookup  # it has none of what other fields have
@Field.register_lookup
class AnyOf(Lookup[Any]):
    """One of a list, handed over as an array: however many there are, the SQL is the same."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)


@dataclass(frozen=True)
class _Instances:
    """What makes a model's instance, and those of `select_related`, from a row."""

    model: type[Model]
    fields: tuple[str, ...]
    start: int
    end: int
    related: tuple[Any, ...]

    def __call__(self, row: Any) -> Any:
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.fields, row[self.start : self.end])
        for populator in self.related:
            populator.populate(row, made)
        return made


@dataclass(frozen=True)
class _Compiled:
    """`parameters` are functions of the values given; `instances` is None where rows are tuples."""

    sql: str
    parameters: tuple[Callable[[dict[str, Any]], Any], ...]
    instances: _Instances | None

    def run(self, values: Sequence[Any]) -> list[Any]:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self.sql, values)
            found: Iterable[Any] = cursor.fetchall()
        return [self.instances(row) for row in found] if self.instances else list(found)


class Prepared(Generic[Row]):
    """A queryset with values still to be given; `rows(**values)` are what it would give, lists of instances or tuples.

    1. `build(**samples)` makes the queryset from sample values, each unlike the others and unlike any constant in it,
       so that each is found again among the SQL's parameters.
    2. It may be filtered, ordered, sliced, joined by `select_related`, or end in `values_list`, annotated for that
       alone; its columns must be such as come from the driver as they are (no JSON, no encrypted): else FieldError.
    3. Over a tenant's rows it is compiled in the scope of a workspace that is none, and that parameter is the open
       scope's workspace in every run: without one, Unscoped, as ever.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **samples: Any) -> None:
        self._build = build
        self._samples = samples

    def rows(self, **values: Any) -> list[Row]:
        compiled = self._compiled
        return compiled.run([parameter(values) for parameter in compiled.parameters])

    def first(self, **values: Any) -> Row | None:
        """The first row; for queries that have an order or one row at most."""
        rows = self.rows(**values)
        return rows[0] if rows else None

    @cached_property
    def _compiled(self) -> _Compiled:
        tenant = isinstance(self._build(**self._samples).query, TenantQuery)
        with scope(SAMPLE_WORKSPACE) if tenant else nullcontext():
            compiler = self._build(**self._samples).query.get_compiler(DEFAULT_DB_ALIAS)
            sql, parameters = compiler.as_sql()
        given = {name for value in parameters for name, sample in self._samples.items() if value == sample}
        if given != self._samples.keys() or (tenant and SAMPLE_WORKSPACE not in parameters):
            raise FieldError(f"Not every value of a prepared query is a parameter of {sql}")
        _check(compiler)
        return _Compiled(sql, tuple(self._parameter(value) for value in parameters), _instances(compiler))

    def _parameter(self, value: Any) -> Callable[[dict[str, Any]], Any]:
        if value == SAMPLE_WORKSPACE:
            return lambda values: current_workspace()
        for name, sample in self._samples.items():
            if value == sample:
                return itemgetter(name)
        return lambda values: value


@dataclass(frozen=True)
class Statement(Generic[Row]):
    """A queryset compiled with its values, for one that is asked again as it was: to be remembered by them and by the
    workspace, in whose scope alone it runs. It may be what `Prepared` may; one that can have no rows asks nothing."""

    workspace: int
    compiled: _Compiled | None
    values: tuple[Any, ...]

    @classmethod
    def of(cls, queryset: QuerySet[Any, Row]) -> Statement[Row]:
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            return cls(current_workspace(), None, ())
        _check(compiler)
        return cls(current_workspace(), _Compiled(sql, (), _instances(compiler)), tuple(values))

    def rows(self) -> list[Row]:
        if self.workspace != current_workspace():
            raise ForeignWorkspace(f"A statement of workspace {self.workspace} was run in another's scope.")
        return self.compiled.run(self.values) if self.compiled else []


def _check(compiler: Any) -> None:
    columns = [column for column, _sql, _alias in compiler.select]
    annotated = compiler.query.annotations and not compiler.query.values_select
    if annotated or compiler.get_converters(columns):
        raise FieldError(
            "A prepared query has no instances with annotations, no columns that need converting."
        )


def _instances(compiler: Any) -> _Instances | None:
    klass = compiler.klass_info
    if compiler.query.values_select:
        return None
    start, end = klass["select_fields"][0], klass["select_fields"][-1] + 1
    return _Instances(
        model=klass["model"],
        fields=tuple(column.target.attname for column, _sql, _alias in compiler.select[start:end]),
        start=start,
        end=end,
        # The types are of a later Django, where it takes one argument more.
        related=tuple(get_related_populators(klass, compiler.select, DEFAULT_DB_ALIAS)),  # type: ignore[call-arg]
    )
