from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync

from crm.tenancy import scope
from tests import cast
from tests.tenancy.models import Book, BookLabel, Label, Page, Reader, Shelf


def wait_for(awaitable):
    async def wait():
        return await awaitable

    return async_to_sync(wait)()


def library(name: str) -> SimpleNamespace:
    """A workspace with one of everything."""
    workspace = cast.workspace_of(name, f"Owner of {name}", f"{name}@example.com").workspace
    reader = Reader.objects.create(name=f"reader of {name}")
    with scope(workspace):
        shelf = Shelf.objects.create(name="Poetry", height=10)
        book = Book.objects.create(title=f"Book of {name}", shelf=shelf, reader=reader)
        label = Label.objects.create(word=f"word of {name}")
        BookLabel.objects.create(book=book, label=label)
        page = Page.objects.create(book=book, number=1)
    return SimpleNamespace(workspace=workspace, shelf=shelf, book=book, label=label, page=page, reader=reader)


@pytest.fixture
def ours(db: None) -> SimpleNamespace:
    return library("ours")


@pytest.fixture
def theirs(db: None) -> SimpleNamespace:
    return library("theirs")
