"""Keyset paging over real rows."""

from __future__ import annotations

import base64
import datetime as dt
import itertools
import json
from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.ui import keyset
from workspaces.models import User

pytestmark = pytest.mark.django_db
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
BATCHES = (f"b{number}" for number in itertools.count())
MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def people(days: list[int]) -> QuerySet[User]:
    """One person for each number: who joined that many days after the first; equal numbers are ties."""
    batch = next(BATCHES)
    User.objects.bulk_create(
        User(email=f"p{place}@{batch}.example", name=f"P{place}", joined_at=MOMENT + dt.timedelta(days=day))
        for place, day in enumerate(days)
    )
    return User.objects.filter(email__endswith=f"@{batch}.example")


@SLOW
@given(days=st.lists(st.integers(0, 4), max_size=17), limit=st.integers(1, 6), up=st.booleans())
def test_pages_forward_and_back_hold_every_row_once_in_order(days: list[int], limit: int, up: bool) -> None:
    queryset = people(days)
    expected = list(queryset.order_by("joined_at", "pk") if up else queryset.order_by("-joined_at", "-pk"))
    pages = [keyset.page(queryset, "joined_at", limit=limit, ascending=up)]
    while pages[-1].next:
        after = pages[-1].next
        pages.append(keyset.page(queryset, "joined_at", after=after, limit=limit, ascending=up))
    assert [row for page in pages for row in page] == expected
    assert pages[0].previous == ""
    for earlier, later in zip(pages[-2::-1], pages[:0:-1], strict=True):
        back = keyset.page(queryset, "joined_at", before=later.previous, limit=limit, ascending=up)
        assert back.rows == earlier.rows
        assert back.next
        assert bool(back.previous) == bool(earlier.previous)


def test_rows_that_arrive_meanwhile_shift_nothing() -> None:
    queryset = people([1, 2, 3, 4])
    first = keyset.page(queryset, "joined_at", limit=2)
    domain = first.rows[0].email.partition("@")[2]
    User.objects.create(email=f"new@{domain}", name="New", joined_at=MOMENT + dt.timedelta(days=9))
    second = keyset.page(queryset, "joined_at", after=first.next, limit=2)
    assert [row.name for row in second] == ["P1", "P0"]


@pytest.mark.parametrize("key", ["id", "name", "email"])
def test_the_key_may_be_the_id_or_text(key: str) -> None:
    queryset = people([1, 2, 3])
    first = keyset.page(queryset, key, limit=2)
    assert [row.name for row in keyset.page(queryset, key, after=first.next, limit=2)] == ["P0"]


def test_a_page_is_one_query(django_assert_num_queries: Callable[..., object]) -> None:
    queryset = people([1, 2, 3])
    cursor = keyset.page(queryset, "joined_at", limit=1).next
    with django_assert_num_queries(1):
        keyset.page(queryset, "joined_at", after=cursor, limit=1)


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "bad",
    [
        "x",
        "=",
        "ñ",
        "a" * 5000,
        cursor([]),
        cursor({}),
        cursor(None),
        cursor(["2026-01-01T00:00:00", 1]),
        cursor(["yesterday", 1]),
        cursor(["2026-01-01T00:00:00+00:00", "one"]),
        cursor(["2026-01-01T00:00:00+00:00", True]),
        cursor(["2026-01-01T00:00:00+00:00", [1]]),
        cursor([["2026"], 1]),
        cursor(["\x00", 1]),
        cursor(["\ud800", 1]),
        cursor([1e999, 1]),
    ],
)
def test_a_cursor_nobody_gave_out_is_refused_and_shows_the_first_page(bad: str) -> None:
    queryset = people([1, 2])
    with pytest.raises(keyset.BadCursor):
        keyset.page(queryset, "joined_at", after=bad)
    assert len(keyset.page_of_request(queryset, "joined_at", {"after": bad})) == 2


@SLOW
@given(junk=st.text(max_size=60))
def test_junk_for_a_cursor_never_breaks_the_page(junk: str) -> None:
    queryset = ContentType.objects.all()
    for key in ("id", "model"):
        keyset.page_of_request(queryset, key, {"before": junk}).rows
        signed = base64.urlsafe_b64encode(json.dumps([junk, 10**30]).encode()).decode().rstrip("=")
        keyset.page_of_request(queryset, key, {"after": signed}).rows
