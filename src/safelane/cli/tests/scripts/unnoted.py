"""Make a workspace and be killed when one migration is about to be noted as done."""

import os
import signal
import sys

from django.db.migrations.recorder import MigrationRecorder

wanted = tuple(sys.argv[1:])
note = MigrationRecorder.record_applied


def killed(recorder, app, name):
    if (app, name) == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
    note(recorder, app, name)


MigrationRecorder.record_applied = killed
sys.argv[1:] = ["init"]

from safelane.cli.main import app  # noqa: E402

app()
