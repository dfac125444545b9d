"""Say what the importer made of a file, and refuse anything but a clear answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from safelane.exchange.files.errors import ExchangeError
from safelane.exchange.files.reading import Batch, Limits, SourceInfo
from safelane.exchange.files.source import ReaderProcess, Source
from safelane.exchange.mapping.apply import apply_mapping
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import Target, TargetField

# Tight, so that a hang is found soon; the production limits are wider.
LIMITS = Limits(seconds=20.0, memory_bytes=512 << 20)
TARGET = Target(
    "area",
    "Area",
    (
        TargetField("reference", "Reference", required=True, max_length=80),
        TargetField("area_m2", "Area", "number"),
        TargetField("people", "People", "integer"),
        TargetField("date", "Date", "date"),
    ),
)


@dataclass
class Verdict:
    """What came of one file: rows with faults, or one fault for the whole."""

    code: str = ""
    message: str = ""
    rows: dict[int, dict[str, object]] = field(default_factory=dict)
    faulty: set[int] = field(default_factory=set)
    seconds: float = 0.0


def judge(path: Path, process: ReaderProcess) -> Verdict:
    """Read a file to the end and check every promise about it.

    Raises:
        AssertionError: A promise is broken: a row without all its columns, a
            position that is not a finite place on earth, or a fault without words.
        Exception: Anything but an ExchangeError is a defect of the importer.
    """
    verdict = Verdict()
    start = time.monotonic()
    try:
        with Source(path, process=process, limits=LIMITS) as source:
            mapping = None
            for batch in source.batches(500):
                if mapping is None:
                    mapping = guess_mapping(source.info, batch, TARGET)
                _check(batch, source.info, verdict)
                mapped = apply_mapping(mapping, TARGET, batch)
                verdict.faulty |= {f.row for f in [*batch.faults, *mapped.faults]}
                assert all(str(f.message) for f in mapped.faults)
    except ExchangeError as error:
        verdict.code, verdict.message = error.code, error.message
        assert error.message and error.file, "a fault must name its file"
    verdict.seconds = time.monotonic() - start
    return verdict


def _check(batch: Batch, info: SourceInfo, verdict: Verdict) -> None:
    names = {c.name for c in info.columns}
    assert names <= set(batch.columns), "a row must have all columns"
    assert all(len(v) == len(batch) for v in batch.columns.values())
    assert batch.rows == sorted(set(batch.rows))
    assert all(f.row in set(batch.rows) for f in batch.faults)
    if batch.geometry is not None:
        assert len(batch.geometry) == len(batch)
        points = shapely.get_coordinates(shapely.from_wkb(batch.geometry))
        assert np.isfinite(points).all()
        assert (np.abs(points) <= [180, 90]).all()
    verdict.rows |= dict(zip(batch.rows, records_of(batch), strict=True))


def records_of(batch: Batch) -> Iterator[dict[str, Any]]:
    """Yield each row as a dictionary, in order."""
    for i in range(len(batch)):
        yield {name: values[i] for name, values in batch.columns.items()}
