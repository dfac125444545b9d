"""Open a file for import: described at once, read in batches, always in WGS 84.

It is read in a process of its own, which is started, asked and if need be stopped here.
"""

from __future__ import annotations

import logging
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

from safelane.exchange.files import errors, reading

logger = logging.getLogger(__name__)

Frame = tuple[dict[str, Any], bytes]
_KEPT = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "LANG")
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
    "PYTHONIOENCODING": "utf-8",
    # Formats that point elsewhere or run queries must not be reachable by content.
    "GDAL_SKIP": "OGR_VRT,VRT,WFS,OAPIF,HTTP,PGDUMP,GPSBabel,ADBC,GDALG,CSW,NGW,Carto",
}
_AHEAD = 2  # batches read while the last one is being worked on


class ReaderProcess:
    """A child process that reads files; used from one thread at a time.

    After a fault that stopped the child the next request starts a fresh one, so one
    process can serve many files.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._frames: queue.Queue[Frame | None] = queue.Queue(_AHEAD)
        self._complaints: BinaryIO | None = None

    def ask(self, request: dict[str, Any], limits: reading.Limits) -> Iterator[Frame]:
        """Send a request and yield the answer's frames until its end.

        Raises:
            ExchangeError: The fault that the child reports, or what stopped it.
        """
        self._send(request, limits)
        while (frame := self._next(limits))[0]["kind"] != "end":
            if frame[0]["kind"] == "fault":
                raise errors.ExchangeError.from_wire(frame[0]["fault"])
            yield frame

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the child at once; what it holds open is released."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        while self._frames.get() is not None:  # the thread may wait for room in it
            pass
        process.wait()
        for stream in (process.stdin, process.stdout, self._complaints):
            if stream:
                stream.close()

    def _send(self, request: dict[str, Any], limits: reading.Limits) -> None:
        if not self.is_running:
            self.stop()
            self._start()
        assert self._process is not None and self._process.stdin is not None
        try:
            reading.write_frame(self._process.stdin, request)
        except OSError as error:
            raise self._ending(limits) from error

    def _start(self) -> None:
        kept = {k: v for k, v in os.environ.items() if k.upper() in _KEPT}
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop()
        self._frames = queue.Queue(_AHEAD)
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-m", "safelane.exchange.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=kept | _ENVIRONMENT,
        )
        assert self._process.stdout is not None
        threading.Thread(
            target=_pump, args=(self._process.stdout, self._frames), daemon=True
        ).start()

    def _next(self, limits: reading.Limits) -> Frame:
        try:
            frame = self._frames.get(timeout=limits.seconds)
        except queue.Empty:
            self.stop()
            raise errors.ReadingTookTooLong(seconds=round(limits.seconds)) from None
        if frame is None:
            self._frames.put(None)
            raise self._ending(limits)
        return frame

    def _ending(self, limits: reading.Limits) -> errors.ExchangeError:
        """Say why the child is gone."""
        code = self._process.wait() if self._process else None
        said = b""
        if self._complaints is not None:
            size = self._complaints.seek(0, os.SEEK_END)
            self._complaints.seek(max(0, size - 4000))
            said = self._complaints.read()
        self.stop()
        if code == reading.EXIT_OVER or b"MemoryError" in said or b"bad_alloc" in said:
            limit = limits.memory_bytes // reading.MEGABYTE
            return errors.ReadingNeedsTooMuchMemory(limit=limit)
        logger.warning("the reader of a file ended with exit code %s", code)
        return errors.ReadingCrashed()


def _pump(stream: BinaryIO, frames: queue.Queue[Frame | None]) -> None:
    try:
        while frame := reading.read_frame(stream):
            frames.put(frame)
    except (reading.BrokenPipe, OSError, ValueError):
        pass
    frames.put(None)


BATCH_ROWS = 2000
SAMPLE_ROWS = 200


class Source(AbstractContextManager["Source"]):
    """A described file whose rows can be read any number of times.

    Use it as a context manager: it owns a temporary folder and, unless one was given,
    the reading process.

    Args:
        path: The file, or a ``.gdb`` folder.
        name: Name under which the person knows it, when it is stored otherwise.
        layer: Layer, feature class or sheet; the first when empty.
        encoding: Python codec, when the guess was wrong.
        crs: Reference system, when the file does not say it or says it wrongly.
        separator: Between cells: comma, semicolon, tab or bar; found when empty.
        limits: Bounds on size, memory and time.
        process: A reading process to share among files.
        folder: Where to unpack what must not lie in a common place.

    Raises:
        ExchangeError: A subclass that says what is wrong and what to do.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        name: str = "",
        layer: str = "",
        encoding: str = "",
        crs: str = "",
        separator: str = "",
        limits: reading.Limits = reading.DEFAULT_LIMITS,
        process: ReaderProcess | None = None,
        folder: Path | None = None,
    ) -> None:
        path, name = Path(path).resolve(), name or Path(path).name
        self._owned, self._process = process is None, process or ReaderProcess()
        workdir = Path(tempfile.mkdtemp(prefix="safelane-read-", dir=folder))
        chosen = layer, encoding, crs, separator
        self._job = reading.ReadJob(path, name, workdir, limits, *chosen)
        try:
            self.info = self._open()
        except BaseException:
            self.close()
            raise

    def batches(
        self, size: int = BATCH_ROWS, *, after: int = 0
    ) -> Iterator[reading.Batch]:
        """Yield the rows numbered above ``after``, at most ``size`` at a time.

        Stopping early is fine; the reading process is then stopped too.

        Raises:
            ExchangeError: The file turns out to be damaged further down, or its
                reference system is not known.
        """
        try:
            if not self._process.is_running:
                self._open()
            for frame in self._ask({"do": "read", "size": size, "after": after}):
                yield reading.unpack_batch(*frame)
        except errors.ExchangeError:
            raise
        except BaseException:  # what was asked for is still coming
            self._process.stop()
            raise

    def sample(self, rows: int = SAMPLE_ROWS) -> reading.Batch:
        """Return the first rows."""
        nothing = reading.Batch([], {c.name: [] for c in self.info.columns})
        return next(self.batches(rows), nothing)

    def telling(self, rows: int = SAMPLE_ROWS) -> reading.Batch:
        """Return the first rows, and later ones that show what each column holds.

        Columns that come up late are added to ``info``. Of a file that takes long to
        read the end is not looked at: ``progress`` is below 1 then.

        Raises:
            ExchangeError: The file turns out to be damaged further down, or its
                reference system is not known.
        """
        asked = {"do": "tell", "size": BATCH_ROWS, "first": rows}
        (frame,) = self._ask(asked)
        told = reading.unpack_batch(*frame)
        known = {column.name for column in self.info.columns}
        late = [name for name in told.columns if name not in known]
        self.info.columns += [reading.Column(name) for name in late]
        return told

    def close(self) -> None:
        """Stop the reading process if it is ours, and remove what was unpacked."""
        if self._owned:
            self._process.stop()
        shutil.rmtree(self._job.workdir, ignore_errors=True)

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def _open(self) -> reading.SourceInfo:
        ((head, _blob),) = self._ask({"do": "open", "job": self._job.as_wire()})
        return reading.SourceInfo.from_wire(head["info"])

    def _ask(self, request: dict[str, Any]) -> Iterator[Frame]:
        try:
            yield from self._process.ask(request, self._job.limits)
        except errors.ExchangeError as error:
            error.file = error.file or self._job.name
            raise
