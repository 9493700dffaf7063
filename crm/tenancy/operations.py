"""The migration operation that lets PostgreSQL itself refuse a reference to another workspace's row."""

from typing import Any, Literal, cast

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import names_digest
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

OnDelete = Literal["NO ACTION", "CASCADE", "SET NULL"]


def constraint_name(table: str, column: str) -> str:
    """The composite constraint's name, at most PostgreSQL's 63 bytes."""
    name = f"{table}_{column}_tenant"
    return name if len(name) <= 63 else f"{name[:47]}_{names_digest(name, length=8)}_tenant"


class TenantForeignKey(Operation):
    """Adds (workspace_id, x_id) REFERENCES parent (workspace_id, id) for one `fields.TenantForeignKey`.

    The parent needs `PARENT_KEY`. The constraint is deferred to the commit, as Django's own are, since its
    cascades and loaders rely on that. `on_delete` is what PostgreSQL does when the parent goes: by default it
    refuses, and Django's cascade has cleared the children; "CASCADE" or "SET NULL" (of x_id alone) goes with
    `on_delete=DO_NOTHING` in the model, for children too many to pass through Python.

    The constraint is added unvalidated, then validated. In a migration with `atomic = False` the second step,
    which reads the whole table, holds no lock against writes: use that for tables that have grown.
    """

    reversible = True
    category = OperationCategory.ADDITION

    def __init__(self, model_name: str, name: str, *, on_delete: OnDelete = "NO ACTION") -> None:
        self.model_name = model_name
        self.name = name
        self.on_delete: OnDelete = on_delete

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs = {} if self.on_delete == "NO ACTION" else {"on_delete": self.on_delete}
        return type(self).__qualname__, [self.model_name, self.name], kwargs

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models know nothing of the constraint: their field says db_constraint=False."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model, field = self._field(app_label, to_state)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if field.db_constraint:
            raise ValueError(f"{self.model_name}.{self.name} is not a crm.tenancy.fields.TenantForeignKey.")
        quote = schema_editor.quote_name
        table, column = quote(model._meta.db_table), quote(field.column)
        name = quote(constraint_name(model._meta.db_table, field.column))
        parent = quote(field.related_model._meta.db_table)
        action = f"SET NULL ({column})" if self.on_delete == "SET NULL" else self.on_delete
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (workspace_id, {column})"
            f" REFERENCES {parent} (workspace_id, id) ON DELETE {action} DEFERRABLE INITIALLY DEFERRED NOT VALID"
        )
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model, field = self._field(app_label, from_state)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        quote = schema_editor.quote_name
        name = constraint_name(model._meta.db_table, field.column)
        schema_editor.execute(
            f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT IF EXISTS {quote(name)}"
        )

    def describe(self) -> str:
        return f"Keep {self.model_name}.{self.name} within the workspace"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name}_{self.name}_tenant".lower()

    def _field(self, app_label: str, state: ProjectState) -> tuple[type[models.Model], Any]:
        model = cast(type[models.Model], state.apps.get_model(app_label, self.model_name))
        return model, model._meta.get_field(self.name)
