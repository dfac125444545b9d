"""Open a file for import: described at once, read in batches, always in WGS 84."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from safelane.exchange.files.errors import ExchangeError
from safelane.exchange.files.limits import DEFAULT_LIMITS, Limits
from safelane.exchange.files.tables import Batch, SourceInfo
from safelane.exchange.process.reader import ReaderProcess
from safelane.exchange.process.wire import unpack_batch

BATCH_ROWS = 2000
SAMPLE_ROWS = 200


class Source:
    """A described file whose rows can be read any number of times.

    Use it as a context manager: it owns a temporary folder and, unless one was given,
    the reading process.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        layer: str,
        encoding: str,
        crs: str,
        limits: Limits,
        process: ReaderProcess | None,
        folder: Path | None,
    ) -> None:
        self.path, self.name, self._limits = path, name, limits
        self._owned = process is None
        self._process = process or ReaderProcess()
        self._workdir = Path(tempfile.mkdtemp(prefix="safelane-read-", dir=folder))
        self._request: dict[str, Any] = {
            "do": "open",
            "path": str(path.resolve()),
            "name": name,
            "layer": layer,
            "encoding": encoding,
            "crs": crs,
            "workdir": str(self._workdir),
            "limits": limits.as_wire(),
        }
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
        request = {"do": "read", "size": size, "after": after}
        finished = False
        try:
            for head, blob in self._ask(request):
                yield unpack_batch(head, blob)
            finished = True
        except ExchangeError:
            finished = True
            raise
        finally:
            if not finished:
                self._process.stop()

    def sample(self, rows: int = SAMPLE_ROWS) -> Batch:
        """Return the first rows: enough to guess a mapping or show a preview."""
        for batch in self.batches(rows):
            return batch
        return Batch([], {c.name: [] for c in self.info.columns})

    def close(self) -> None:
        """Stop the reading process if it is ours, and remove what was unpacked."""
        if self._owned:
            self._process.stop()
        shutil.rmtree(self._workdir, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> SourceInfo:
        for head, _ in self._ask(self._request, reopen=False):
            return SourceInfo.from_wire(head["info"])
        raise AssertionError("the reading process answered nothing")

    def _ask(
        self, request: dict[str, Any], reopen: bool = True
    ) -> Iterator[tuple[dict[str, Any], bytes]]:
        try:
            if reopen and not self._process.is_running:
                self._open()
            yield from self._process.ask(request, self._limits)
        except ExchangeError as error:
            error.file = error.file or self.name
            raise


def open_source(
    path: Path | str,
    *,
    name: str = "",
    layer: str = "",
    encoding: str = "",
    crs: str = "",
    limits: Limits = DEFAULT_LIMITS,
    process: ReaderProcess | None = None,
    folder: Path | None = None,
) -> Source:
    """Open a file of any importable format and describe it.

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
    path = Path(path)
    return Source(
        path,
        name=name or path.name,
        layer=layer,
        encoding=encoding,
        crs=crs,
        limits=limits,
        process=process,
        folder=folder,
    )
