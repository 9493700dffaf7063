"""How long a person waits for a list, a search or a count: a second, then they are told what to narrow.

A screen as it opens is bounded by its indexes. What a person adds to its address, filters and words, may find nothing
in a million rows, and PostgreSQL would look through all of them. The statement is cancelled then; what is said is
`crm.views.unavailable`: a page, or for htmx a toast over what was there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse

MILLISECONDS = 1_000
QUERY_CANCELED = "57014"  # SQLSTATE


def was_cut(error: OperationalError) -> bool:
    """Whether a statement took longer than it may, for who says so in a place of its own."""
    return getattr(error.__cause__, "sqlstate", None) == QUERY_CANCELED


@contextmanager
def reading(milliseconds: int = MILLISECONDS, *, then: str = "DEFAULT", also: str = "") -> Iterator[None]:
    """Each statement inside ends after a second, as an OperationalError. It makes a transaction; `then` is what holds
    for the rest of one around it. `also`: settings that are made with it."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {milliseconds}; {also}")
        yield
        if nested:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout TO {then}")


def patiently(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that read: with anything in the query string they have a second for each statement."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET:
            return view(request, *args, **kwargs)
        with reading():
            return view(request, *args, **kwargs)

    return asked
