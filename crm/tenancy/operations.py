"""Migration operations that let PostgreSQL itself refuse a reference to another workspace's row."""

from typing import Any, Literal, cast

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import names_digest
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from crm.tenancy import references

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


class CheckReferences(Operation):
    """Gives a table the trigger that checks the foreign keys of all rows that a statement inserts; see `references`.

    It checks the keys that the table has at that moment: who gives such a table another one runs this again, in a
    migration behind that key's.
    """

    reversible = True
    category = OperationCategory.ADDITION

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.model_name], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models know nothing of it."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = schema_editor.quote_name(model._meta.db_table)
        function = schema_editor.quote_name(_function(model))
        schema_editor.execute(
            _MAKE % {"table": model._meta.db_table, "function": _function(model)}, params=None
        )
        # As one: until it is of a replica alone, it refuses what may still be put right before the commit.
        schema_editor.execute(
            f"CREATE OR REPLACE TRIGGER {references.TRIGGER} AFTER INSERT ON {table} REFERENCING NEW TABLE AS made"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
            f" ALTER TABLE {table} ENABLE REPLICA TRIGGER {references.TRIGGER}",
            params=None,
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            table = schema_editor.quote_name(model._meta.db_table)
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {references.TRIGGER} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {schema_editor.quote_name(_function(model))}()")

    def describe(self) -> str:
        return f"Check the references of {self.model_name} for all rows of a statement at once"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name}_references_checked".lower()


def _function(model: type[models.Model]) -> str:
    return f"references_of_{model._meta.db_table}"


# As PostgreSQL's own check does: what is referred to is locked until the commit, so that it cannot go meanwhile, and
# whoever deletes it at this moment is waited for. What this transaction has made itself nobody else sees, or it holds a
# lock on what it has changed: that is not locked, and of an import it is most. A key with a null is not checked. The
# plans go by the parents' keys, whatever the statistics of a table that was empty a moment ago say.
_MAKE = """
    DO $make$
    DECLARE
        key record;
        checks text := '';
    BEGIN
        FOR key IN
            SELECT c.conname AS name, c.confrelid::regclass AS parent,
                string_agg(format('%%I', child.attname), ', ') AS columns,
                string_agg(format('%%I IS NOT NULL', child.attname), ' AND ') AS given,
                string_agg(format('p.%%I = w.%%I', parent.attname, child.attname), ' AND ') AS same
            FROM pg_catalog.pg_constraint c CROSS JOIN unnest(c.conkey, c.confkey) AS pair (child, parent)
            JOIN pg_catalog.pg_attribute child ON child.attrelid = c.conrelid AND child.attnum = pair.child
            JOIN pg_catalog.pg_attribute parent ON parent.attrelid = c.confrelid AND parent.attnum = pair.parent
            WHERE c.conrelid = '%(table)s'::regclass AND c.contype = 'f'
            GROUP BY c.oid
            ORDER BY c.conname
        LOOP
            checks := checks || format($check$
                WITH wanted AS MATERIALIZED (SELECT DISTINCT %%1$s FROM made WHERE %%2$s),
                held AS MATERIALIZED (
                    SELECT w.*, p.xmin = pg_current_xact_id()::xid AS is_ours FROM wanted w JOIN ONLY %%3$s p ON %%4$s
                ),
                locked AS MATERIALIZED (
                    SELECT 1 FROM held w JOIN ONLY %%3$s p ON %%4$s WHERE NOT w.is_ours FOR KEY SHARE OF p
                )
                SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM held WHERE is_ours)
                    - (SELECT count(*) FROM locked) INTO lacking;
                IF lacking <> 0 THEN
                    RAISE foreign_key_violation USING
                        MESSAGE = format('insert on table "%%%%s" violates foreign key constraint "%%%%s"',
                            TG_TABLE_NAME, %%5$L),
                        DETAIL = format('%%%%s of what the rows refer to is not there.', lacking),
                        TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA, CONSTRAINT = %%5$L;
                END IF;
            $check$, key.columns, key.given, key.parent, key.same, key.name);
        END LOOP;
        EXECUTE format($function$
            CREATE OR REPLACE FUNCTION %%I() RETURNS trigger LANGUAGE plpgsql
                SET enable_hashjoin = off SET enable_mergejoin = off
                SET enable_seqscan = off SET enable_bitmapscan = off
            AS %%L
        $function$, '%(function)s', format($body$
            DECLARE
                lacking bigint;
            BEGIN
                %%s
                RETURN NULL;
            END
        $body$, checks));
    END $make$
"""
