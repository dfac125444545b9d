"""Files and jobs stay open to their owner only while what made them is in force."""

import io
import os
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safelane.core.errors import NotPermitted
from safelane.core.files.models import StoredFile
from safelane.core.files.orphans import GRACE_SECONDS, remove_expired
from safelane.core.files.store import path_of
from safelane.core.history.models import Change
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.exchange.actions import begin_import
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import ReportInput
from safelane.hazards.testing import register_area
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, Membership, Role
from safelane.organisations.signin.actions import create_token

pytestmark = pytest.mark.django_db(transaction=True)
CSV = b"reference,hazard_type\nAZ-1,minefield\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def exported(clients):
    """Let Aysel export through the page; return the job and the file's address."""
    data = {"target": "hazards", "format": "csv", "filter": ""}
    answer = clients["aysel"].post(reverse("exchange:exports"), data)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    run_waiting_jobs()
    job = JobRun.objects.get()
    assert job.status == "succeeded", job.error
    return job, job.result["links"][0]["url"]


def membership_of(cast, name):
    return Membership.objects.get(user=cast.users[name])


def end(membership):
    Membership.objects.filter(pk=membership.pk).update(
        ends=timezone.localdate() - timedelta(days=1)
    )


def token(cast, name, **how):
    until = timezone.now() + timedelta(days=1)
    _row, secret = create_token(
        membership_of(cast, name), "x", until, by=cast.actor(name), **how
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def doors(job, url):
    return (url, f"/jobs/{job.uid}/", f"/api/v1/jobs/{job.uid}")


def get(client, path):
    """Ask and read to the end, as a browser does."""
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)
        answer.close()
    return answer


def statuses(client, paths):
    return [get(client, path).status_code for path in paths]


def test_an_export_is_open_to_who_made_it_and_is_never_kept(clients, exported):
    job, url = exported
    assert statuses(clients["aysel"], doors(job, url)) == [200, 200, 200]
    for path in doors(job, url):
        assert "no-store" in get(clients["aysel"], path)["Cache-Control"], path
    assert statuses(clients["farid"], doors(job, url)) == [404, 404, 404]


def test_it_ends_with_the_membership(cast, clients, exported):
    job, url = exported
    end(membership_of(cast, "aysel"))
    assert statuses(clients["aysel"], (url, f"/jobs/{job.uid}/")) == [404, 404]
    assert get(clients["aysel"], f"/api/v1/jobs/{job.uid}").status_code == 403


def test_it_ends_with_the_verb(cast, clients, exported):
    role = membership_of(cast, "aysel").role
    role.verbs = [v for v in role.verbs if v != "hazard.*"] + ["hazard.view"]
    role.save()
    assert statuses(clients["aysel"], doors(*exported)) == [404, 404, 404]


def test_a_role_in_another_organisation_does_not_keep_it_open(cast, clients, exported):
    kept = membership_of(cast, "aysel")
    Membership.objects.filter(pk=kept.pk).update(organisation=cast.organisations["azo"])
    assert statuses(clients["aysel"], doors(*exported)) == [404, 404, 404]


def test_a_token_without_the_class_does_not_open_it(cast, exported):
    job, url = exported
    paths = (url, f"/api/v1/jobs/{job.uid}")
    assert statuses(token(cast, "aysel", data_classes=["accident"]), paths) == [404] * 2
    assert statuses(token(cast, "aysel", data_classes=["hazard"]), paths) == [200] * 2


def test_exports_go_away_after_their_days(clients, exported, settings):
    _job, url = exported
    stored = StoredFile.objects.get()
    path = path_of(stored.sha256)
    now = timezone.now()
    settings.EXPORT_DAYS = 7
    week = timedelta(days=7)
    StoredFile.objects.update(created=now - week + timedelta(minutes=5))
    assert remove_expired(now) == 0
    assert get(clients["aysel"], url).status_code == 200
    StoredFile.objects.update(created=now - week)
    assert get(clients["aysel"], url).status_code == 404
    old = now.timestamp() - GRACE_SECONDS - 60
    os.utime(path, (old, old))
    assert remove_expired(now) == 1
    assert not path.exists()
    assert not StoredFile.objects.exists()
    assert Change.objects.filter(verb="hazards.export").exists()


def test_an_equal_file_that_is_kept_keeps_its_content(cast, exported):
    first = StoredFile.objects.get()
    again = StoredFile.objects.get()
    again.pk, again.uid = None, "11111111-1111-4111-8111-111111111111"
    again.kind = "import"
    again.save()
    old = timezone.now() - timedelta(days=30)
    StoredFile.objects.filter(pk=first.pk).update(created=old)
    assert remove_expired(timezone.now()) == 1
    assert path_of(first.sha256).exists()


