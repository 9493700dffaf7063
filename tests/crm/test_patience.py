"""What runs longer than a person waits."""

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, QueryDict

from crm import patience
from crm.views import QUERY_CANCELED

pytestmark = pytest.mark.django_db


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def test_a_statement_is_cut_and_what_follows_has_its_time_again() -> None:
    before = limit()
    with pytest.raises(OperationalError) as caught, patience.reading(50), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")
    assert getattr(caught.value.__cause__, "sqlstate", "") == QUERY_CANCELED
    assert limit() == before
    with patience.reading(50):
        assert limit() == "50ms"
    assert limit() == before


def test_a_screen_as_it_opens_is_not_watched() -> None:
    view = patience.patiently(lambda request: HttpResponse(limit()))
    request = HttpRequest()
    assert view(request).content == limit().encode()
    request.GET = QueryDict("q=garcia")
    assert view(request).content == b"1s"
