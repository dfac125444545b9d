from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from safelane.core.errors import InvalidInput, NotFound
from safelane.core.jobs import heartbeats, runner, worker
from safelane.core.jobs.actions import cancel_job, retry_job, start_job
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import JobCancelled, JobLost, JobNotOpen, UnknownJob
from safelane.core.jobs.queries import state_of
from safelane.core.jobs.runner import job
from safelane.core.jobs.worker import recover_interrupted, run_waiting_jobs
from safelane.core.scope import Actor, Precision, system_actor

pytestmark = pytest.mark.django_db
seen: list = []


@job("tests.count", title="Count")
def count(progress, *, upto, fail_at=None, fault="", cancel_at=None):
    progress.start(upto, "counting", done=progress.resumed.get("done", 0))
    while progress.done < upto:
        progress.advance()
        seen.append((progress.job.attempt, progress.done))
        progress.checkpoint(done=progress.done)
        if progress.done == cancel_at:
            progress.stop_with = JobCancelled("Cancelled.")
        if progress.done == fail_at and progress.job.attempt == 1:
            raise InvalidInput(fault) if fault else RuntimeError("secret detail")
    return {"counted": progress.done, "by": progress.actor.name}


@job("tests.look", title="Look")
def look(progress):
    (grant,) = progress.actor.grants
    return {"precision": int(grant.precision_of("area"))}


VERB = "area.view"  # what everybody of the cast may do


@pytest.fixture(autouse=True)
def _forget():
    seen.clear()


def start(by=None, **params):
    params = {"upto": 5, **params}
    return start_job("tests.count", params, verb=VERB, by=by or system_actor("cli"))


def run(job_run):
    run_waiting_jobs()
    job_run.refresh_from_db()
    return job_run


def test_a_job_runs_and_keeps_its_result():
    done = run(start())
    assert (done.status, done.done, done.total) == ("succeeded", 5, 5)
    assert done.result == {"counted": 5, "by": "cli"}
    assert done.started <= done.finished


def test_who_asked_first_is_served_first():
    jobs = [start(upto=upto) for upto in (3, 1, 2)]
    run_waiting_jobs()
    ended = JobRun.objects.order_by("finished").values_list("pk", flat=True)
    assert list(ended) == [job_run.pk for job_run in jobs]


def test_of_two_workers_one_takes_the_job(monkeypatch):
    job_run, first = start(), QuerySet.first

    def look_and_wait(rows):
        """Another worker takes it between this one's look and its claim."""
        found = first(rows)
        JobRun.objects.update(status="running")
        return found

    monkeypatch.setattr(QuerySet, "first", look_and_wait)
    assert runner.claim_next() is None
    assert job_run.attempt == 1 and seen == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_take_every_job_once():
    if connection.vendor == "sqlite":
        pytest.skip("a test's SQLite belongs to one thread")
    wanted = {start().pk for _ in range(40)}

    def take_all(_number):
        taken = []
        while found := runner.claim_next():
            taken.append(found.pk)
        connection.close()
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [pk for part in pool.map(take_all, range(6)) for pk in part]
    assert sorted(taken) == sorted(wanted)


@pytest.mark.parametrize("actor", [{}, {"kind": "user", "user_id": "nine"}])
def test_a_row_that_cannot_be_read_fails_at_once_and_says_so(cast, actor):
    broken = start(by=cast.actor("bounmy"))
    JobRun.objects.update(actor=actor, done=3)
    assert (run(broken).status, broken.attempt, broken.done) == ("failed", 1, 3)
    assert "fault of Safelane" in broken.error and broken.finished
    assert seen == [] and recover_interrupted() == []


def test_a_job_that_cannot_be_begun_stops_no_worker(monkeypatch):
    def unreachable(stored, unpack=runner.unpack):
        monkeypatch.setattr(runner, "unpack", unpack)
        raise OperationalError("the database went away")

    monkeypatch.setattr(runner, "unpack", unreachable)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # the test's own
    broken, good = start(), start()
    hands = worker.Worker(interval=0)
    hands._turn()
    hands._turn()
    good.refresh_from_db()
    assert good.status == "succeeded"
    broken.refresh_from_db()
    assert broken.status == "running"  # it is taken up again


def test_an_unknown_job_is_refused_at_once():
    with pytest.raises(UnknownJob):
        start_job("tests.nothing", {}, verb=VERB, by=system_actor())
    assert not JobRun.objects.exists()


def test_a_fault_is_told_to_the_person():
    failed = run(start(fail_at=2, fault="Row 2 has no name."))
    assert (failed.status, failed.error) == ("failed", "Row 2 has no name.")


def test_a_defect_is_told_without_its_details():
    failed = run(start(fail_at=2))
    assert failed.status == "failed"
    assert "secret detail" not in failed.error
    assert failed.uid.hex[:12] in failed.error


def test_a_retry_goes_on_after_the_last_checkpoint():
    failed = run(start(fail_at=3, fault="once"))
    again = run(retry_job(failed, by=system_actor()))
    assert (again.status, again.attempt) == ("succeeded", 2)
    assert seen == [(1, 1), (1, 2), (1, 3), (2, 4), (2, 5)]


def test_only_what_failed_can_be_retried():
    done = run(start())
    with pytest.raises(JobNotOpen):
        retry_job(done, by=system_actor())


def test_a_waiting_job_is_cancelled_at_once_and_never_runs():
    cancelled = cancel_job(start(), by=system_actor())
    assert cancelled.status == "cancelled"
    run(cancelled)
    assert seen == []


