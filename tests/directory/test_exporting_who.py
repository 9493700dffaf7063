"""Who may export, what they get, and whose the file is; the dialog in which it is asked for."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.urls import reverse

from crm.jobs.models import Job, State
from crm.tenancy import scope
from directory.actions import exporting
from directory.models import Placement
from directory.selection import Selection
from tests import cast
from tests.directory import house
from tests.directory.exports import ALL, HTMX, exported, finish, furnish, lines, read_anew
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def town(workspace, owner, seller):
    return furnish(workspace, owner, seller)


def test_a_seller_without_the_tool_cannot_and_with_it_only_what_they_see(town, workspace, owner, seller):
    with scope(workspace):
        with pytest.raises(PermissionDenied):
            exporting.start(ALL, by=read_anew(seller), keys=["name"], form="csv")
        everyone = [one.pk for one in Placement.objects.all()]
        Membership.objects.filter(pk=seller.pk).update(tools=["directory.export_leads"])
    chosen = Selection(leads=tuple(everyone))
    searched = Selection(words="marta", state="all")
    assert len(lines(exported(owner, searched, ["name"]))) == 1
    with scope(workspace):
        [job] = Job.objects.all()
        assert "marta" not in f"{job.params} {AuditEntry.objects.get(verb='leads_exported').changes}".lower()
        AuditEntry.objects.filter(verb="leads_exported").delete()
    assert [line["Name"] for line in lines(exported(seller, chosen, ["name"]))] == [
        '\'=HYPERLINK("http://x","Marta")',
        "-5",
    ]
    with scope(workspace):
        told = AuditEntry.objects.get(verb="leads_exported")
        assert (told.actor_id, told.changes["leads"], told.changes["columns"]) == (
            seller.user_id,
            [None, 2],
            [None, "name"],
        )


def test_leads_of_another_workspace_are_nobody_and_rights_that_end_end_the_job(
    town, workspace, owner, admin, other_workspace, outsider
):
    with scope(other_workspace):
        foreign = house.lead(other_workspace, name="Foránea")
    with scope(workspace), pytest.raises(Refused):
        exporting.start(Selection(leads=(foreign.pk,)), by=owner, keys=["name"], form="csv")
    assert len(lines(exported(owner, Selection(leads=(foreign.pk, town.pk)), ["name"]))) == 1
    with scope(workspace):
        job = exporting.start(ALL, by=admin, keys=["name"], form="csv")
        Membership.objects.filter(pk=admin.pk).update(role="seller")
        assert finish(job) == b""
        assert (job.state, job.message_code) == (State.FAILED, "not_allowed")
    with scope(workspace):
        for wrong in ({"keys": ["nothing"]}, {"form": "exe"}, {"delimiter": "|"}):
            with pytest.raises(Refused):
                exporting.start(ALL, by=owner, **{"keys": ["name"], "form": "csv"} | wrong)


def path(workspace, name="export"):
    return reverse(f"directory:{name}", kwargs={"workspace_id": workspace.public_id})


def test_the_dialog_keeps_what_is_chosen_and_how_the_last_one_was(town, workspace, owner):
    client = cast.signed_in(owner)
    with scope(workspace):
        chosen = [one.pk for one in Placement.objects.order_by("pk")[:2]]
    asked = client.post(path(workspace), {"lead": chosen}, headers=HTMX).content.decode()
    assert "2 leads, as you see them." in asked
    assert all(f'name="lead" value="{pk}"' in asked for pk in chosen)
    matching = client.get(f"{path(workspace)}?all=1&f=&q=marta&state=all", headers=HTMX).content.decode()
    assert "1 lead, as you see it." in matching
    assert 'name="q" value="marta"' in matching
    how = {"lead": chosen, "column": ["created", "name"], "format": "csv", "delimiter": "semicolon"}
    answer = client.post(path(workspace, "export_start"), how, headers=HTMX)
    with scope(workspace):
        job = Job.objects.get()
        assert answer["HX-Redirect"].endswith(f"/jobs/{job.pk}/")
        content = finish(job)
    assert content.decode().splitlines()[0] == "Created;Name"  # no mark: it was not asked for
    assert len(lines(content, ";")) == 2
    again = client.get(path(workspace), headers=HTMX).content.decode()
    assert (
        again.index('value="created" checked')
        < again.index('value="name" checked')
        < again.index('value="phone"')
    )
    assert 'value="phone" checked' not in again


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"lead": ["x"], "column": ["name"], "format": "csv"}, 400),
        ({"lead": [10**30], "column": ["name"], "format": "csv"}, 400),
        ({"all": "1", "f": "nothing:((", "column": ["name"], "format": "csv"}, 422),
        ({"all": "1", "column": [], "format": "csv"}, 422),
        ({"all": "1", "column": ["name"], "format": "pdf"}, 422),
        ({"all": "1", "q": "nobody at all", "column": ["name"], "format": "csv"}, 422),
    ],
)
def test_what_means_nothing_is_said_in_the_dialog(town, workspace, owner, given, status):
    answer = cast.signed_in(owner).post(path(workspace, "export_start"), given, headers=HTMX)
    assert answer.status_code == status
    with scope(workspace):
        assert not Job.objects.exists()


def test_a_file_is_of_who_asked_as_long_as_they_may_and_it_is_kept(
    town, workspace, owner, admin, seller, outsider
):
    exported(admin, keys=["name"])
    with scope(workspace):
        job = Job.objects.get()
    file = reverse("jobs:file", kwargs={"workspace_id": workspace.public_id, "pk": job.pk})
    assert cast.signed_in(admin).get(file).status_code == 200
    for other in (owner, seller, outsider):
        assert cast.signed_in(other).get(file).status_code == 404
    with scope(workspace):
        Job.objects.update(expires_at=Now() - timedelta(seconds=1))
        gone = cast.signed_in(admin).get(file)
        assert (gone.status_code, "Choose leads and export again" in gone.content.decode()) == (410, True)
        Job.objects.update(expires_at=Now() + timedelta(days=1))
    Membership.objects.filter(pk=admin.pk).update(role="seller")
    assert cast.signed_in(admin).get(file).status_code == 403
