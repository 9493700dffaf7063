"""The text of a filter: what is written is read again as it was; what means nothing is told."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.filtering import BadFilter, Clause, Filter, Keyword, Operator, grammar, periods
from directory.filtering.kinds import Numbers
from directory.filtering.tree import all_of, either_of, negated

KEYS = st.sampled_from(["status", "tag", "custom.fecha_1", "in_stage", "x"])
VALUES = st.one_of(
    st.sampled_from(list(Keyword)),
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' "\\(),:~^-'), max_size=12),
)
CLAUSES = st.builds(
    lambda key, operator, values: Clause(key, operator, tuple(dict.fromkeys(values))),
    KEYS,
    st.sampled_from(list(Operator)),
    st.lists(VALUES, min_size=1, max_size=4),
)
PARTS = {"min_size": 1, "max_size": 3}
TREES = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        inner.map(negated),
        st.lists(inner, **PARTS).map(all_of),
        st.lists(inner, **PARTS).map(either_of),
    ),
    max_leaves=8,
)


def anything(key: str, operator: Operator, value: object) -> object:
    return value


@given(TREES)
def test_what_is_written_is_read_again_as_it_was(tree: object) -> None:
    text = grammar.written(tree)
    assert grammar.read(text, anything) == tree
    assert grammar.written(grammar.read(text, anything)) == text


@given(st.text(st.sampled_from('status:~^ "\\(),-ornotand1'), max_size=40))
def test_whatever_is_typed_is_read_or_refused_with_words(text: str) -> None:
    tree = refused = None
    try:
        tree = grammar.read(text, anything)
    except BadFilter as error:
        refused = error
    assert grammar.read(grammar.written(tree), anything) == tree
    assert refused is None or (str(refused) and 0 <= refused.at <= len(text))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("  status:urgent   tag:1 ", "status:urgent tag:1"),
        ("status:a and tag:1", "status:a tag:1"),
        ("-status:a", "not status:a"),
        ("not not status:a", "status:a"),
        ("a:1 or b:2 c:3", "a:1 or b:2 c:3"),
        ("(a:1 or b:2) c:3", "(a:1 or b:2) c:3"),
        ("((a:1) (b:2))", "a:1 b:2"),
        ("not (a:1 b:2)", "not (a:1 b:2)"),
        ('city:"México"', "city:México"),
        ('city:"none",none', 'city:"none",none'),
        ("a:1,1,2", "a:1,2"),
        ("order:1 note:2", "order:1 note:2"),  # words begin like those that join
    ],
)
def test_a_text_has_one_form(text: str, written: str) -> None:
    assert grammar.written(grammar.read(text, anything)) == written


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("status", 0),
        ("status:", 7),
        ("status:a,", 9),
        ('city:"Méx', 5),
        ("(a:1", 0),
        ("a:1)", 3),
        ("a:1 or", 6),
        ("not", 3),
        ("a:1 or or b:2", 7),
        ('a:"x"y', 5),
        ("()", 1),
        ("-" * 50 + "a:1", 22),
        ("(" * 50, 21),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, at: int) -> None:
    with pytest.raises(BadFilter) as refused:
        grammar.read(text, anything)
    assert refused.value.at == at


@pytest.mark.parametrize(
    "text", ["a:1 " * 51, "a:" + "1,".join(map(str, range(200))) + "1", "a:" + "x" * 3_000]
)
def test_a_filter_has_bounds(text: str) -> None:
    with pytest.raises(BadFilter):
        grammar.read(text, anything)


NOW = dt.datetime(2026, 3, 31, 3, 30, tzinfo=dt.UTC)  # the 30th, 21:30, in Mexico


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-03-30", "2026-03-31"),
        ("yesterday", "2026-03-29", "2026-03-30"),
        ("this-week", "2026-03-30", "2026-04-06"),
        ("last-month", "2026-02-01", "2026-03-01"),
        ("next-quarter", "2026-04-01", "2026-07-01"),
        ("last-year", "2025-01-01", "2026-01-01"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
        ("2026-02-01..2026-02-28", "2026-02-01", "2026-03-01"),
        ("2026-02-01..", "2026-02-01", None),
        ("..2026-02-28", None, "2026-03-01"),
    ],
)
def test_days_are_those_of_the_workspace(text: str, first: str | None, last: str | None) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/Mexico_City")
    begin, end = periods.bounds(periods.clean(text), NOW, zone)
    assert [one and one.astimezone(zone).isoformat()[:16] for one in (begin, end)] == [
        one and f"{one}T00:00" for one in (first, last)
    ]
    assert periods.days(text, dt.date(2026, 3, 30)) == tuple(
        one and dt.date.fromisoformat(one) for one in (first, last)
    )


def test_time_is_counted_back_from_now() -> None:
    from zoneinfo import ZoneInfo

    def since(text: str) -> tuple[dt.datetime | None, dt.datetime | None]:
        return periods.bounds(periods.clean(text), NOW, ZoneInfo("UTC"))

    assert since("last-30d")[0] == NOW - dt.timedelta(days=30)
    assert since("over-7d") == (None, NOW - dt.timedelta(days=7))
    assert since("last-1m")[0] == NOW.replace(month=2, day=28)
    assert since("next-12h") == (NOW, NOW + dt.timedelta(hours=12))
    assert since("last-9999y")[0] is not None
    assert since("over-9999w")[1] is not None


@pytest.mark.parametrize(
    "text", ["last-0d", "last-", "2026-13-01", "..", "0001-01-01", "hoy", "last-5x", "2026"]
)
def test_what_names_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadFilter):
        periods.clean(text)
    with pytest.raises(BadFilter):
        periods.clean("last-5h", hours=False)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("5", "5"),
        ("5.50", "5.5"),
        ("10..5", "5..10"),
        ("-0", "0"),
        ("5..", "5.."),
        ("..5", "..5"),
        ("5..5", "5"),
    ],
)
def test_numbers_have_one_form(text: str, clean: str) -> None:
    assert Numbers().clean(text) == clean


def test_a_span_has_its_ends() -> None:
    assert Numbers.span("5..") == (Decimal(5), None)
    assert Numbers.span("5") == (Decimal(5), Decimal(5))


@pytest.mark.parametrize("text", ["", "..", "a", "1e5", "٣", "NaN", "1.23456", "9" * 20, "1.." * 2])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadFilter):
        Numbers().clean(text)


def test_parts_are_taken_away_and_put_in() -> None:
    first, second = Clause("a", Operator.IS, ("1",)), Clause("b", Operator.IS, ("2",))
    both = Filter(all_of([first, second]))
    assert both.without(0).text == "b:2"
    assert both.with_instead(1, negated(second)).text == "a:1 not b:2"
    assert Filter(either_of([first, second])).with_part(first).text == "(a:1 or b:2) a:1"
    assert both.without(0).without(0).text == ""
