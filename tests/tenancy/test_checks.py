"""What a careless model would open, and the check that says so."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

from crm.tenancy import PARENT_KEY, TenantManager, TenantModel, TenantPart, TenantQuerySet
from crm.tenancy.checks import check_model, check_tenancy
from crm.tenancy.fields import TenantForeignKey
from tests.tenancy.models import Reader, Shelf

pytestmark = pytest.mark.usefixtures("registry_of_their_own")
WORKSPACE_FIRST = models.Index(fields=["workspace", "id"], name="workspace_first")


@pytest.fixture
def registry_of_their_own() -> Iterator[None]:
    with isolate_apps("tests.tenancy"):
        yield


def errors(model: type[models.Model]) -> list[str]:
    return [str(message.id).removeprefix("tenancy.") for message in check_model(model)]


def test_the_test_models_are_sound():
    assert check_tenancy([apps.get_app_config("tenancy_tests")]) == []


def test_a_model_that_nobody_listed():
    class Stray(models.Model):
        class Meta:
            app_label = "tenancy_tests"

    assert errors(Stray) == ["E001"]


def test_a_manager_that_knows_no_scope():
    class Drawer(TenantModel):
        objects = TenantManager()
        everywhere = models.Manager()

        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    assert errors(Drawer) == ["E002"]


def test_a_manager_made_from_a_tenants_queryset_is_sound():
    class Drawer(TenantModel):
        objects = TenantQuerySet.as_manager()

        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    assert errors(Drawer) == []


def test_inheriting_from_a_concrete_model():
    class Drawer(Shelf):
        class Meta:
            app_label = "tenancy_tests"
            indexes = [models.Index(fields=["shelf_ptr"], name="drawer")]

    assert "E003" in errors(Drawer)


def test_a_generic_foreign_key():
    class Note(TenantModel):
        kind = models.ForeignKey(ContentType, models.CASCADE, db_index=False, related_name="+")
        target = GenericForeignKey("kind", "number")
        number = models.BigIntegerField()

        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    assert errors(Note) == ["E004"]


def test_a_many_to_many_without_a_tenants_table_between():
    class Drawer(TenantModel):
        readers = models.ManyToManyField(Reader, related_name="+")

        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    assert errors(Drawer) == ["E005"]


def test_a_part_of_nothing_whose_workspace_nobody_would_hold():
    class Page(TenantPart):
        shelf = TenantForeignKey(Shelf, models.CASCADE, null=True, related_name="+", unindexed="a test")

        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    class Leaf(TenantPart):
        shelf = TenantForeignKey(Shelf, models.CASCADE, related_name="+", unindexed="a test")

        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    assert errors(Page) == ["E011"]
    assert errors(Leaf) == []


def test_a_plain_foreign_key_between_tenants_tables():
    class Drawer(TenantModel):
        shelf = models.ForeignKey(Shelf, models.CASCADE, db_index=False, related_name="+")

        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    assert errors(Drawer) == ["E006"]


def test_a_parent_that_no_composite_key_can_refer_to():
    class Room(TenantModel):
        class Meta:
            app_label = "tenancy_tests"
            indexes = [WORKSPACE_FIRST]

    class Drawer(TenantModel):
        room = TenantForeignKey(Room, models.CASCADE, unindexed="a test")

        class Meta:
            app_label = "tenancy_tests"
            constraints = [PARENT_KEY]

    assert errors(Drawer) == ["E007"]


def test_indexes_that_do_not_begin_with_the_workspace():
    class Drawer(TenantModel):
        name = models.CharField(max_length=9, unique=True)
        code = models.CharField(max_length=9, db_index=True)
        reader = models.ForeignKey(Reader, models.CASCADE, related_name="+")
        due_at = models.DateTimeField()

        class Meta:
            app_label = "tenancy_tests"
            constraints = [PARENT_KEY, models.UniqueConstraint("code", "workspace", name="code")]
            indexes = [
                models.Index(fields=["-name"], name="name"),
                models.Index(models.functions.Lower("name"), name="lower"),
                models.Index(models.F("workspace").asc(), "name", name="right"),
                models.Index(fields=["due_at"], name="whole_due"),
                models.Index(fields=["due_at"], name="partial", condition=models.Q(code="")),
                models.Index(fields=["due_at"], name="right_due", condition=models.Q(code="")),
            ]

    assert errors(Drawer) == ["E008"] * 8


def test_a_table_without_an_index_on_the_workspace():
    class Drawer(TenantModel):
        class Meta:
            app_label = "tenancy_tests"

    assert errors(Drawer) == ["E009"]


def test_a_foreign_key_without_an_index():
    class Drawer(TenantModel):
        shelf = TenantForeignKey(Shelf, models.CASCADE, related_name="+")
        other = TenantForeignKey(
            Shelf, models.CASCADE, related_name="+", unindexed="shelves are never deleted"
        )

        class Meta:
            app_label = "tenancy_tests"
            constraints = [PARENT_KEY]

    assert errors(Drawer) == ["E010"]
