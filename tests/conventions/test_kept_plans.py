"""No statement that PostgreSQL plans once, without its values, is planned as a walk of a whole table.

Such a plan is right for what is found by keys and ids, and nothing but that: what it walks for one value it walks for
all of them. Each statement that is kept is run, in a database in which tables that grow are filled, and PostgreSQL is
asked for the plan it has.
"""

import gc
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from crm.prepared import Prepared
from crm.tenancy import scope
from directory import search, visibility
from directory.models import ContactPoint, Lead
from tests import cast
from tests.directory import house
from tests.inbox.conversations import talks
from workspaces.models import Membership

pytestmark = pytest.mark.django_db
MANY = 3_000  # rows of each table that grows
# Ends at the first message that is old enough, and is asked of who has no floor yet (docs/decisions/unread.md).
FLOOR = "inbox_message_pkey"
GROWS = (
    "directory.Lead", "directory.Placement", "directory.ContactPoint", "directory.Event", "inbox.Identity",
    "inbox.IdentityKey", "inbox.Session", "inbox.Message",
)  # fmt: skip


def multiply(label: str, **values: str) -> None:
    """Of the table's newest row so many copies, but for these columns: SQL of `n`, the copy's number."""
    model = apps.get_model(label)
    columns = {
        str(field.column): field
        for field in model._meta.local_concrete_fields
        if not field.generated and (not field.primary_key or field.column in values)
    }
    said = ", ".join(values.get(name, f'one."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {said} FROM generate_series(1, {MANY}) AS n,"
            f" (SELECT * FROM {table} ORDER BY {key} DESC LIMIT 1) AS one"
        )


@pytest.fixture
def grown(owner: Membership, seller: Membership) -> Lead:
    """A lead with a conversation, among thousands like it."""
    with scope(owner.workspace):
        lead = talks.talk(owner.workspace, talks.number(owner.workspace), "Hola", name="Ana María")
        house.place(lead, assignee=seller)
        ContactPoint.objects.create(lead=lead, kind="phone", raw="52", value="+52", match_key="52")
        first = lead.pk
    lead_of = f"{first} + n"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    multiply("directory.Lead", id=lead_of, name="'Lead ' || n")
    multiply(
        "directory.Placement",
        lead_id=lead_of,
        last_message_id="1000000 + n",
        last_inbound_id="1000000 + n",
        assignee_id="CASE WHEN n % 50 = 0 THEN one.assignee_id END",
        waiting_since="CASE WHEN n % 20 = 0 THEN one.waiting_since END",
    )
    multiply("directory.ContactPoint", lead_id=lead_of, value="'+52' || n", match_key="'52' || n")
    multiply("directory.Event", lead_id=lead_of)
    multiply("inbox.Identity", id="1000000 + n", lead_id=lead_of)
    multiply("inbox.IdentityKey", identity_id="1000000 + n", key="'wa:' || n")
    multiply("inbox.Session", id="1000000 + n", identity_id="1000000 + n")
    multiply(
        "inbox.Message",
        id="1000000 + n",
        lead_id=lead_of,
        identity_id="1000000 + n",
        session_id="1000000 + n",
        external_id="'copy' || n",
        uid="md5(n::text)::uuid",
    )
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(apps.get_model(one)._meta.db_table for one in GROWS)}")
    return lead


def test_what_is_kept_finds_by_keys(grown: Lead, owner: Membership, seller: Membership) -> None:
    for person in (owner, seller):
        visit(person, grown)
    amount = run_all(owner)
    plans = list(kept_plans())
    assert len(plans) > amount > 30
    tables = {apps.get_model(one)._meta.db_table for one in GROWS}
    assert {node.get("Relation Name") for _statement, plan in plans for node in nodes(plan)} > tables - {
        "directory_event"  # read by who asks for a lead's history
    }
    walked = [
        f"{node['Node Type']} {node.get('Index Name', '')} of {node['Relation Name']}: {statement}"
        for statement, plan in plans
        for node in nodes(plan)
        if node.get("Relation Name") in tables and walks(node)
    ]
    assert not walked, "\n".join(walked)


def run_all(owner: Membership) -> int:
    """Whatever `Prepared` there is, with its samples; how many there are."""
    found = [one for one in gc.get_objects() if type(one) is Prepared and one._kept]
    with scope(owner.workspace), transaction.atomic():
        for one in found:
            one.rows(**one._samples)
    return len(found)


def visit(person: Membership, lead: Lead) -> None:
    """The main screens, and what is asked by hand: statements with what a person sees."""
    client, at = cast.signed_in(person), f"/w/{person.workspace.public_id}"
    for page in (
        "/directory/",
        "/directory/?sort=name",
        "/conversations/",
        f"/conversations/{lead.pk}/",
        f"/leads/{lead.pk}/",
    ):
        got(client, f"{at}{page}")
    with scope(person.workspace):
        assert search.find(person, "ana maria", 10)
        assert visibility.in_sight(person, [lead.pk])


def got(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200, address


def kept_plans() -> Iterator[tuple[str, Any]]:
    """Each statement that this connection has prepared, and its plan, which knows no values. One without parameters
    has its values in it, and is planned for these."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET enable_sort = on"
        )  # a page that was walked in order has turned it off for its transaction
        cursor.execute("DISCARD PLANS")
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("force_generic_plan",)
        cursor.execute(
            "SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements"
            " WHERE cardinality(parameter_types) > 0 AND statement ~* '^\\s*(select|with|\\()'"
        )
        for name, statement, amount in cursor.fetchall():
            given = ", ".join(["NULL"] * amount)
            cursor.execute(f'EXPLAIN (FORMAT JSON) EXECUTE "{name}"({given})')
            told = cursor.fetchone()[0]
            yield statement, (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def walks(node: dict[str, Any]) -> bool:
    """All of a table, or all that a workspace has in it."""
    if node.get("Index Name") == FLOOR and "created_at" in node.get("Filter", ""):
        return False
    if node["Node Type"] == "Seq Scan":
        return True
    if node["Node Type"] not in ("Index Scan", "Index Only Scan"):
        return False  # of a bitmap, the index below says it
    named = set(re.findall(r"\((\w+) ", node.get("Index Cond", "")))
    return named <= {"workspace_id"}
