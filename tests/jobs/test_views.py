"""The pages of jobs."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from crm import jobs
from crm.jobs.models import Job, State
from crm.tenancy import scope
from tests.swap import HTMX, Swapped
from workspaces.permissions import WorkspacePermission

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(workspace):
    return f"/w/{workspace.public_id}/jobs/"


@pytest.fixture
def job(seller, workspace):
    with scope(workspace):
        return jobs.start("test.rows", by=seller, params={"rows": 10})


@pytest.fixture
def finished(job, work_off, again):
    work_off()
    return again(job)


def test_the_list_shows_mine_and_to_an_admin_everyones_on_request(base, job, seller, admin, client_of):
    assert f"{base}{job.pk}/" in client_of(seller).get(base).text
    admins = client_of(admin)
    assert f"{base}{job.pk}/" not in admins.get(base).text
    assert f"{base}{job.pk}/" in admins.get(base + "?of=everyone").text


def test_everyones_jobs_are_not_shown_to_a_seller(base, job, other_seller, client_of):
    assert f"{base}{job.pk}/" not in client_of(other_seller).get(base + "?of=everyone").text
    assert client_of(other_seller).get(f"{base}{job.pk}/").status_code == 404


def test_the_list_costs_one_query_however_many_there_are(
    base, workspace, seller, client_of, django_assert_num_queries
):
    with scope(workspace):
        for _ in range(30):
            jobs.start("test.rows", by=seller, params={"rows": 10})
    client = client_of(seller)
    client.get(base)
    with django_assert_num_queries(6):  # the frame's five (a seller's grants, and what waits), and the jobs
        assert client.get(base).status_code == 200


def test_a_broken_cursor_is_not_found(base, seller, client_of):
    assert client_of(seller).get(base + "?after=junk").status_code == 404


def test_a_running_jobs_page_asks_for_itself_until_it_is_done(base, job, seller, client_of, work_off):
    client = client_of(seller)
    page = Swapped(client.get(f"{base}{job.pk}/"))
    assert f"live:job:{job.pk} from:body" in client.get(f"{base}{job.pk}/").text
    work_off()
    page.apply(client.get(f"{base}{job.pk}/", headers=HTMX), trigger=f"#job-{job.pk}")
    page.assert_same(client.get(f"{base}{job.pk}/"))
    assert 'hx-trigger="live:job:' not in client.get(f"{base}{job.pk}/").text


def test_cancelling_swaps_in_what_the_page_would_show(base, job, seller, client_of, again):
    client = client_of(seller)
    page = Swapped(client.get(f"{base}{job.pk}/"))
    answer = client.post(f"{base}{job.pk}/cancellation/", headers=HTMX)
    page.apply(answer, trigger=f"#job-{job.pk} form")
    page.assert_same(client.get(f"{base}{job.pk}/"))
    assert again(job).state == State.CANCELLED


def test_without_javascript_cancelling_goes_back_to_the_page(base, job, seller, client_of):
    answer = client_of(seller).post(f"{base}{job.pk}/cancellation/")
    assert (answer.status_code, answer["Location"]) == (302, f"{base}{job.pk}/")


def test_an_admin_may_cancel_a_sellers_job_and_another_seller_may_not(
    base, job, admin, other_seller, client_of, again
):
    assert client_of(other_seller).post(f"{base}{job.pk}/cancellation/").status_code == 404
    assert again(job).is_open
    client_of(admin).post(f"{base}{job.pk}/cancellation/")
    assert again(job).state == State.CANCELLED


def test_the_file_is_an_attachment_for_who_asked(base, finished, seller, client_of):
    client = client_of(seller)
    assert f"{base}{finished.pk}/file/" in client.get(f"{base}{finished.pk}/").text
    answer = client.get(f"{base}{finished.pk}/file/")
    body = b"".join(answer.streaming_content)
    assert len(body.decode("utf-8-sig").splitlines()) == 11
    assert int(answer["Content-Length"]) == len(body) == finished.size
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "números.csv" in unquote(answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_nobody_else_gets_the_file_not_even_the_owner(base, finished, owner, admin, other_seller, client_of):
    for person in (owner, admin, other_seller):
        assert client_of(person).get(f"{base}{finished.pk}/file/").status_code == 404
    assert f"{base}{finished.pk}/file/" not in client_of(admin).get(f"{base}{finished.pk}/").text


def test_who_lost_the_permission_lost_the_file(base, workspace, admin, client_of, register, work_off):
    def run(job, progress):
        jobs.write_csv(job, progress, name="x.csv", header=["n"], page=lambda after: ([], after))

    register("test.guarded", run, permission=WorkspacePermission.EXPORT_AUDIT)
    with scope(workspace):
        job = jobs.start("test.guarded", by=admin)
    work_off()
    client = client_of(admin)
    assert client.get(f"{base}{job.pk}/file/").status_code == 200
    admin.role = "seller"
    admin.save()
    assert client.get(f"{base}{job.pk}/file/").status_code == 403


def test_an_expired_or_missing_file_is_a_page_that_says_so(
    base, finished, workspace, seller, client_of, storage
):
    client = client_of(seller)
    storage.delete(finished.parts[0][0])
    gone = client.get(f"{base}{finished.pk}/file/")
    assert gone.status_code == 410
    assert "no longer kept" in gone.text
    with scope(workspace):
        Job.objects.filter(pk=finished.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert client.get(f"{base}{finished.pk}/file/").status_code == 410
    page = client.get(f"{base}{finished.pk}/").text
    assert "no longer kept" in page
    assert "/file/" not in page


def test_the_file_of_a_running_job_leads_to_its_page(base, job, seller, client_of):
    assert client_of(seller).get(f"{base}{job.pk}/file/")["Location"] == f"{base}{job.pk}/"


def test_the_indicator_shows_what_is_running_and_nothing_otherwise(base, job, seller, client_of, work_off):
    client = client_of(seller)
    assert f"{base}{job.pk}/" in client.get(base + "running/").text
    work_off()
    assert "<a" not in client.get(base + "running/").text
