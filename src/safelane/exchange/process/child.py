"""The reading process: ``python -m safelane.exchange.process.child``.

Parsers of strangers' files, GDAL above all, can hang, crash or eat memory. They run
here, in a process that holds no database, no secret and no person's rights, and that
can be stopped at any time.
"""

from __future__ import annotations

import logging
import os
import sys
import zipfile
from typing import BinaryIO

from safelane.exchange.files.errors import (
    BrokenFile,
    ExchangeError,
    ReadingNeedsTooMuchMemory,
)
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.limits import MEGABYTE
from safelane.exchange.process.memory import cap_memory
from safelane.exchange.process.wire import pack_batch, read_frame, write_frame
from safelane.exchange.readers import open_reader
from safelane.exchange.readers.records import Reader, finish

logger = logging.getLogger(__name__)


def main() -> None:
    """Answer requests from standard input until it closes."""
    replies = _private_output()
    reader: Reader | None = None
    job: ReadJob | None = None
    while frame := read_frame(sys.stdin.buffer):
        request = frame[0]
        try:
            if request["do"] == "open":
                job = ReadJob.from_wire(request["job"])
                cap_memory(job.limits.memory_bytes)
                reader = open_reader(job)
                write_frame(replies, {"kind": "info", "info": reader.info.as_wire()})
            elif reader is not None and job is not None:
                for raw in reader.batches(request["size"], request["after"]):
                    batch = finish(raw, reader.info, job.limits)
                    write_frame(replies, *pack_batch(batch))
            write_frame(replies, {"kind": "end"})
        except BaseException as error:  # the boundary: whatever a bad file causes
            write_frame(
                replies, {"kind": "fault", "fault": _fault(error, job).as_wire()}
            )


def _private_output() -> BinaryIO:
    """Keep the pipe for ourselves: libraries that print go to standard error."""
    private = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return private


def _fault(error: BaseException, job: ReadJob | None) -> ExchangeError:
    name = job.name if job else ""
    if isinstance(error, ExchangeError):
        error.file = error.file or name
        return error
    if isinstance(error, MemoryError):
        limit = job.limits.memory_bytes // MEGABYTE if job else 0
        return ReadingNeedsTooMuchMemory(file=name, limit=limit)
    if isinstance(error, SystemExit | KeyboardInterrupt):
        raise error
    if not isinstance(error, zipfile.BadZipFile | ValueError | EOFError):
        logger.warning("unexpected fault while reading", exc_info=error)
    return BrokenFile(file=name, reason=f"{type(error).__name__}: {error}"[:200])


if __name__ == "__main__":
    main()
