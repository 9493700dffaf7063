"""What a tenant's model, its manager and its querysets are."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import models
from django.db.models.constants import OnConflict
from django.db.models.signals import class_prepared
from django.db.models.sql.constants import ROW_COUNT

from crm.tenancy.query import TenantDeleteQuery, TenantQuery, in_scope
from crm.tenancy.scopes import ForeignWorkspace, Unscoped, current_workspace

_M = TypeVar("_M", bound=models.Model)

# A model that other tenants' models refer to repeats this in its Meta.constraints.
PARENT_KEY = models.UniqueConstraint(fields=["workspace", "id"], name="%(app_label)s_%(class)s_parent")


class TenantQuerySet(models.QuerySet[_M]):
    """A queryset that is evaluated in the scope of one workspace, or refuses."""

    def __init__(
        self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None
    ) -> None:
        super().__init__(model, query or TenantQuery(model), using, hints)

    @property
    def _result_cache(self) -> list[_M] | None:
        """The rows once read. They too are given only in the scope that they were read in."""
        rows: list[_M] | None = self.__dict__["_result_cache"]
        if rows is not None and self.__dict__["_read_in"] != current_workspace():
            raise ForeignWorkspace("Rows read in the scope of one workspace were used in that of another.")
        return rows

    @_result_cache.setter
    def _result_cache(self, rows: list[_M] | None) -> None:
        self.__dict__["_result_cache"] = rows
        self.__dict__["_read_in"] = None if rows is None else current_workspace()

    @property
    def _scoped_query(self) -> TenantQuery:
        return cast(TenantQuery, self.query)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise Unscoped("A tenant's queryset is not pickled: pass ids and query again in the scope.")

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        raise Unscoped("Raw SQL knows no scope: use a cursor and name the workspace in the statement.")

    def create(self, **kwargs: Any) -> _M:
        self._scoped_query.check_scope()
        return super().create(**kwargs)

    def bulk_update(self, objs: Iterable[_M], fields: Iterable[str], batch_size: int | None = None) -> int:
        objs = tuple(objs)
        for obj in objs:
            cast(TenantModel, obj).check_in_scope()
        return super().bulk_update(objs, fields, batch_size)

    def _insert(
        self,
        objs: Sequence[_M],
        fields: Any,
        returning_fields: Any = None,
        raw: bool = False,
        using: str | None = None,
        on_conflict: OnConflict | None = None,
        update_fields: Any = None,
        unique_fields: Collection[Any] | None = None,
    ) -> Any:
        """Every INSERT, of save() and of bulk_create(). An upsert could meet another workspace's row in a
        unique key that leaves the workspace out, such as the primary key: it is refused."""
        self._scoped_query.check_scope()
        for obj in objs:
            cast(TenantModel, obj).claim_for_scope()
        if on_conflict == OnConflict.UPDATE and "workspace" not in {
            field.name for field in unique_fields or ()
        }:
            raise Unscoped("An upsert names a unique key that begins with the workspace.")
        return super()._insert(  # type: ignore[misc]
            objs, fields, returning_fields, raw, using, on_conflict, update_fields, unique_fields
        )

    def delete_alone(self) -> int:
        """By one statement, and no row is read: for who has taken away, or let go of, what refers to the rows. Where
        something still does, PostgreSQL refuses when the transaction ends. How many."""
        return self._raw_delete(self.db)

    def _raw_delete(self, using: str | None) -> int:
        compiler: Any = self._scoped_query.chain(TenantDeleteQuery).get_compiler(using)
        # No count where the condition holds for no row: pk__in=[].
        return int(compiler.execute_sql(ROW_COUNT) or 0)

    def _iterator(self, use_chunked_fetch: bool, chunk_size: int | None) -> Iterator[Any]:
        """Rows of iterator(): the scope must stay that of the first row until the last."""
        workspace = current_workspace()
        for row in super()._iterator(use_chunked_fetch, chunk_size):  # type: ignore[misc]
            if current_workspace() != workspace:
                raise ForeignWorkspace("An iterator went on in the scope of another workspace.")
            yield row


class TenantManager(models.Manager[_M]):
    """The manager of a tenant's model. `TenantManager.from_queryset(TeamQuerySet)()` adds methods to it."""

    _queryset_class = TenantQuerySet


class TenantModel(models.Model):
    """A row of one workspace. Saving fills the workspace in; another's row is neither saved, deleted nor read.

    `objects` is also the base manager, so that related objects, `refresh_from_db`, uniqueness checks and
    cascades are scoped too.
    """

    workspace = models.ForeignKey(
        settings.TENANT_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False, editable=False
    )

    objects: "TenantManager[Any]" = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        self.claim_for_scope()
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.check_in_scope()
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        if "workspace_id" in self.__dict__:
            self.check_in_scope()
        super().refresh_from_db(*args, **kwargs)

    def claim_for_scope(self) -> None:
        """Fills the workspace in where it is unset; raises ForeignWorkspace where it is another's."""
        if self.__dict__.get("workspace_id", ...) is None:
            self.workspace_id = current_workspace()
        self.check_in_scope()

    def check_in_scope(self) -> None:
        """Raises ForeignWorkspace unless this row belongs to the open scope's workspace."""
        if self.workspace_id != current_workspace():
            raise ForeignWorkspace(f"A row of workspace {self.workspace_id} was used in another's scope.")


class TenantPart(TenantModel):
    """A row of another tenant's row, such as a number of its lead: one of its TenantForeignKeys is never null.

    That key names the workspace together with the row, and so on to a row with a key to the workspace. One of its own
    would be asked of each row that is written, and would know nothing more: of what an import writes, a third.
    """

    workspace = models.ForeignKey(
        settings.TENANT_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )

    class Meta(TenantModel.Meta):
        abstract = True


def guard(sender: type[models.Model], **kwargs: Any) -> None:
    """Restricts the way into a tenant's table from the other end of its foreign keys.

    `User.objects.filter(team__name=…)` starts at a model outside tenancy, whose query restricts nothing. Django asks
    the foreign key for a condition to add to such a join, and when `exclude()` trims the join away; forward
    joins (`alias` is set) start at a row that is already restricted. Among tenants' tables the condition is
    redundant but lets PostgreSQL use the indexes, which begin with the workspace.
    """
    if not issubclass(sender, TenantModel):
        return
    for field in sender._meta.local_fields:
        if isinstance(field, models.ForeignKey):
            end: Any = field.remote_field
            end.get_extra_restriction = lambda alias, related_alias: in_scope(sender, alias)
            start: Any = field
            start.get_extra_restriction = lambda alias, related_alias: (
                None if alias else in_scope(sender, related_alias)
            )


class_prepared.connect(guard, dispatch_uid="crm.tenancy.guard")
