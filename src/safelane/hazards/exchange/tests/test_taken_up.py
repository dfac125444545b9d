"""Jobs that are tried again, or killed: what has gone on since stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safelane.core.files.models import StoredFile
from safelane.core.history.models import Change
from safelane.core.jobs import runner
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import JobCancelled
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.exchange.imports import reports
from safelane.exchange.imports import runner as intake
from safelane.exchange.imports.outcome import expire_imports
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.conftest import bow_tie, feature
from safelane.hazards.exchange.tests.test_pages import client_of, form_of, upload
from safelane.hazards.models import HazardReport

pytestmark = pytest.mark.django_db(transaction=True)
SOUND = (feature(1), feature(2))


class Killed(BaseException):
    """As after SIGKILL: nothing runs any more."""


@pytest.fixture
def client(field: Any) -> Client:
    return client_of(field.manager)


@pytest.fixture
def send(client: Client, field: Any) -> Callable[..., str]:
    return lambda *rows: str(upload(client, field, *rows)["Location"])


def step(client: Client, url: str, name: str, **more: str) -> JobRun:
    """Press a button of the mapping page, and return the job that it began."""
    data = form_of(client.get(url)) | {"step": name, "reason": "Register", **more}
    assert client.post(url, data).status_code == 302
    return JobRun.objects.latest("created")


def retry(client: Client, job: JobRun) -> str:
    """Press "Try again", let all jobs run, and return what is said."""
    answer = client.post(reverse("jobs:retry", args=[job.uid]), follow=True)
    run_waiting_jobs()
    return str(answer.content.decode())


def cancel(client: Client, job: JobRun) -> None:
    client.post(reverse("jobs:cancel", args=[job.uid]))


def take_back(client: Client, url: str) -> None:
    client.post(url, {"step": "withdraw", "reason": "Wrong file"})
    run_waiting_jobs()


def seen(run: ImportRun) -> tuple[str, Any]:
    run.refresh_from_db()
    return run.stage, {k: v for k, v in run.counts.items() if v and k != "faults"}


def test_a_cancelled_check_does_not_undo_the_import_behind_it(client, send):
    url = send(*SOUND)
    check = step(client, url, "check")
    cancel(client, check)
    step(client, url, "import")
    run_waiting_jobs()
    assert "This import has gone on since" in retry(client, check)
    check.refresh_from_db()
    assert check.status == "cancelled"
    run = ImportRun.objects.get()
    assert seen(run) == ("done", {"rows": 2, "good": 2, "created": 2})
    take_back(client, url)
    assert seen(run)[0] == "withdrawn"


def test_an_import_that_was_taken_back_stays_so(client, send):
    url = send(*SOUND, bow_tie(3))
    first = step(client, url, "import")
    run_waiting_jobs()
    step(client, url, "import", mode="skip")
    run_waiting_jobs()
    take_back(client, url)
    before = seen(ImportRun.objects.get())
    assert before[0] == "withdrawn"
    assert "This import has gone on since" in retry(client, first)
    assert seen(ImportRun.objects.get()) == before


@pytest.mark.parametrize("act", ["save", "discard"])
def test_a_check_of_another_mapping_or_of_no_file_is_not_tried_again(client, send, act):
    url = send(*SOUND)
    check = step(client, url, "check")
    cancel(client, check)
    step(client, url, act)
    before = seen(ImportRun.objects.get())
    assert "This import has gone on since" in retry(client, check)
    assert seen(ImportRun.objects.get()) == before


def test_a_job_that_waits_is_refused_when_its_import_goes_on(client, send):
    url = send(*SOUND)
    check = step(client, url, "check")
    JobRun.objects.filter(pk=check.pk).update(status="cancelled")
    client.get(url)  # it is to be mapped again
    JobRun.objects.filter(pk=check.pk).update(status="queued")
    step(client, url, "import")
    run_waiting_jobs()
    check.refresh_from_db()
    assert (check.status, check.error[:20]) == ("failed", "This import has gone")
    assert seen(ImportRun.objects.get())[0] == "done"


def test_what_was_cancelled_can_be_tried_again(client, send):
    url = send(*SOUND)
    job = step(client, url, "import")
    cancel(client, job)
    client.get(url)
    assert ImportRun.objects.get().stage == "cancelled"
    client.post(reverse("jobs:retry", args=[job.uid]))
    assert not ImportRun.objects.get().is_open  # nobody changes it under the job
    run_waiting_jobs()
    assert seen(ImportRun.objects.get())[0] == "done"


@pytest.mark.parametrize("name", ["check", "import", "withdraw"])
def test_a_job_killed_before_its_end_is_noted_ends_well(
    client, send, monkeypatch, name
):
    url = send(*SOUND)
    step(client, url, "check" if name == "check" else "import")
    if name == "withdraw":
        run_waiting_jobs()
        client.post(url, {"step": name, "reason": "Wrong file"})
    job = JobRun.objects.latest("created")
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(runner, "_finish", dying)
        run_waiting_jobs()
    run = ImportRun.objects.get()
    before = seen(run)
    job.refresh_from_db()
    assert runner.requeue(job, killed=True)
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, job.error) == ("succeeded", "")
    assert seen(run) == before
    assert [link["url"].split("/")[-2] for link in job.result["links"]] == [
        str(run.uid)
    ]


def test_an_export_killed_before_its_end_is_noted_is_made_once(client, monkeypatch):
    sent = {"target": "hazards", "format": "csv", "filter": ""}
    client.post(reverse("exchange:exports"), sent)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(runner, "_finish", dying)
        run_waiting_jobs()
    job = JobRun.objects.get()
    assert runner.requeue(job, killed=True)
    run_waiting_jobs()
    job.refresh_from_db()
    file = StoredFile.objects.get()
    assert job.status == "succeeded"
    assert job.result["links"][0]["label"] == file.name
    assert str(file.uid) in job.result["links"][0]["url"]


def dying(*_given: Any, **_more: Any) -> None:
    raise Killed


def test_a_disk_that_fills_up_after_the_end_takes_nothing_back(client, send):
    url = send(*SOUND)
    job = step(client, url, "import")

    def full(execute: Any, sql: str, *given: Any) -> Any:
        if sql.startswith(("PRAGMA wal_checkpoint", "ANALYZE")):
            raise OperationalError("database or disk is full")
        return execute(sql, *given)

    with connection.execute_wrapper(full):
        run_waiting_jobs()
    job.refresh_from_db()
    assert job.status == "succeeded"
    assert seen(ImportRun.objects.get())[1]["created"] == 2


@pytest.mark.parametrize("done", [True, False])
def test_a_page_left_open_does_not_read_the_file_again(client, send, done):
    url = send(*SOUND)
    job = step(client, url, "import")
    if done:
        run_waiting_jobs()
    before = ImportRun.objects.get().stage
    old_tab = {"step": "read", "layer": "", "separator": "comma"}
    told = client.post(url, old_tab, follow=True).content.decode()
    assert "running already or is done" in told
    run = ImportRun.objects.get()
    assert (run.stage, run.job) == (before, job.uid)


def test_what_a_command_that_died_has_left_is_started_again(client, send, field):
    url = send(*SOUND)
    ImportRun.objects.update(stage="importing")
    expire_imports(timezone.now() + timedelta(hours=23))
    assert ImportRun.objects.get().stage == "importing"
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert "This import was interrupted" in client.get(url).content.decode()
    step(client, url, "import")
    run_waiting_jobs()
    assert seen(ImportRun.objects.get())[0] == "done"


def test_a_sealed_file_of_a_command_that_died_is_let_go(client, send):
    send(feature(1, **{"victim name": "Khamla Notreal"}))
    ImportRun.objects.update(stage="importing")
    expire_imports(timezone.now() + timedelta(days=2))
    run = ImportRun.objects.get()
    assert (run.stage, run.key) == ("failed", "")
    assert not HazardReport.objects.exists()


FIVE = tuple(feature(n) for n in range(1, 6))
NAMED = tuple(feature(n, **{"victim name": "Khamla Notreal"}) for n in range(1, 6))


def failing(monkeypatch: pytest.MonkeyPatch, *faults: Exception | None) -> None:
    """Let batches of two rows fail as they are written, each call with its fault."""
    monkeypatch.setattr("safelane.exchange.imports.runner.BATCH_ROWS", 2)
    waiting, real = list(faults), intake.Report.take

    def take(self: Any, prepared: Any) -> int:
        if waiting and (fault := waiting.pop(0)) is not None:
            raise fault
        return real(self, prepared)

    monkeypatch.setattr(intake.Report, "take", take)


def standing() -> int:
    return HazardReport.objects.filter(stage="approved").count()


@pytest.mark.parametrize("rows", [FIVE, NAMED])
@pytest.mark.parametrize(
    ("fault", "stage"),
    [(JobCancelled("Cancelled."), "cancelled"), (ValueError("Notreal"), "failed")],
)
def test_what_came_in_until_an_import_ended_half_way_is_taken_back(
    client, send, monkeypatch, rows, fault, stage
):
    url = send(*rows)
    failing(monkeypatch, None, fault)
    step(client, url, "import", mode="skip")
    run_waiting_jobs()
    page = client.get(url).content.decode()
    run = ImportRun.objects.get()
    assert (run.stage, standing()) == (stage, 2)
    assert (run.key == "") == (rows is FIVE or not run.is_open)
    assert "Part of this file has come in" in page
    take_back(client, url)
    run.refresh_from_db()
    assert (run.stage, run.counts["withdrawn"], standing()) == ("withdrawn", 2, 0)
    assert "Part of this file" not in client.get(url).content.decode()


@pytest.mark.parametrize("rows", [FIVE, NAMED])
def test_a_database_that_is_busy_is_asked_again(client, send, monkeypatch, rows):
    url = send(*rows)
    failing(monkeypatch, None, OperationalError("database is locked"))
    job = step(client, url, "import", mode="skip")
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, job.attempt, job.kills) == ("succeeded", 2, 1)
    run = ImportRun.objects.get()
    assert (run.stage, run.counts["created"], standing()) == ("done", 5, 5)


@pytest.mark.parametrize("rows", [FIVE, NAMED])
@pytest.mark.parametrize("again", ["retry", "import", "withdraw"])
def test_a_database_that_stays_busy_costs_nobody_the_file(
    client, send, monkeypatch, rows, again
):
    url = send(*rows)
    busy = OperationalError("database is locked")
    failing(monkeypatch, None, busy, busy, busy)
    job = step(client, url, "import", mode="skip")
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, job.attempt) == ("failed", 3)
    assert job.error.startswith("The database was busy or away for too long.")
    page = client.get(url).content.decode()
    run = ImportRun.objects.get()
    assert (run.stage, run.is_open, standing()) == ("failed", True, 2)
    assert job.error in page and "Part of this file has come in" in page
    if again == "withdraw":
        take_back(client, url)
        run.refresh_from_db()
        assert (run.stage, run.key, standing()) == ("withdrawn", "", 0)
        return
    if again == "retry":
        retry(client, job)
    else:
        step(client, url, "import", mode="skip")
        run_waiting_jobs()
    run.refresh_from_db()
    assert (run.stage, run.key, standing()) == ("done", "", 5)
    take_back(client, url)
    assert standing() == 0


def test_that_an_import_was_taken_back_is_noted_once(client, send, monkeypatch):
    monkeypatch.setattr(reports, "WITHDRAWN_AT_ONCE", 1)
    url = send(*SOUND)
    step(client, url, "import")
    run_waiting_jobs()
    take_back(client, url)
    (noted,) = Change.objects.filter(verb="import.withdraw")
    assert json.loads(noted.after)["records"] == 2 and standing() == 0


def test_who_wakes_up_late_takes_nothing_back(client, send, monkeypatch):
    """Another worker has taken the job over meanwhile."""
    url = send(*SOUND)
    step(client, url, "import")
    run_waiting_jobs()
    client.post(url, {"step": "withdraw", "reason": "Wrong file"})
    job = runner.claim_next()
    assert job is not None
    assert runner.requeue(job, killed=True)
    runner.execute(job)
    assert standing() == 2
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, standing()) == ("succeeded", 0)
    assert ImportRun.objects.get().counts["withdrawn"] == 2
