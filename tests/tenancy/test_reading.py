"""Every way to evaluate a queryset: refused without a scope, and in a scope blind to other workspaces."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import RowNumber

from crm.tenancy import ForeignWorkspace, Unscoped, scope
from tests.tenancy.conftest import wait_for
from tests.tenancy.models import Book, Label, Page, Reader, Shelf

pytestmark = pytest.mark.django_db


async def _collect(queryset: Any) -> list[Any]:
    return [row async for row in queryset]


async def _iterate(queryset: Any) -> list[Any]:
    return [row async for row in queryset.aiterator()]


EVALUATIONS: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "len": len,
    "bool": bool,
    "repr": repr,
    "index": lambda q: q[0],
    "slice": lambda q: list(q[:1]),
    "get": lambda q: q.get(pk=1),
    "first": lambda q: q.first(),
    "last": lambda q: q.last(),
    "earliest": lambda q: q.earliest("id"),
    "latest": lambda q: q.latest("id"),
    "exists": lambda q: q.exists(),
    "count": lambda q: q.count(),
    "aggregate": lambda q: q.aggregate(Count("id")),
    "aggregate of a slice": lambda q: q[:3].aggregate(Count("id")),
    "count of distinct": lambda q: q.values("name").distinct().count(),
    "explain": lambda q: q.explain(),
    "iterator": lambda q: list(q.iterator(chunk_size=1)),
    "in_bulk": lambda q: q.in_bulk(),
    "in_bulk of ids": lambda q: q.in_bulk([1]),
    "contains": lambda q: q.contains(Shelf(pk=1, workspace_id=1)),
    "values": lambda q: list(q.values("name")),
    "values_list": lambda q: list(q.values_list("name", flat=True)),
    "named values_list": lambda q: list(q.values_list("name", named=True)),
    "grouped": lambda q: list(q.values("height").annotate(n=Count("id"))),
    "dates": lambda q: list(q.dates("built", "year")),
    "none": lambda q: list(q.none()),
    "union": lambda q: list(q.union(q)),
    "union, counted": lambda q: q.union(q.filter(height=1), all=True).count(),
    "intersection": lambda q: list(q.intersection(q)),
    "difference": lambda q: list(q.difference(q.filter(height=1))),
    "windowed": lambda q: list(q.annotate(n=Window(RowNumber())).filter(n=1)),
    "select_for_update": lambda q: list(q.select_for_update()),
    "only": lambda q: list(q.only("name")),
    "prefetch": lambda q: list(q.prefetch_related("books")),
    "exclude over a to-many": lambda q: list(q.exclude(books__title="x")),
    "sql": lambda q: str(q.query),
    "raw": lambda q: list(q.raw("SELECT * FROM tenancy_tests_shelf")),
    "raw by the manager": lambda q: list(Shelf.objects.raw("SELECT * FROM tenancy_tests_shelf")),
    "update": lambda q: q.update(height=1),
    "delete": lambda q: q.delete(),
    "delete alone": lambda q: q.delete_alone(),
    "create": lambda q: q.create(name="new"),
    "get_or_create": lambda q: q.get_or_create(name="new"),
    "update_or_create": lambda q: q.update_or_create(name="new"),
    "bulk_create": lambda q: q.bulk_create([Shelf(name="new")]),
    "bulk_update": lambda q: q.bulk_update([Shelf(pk=1, workspace_id=1)], ["name"]),
    "pickle": pickle.dumps,
    "pickle of the query": lambda q: pickle.dumps(q.query),
    "copy": copy.copy,
    "async list": lambda q: wait_for(_collect(q)),
    "async iterator": lambda q: wait_for(_iterate(q)),
    "async get": lambda q: wait_for(q.aget(pk=1)),
    "async first": lambda q: wait_for(q.afirst()),
    "async count": lambda q: wait_for(q.acount()),
    "async exists": lambda q: wait_for(q.aexists()),
    "async update": lambda q: wait_for(q.aupdate(height=1)),
    "async delete": lambda q: wait_for(q.adelete()),
    "async create": lambda q: wait_for(q.acreate(name="new")),
    "async aggregate": lambda q: wait_for(q.aaggregate(Count("id"))),
    "Exists in another model": lambda q: list(Reader.objects.filter(Exists(q.filter(height=OuterRef("id"))))),
    "Subquery in another model": lambda q: list(Reader.objects.annotate(n=Subquery(q.values("height")[:1]))),
    "__in of another model": lambda q: list(Reader.objects.filter(pk__in=q.values("id"))),
    "union with another model": lambda q: list(Reader.objects.values("name").union(q.values("name"))),
}


@pytest.mark.parametrize("evaluate", EVALUATIONS.values(), ids=EVALUATIONS.keys())
def test_no_evaluation_without_a_scope(evaluate, ours):
    with pytest.raises(Unscoped):
        evaluate(Shelf.objects.all())


@pytest.mark.parametrize("evaluate", EVALUATIONS.values(), ids=EVALUATIONS.keys())
def test_no_evaluation_in_the_scope_of_another_workspace(evaluate, ours, theirs):
    with scope(ours.workspace):
        queryset = Shelf.objects.filter(height=10)
    with scope(theirs.workspace), pytest.raises(Unscoped):
        evaluate(queryset)


@pytest.mark.parametrize(
    "evaluate",
    [list, len, bool, lambda q: q[0], lambda q: q.count(), lambda q: q.exists(), iter, lambda q: q.get()],
)
def test_rows_already_read_are_not_given_in_another_scope(evaluate, ours, theirs):
    with scope(ours.workspace):
        queryset = Shelf.objects.all()
        assert len(queryset) == 1
    with pytest.raises(Unscoped):
        evaluate(queryset)
    with scope(theirs.workspace), pytest.raises(Unscoped):
        evaluate(queryset)
    with scope(ours.workspace):
        assert list(queryset) == [ours.shelf]


AT_IMPORT = Shelf.objects.all()


def test_a_queryset_built_in_no_scope_reads_the_scope_it_is_evaluated_in_and_keeps_no_rows(ours, theirs):
    for library in (ours, theirs):
        with scope(library.workspace):
            assert AT_IMPORT.get() == library.shelf
            assert list(AT_IMPORT.all()) == [library.shelf]
    with scope(ours.workspace):
        kept = AT_IMPORT.filter(height=10)
    with scope(theirs.workspace), pytest.raises(ForeignWorkspace):
        list(kept)
    with pytest.raises(Unscoped):
        list(AT_IMPORT)


def test_a_queryset_evaluated_at_class_level_refuses_the_next_workspace(ours, theirs):
    held = Shelf.objects.all()
    with scope(ours.workspace):
        assert list(held) == [ours.shelf]
    with scope(theirs.workspace), pytest.raises(ForeignWorkspace):
        list(held)


READS: dict[str, Callable[[Any], Any]] = {
    "or": lambda t: Shelf.objects.filter(pk=t.shelf.pk) | Shelf.objects.filter(height=10),
    "q": lambda t: Shelf.objects.filter(Q(pk=t.shelf.pk) | Q(height=10)),
    "union": lambda t: Shelf.objects.filter(height=10).union(Shelf.objects.filter(pk=t.shelf.pk)),
    "extra": lambda t: Shelf.objects.extra(where=["true OR true"]),
    "sliced": lambda t: Shelf.objects.order_by("id")[:10],
    "distinct": lambda t: Shelf.objects.distinct(),
    "over a join": lambda t: Shelf.objects.filter(books__title__startswith="Book"),
    "over an outside model": lambda t: Shelf.objects.filter(books__reader__books__title__startswith="Book"),
    "exclude over a join": lambda t: Shelf.objects.exclude(books__title="x"),
    "in a subquery of their rows": lambda t: Shelf.objects.filter(
        Exists(Book.objects.filter(shelf=OuterRef("pk")))
    ),
    "annotated": lambda t: Shelf.objects.annotate(n=Count("books")).filter(n=1),
    "filtered relation": lambda t: Shelf.objects.annotate(
        b=FilteredRelation("books", condition=Q(books__title__contains="Book"))
    ).filter(b__isnull=False),
    "base manager": lambda t: Shelf._base_manager.all(),
    "default manager": lambda t: Shelf._default_manager.all(),
    "method of the queryset": lambda t: Shelf.objects.tall(),
    "combined and": lambda t: Shelf.objects.filter(height=10) & Shelf.objects.all(),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_a_scope_shows_its_own_rows_only(read, ours, theirs):
    with scope(ours.workspace):
        assert list(read(theirs)) == [ours.shelf]


def test_querysets_of_two_workspaces_are_not_combined(ours, theirs):
    with scope(theirs.workspace):
        queryset = Shelf.objects.all()
    with scope(ours.workspace), pytest.raises(ForeignWorkspace):
        Shelf.objects.all() | queryset


def test_a_model_outside_does_not_see_through_into_other_workspaces(ours, theirs):
    ways = {
        "filter": lambda: Reader.objects.filter(books__title__startswith="Book"),
        "exclude": lambda: Reader.objects.exclude(books__title="x").exclude(books__isnull=True),
        "values": lambda: Reader.objects.filter(books__isnull=False).values_list("books__title", flat=True),
        "annotate": lambda: Reader.objects.annotate(n=Count("books")).filter(n=1),
        "order": lambda: Reader.objects.exclude(books=None).order_by("books__shelf__name"),
        "two joins": lambda: Reader.objects.filter(books__pages__number=1),
        "m2m": lambda: Reader.objects.filter(books__labels__word__startswith="word"),
    }
    for name, way in ways.items():
        with scope(ours.workspace):
            assert len(way()) == 1, name
        with pytest.raises(Unscoped):
            list(way())
    with scope(ours.workspace):
        assert Reader.objects.exclude(books__title__startswith="Book").get() == theirs.reader


def test_related_managers_and_prefetches_are_scoped(ours, theirs):
    readers = Reader.objects.prefetch_related("books")
    with scope(ours.workspace):
        assert {r.name: len(r.books.all()) for r in readers} == {"reader of ours": 1, "reader of theirs": 0}
        assert list(theirs.shelf.books.all()) == []
        assert list(theirs.book.labels.all()) == []
        assert theirs.reader.books.count() == 0
        shelf = Shelf.objects.prefetch_related(Prefetch("books", Book.objects.all()), "books__labels").get()
        assert [label.word for book in shelf.books.all() for label in book.labels.all()] == ["word of ours"]
        assert (
            Book.objects.filter(labels__word__contains="word").select_related("shelf").get().shelf
            == ours.shelf
        )
    with pytest.raises(Unscoped):
        ours.reader.books.exists()
    with pytest.raises(Unscoped):
        list(Reader.objects.prefetch_related("books"))


def test_following_a_foreign_key_needs_the_scope(ours, theirs):
    with scope(ours.workspace):
        book, other, deferred = Book.objects.get(), Book.objects.get(), Book.objects.only("id").get()
        assert book.shelf == ours.shelf
    with pytest.raises(Unscoped):
        _ = other.shelf
    with pytest.raises(Unscoped):
        _ = deferred.title
    with scope(theirs.workspace):
        with pytest.raises(Shelf.DoesNotExist):
            _ = other.shelf
        with pytest.raises(Book.DoesNotExist):
            _ = deferred.title


def test_a_row_is_not_refreshed_from_another_scope(ours, theirs):
    with scope(ours.workspace):
        ours.book.refresh_from_db()
        with pytest.raises(ForeignWorkspace):
            theirs.book.refresh_from_db()
        with pytest.raises(ForeignWorkspace):
            wait_for(theirs.book.arefresh_from_db())


def test_an_iterator_does_not_go_on_in_another_scope(ours, theirs):
    with scope(ours.workspace):
        Shelf.objects.create(name="Prose")
        rows = Shelf.objects.order_by("id").iterator()
        next(rows)
    with scope(theirs.workspace), pytest.raises(ForeignWorkspace):
        next(rows)


def test_the_scope_costs_no_query(ours, django_assert_num_queries):
    with scope(ours.workspace):
        with django_assert_num_queries(1):
            shelf = Shelf.objects.get()
        with django_assert_num_queries(1):
            shelf.save()
        with django_assert_num_queries(3):
            list(Shelf.objects.prefetch_related("books__pages"))
        with django_assert_num_queries(1):
            Page.objects.filter(book__shelf=shelf).update(number=F("number") + Value(1))
        with django_assert_num_queries(1):
            Label.objects.bulk_create([Label(word=str(number)) for number in range(10)])
