import pytest

from safelane.core.jobs.models import JobRun
from safelane.core.jobs.worker import run_waiting_jobs
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
