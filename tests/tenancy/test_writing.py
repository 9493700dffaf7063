"""No write reaches another workspace's rows, by the ORM or below it."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.forms import ModelForm

from crm.tenancy import ForeignWorkspace, Unscoped, scope
from tests.tenancy.conftest import wait_for
from tests.tenancy.models import Book, BookLabel, Label, Page, Shelf

pytestmark = pytest.mark.django_db


def everything(library):
    with scope(library.workspace):
        return [
            list(model.objects.order_by("id").values()) for model in (Shelf, Book, Label, BookLabel, Page)
        ]


def test_saving_fills_the_workspace_in(ours):
    with scope(ours.workspace):
        made = [Shelf(name="a"), Shelf(name="b"), Shelf(name="c", workspace=ours.workspace)]
        made[0].save()
        Shelf.objects.bulk_create(made[1:])
        assert {shelf.workspace_id for shelf in made} == {ours.workspace.pk}
        assert Shelf.objects.count() == 4


@pytest.mark.parametrize(
    "write",
    [
        lambda t: Shelf(name="new", workspace=t.workspace).save(),
        lambda t: Shelf(name="new", workspace=t.workspace).save_base(raw=True),
        lambda t: Shelf.objects.create(name="new", workspace=t.workspace),
        lambda t: Shelf.objects.get_or_create(name="new", workspace=t.workspace),
        lambda t: Shelf.objects.bulk_create([Shelf(name="ok"), Shelf(name="new", workspace=t.workspace)]),
        lambda t: wait_for(Shelf.objects.abulk_create([Shelf(name="new", workspace=t.workspace)])),
        lambda t: Shelf.objects.bulk_update([t.shelf], ["name"]),
        lambda t: t.shelf.save(),
        lambda t: t.shelf.save(update_fields=["name"]),
        lambda t: t.shelf.save(force_update=True),
        lambda t: wait_for(t.shelf.asave()),
        lambda t: t.shelf.delete(),
        lambda t: wait_for(t.shelf.adelete()),
        lambda t: Shelf.objects.update(workspace=t.workspace),
        lambda t: Shelf.objects.update(workspace=t.workspace.pk),
        lambda t: Shelf.objects.update(workspace_id=t.workspace.pk),
        lambda t: Shelf.objects.update(workspace=F("id")),
        lambda t: Shelf.objects.update(workspace=Value(t.workspace.pk)),
        lambda t: next(serializers.deserialize("python", serializers.serialize("python", [t.shelf]))).save(),
    ],
)
def test_a_row_of_another_workspace_is_refused(write, ours, theirs):
    before = everything(theirs)
    with scope(ours.workspace), pytest.raises(ForeignWorkspace), transaction.atomic():
        write(theirs)
    assert everything(theirs) == before


@pytest.mark.parametrize(
    "write",
    [
        lambda o: o.shelf.save(),
        lambda o: Shelf(name="new", workspace=o.workspace).save(),
        lambda o: o.shelf.delete(),
        lambda o: o.shelf.books.add(o.book),
        lambda o: o.shelf.books.create(title="x"),
        lambda o: o.book.labels.clear(),
        lambda o: o.book.labels.add(o.label),
        lambda o: o.shelf.full_clean(),
    ],
)
def test_nothing_is_written_without_a_scope(write, ours):
    with pytest.raises(Unscoped):
        write(ours)


def test_writing_by_conditions_does_not_reach_another_workspace(ours, theirs):
    before = everything(theirs)
    with scope(ours.workspace):
        assert Shelf.objects.filter(pk=theirs.shelf.pk).update(name="taken") == 0
        assert Shelf.objects.filter(books__title=theirs.book.title).update(name="taken") == 0
        assert Page.objects.filter(pk=theirs.page.pk).delete()[0] == 0
        assert Page.objects.filter(book__title=theirs.book.title).delete_alone() == 0
        assert Shelf.objects.update(name="Ours") == 1
        assert Page.objects.filter(pk__in=[]).delete_alone() == 0
        ours.shelf.books.add(*Book.objects.filter(pk=theirs.book.pk))
        ours.reader.books.add(theirs.book, bulk=True)
        theirs.reader.books.clear()
    assert everything(theirs) == before


def test_a_stolen_primary_key_does_not_overwrite(ours, theirs):
    before = everything(theirs)
    with scope(ours.workspace):
        theirs.shelf.workspace = ours.workspace
        with pytest.raises(IntegrityError), transaction.atomic():
            theirs.shelf.save()
        stolen = Shelf(pk=theirs.shelf.pk, workspace=ours.workspace, name="stolen")
        with pytest.raises(Unscoped, match="upsert"), transaction.atomic():
            Shelf.objects.bulk_create(
                [stolen], update_conflicts=True, unique_fields=["pk"], update_fields=["name"]
            )
    assert everything(theirs) == before


def test_an_upsert_by_a_key_of_the_workspace_is_fine(ours, theirs):
    with scope(ours.workspace):
        Label.objects.bulk_create(
            [Label(word="word of theirs")],
            update_conflicts=True,
            unique_fields=["workspace", "word"],
            update_fields=["word"],
        )
        assert Label.objects.count() == 2


def test_the_database_refuses_a_reference_to_another_workspace(ours, theirs):
    references = [
        lambda: Book.objects.create(title="x", shelf=theirs.shelf),
        lambda: Book.objects.create(title="x", shelf=ours.shelf, sequel=theirs.book),
        lambda: Book.objects.update(shelf=theirs.shelf),
        lambda: BookLabel.objects.create(book=ours.book, label=theirs.label),
        lambda: ours.book.labels.add(theirs.label),
        lambda: ours.book.labels.set([theirs.label.pk]),
        lambda: theirs.book.labels.add(ours.label),
        lambda: Page.objects.bulk_create([Page(book_id=theirs.book.pk, number=7)]),
    ]
    for refer in references:
        with scope(ours.workspace), pytest.raises(IntegrityError), transaction.atomic():
            refer()
            connection.check_constraints()


def test_the_database_refuses_to_move_a_referenced_row_to_another_workspace(ours, theirs):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_tests_shelf SET workspace_id = %s, name = 'x'", [theirs.workspace.pk])
        connection.check_constraints()


def test_forms_offer_and_accept_their_own_workspaces_rows(ours, theirs):
    class BookForm(ModelForm):  # made in no scope, as forms are
        class Meta:
            model = Book
            fields = ["title", "shelf", "sequel"]

    for library, other in ((ours, theirs), (theirs, ours)):
        with scope(library.workspace):
            assert list(BookForm().fields["shelf"].queryset) == [library.shelf]
            assert BookForm({"title": "x", "shelf": library.shelf.pk}).is_valid()
            assert BookForm({"title": "x", "shelf": other.shelf.pk}).errors.keys() == {"shelf"}
    with pytest.raises(Unscoped):
        str(BookForm()["shelf"])


def test_uniqueness_is_checked_within_the_workspace(ours, theirs):
    with scope(ours.workspace):
        Shelf(name="Prose", workspace=ours.workspace).full_clean()
        with pytest.raises(ValidationError):
            Shelf(name="POETRY", workspace=ours.workspace).full_clean()
        with pytest.raises(ValidationError, match="shelf"):
            Book(title="x", workspace=ours.workspace, shelf=theirs.shelf).full_clean()


def test_deleting_cascades_within_the_workspace(ours, theirs):
    before = everything(theirs)
    with scope(ours.workspace):
        Book.objects.create(title="first", shelf=ours.shelf, sequel=ours.book)
        ours.shelf.delete()
    assert [len(rows) for rows in everything(ours)] == [0, 0, 1, 0, 0]
    assert everything(theirs) == before


def test_deleting_what_others_refer_to_does_not_reach_into_them(ours, theirs):
    with pytest.raises(Unscoped), transaction.atomic():
        theirs.reader.delete()
    with scope(ours.workspace), pytest.raises(IntegrityError), transaction.atomic():
        theirs.reader.delete()
        connection.check_constraints()


def test_deleting_a_workspace_needs_its_own_scope(ours, theirs):
    workspaces = apps.get_model(settings.TENANT_MODEL).objects.filter(name__in=["ours", "theirs"])
    before = everything(theirs)
    with pytest.raises(Unscoped), transaction.atomic():
        workspaces.get(name="theirs").delete()
    with scope(ours.workspace):
        with pytest.raises(IntegrityError), transaction.atomic():
            workspaces.get(name="theirs").delete()
            connection.check_constraints()
        ours.workspace.delete()
    connection.check_constraints()
    assert workspaces.get() == theirs.workspace
    assert everything(theirs) == before


def test_a_row_loaded_without_its_workspace_is_not_deleted_from_another_scope(ours, theirs):
    with scope(theirs.workspace):
        bare = Shelf.objects.only("name").get()
    with scope(ours.workspace), pytest.raises(Shelf.DoesNotExist):
        bare.delete()
    with scope(ours.workspace), pytest.raises(Shelf.DoesNotExist):
        bare.save()
