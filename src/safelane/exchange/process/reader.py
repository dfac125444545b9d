"""Start, question and if need be stop the reading process."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

from safelane.exchange.files.errors import (
    ExchangeError,
    ReadingCrashed,
    ReadingNeedsTooMuchMemory,
    ReadingTookTooLong,
)
from safelane.exchange.files.limits import MEGABYTE, Limits
from safelane.exchange.process.memory import EXIT_OVER
from safelane.exchange.process.wire import BrokenPipe, read_frame, write_frame

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

    def ask(self, request: dict[str, Any], limits: Limits) -> Iterator[Frame]:
        """Send a request and yield the answer's frames until its end.

        Raises:
            ExchangeError: The fault that the child reports, or what stopped it.
        """
        self._send(request, limits)
        while (frame := self._next(limits))[0]["kind"] != "end":
            if frame[0]["kind"] == "fault":
                raise ExchangeError.from_wire(frame[0]["fault"])
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

    def _send(self, request: dict[str, Any], limits: Limits) -> None:
        if not self.is_running:
            self.stop()
            self._start()
        assert self._process is not None and self._process.stdin is not None
        try:
            write_frame(self._process.stdin, request)
        except OSError as error:
            raise self._ending(limits) from error

    def _start(self) -> None:
        kept = {k: v for k, v in os.environ.items() if k.upper() in _KEPT}
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop()
        self._frames = queue.Queue(_AHEAD)
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-m", "safelane.exchange.process.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=kept | _ENVIRONMENT,
        )
        assert self._process.stdout is not None
        threading.Thread(
            target=_pump, args=(self._process.stdout, self._frames), daemon=True
        ).start()

    def _next(self, limits: Limits) -> Frame:
        try:
            frame = self._frames.get(timeout=limits.seconds)
        except queue.Empty:
            self.stop()
            raise ReadingTookTooLong(seconds=round(limits.seconds)) from None
        if frame is None:
            self._frames.put(None)
            raise self._ending(limits)
        return frame

    def _ending(self, limits: Limits) -> ExchangeError:
        """Say why the child is gone."""
        code = self._process.wait() if self._process else None
        said = self._last_words()
        self.stop()
        if code == EXIT_OVER or "MemoryError" in said or "bad_alloc" in said:
            return ReadingNeedsTooMuchMemory(limit=limits.memory_bytes // MEGABYTE)
        return ReadingCrashed(reason=f"exit {code}")

    def _last_words(self) -> str:
        if self._complaints is None:
            return ""
        size = self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, size - 4000))
        return self._complaints.read().decode("utf-8", "replace")


def _pump(stream: BinaryIO, frames: queue.Queue[Frame | None]) -> None:
    try:
        while frame := read_frame(stream):
            frames.put(frame)
    except (BrokenPipe, OSError, ValueError):
        pass
    frames.put(None)
