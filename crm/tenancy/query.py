"""The choke point. Whatever a queryset is asked for, Django compiles a `Query`; ours refuses or restricts there."""

from typing import Any, Self

from django.db.models import Model, sql
from django.db.models.expressions import Expression
from django.db.models.lookups import Exact
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.where import AND

from crm.tenancy.scopes import ForeignWorkspace, Unscoped, current_workspace, workspace_if_any


class CurrentWorkspace(Expression):
    """The open scope's workspace, read when the SQL is made."""

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[int]]:
        return "%s", (current_workspace(),)


def in_scope(model: type[Model], alias: str) -> "Exact[Any]":
    """The condition that the rows of `model` under this table alias belong to the open scope."""
    field: Any = model._meta.get_field("workspace")
    return Exact(field.get_col(alias), CurrentWorkspace(output_field=field.target_field))


class TenantQuery(sql.Query):
    """A query over a tenant's table.

    1. It remembers the workspace in whose scope it was first built or refined. One built in no scope (a form's
       field, a module's constant) remembers none and holds no rows.
    2. Each evaluation ends in `get_compiler`, for the query itself, for every subquery in it and for every part of
       a union. There a missing scope and a scope that is not the remembered one are refused, and the
       workspace is added to a copy of the conditions, where no chaining can have taken it away.
    3. Pickled queries would leave the scope: they are refused.
    """

    workspace: int | None = None
    restricted = False

    def __init__(self, model: type[Model] | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(model, *args, **kwargs)
        self.workspace = workspace_if_any()

    def clone(self) -> Self:
        query: Self = super().clone()  # type: ignore[assignment]
        if query.workspace is None:
            query.workspace = workspace_if_any()
        return query

    __copy__ = clone

    def chain(self, klass: type[sql.Query] | None = None) -> sql.Query:
        return super().chain(_SCOPED.get(klass, klass) if klass else None)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise Unscoped("A tenant's queryset is not pickled: pass ids and query again in the scope.")

    def combine(self, rhs: sql.Query, connector: str) -> None:
        if isinstance(rhs, TenantQuery):
            self._check_same(rhs.workspace)
        super().combine(rhs, connector)

    def get_compiler(
        self, using: str | None = None, connection: Any = None, elide_empty: bool = True
    ) -> SQLCompiler:
        self.check_scope()
        if self.restricted or self.combinator:
            compiler: SQLCompiler = super().get_compiler(using, connection, elide_empty)
            return compiler
        query = self.clone()
        query._restrict()
        return query.get_compiler(using, connection, elide_empty)

    def trim_start(self, names_with_path: Any) -> tuple[str, bool]:
        """Turns `exclude()` over a to-many relation into a correlated subquery without this model's table.

        What is left of it is the related table, which its foreign key restricts (see `guard` in models).
        """
        trimmed: tuple[str, bool] = super().trim_start(names_with_path)
        if not self.alias_refcount[self.base_table]:
            self.restricted = True
        return trimmed

    def check_scope(self) -> None:
        """Raises Unscoped unless a scope is open, and the one in which the query was built."""
        self._check_same(current_workspace())

    def _check_same(self, workspace: int | None) -> None:
        if None not in (self.workspace, workspace) and self.workspace != workspace:
            raise ForeignWorkspace(
                f"A queryset of workspace {self.workspace} was used in that of {workspace}."
            )

    def _restrict(self) -> None:
        assert self.model is not None
        self.where.add(in_scope(self.model, self.get_initial_alias()), AND)
        self.restricted = True


class TenantUpdateQuery(TenantQuery, sql.UpdateQuery):
    """An UPDATE: restricted like a SELECT, and it moves no row to another workspace."""

    values: list[tuple[Any, Any, Any]]  # field, model, value

    def get_compiler(
        self, using: str | None = None, connection: Any = None, elide_empty: bool = True
    ) -> SQLCompiler:
        for field, _, value in self.values:
            if field.name == "workspace" and getattr(value, "pk", value) != current_workspace():
                raise ForeignWorkspace("An update does not move rows to another workspace.")
        return super().get_compiler(using, connection, elide_empty)


class TenantDeleteQuery(TenantQuery, sql.DeleteQuery):
    """A DELETE, restricted like a SELECT."""


_SCOPED: dict[type[sql.Query], type[TenantQuery]] = {
    sql.Query: TenantQuery,
    sql.UpdateQuery: TenantUpdateQuery,
    sql.DeleteQuery: TenantDeleteQuery,
}
