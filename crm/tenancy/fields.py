"""The foreign key from one tenant's table to another."""

from typing import Any, TypeVar

from django.db import models

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)


class TenantForeignKey(models.ForeignKey[_ST, _GT]):
    """A foreign key to a row of the same workspace: to a tenant's model, or to another that has `workspace`.

    In PostgreSQL it is a composite constraint (workspace_id, x_id) → (workspace_id, id), which the migration
    operation of the same name makes. Hence no constraint and no index of Django's: the index to declare
    begins with the workspace. `unindexed` says why a key has none (rows it points to are never deleted).
    """

    def __init__(self, to: Any, on_delete: Any, *, unindexed: str = "", **kwargs: Any) -> None:
        self.unindexed = unindexed
        super().__init__(to, on_delete, **{**kwargs, "db_constraint": False, "db_index": False})

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["db_constraint"]
        kwargs.pop("db_index", None)
        return name, path, args, kwargs


class TenantOneToOneField(TenantForeignKey[_ST, _GT], models.OneToOneField[_ST, _GT]):
    """The same, to a row that has one such row at most; usually the primary key."""
