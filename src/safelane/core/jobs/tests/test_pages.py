from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from safelane.core.jobs.models import JobRun
from safelane.core.scope.basis import basis_of
from safelane.organisations.signin.queries import actor_of_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(cast):
    owner = cast.users["bounmy"]
    title = "Import of sheet"
    basis = basis_of(actor_of_account(owner.pk), "area.view")
    facts = {"kind": "exchange.export", "title": title, "owner": owner, "basis": basis}
    return JobRun.objects.create(**facts)


@pytest.mark.parametrize("path", ["/jobs/", "/api/v1/jobs"])
def test_lists_show_own_jobs_only(clients, mine, path):
    assert "Import of sheet" in clients["bounmy"].get(path).content.decode()
    assert "Import of sheet" not in clients["chan"].get(path).content.decode()
    assert "Import of sheet" in clients["petra"].get(path).content.decode()


@pytest.mark.parametrize("path", ["/jobs/{}/", "/api/v1/jobs/{}"])
def test_one_job_is_found_by_its_owner_only(clients, mine, path):
    where = path.format(mine.uid)
    assert clients["bounmy"].get(where).status_code == 200
    assert clients["chan"].get(where).status_code == 404
    assert clients["petra"].get(where).status_code == 200


def test_an_open_job_is_asked_for_again(clients, mine):
    page = clients["bounmy"].get(f"/jobs/{mine.uid}/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    part = clients["bounmy"].get(f"/jobs/{mine.uid}/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_an_ended_job_is_not_asked_for_again(clients, mine):
    JobRun.objects.update(status="failed", error="Row 3 has no name.")
    page = clients["bounmy"].get(f"/jobs/{mine.uid}/").content.decode()
    assert "every 2s" not in page
    assert "Row 3 has no name." in page
    assert "Try again" in page


def test_home_tells_what_a_job_does_only_while_it_does_it(clients, mine):
    JobRun.objects.update(message="Writing the file", status="running")
    assert "Writing the file" in clients["bounmy"].get("/").content.decode()
    JobRun.objects.update(status="succeeded")
    home = clients["bounmy"].get("/").content.decode()
    assert "Import of sheet" in home and "Writing the file" not in home


def test_cancelling_on_the_page(clients, mine):
    assert clients["chan"].post(f"/jobs/{mine.uid}/cancel/").status_code == 404
    assert clients["bounmy"].post(f"/jobs/{mine.uid}/cancel/").status_code == 302
    mine.refresh_from_db()
    assert mine.status == "cancelled"


def test_retrying_over_the_api(clients, mine):
    JobRun.objects.update(status="failed")
    answer = clients["bounmy"].post(f"/api/v1/jobs/{mine.uid}/retry")
    assert (answer.json()["status"], answer.json()["attempt"]) == ("queued", 2)


def test_retrying_an_open_job_is_a_conflict(clients, mine):
    answer = clients["bounmy"].post(f"/api/v1/jobs/{mine.uid}/retry")
    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("application/problem+json")


def test_the_list_tells_moments_in_local_time(clients, mine):
    moment = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    JobRun.objects.filter(pk=mine.pk).update(created=moment)
    with timezone.override("Asia/Vientiane"):
        text = clients["petra"].get("/jobs/").content.decode()
        assert date_format(timezone.localtime(moment), "DATETIME_FORMAT") in text
