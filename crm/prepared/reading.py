"""Queries compiled once. `lead_id__any=ids` says `in` with one parameter, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, FieldError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError

from crm.prepared import cursors
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
    """What makes a model's instance, with its annotations and those of `select_related`, from a row."""

    model: type[Model]
    fields: tuple[str, ...]
    start: int
    end: int
    related: tuple[Any, ...]
    annotations: tuple[tuple[str, int], ...]

    def __call__(self, row: Any) -> Any:
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.fields, row[self.start : self.end])
        for populator in self.related:
            populator.populate(row, made)
        for name, place in self.annotations:
            setattr(made, name, row[place])
        return made


@dataclass(frozen=True)
class _Converter:
    """What a column's value goes through on its way from the driver: JSON is text there, an xid too."""

    place: int
    functions: tuple[Callable[..., Any], ...]
    expression: Any

    def __call__(self, value: Any, connection: Any) -> Any:
        for function in self.functions:
            value = function(value, self.expression, connection)
        return value


@dataclass(frozen=True)
class _Compiled:
    """`parameters` are functions of the values given; `instances` is None where rows are tuples. `is_whole`: the values
    are in the SQL, or are written into it when it runs."""

    sql: str
    parameters: tuple[Callable[[dict[str, Any]], Any], ...]
    instances: _Instances | None
    converters: tuple[_Converter, ...]
    locks: bool
    is_whole: bool = False

    def run(self, values: Sequence[Any], *, kept: bool) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A query that locks rows is asked in a transaction.")
        sql = _written(self.sql, values) if self.is_whole and values else self.sql
        with cursors.cursor(kept=kept, whole=self.is_whole) as cursor:
            cursor.execute(sql, None if self.is_whole else values)
            found: Iterable[Any] = cursor.fetchall()
        if self.converters:
            found = [self._converted(row, connection) for row in found]
        return [self.instances(row) for row in found] if self.instances else list(found)

    def _converted(self, row: Sequence[Any], connection: Any) -> tuple[Any, ...]:
        cells = list(row)
        for converter in self.converters:
            cells[converter.place] = converter(cells[converter.place], connection)
        return tuple(cells)


