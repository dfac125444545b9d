"""Run a command on a disk that takes no file over a number of bytes."""

import resource
import signal
import sys

limit = int(sys.argv.pop(1))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

from safelane.cli.main import app  # noqa: E402

app()
