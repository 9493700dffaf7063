"""Any filter finds what one would find by looking at each lead: conditions joined in every way, against Python."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.tenancy import scope
from crm.ui.keyset import Turn
from directory import filtering
from directory.filtering import Clause, Filter, Keyword, Operator
from directory.filtering.tree import All, Either, Node, Not, all_of, either_of, negated
from directory.listing import paths, walking
from directory.listing.walking import How, Search, Way
from directory.listing.wanted import Wanted
from directory.models import CustomField, CustomValue, Lead, LeadTag, OwnedName, Placement
from tests.directory import house
from workspaces.models import Membership

pytestmark = pytest.mark.django_db
STATUSES = ["neutral", "urgent", "done"]
VALUES = [None, Decimal(0), Decimal("10.5"), Decimal(100)]
CITIES = ["", "Puebla", "San Juan"]
NUMBERS = [None, 1, 2]


def made_of(field: str, *values: str | Keyword) -> Clause:
    return Clause(field, Operator.IS, values)


CLAUSES: list[tuple[Clause, Callable[[dict[str, Any]], bool]]] = [
    (made_of("status", "urgent"), lambda one: one["status"] == "urgent"),
    (made_of("status", "urgent", "done"), lambda one: one["status"] in ("urgent", "done")),
    (made_of("assignee", Keyword.NONE), lambda one: not one["mine"]),
    (made_of("assignee", Keyword.ME), lambda one: one["mine"]),
    (made_of("tag", Keyword.ANY), lambda one: bool(one["tagged"])),
    (made_of("tag", Keyword.NONE), lambda one: not one["tagged"]),
    (made_of("value", "5..50"), lambda one: one["value"] is not None and 5 <= one["value"] <= 50),
    (made_of("value", "..50", Keyword.NONE), lambda one: one["value"] is None or one["value"] <= 50),
    (made_of("city", Keyword.NONE), lambda one: not one["city"]),
    (Clause("city", Operator.CONTAINS, ("juan",)), lambda one: "Juan" in one["city"]),
    (made_of("waiting", Keyword.ANY), lambda one: one["waits"]),
    (made_of("inbound", "last-7d"), lambda one: one["waits"]),
    (made_of("custom.cuota", "2.."), lambda one: one["number"] is not None and one["number"] >= 2),
    (made_of("custom.cuota", Keyword.NONE), lambda one: one["number"] is None),
]
NAIVE = dict(CLAUSES)
TREES = st.recursive(
    st.sampled_from([clause for clause, _naive in CLAUSES]),
    lambda inner: st.one_of(
        inner.map(negated),
        st.lists(inner, min_size=2, max_size=3).map(all_of),
        st.lists(inner, min_size=2, max_size=3).map(either_of),
    ),
    max_leaves=6,
)


def holds(node: Node, one: dict[str, Any]) -> bool:
    if isinstance(node, Clause):
        return NAIVE[node](one)
    if isinstance(node, Not):
        return not holds(node.part, one)
    if isinstance(node, All):
        return all(holds(part, one) for part in node.parts)
    assert isinstance(node, Either)
    return any(holds(part, one) for part in node.parts)


@pytest.fixture
def cast_of_leads(owner: Membership) -> dict[int, dict[str, Any]]:
    """Twenty-four, no two of which have all alike."""
    found = {}
    now = timezone.now()
    with scope(owner.workspace):
        vip = house.tag(owner.workspace)
        field = CustomField.objects.create(label="Cuota", key="cuota", kind="number")
        for number in range(24):
            one = {
                "status": STATUSES[number % 3],
                "mine": bool(number % 2),
                "tagged": number % 5 == 0,
                "value": VALUES[number // 2 % 4],
                "city": CITIES[number // 3 % 3],
                "waits": number % 4 == 1,
                "number": NUMBERS[number // 8],
            }
            lead = house.lead(
                owner.workspace,
                name=f"Lead {number}",
                assignee=owner if one["mine"] else None,
                status=one["status"],
                value=one["value"],
                waiting_since=now if one["waits"] else None,
                last_inbound_at=now if one["waits"] else None,
            )
            Lead.objects.filter(pk=lead.pk).update(city=one["city"])
            if one["tagged"]:
                LeadTag.objects.create(lead=lead, tag=vip)
            if one["number"] is not None:
                CustomValue.objects.create(lead=lead, field=field, number=one["number"])
            found[lead.pk] = one
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_what_is_found_is_what_one_would_find_by_looking(
    owner: Membership, cast_of_leads: dict[int, dict[str, Any]], tree: Node
) -> None:
    """As a condition, and by whichever index the list would choose."""
    expected = {pk for pk, one in cast_of_leads.items() if holds(tree, one)}
    with scope(owner.workspace):
        wanted = filtering.parse(Filter(tree).text)
        assert wanted.tree == tree
        rows = Placement.objects.filter(filtering.condition(wanted, owner))
        assert set(rows.values_list("pk", flat=True)) == expected
        path = paths.path(owner, Wanted(filter=wanted))
        assert set(path.rows.values_list("pk", flat=True)) == expected
        assert set(Lead.objects.filter(path.leads()).values_list("pk", flat=True)) == expected
        owned = OwnedName.objects.filter(path.keyed()).values_list("pk", flat=True)
        assert set(owned) == {pk for pk in expected if cast_of_leads[pk]["mine"]}
        best = path.best(100)
        sets = [Way(How.GATHER, best), Way(How.MEET, best, 100), Way(How.AMONG, best)] if best else []
        search = Search(path, Turn(), 100)
        for way in (*sets, Way(How.WALK), Way(How.ALL)):
            assert set(walking._run(search, walking.known_as(path), way)) == expected, way.how