class Prepared(Generic[Row]):
    """A queryset with values still to be given; `rows(**values)` are what it would give, lists of instances or tuples.

    1. `build(**samples)` makes the queryset from sample values, each unlike the others and unlike any constant in it,
       so that each is found again among the SQL's parameters.
    2. It may be filtered, ordered, sliced, annotated, joined by `select_related`, locked, or end in `values_list`.
    3. Over a tenant's rows it is compiled in the scope of a workspace that is none, and that parameter is the open
       scope's workspace in every run: without one, Unscoped, as ever.
    4. PostgreSQL plans it once for a connection, unless `kept` is False: see `crm.prepared.cursors`.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Row]], *, kept: bool = True, **samples: Any
    ) -> None:
        self._build = build
        self._kept = kept
        self._samples = samples

    def rows(self, **values: Any) -> list[Row]:
        compiled = self._compiled
        return compiled.run([parameter(values) for parameter in compiled.parameters], kept=self._kept)

    def first(self, **values: Any) -> Row | None:
        """The first row; for queries that have an order or one row at most."""
        rows = self.rows(**values)
        return rows[0] if rows else None

    @cached_property
    def _compiled(self) -> _Compiled:
        query: Any = self._build(**self._samples).query
        tenant = any(isinstance(one, TenantQuery) for one in (query, *query.combined_queries))
        with scope(SAMPLE_WORKSPACE) if tenant else nullcontext():
            queryset = self._build(**self._samples)
            compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
            sql, parameters = compiler.as_sql()
        given = {name for value in parameters for name, sample in self._samples.items() if value == sample}
        if given != self._samples.keys() or (tenant and SAMPLE_WORKSPACE not in parameters):
            raise FieldError(f"Not every value of a prepared query is a parameter of {sql}")
        return _compiled(queryset, compiler, sql, tuple(self._parameter(value) for value in parameters))

    def _parameter(self, value: Any) -> Callable[[dict[str, Any]], Any]:
        if value == SAMPLE_WORKSPACE:
            return lambda values: current_workspace()
        return _given(value, self._samples)


class Later:
    """A value that is another in each run of a statement: it says which, by those that are given to the run. `by` is
    the sample of which it needs the value; a statement without that sample has it as it was."""

    by: str

    def given(self, values: Mapping[str, Any]) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Statement(Generic[Row]):
    """A queryset compiled with its values, for one that is asked again as it was: to be remembered by them and by the
    workspace, in whose scope alone it runs. It may be what `Prepared` may; one that can have no rows asks nothing.

    `samples` are stand-ins for values that are given to every run, as those of `Prepared` are; a `Later` among its
    values is counted from them. `kept`: PostgreSQL plans it once for a connection, which is right for what is
    found by keys; see `crm.prepared.cursors`. One that is `whole` has its values in it, and is planned for these,
    once, too.
    """

    workspace: int
    compiled: _Compiled | None
    kept: bool = False

    @classmethod
    def of(cls, queryset: QuerySet[Any, Row], *, kept: bool = False, **samples: Any) -> Statement[Row]:
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            return cls.nothing()
        parameters = tuple(_given(value, samples) for value in values)
        return cls(current_workspace(), _compiled(queryset, compiler, sql, parameters), kept)

    @classmethod
    def whole(cls, queryset: QuerySet[Any, Row]) -> Statement[Row]:
        """For lists of what a person sees, of which the best way depends on the values."""
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            return cls.nothing()
        written = _written(sql, values)
        return cls(current_workspace(), _compiled(queryset, compiler, written, (), is_whole=True), kept=True)

    @classmethod
    def of_sql(cls, sql: str, values: Iterable[Any], **samples: Any) -> Statement[tuple[Any, ...]]:
        """Of SQL that is put together from querysets compiled in the open scope, for what no single one says; rows are
        tuples. It is whole, too: what is the same in a later run, as a date is for a day, is planned once."""
        held = list(values)
        parameters: tuple[Any, ...] = ()
        if any(_is_given(value, samples) for value in held):
            parameters = tuple(_given(value, samples) for value in held)
        else:
            sql = _written(sql, held)
        compiled = _Compiled(sql, parameters, None, (), locks=False, is_whole=True)
        return Statement(current_workspace(), compiled, kept=True)

    @classmethod
    def nothing(cls) -> Statement[Row]:
        """What can have no rows."""
        return cls(current_workspace(), None)

    @classmethod
    def counting(cls, querysets: Iterable[QuerySet[Any, Any]]) -> Statement[tuple[int, ...]]:
        """One row: how many rows each has. Whole."""
        parts: list[str] = []
        for queryset in querysets:
            try:
                sql = _written(*queryset.query.get_compiler(DEFAULT_DB_ALIAS).as_sql())
            except EmptyResultSet:
                sql = "SELECT 1 WHERE false"
            parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 (compiled by Django)
        counts = f"SELECT {', '.join(parts)}"
        return Statement(
            current_workspace(), _Compiled(counts, (), None, (), locks=False, is_whole=True), kept=True
        )

    def rows(self, **values: Any) -> list[Row]:
        if self.workspace != current_workspace():
            raise ForeignWorkspace(f"A statement of workspace {self.workspace} was run in another's scope.")
        if self.compiled is None:
            return []
        return self.compiled.run(
            [parameter(values) for parameter in self.compiled.parameters], kept=self.kept
        )


def _is_given(value: Any, samples: Mapping[str, Any]) -> bool:
    """Whether it is another in each run."""
    return value in samples.values() or (isinstance(value, Later) and value.by in samples)


def _given(value: Any, samples: Mapping[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """What a run puts where the value stood: itself, or what is given for the sample that it is, or what it says."""
    if isinstance(value, Later) and value.by in samples:
        return value.given
    for name, sample in samples.items():
        if value == sample:
            return itemgetter(name)
    return lambda values: value


def _written(sql: str, values: Iterable[Any]) -> str:
    """With its values in it, as the driver writes them."""
    operations: Any = connections[DEFAULT_DB_ALIAS].ops
    written: str = operations.compose_sql(sql, list(values))
    return written


def _compiled(
    queryset: QuerySet[Any, Any],
    compiler: Any,
    sql: str,
    parameters: tuple[Callable[[dict[str, Any]], Any], ...],
    *,
    is_whole: bool = False,
) -> _Compiled:
    """Of a queryset and its compiler, which has made the SQL."""
    columns = [column for column, _sql, _alias in compiler.select]
    converters = compiler.get_converters(columns)
    return _Compiled(
        sql=sql,
        parameters=parameters,
        instances=_instances(compiler) if queryset._iterable_class is ModelIterable else None,
        converters=tuple(_Converter(place, tuple(how), one) for place, (how, one) in converters.items()),
        locks=compiler.query.select_for_update,
        is_whole=is_whole,
    )


def _instances(compiler: Any) -> _Instances:
    klass = compiler.klass_info
    start, end = klass["select_fields"][0], klass["select_fields"][-1] + 1
    return _Instances(
        model=klass["model"],
        fields=tuple(column.target.attname for column, _sql, _alias in compiler.select[start:end]),
        start=start,
        end=end,
        # The types are of a later Django, where it takes one argument more.
        related=tuple(get_related_populators(klass, compiler.select, DEFAULT_DB_ALIAS)),  # type: ignore[call-arg]
        annotations=tuple((compiler.annotation_col_map or {}).items()),
    )
