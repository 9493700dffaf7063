"""The dialogs of acts on many leads, and the pages of past ones."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from crm import nudge
from crm.tenancy import scope
from crm.work import runs
from directory.actions import bulk
from directory.models import BulkAct, CustomChoice, CustomField, Placement
from directory.selection import Selection
from tests import cast
from tests.directory import house
from tests.directory.bulk import assign, do, many
from tests.swap import HTMX, Swapped
from workspaces.models import Membership


def at(owner: Membership, path: str) -> str:
    return f"/w/{owner.workspace.public_id}/directory/{path}"


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


def fields_of(answer: Any) -> dict[str, Any]:
    """What the dialog's form would send, as it stands."""
    page = BeautifulSoup(answer.content, "html.parser")
    found: dict[str, Any] = {}
    for control in page.select("form input[name]:not([type=radio]):not([type=checkbox])"):
        found.setdefault(str(control["name"]), []).append(control.get("value", ""))
    return found


def toast(answer: Any) -> dict[str, Any]:
    return dict(json.loads(answer.headers["HX-Trigger"])["toast"])


def test_a_dialog_says_how_many_and_its_form_acts_on_just_those(
    client: Client, owner: Membership, seller: Membership
) -> None:
    with scope(owner.workspace):
        ids = many(owner.workspace, 3, status="urgent")
        many(owner.workspace, 2)
    asked = client.post(at(owner, "bulk/assign/"), {"all": "1", "f": "status:urgent"}, headers=HTMX)
    assert "3 leads will be assigned." in asked.content.decode()
    sent = fields_of(asked) | {"how": "people", "people": [seller.pk]}
    answer = client.post(at(owner, "bulk/act/"), sent, headers=HTMX)
    said = toast(answer)
    assert (answer.status_code, said["text"]) == (204, "Assign to Sara Seller: 3 were changed.")
    again = client.post(at(owner, "bulk/act/"), sent, headers=HTMX)
    assert toast(again) == said, "a double click is one act"
    with scope(owner.workspace):
        assert sorted(Placement.objects.filter(assignee=seller).values_list("pk", flat=True)) == ids
        act = BulkAct.objects.get()
    back = client.post(said["action"]["href"], headers=HTMX)
    assert toast(back)["text"] == "Undone."
    assert "undone already" in toast(client.post(said["action"]["href"], headers=HTMX))["text"]
    with scope(owner.workspace):
        assert not Placement.objects.filter(assignee=seller).exists()
    page = client.get(at(owner, f"acts/{act.pk}/"))
    assert "as it was before" in page.content.decode()


def test_many_are_a_job_that_one_may_leave(
    client: Client, owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: True)
    with scope(owner.workspace):
        many(owner.workspace, bulk.AT_ONCE + 1)
    asked = client.post(at(owner, "bulk/archive/"), {"all": "1"}, headers=HTMX)
    assert "goes on in the background" in asked.content.decode()
    said = toast(client.post(at(owner, "bulk/act/"), fields_of(asked), headers=HTMX))
    assert said["text"] == "Archive · 201 leads"
    with scope(owner.workspace):
        act = BulkAct.objects.select_related("job").get()
        assert act.job is not None
    assert said["link"]["href"] == at(owner, f"acts/{act.pk}/")
    page = Swapped(client.get(said["link"]["href"]))
    with scope(owner.workspace):
        job = act.job
    assert "Waiting for its turn" in str(page.tree)
    while runs.run("bulk"):
        pass
    page.apply(client.get(said["link"]["href"], headers=HTMX), trigger=f"#bulk-act-{act.pk}")
    page.assert_same(client.get(said["link"]["href"]))
    assert "201 were changed" in page.tree.get_text(" ", strip=True)
    ways = BeautifulSoup(
        client.get(f"/w/{owner.workspace.public_id}/jobs/{job.pk}/").content, "html.parser"
    ).select(".button-row")
    assert at(owner, f"acts/{act.pk}/undo/") in str(ways), "Undo, from the job's page"


def test_deleting_asks_for_the_number_and_for_the_new_one_where_it_changed(
    client: Client, owner: Membership
) -> None:
    with scope(owner.workspace):
        many(owner.workspace, 2)
    asked = client.post(at(owner, "bulk/delete/"), {"all": "1"}, headers=HTMX)
    with scope(owner.workspace):
        many(owner.workspace, 1)
    sent = fields_of(asked) | {"confirmation": "2"}
    answer = client.post(at(owner, "bulk/act/"), sent, headers=HTMX)
    page = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 422
    assert page.select_one("[data-confirm-typed]")["data-confirm-typed"] == "3"  # type: ignore[index]
    assert client.post(at(owner, "bulk/act/"), sent | {"confirmation": "3"}, headers=HTMX).status_code == 204


