from contextlib import nullcontext

import pytest

from safelane.core.jobs import heartbeats, runner
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.risk import actions
from safelane.risk.models import SurveyPrior


@pytest.mark.django_db(transaction=True)
def test_changed_weights_run_as_a_job_of_the_person(prior, clients):
    data = {f"weight_{layer}": 10 for layer in prior.weights} | {"reason": "Even"}
    answer = clients["vanh"].post(f"/priorities/{prior.uid}/weights/", data)
    job = JobRun.objects.get()
    assert answer.status_code == 302 and str(job.uid) in answer["Location"]
    run_waiting_jobs()
    job.refresh_from_db()
    assert job.status == "succeeded", job.error
    new = SurveyPrior.objects.exclude(pk=prior.pk).get()
    assert new.created_by_name == "Vanh Keola" and new.reason == "Even"
    assert str(new.uid) in job.result["links"][0]["url"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", ["killed", "cancelled"])
def test_a_ranking_is_made_once_or_not_at_all(prior, clients, monkeypatch, ends):
    """Whoever is killed after saving it goes on; who is stopped before saves none."""
    data = {f"weight_{layer}": 10 for layer in prior.weights} | {"reason": "Even"}
    clients["vanh"].post(f"/priorities/{prior.uid}/weights/", data)
    job, made = JobRun.objects.get(), SurveyPrior.objects.exclude(pk=prior.pk)

    def saved(*given, real=actions._note):
        new = real(*given)
        heartbeats.request_cancel(job.uid)
        runner._beat(job, progress[0])
        return new

    progress = []
    monkeypatch.setattr(
        runner, "_pulse", lambda _job, it: nullcontext(progress.append(it))
    )
    with monkeypatch.context() as patched:
        if ends == "cancelled":
            patched.setattr(actions, "_note", saved)
        else:
            patched.setattr(runner, "_finish", lambda *given, **more: None)
        run_waiting_jobs()
    job.refresh_from_db()
    if ends == "cancelled":
        assert (job.status, made.count()) == ("cancelled", 0)
        return
    assert (job.status, made.count()) == ("running", 1)
    runner.requeue(job, killed=True)
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, made.count()) == ("succeeded", 1)
    assert str(made.get().uid) in job.result["links"][0]["url"]
