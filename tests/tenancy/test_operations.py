import pytest
from django.conf import settings
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from crm.tenancy import scope
from crm.tenancy.fields import TenantForeignKey as Field
from crm.tenancy.operations import TenantForeignKey, constraint_name
from tests.tenancy.models import Book, Page, Shelf

APP = "tenancy_tests"


def composite_keys(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f' AND cardinality(conkey) = 2 AND convalidated",
            [table],
        )
        return dict(cursor.fetchall())


def state_with_a_drawer() -> ProjectState:
    """The test models and one more table, which refers to shelves."""
    state = ProjectState.from_apps(Shelf._meta.apps)
    with connection.schema_editor() as editor:
        make = migrations.CreateModel(
            "Drawer",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("workspace", models.ForeignKey(settings.TENANT_MODEL, models.CASCADE)),
                ("shelf", Field(f"{APP}.Shelf", models.CASCADE, null=True)),
                ("plain", models.ForeignKey(f"{APP}.Shelf", models.CASCADE, null=True, related_name="+")),
            ],
        )
        make.state_forwards(APP, state)
        make.database_forwards(APP, editor, state, state)
    return state


def apply(operation: TenantForeignKey, state: ProjectState, back: bool = False) -> None:
    with connection.schema_editor() as editor:
        (operation.database_backwards if back else operation.database_forwards)(APP, editor, state, state)


@pytest.mark.django_db
def test_it_makes_a_composite_key_and_takes_it_away_again():
    state = state_with_a_drawer()
    operation = TenantForeignKey("drawer", "shelf")
    apply(operation, state)
    assert composite_keys("tenancy_tests_drawer") == {
        "tenancy_tests_drawer_shelf_id_tenant": "FOREIGN KEY (workspace_id, shelf_id) REFERENCES"
        " tenancy_tests_shelf(workspace_id, id) DEFERRABLE INITIALLY DEFERRED"
    }
    apply(operation, state, back=True)
    assert composite_keys("tenancy_tests_drawer") == {}


@pytest.mark.django_db
@pytest.mark.parametrize(("action", "left"), [("CASCADE", []), ("SET NULL", [None])])
def test_the_database_acts_when_the_parent_goes(action, left, ours):
    state = state_with_a_drawer()
    apply(TenantForeignKey("drawer", "shelf", on_delete=action), state)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_tests_drawer (workspace_id, shelf_id) SELECT workspace_id, id FROM tenancy_tests_shelf"
        )
    with scope(ours.workspace):
        ours.shelf.delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shelf_id FROM tenancy_tests_drawer WHERE workspace_id = %s", [ours.workspace.pk]
        )
        assert [row[0] for row in cursor.fetchall()] == left


@pytest.mark.django_db
def test_rows_that_already_refer_to_another_workspace_are_found(ours, theirs):
    state = state_with_a_drawer()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_tests_drawer (workspace_id, shelf_id) VALUES (%s, %s)",
            [ours.workspace.pk, theirs.shelf.pk],
        )
    connection.check_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        apply(TenantForeignKey("drawer", "shelf"), state)


@pytest.mark.django_db
def test_a_plain_foreign_key_is_refused():
    state = state_with_a_drawer()
    with pytest.raises(ValueError, match="TenantForeignKey"), transaction.atomic():
        apply(TenantForeignKey("drawer", "plain"), state)


@pytest.mark.django_db
def test_children_left_to_the_database_go_with_their_parent(ours):
    with scope(ours.workspace):
        ours.book.delete()
        assert not Page.objects.exists()


def test_long_names_stay_within_postgresqls_limit_and_apart():
    names = {constraint_name("workspaces_" + "x" * 60, column) for column in ("a_id", "b_id")}
    assert len(names) == 2
    assert all(len(name) <= 63 and name.endswith("_tenant") for name in names)


def test_the_field_says_nothing_about_constraint_or_index_in_migrations():
    _, path, _, kwargs = Book._meta.get_field("shelf").deconstruct()
    assert path == "crm.tenancy.fields.TenantForeignKey"
    assert kwargs.keys() == {"to", "on_delete", "related_name"}


def test_the_operation_is_written_into_migrations_as_it_was_made():
    assert TenantForeignKey("book", "shelf").deconstruct() == ("TenantForeignKey", ["book", "shelf"], {})
    assert TenantForeignKey("book", "shelf", on_delete="CASCADE").deconstruct()[2] == {"on_delete": "CASCADE"}
