"""The reading process: ``python -m safelane.exchange.readers.child``.

Parsers of strangers' files, GDAL above all, can hang, crash or eat memory. They run
here, in a process that holds no database, no secret and no person's rights, that may
use so much memory and no more, and that can be stopped at any time.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from dataclasses import replace
from typing import BinaryIO

from django.utils.module_loading import import_string

from safelane.exchange.files import errors, formats, reading
from safelane.exchange.files.wording import gettext_noop as _
from safelane.exchange.readers.records import Reader, finish
from safelane.exchange.readers.telling import telling_rows

_POLL_SECONDS = 0.2


def cap_memory(limit: int) -> None:
    """Make this process fail rather than use more than ``limit`` bytes.

    Linux refuses the allocation, which Python reports as MemoryError; elsewhere a
    watching thread ends the process.
    """
    if sys.platform == "linux":
        import resource

        soft = limit + _mapped_already()
        resource.setrlimit(resource.RLIMIT_DATA, (soft, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    elif not any(t.name == _WATCHER for t in threading.enumerate()):
        threading.Thread(
            target=_watch, args=(limit,), name=_WATCHER, daemon=True
        ).start()


_WATCHER = "memory-watcher"


def _mapped_already() -> int:
    """Return the bytes of data that libraries mapped before any file was read."""
    with open("/proc/self/statm", encoding="ascii") as numbers:
        return int(numbers.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _watch(limit: int) -> None:
    while peak_memory() < limit:
        time.sleep(_POLL_SECONDS)
    os._exit(reading.EXIT_OVER)


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes."""
    if sys.platform == "win32":
        return _peak_on_windows()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _peak_on_windows() -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS; the last of its sizes is the peak."""

        _fields_ = (
            ("cb", wintypes.DWORD),
            ("page_faults", wintypes.DWORD),
            ("sizes", ctypes.c_size_t * 8),
        )

    counters = Counters()
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    read, process = kernel.K32GetProcessMemoryInfo, kernel.GetCurrentProcess()
    read.argtypes = (wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD)
    read(process, ctypes.byref(counters), ctypes.sizeof(counters))
    return int(counters.sizes[7])


logger = logging.getLogger(__name__)


def main() -> None:
    """Answer requests from standard input until it closes."""
    replies = _private_output()
    reader: Reader | None = None
    job: reading.ReadJob | None = None
    while frame := reading.read_frame(sys.stdin.buffer):
        request = frame[0]
        try:
            if request["do"] == "open":
                job = reading.ReadJob.from_wire(request["job"])
                cap_memory(job.limits.memory_bytes)
                reader = open_reader(job)
                reading.write_frame(
                    replies, {"kind": "info", "info": vars(reader.info)}
                )
            elif reader is not None and job is not None and request["do"] == "tell":
                raws = reader.batches(request["size"], 0)
                placed = (finish(raw, reader.info, job.limits) for raw in raws)
                told = telling_rows(placed, request["first"], is_open=reader.is_open)
                reading.write_frame(replies, *reading.pack_batch(told))
            elif reader is not None and job is not None:
                for raw in reader.batches(request["size"], request["after"]):
                    batch = finish(raw, reader.info, job.limits)
                    reading.write_frame(replies, *reading.pack_batch(batch))
            reading.write_frame(replies, {"kind": "end"})
        except BaseException as error:  # the boundary: whatever a bad file causes
            reading.write_frame(
                replies, {"kind": "fault", "fault": _fault(error, job).as_wire()}
            )


def open_reader(job: reading.ReadJob) -> Reader:
    """Return the reader for the format of the job's file.

    Raises:
        ExchangeError: The file is missing, unsafe, damaged or of no known format.
    """
    found, path = formats.detect(job.path, job.workdir, job.limits, job.name)
    made = import_string(f"safelane.exchange.readers.{formats.FORMATS[found].reader}")
    reader: Reader = made(replace(job, path=path))
    info = reader.info
    info.format = found
    if len(info.layers) > 1:
        others = [name for name in info.layers if name != info.layer]
        said = {"count": len(others), "names": ", ".join(others)[:300]}
        info.notes.append(("other-layers", said))
    return reader


def _private_output() -> BinaryIO:
    """Keep the pipe for ourselves: libraries that print go to standard error."""
    private = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return private


def _fault(error: BaseException, job: reading.ReadJob | None) -> errors.ExchangeError:
    name = job.name if job else ""
    if isinstance(error, errors.ExchangeError):
        error.file = error.file or name
        return error
    if isinstance(error, MemoryError):
        limit = job.limits.memory_bytes // reading.MEGABYTE if job else 0
        return errors.ReadingNeedsTooMuchMemory(file=name, limit=limit)
    if isinstance(error, SystemExit | KeyboardInterrupt):
        raise error
    logger.warning("unexpected fault while reading", exc_info=error)
    return errors.BrokenFile(file=name, reason=_("its parts do not hold together"))


if __name__ == "__main__":
    main()