def test_an_import_ends_with_the_role_that_began_it(cast, clients):
    upload = io.BytesIO(CSV)
    upload.name = "areas.csv"
    home = cast.organisations["aza"].pk
    data = {"target": "hazards", "organisation": home, "file": upload}
    answer = clients["aysel"].post(reverse("exchange:imports"), data)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    run = ImportRun.objects.get()
    paths = (f"/files/{run.file.uid}/", answer["Location"])
    assert statuses(clients["aysel"], paths) == [200, 200]
    other = token(cast, "aysel", data_classes=["accident"], writes=True)
    assert get(other, paths[0]).status_code == 404
    assert (
        get(token(cast, "aysel", data_classes=["hazard"]), paths[0]).status_code == 404
    )
    mine = token(cast, "aysel", data_classes=["hazard"], writes=True)
    assert get(mine, paths[0]).status_code == 200
    end(membership_of(cast, "aysel"))
    assert statuses(clients["aysel"], paths) == [404, 404]


def test_a_manager_of_one_area_sees_no_import_of_the_country(cast, clients, client):
    """A file tells where areas lie, whichever district they are in."""
    country, user = "azerbaijan", cast.users["eve"]
    home, aysel = cast.organisations["aza"], cast.actor("aysel")
    how = {"target": "hazards", "organisation": home}
    run = begin_import(io.BytesIO(CSV), "areas.csv", **how, by=aysel)
    assert run.entry == ImportRun.Entry.REGISTER
    area = AdminArea.objects.get(code=f"{country}-11")
    role = Role.objects.get(code="information_manager")
    grant_membership(user, home, role, Term(area=area), by=system_actor())
    client.force_login(user)
    paths = [
        f"/files/{run.file.uid}/",
        *(
            reverse(f"exchange:import-{name}", args=[run.uid])
            for name in ("run", "faults", "report")
        ),
    ]
    assert statuses(clients["petra"], paths) == [404] * 4
    assert statuses(client, paths) == [404] * 4
    page = client.get(reverse("exchange:imports")).content.decode()
    assert "areas.csv" not in page
    own = begin_import(io.BytesIO(CSV), "own.csv", **how, by=cast.actor("eve"))
    assert own.entry == ImportRun.Entry.SUBMIT
    assert client.get(paths[1].replace(str(run.uid), str(own.uid))).status_code == 200


def test_a_manager_of_one_area_takes_no_report_over_as_approved(cast):
    """The row names an area of another district, which would be open no more."""
    standing = register_area(cast, "azerbaijan", "AZ-1")
    area = AdminArea.objects.get(code="azerbaijan-11")
    role = Role.objects.get(code="information_manager")
    home = cast.organisations["aza"]
    grant_membership(cast.users["eve"], home, role, Term(area=area), by=system_actor())
    facts = {"status": "cancelled"}
    day = date(2025, 5, 1)
    claims = ReportInput(date_of_information=day, reference="AZ-1", facts=facts)
    registration = Registration(home, cast.countries["azerbaijan"], "", "Register")
    with pytest.raises(NotPermitted):
        register_approved([claims], registration, by=cast.actor("eve"))
    standing.refresh_from_db()
    assert standing.status == "open"


def test_a_retried_job_runs_with_the_rights_of_who_retries_it(cast, clients, exported):
    job, url = exported
    JobRun.objects.update(status="failed")
    assert get(clients["petra"], f"/jobs/{job.uid}/").status_code == 200
    # An administrator sees jobs, but has no role that exports hazards.
    assert clients["petra"].post(f"/jobs/{job.uid}/retry/").status_code == 403
    role = membership_of(cast, "petra").role
    role.verbs = [*role.verbs, "hazard.view", "hazard.export"]
    role.precision = {"hazard": "cell"}
    role.save()
    assert clients["petra"].post(f"/jobs/{job.uid}/retry/").status_code == 302
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, job.owner.username) == ("succeeded", "petra")
    assert Change.objects.filter(verb="hazards.export").latest("pk").actor_name == (
        str(cast.users["petra"])
    )
    new = job.result["links"][0]["url"]
    assert statuses(clients["aysel"], (new, f"/jobs/{job.uid}/")) == [404, 404]
    assert get(clients["petra"], new).status_code == 200


def test_rights_are_asked_again_when_a_job_runs(cast, clients):
    data = {"target": "hazards", "format": "csv", "filter": ""}
    clients["aysel"].post(reverse("exchange:exports"), data)
    end(membership_of(cast, "aysel"))
    run_waiting_jobs()
    job = JobRun.objects.get()
    assert job.status == "failed"
    assert not StoredFile.objects.exists()


def test_workers_remove_old_exports_by_themselves(exported):
    from safelane.core.jobs.recurring import run_due

    StoredFile.objects.update(created=timezone.now() - timedelta(days=8))
    assert "files.expire" in run_due()
    assert not StoredFile.objects.exists()
