"""Run a job that registers organisations, five in each transaction.

``slow`` starts it and says each step; ``resume`` runs what waits or was interrupted.
"""

import sys
import time

from safelane.cli.workspace import operator, set_up

set_up()

from django.db import transaction  # noqa: E402

from safelane.core.jobs.actions import start_job  # noqa: E402
from safelane.core.jobs.runner import job  # noqa: E402
from safelane.core.jobs.worker import (  # noqa: E402
    recover_interrupted,
    run_waiting_jobs,
)
from safelane.organisations.actions import create_organisation  # noqa: E402

SLOW = sys.argv[1] == "slow"


@job("tests.organisations", title="Organisations")
def organisations(progress, count):
    progress.start(count, done=progress.resumed.get("done", 0))
    while progress.done < count:
        with transaction.atomic():
            for _ in range(5):
                name = f"O{progress.done}"
                create_organisation(name, name, "ngo", country=None, by=progress.actor)
                progress.advance()
            progress.checkpoint(done=progress.done)
        if SLOW:
            print("step", flush=True)
            time.sleep(0.05)
    return {"done": progress.done}


if SLOW:
    start_job("tests.organisations", {"count": 100}, verb="job.run", by=operator())
recover_interrupted()
run_waiting_jobs()