@pytest.mark.parametrize(
    ("act", "sent", "words"),
    [
        ("assign", {"how": "people"}, "Choose at least one person."),
        ("assign", {"how": "people", "people": "999"}, "not one of the available choices"),
        ("tag", {}, "This field is required."),
        ("stage", {"stage": "999"}, "not one of the available choices"),
        ("status", {"status": "nonsense"}, "not one of the available choices"),
        ("lost", {}, "Choose a reason."),
        ("field", {"field": "999"}, "not one of the available choices"),
    ],
)
def test_what_is_missing_is_asked_again(
    client: Client, owner: Membership, act: str, sent: dict[str, str], words: str
) -> None:
    from directory.actions import reasons

    with scope(owner.workspace):
        lead = house.lead(owner.workspace)
        house.reason(owner.workspace)
        reasons.require("lost", by=owner, needed=True)
        CustomField.objects.create(label="Talla", key="talla", kind="text")
    given = {"act": act, "key": "of-this-form", "lead": lead.pk, **sent}
    answer = client.post(at(owner, "bulk/act/"), given, headers=HTMX)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with scope(owner.workspace):
        assert not BulkAct.objects.exists()


def test_a_field_is_chosen_first_and_then_its_value_by_its_kind(client: Client, owner: Membership) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace)
        CustomField.objects.create(label="Alta", key="alta", kind="date")
        size = CustomField.objects.create(label="Talla", key="talla", kind="choice", position=1)
        CustomChoice.objects.create(field=size, label="Chica")
    chosen = {"lead": lead.pk}
    first = client.post(at(owner, "bulk/field/"), chosen, headers=HTMX).content.decode()
    assert 'type="date"' in first
    answer = client.post(at(owner, "bulk/field/"), chosen | {"field": size.pk}, headers=HTMX)
    assert "Chica" in answer.content.decode()
    sent = fields_of(answer) | {"field": size.pk, "how": "set", "value": "Chica"}
    assert (
        toast(client.post(at(owner, "bulk/act/"), sent, headers=HTMX))["text"]
        == "Talla: Chica: 1 was changed."
    )
    more = client.post(at(owner, "bulk/more/"), chosen, headers=HTMX).content.decode()
    assert "Set a field" in more
    assert "Assign" not in more, "what has a button in the bar"


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "archive", "key": "of-this-form"},
        {"act": "archive", "key": "short", "lead": "1"},
        {"act": "archive", "key": "x" * 41, "lead": "1"},
        {"act": "archive", "key": "of-this-form", "lead": "1\x00"},
        {"act": "archive", "key": "of-this-form", "lead": "9" * 30},
        {"act": "archive", "key": "of-this-form", "all": "1", "f": "nonsense:"},
    ],
)
def test_what_means_nothing_is_refused(client: Client, owner: Membership, sent: dict[str, str]) -> None:
    assert client.post(at(owner, "bulk/act/"), sent, headers=HTMX).status_code == 400
    unknown = sent | {"act": "nonsense"}
    assert client.post(at(owner, "bulk/act/"), unknown, headers=HTMX).status_code in (400, 404)


def test_other_peoples_leads_and_acts_are_not_there(
    owner: Membership, seller: Membership, other_seller: Membership, outsider: Membership
) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, assignee=other_seller)
        act = do("archive", [lead], by=owner)
    for who in (seller, outsider):
        client = cast.signed_in(who)
        given = {"act": "archive", "key": "of-this-form", "lead": lead.pk}
        answer = client.post(at(who, "bulk/act/"), given, headers=HTMX)
        assert "No lead is chosen" in answer.content.decode()
        assert client.post(at(who, f"acts/{act.pk}/undo/"), headers=HTMX).status_code == 404


def test_the_page_of_an_act_names_those_that_were_refused_and_that_one_sees(
    client: Client, owner: Membership, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with scope(owner.workspace):
        [first, last] = house.funnel(owner.workspace).stages.all()
        last.required = ["city"]
        last.save()
        found = [house.lead(owner.workspace, name=f"Marta {n}", stage=first) for n in range(3)]
        act = do("stage", found, by=owner, stage=last.pk, name="Mayoreo · Cierre")
        for n in range(20):
            do("status", found, by=owner, status=("urgent", "done")[n % 2])
    page = client.get(at(owner, f"acts/{act.pk}/")).content.decode()
    assert "without what the stage asks for: City" in page
    assert all(f"Marta {n}" in page for n in range(3))
    with django_assert_max_num_queries(12):
        listed = client.get(at(owner, "acts/")).content.decode()
    assert "Move to Mayoreo · Cierre" in listed
    assert listed.count("/undo/") >= 20


def test_who_gets_many_reads_it_in_one_line(owner: Membership, seller: Membership) -> None:
    with scope(owner.workspace):
        assign(many(owner.workspace, 12), seller, by=owner)
        assign(Selection(), owner, by=owner)
    page = cast.signed_in(seller).get(f"/w/{owner.workspace.public_id}/notifications/").content.decode()
    assert "Olga Owner assigned 12 leads to you" in page
    assert "directory/?f=assignee:me" in page
