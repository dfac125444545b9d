"""Run a command on a disk that is full as soon as keys of identities are written."""

import errno
import os

from safelane.cli.workspace import set_up

set_up(workspace=False)

from safelane.core.backup import dump  # noqa: E402


def full(_file):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


dump.write_keys = full

from safelane.cli.main import app  # noqa: E402

app()
