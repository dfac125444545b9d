"""Open a file for import: described at once, read in batches, always in WGS 84."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from safelane.exchange.files.errors import ExchangeError
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.limits import DEFAULT_LIMITS, Limits
from safelane.exchange.files.tables import Batch, SourceInfo
from safelane.exchange.process.reader import Frame, ReaderProcess
from safelane.exchange.process.wire import unpack_batch

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
        limits: Limits = DEFAULT_LIMITS,
        process: ReaderProcess | None = None,
        folder: Path | None = None,
    ) -> None:
        path, name = Path(path).resolve(), name or Path(path).name
        self._owned, self._process = process is None, process or ReaderProcess()
        workdir = Path(tempfile.mkdtemp(prefix="safelane-read-", dir=folder))
        self._job = ReadJob(path, name, workdir, limits, layer, encoding, crs)
        try:
            self.info = self._open()
        except BaseException:
            self.close()
            raise

    def batches(self, size: int = BATCH_ROWS, *, after: int = 0) -> Iterator[Batch]:
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
                yield unpack_batch(*frame)
        except ExchangeError:
            raise
        except BaseException:  # what was asked for is still coming
            self._process.stop()
            raise

    def sample(self, rows: int = SAMPLE_ROWS) -> Batch:
        """Return the first rows: enough to guess a mapping or show a preview."""
        for batch in self.batches(rows):
            return batch
        return Batch([], {c.name: [] for c in self.info.columns})

    def close(self) -> None:
        """Stop the reading process if it is ours, and remove what was unpacked."""
        if self._owned:
            self._process.stop()
        shutil.rmtree(self._job.workdir, ignore_errors=True)

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def _open(self) -> SourceInfo:
        ((head, _blob),) = self._ask({"do": "open", "job": self._job.as_wire()})
        return SourceInfo.from_wire(head["info"])

    def _ask(self, request: dict[str, Any]) -> Iterator[Frame]:
        try:
            yield from self._process.ask(request, self._job.limits)
        except ExchangeError as error:
            error.file = error.file or self._job.name
            raise