def test_a_running_job_stops_at_its_next_step():
    stopped = run(start(cancel_at=2))
    assert stopped.status == "cancelled"
    assert seen == [(1, 1), (1, 2)]


def test_cancelling_a_running_job_asks_its_worker():
    running = start()
    JobRun.objects.update(status="running", started=timezone.now())
    cancel_job(running, by=system_actor())
    assert state_of(JobRun.objects.get()).is_cancelling
    assert run_waiting_jobs() == 0
    heartbeats.forget_job(running.uid)


def test_an_ended_job_cannot_be_cancelled():
    with pytest.raises(JobNotOpen):
        cancel_job(run(start()), by=system_actor())


def test_a_job_whose_worker_was_killed_goes_on():
    job_run = start()
    JobRun.objects.update(status="running", started=timezone.now())
    JobRun.objects.update(checkpoint={"done": 3})
    leave_beat_of_dead_process(job_run)
    assert [j.pk for j in recover_interrupted()] == [job_run.pk]
    again = run(job_run)
    assert (again.status, again.attempt, again.kills) == ("succeeded", 2, 1)
    assert seen == [(2, 4), (2, 5)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_an_end_that_cannot_be_written_is_written_later(monkeypatch, fault):
    """Of a full disk, say: it is done, and neither runs for good nor again."""
    job_run, tries = start(), []

    def full(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "succeeded" in params:
            tries.append(heartbeats.is_alive(JobRun.objects.get(), age=99))
            if len(tries) < 3:
                raise fault("database or disk is full")
        return execute(sql, params, many, context)

    monkeypatch.setattr(runner, "PULSE_SECONDS", 0)
    with connection.execute_wrapper(full):
        done = run(job_run)
    assert (done.status, done.attempt, done.result["counted"]) == ("succeeded", 1, 5)
    assert tries == [True] * 3 and len(seen) == 5


def test_a_job_with_a_living_worker_is_left_alone():
    job_run = start()
    JobRun.objects.update(status="running", started=timezone.now())
    heartbeats.beat_job(job_run, done=1, total=5, message="")
    assert recover_interrupted() == []
    heartbeats.forget_job(job_run.uid)


def test_a_job_that_kills_its_worker_three_times_is_given_up():
    job_run = start()
    JobRun.objects.update(status="running", started=timezone.now(), kills=2)
    leave_beat_of_dead_process(job_run)
    recover_interrupted()
    job_run.refresh_from_db()
    assert job_run.status == "failed"
    assert "three times" in job_run.error


def test_a_worker_that_woke_up_too_late_cannot_save():
    from safelane.core.jobs.progress import Progress

    job_run = start()
    JobRun.objects.update(status="running", attempt=2)
    late = Progress(system_actor(), job_run)
    with pytest.raises(JobLost):
        late.checkpoint(done=9)
    assert JobRun.objects.get().checkpoint == {}


def test_the_progress_of_the_worker_wins_over_the_row():
    job_run = start()
    JobRun.objects.update(status="running", started=timezone.now())
    job_run.refresh_from_db()
    heartbeats.beat_job(job_run, done=4, total=8, message="half")
    state = state_of(job_run)
    assert (state.done, state.total, state.message, state.percent) == (4, 8, "half", 50)
    heartbeats.forget_job(job_run.uid)


def test_a_job_never_does_more_than_its_person_may_now(cast):
    from safelane.organisations.models import Membership

    start(by=cast.actor("bounmy"))
    Membership.objects.filter(user=cast.users["bounmy"]).delete()
    stored = JobRun.objects.get()
    from safelane.core.jobs.runner import unpack

    assert unpack(stored.actor).grants == ()


def test_a_job_never_does_more_than_at_its_start(cast):
    from safelane.core.jobs.runner import pack, unpack

    aysel = cast.actor("aysel")
    limited = Actor(kind="token", user_id=aysel.user_id, name="x", grants=())
    assert unpack(pack(limited)).grants == ()
    assert unpack(pack(aysel)).grants == aysel.grants


@pytest.mark.parametrize(
    ("then", "now"), [("cell", "exact"), ("exact", "cell"), ("district", "cell")]
)
def test_a_job_sees_no_more_exactly_than_at_its_start_and_now(cast, then, now):
    from safelane.organisations.models import Role

    roles = Role.objects.filter(code="team_leader")
    roles.update(precision={"area": then})
    waiting = start_job("tests.look", {}, verb=VERB, by=cast.actor("bounmy"))
    roles.update(precision={"area": now})
    coarser = max(Precision[level.upper()] for level in (then, now))
    assert run(waiting).result == {"precision": coarser}


def test_a_job_does_not_begin_once_its_verb_has_ended(cast):
    from safelane.organisations.models import Role

    waiting = start(by=cast.actor("bounmy"))
    Role.objects.filter(code="team_leader").update(verbs=["job.view"])
    assert run(waiting).status == "failed"
    assert "None of your roles" in waiting.error
    assert seen == []


def test_a_stranger_cannot_cancel_a_job(cast):
    job_run = start(by=cast.actor("bounmy"))
    with pytest.raises(NotFound):
        cancel_job(job_run, by=cast.actor("aysel"))
    assert cancel_job(job_run, by=cast.actor("petra")).status == "cancelled"


def leave_beat_of_dead_process(job_run):
    import json
    import socket
    import subprocess
    import sys

    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    facts = {"attempt": job_run.attempt, "pid": dead.pid, "host": socket.gethostname()}
    path = heartbeats.run_dir() / f"job-{job_run.uid}.json"
    path.write_text(json.dumps({**facts, "done": 1, "total": 5, "message": ""}))
