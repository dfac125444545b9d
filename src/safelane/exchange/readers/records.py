"""What every reader has in common: one job, records gathered into batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import shapely

from safelane.exchange.files.errors import UnknownCrs
from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.limits import Limits
from safelane.exchange.files.reprojection import is_wgs84, to_wgs84
from safelane.exchange.files.tables import Batch, Geometries, SourceInfo


class Record(NamedTuple):
    """One row before it joins a batch; ``geometry`` is whatever the reader has."""

    row: int
    values: dict[str, Any]
    geometry: Any = None
    faults: tuple[RowFault, ...] = ()
    progress: float = 0.0


@dataclass
class RawRows:
    """Rows with geometries still in the reference system of the source."""

    rows: list[int]
    columns: dict[str, list[Any]]
    geometry: Geometries | None = None
    faults: list[RowFault] = field(default_factory=list)
    progress: float = 0.0


class Reader(Protocol):
    """A file that can be described and then read in batches."""

    info: SourceInfo

    def batches(self, size: int, after: int) -> Iterator[RawRows]:
        """Yield the rows numbered above ``after``, ``size`` at a time."""
        ...


Build = Callable[[list[Any], list[int]], tuple[Geometries, list[RowFault]]]


def gather(
    records: Iterable[Record],
    size: int,
    after: int,
    names: list[str],
    build: Build | None = None,
) -> Iterator[RawRows]:
    """Group records into batches; ``build`` turns raw geometries into shapely ones."""
    held: list[Record] = []
    for record in records:
        if record.row <= after:
            continue
        held.append(record)
        if len(held) == size:
            yield _join(held, names, build)
            held = []
    if held:
        yield _join(held, names, build)


def _join(held: list[Record], names: list[str], build: Build | None) -> RawRows:
    seen = dict.fromkeys(names)
    for record in held:
        if record.values.keys() - seen.keys():
            seen |= dict.fromkeys(record.values)
    rows = [r.row for r in held]
    raw = RawRows(
        rows=rows,
        columns={n: [r.values.get(n) for r in held] for n in seen},
        faults=[f for r in held for f in r.faults],
        progress=held[-1].progress,
    )
    if build is not None:
        raw.geometry, faults = build([r.geometry for r in held], rows)
        raw.faults += faults
    return raw


def finish(raw: RawRows, info: SourceInfo, limits: Limits) -> Batch:
    """Return the batch in WGS 84, with faults for positions that cannot be right.

    Raises:
        UnknownCrs: The file holds geometries but nobody says in which system.
    """
    batch = Batch(raw.rows, raw.columns, faults=raw.faults, progress=raw.progress)
    if raw.geometry is None:
        return batch
    if not info.crs:
        raise UnknownCrs(layer=info.layer, found="-")
    sound = _without_faults(raw, limits, batch.faults)
    placed = to_wgs84(sound, info.crs)
    placed = _inside_world(placed, sound, raw.rows, batch.faults)
    wkb: Any = shapely.to_wkb(placed, output_dimension=2, byte_order=1)
    batch.geometry = wkb
    if not is_wgs84(info.crs):
        batch.originals = shapely.to_wkt(sound, rounding_precision=9).tolist()
    return batch


def _without_faults(raw: RawRows, limits: Limits, faults: list[RowFault]) -> Geometries:
    geometries = np.asarray(raw.geometry, dtype=object).copy()
    counts = shapely.get_num_coordinates(geometries)
    for i in map(int, np.flatnonzero(counts > limits.vertices)):
        values = {"count": int(counts[i]), "limit": limits.vertices}
        faults.append(RowFault(raw.rows[i], "geometry-large", values=values))
        geometries[i] = None
    for i in map(int, _not_finite(geometries)):
        faults.append(RowFault(raw.rows[i], "geometry-numbers"))
        geometries[i] = None
    return geometries


def _not_finite(geometries: Geometries) -> list[int]:
    points, index = shapely.get_coordinates(geometries, return_index=True)
    bad = ~np.isfinite(points).all(axis=1)
    return sorted({int(i) for i in index[bad]})


def _inside_world(
    placed: Geometries, original: Geometries, rows: list[int], faults: list[RowFault]
) -> Geometries:
    # All points, not the bounds: a hole may lie outside its shell.
    points, index = shapely.get_coordinates(placed, return_index=True)
    with np.errstate(invalid="ignore"):
        outside = ~(np.abs(points) <= [180, 90]).all(axis=1)
    for i in sorted({int(i) for i in index[outside]}):
        x, y = shapely.get_coordinates(original[i])[0]
        values = {"value": f"{x:.10g}, {y:.10g}"}
        faults.append(RowFault(rows[i], "geometry-range", values=values))
        placed[i] = None
    return placed


def from_wkb(values: Geometries, rows: list[int]) -> tuple[Geometries, list[RowFault]]:
    """Return shapely geometries; what GEOS cannot read becomes a fault."""
    geometries: Geometries = shapely.from_wkb(values, on_invalid="ignore")
    given = np.array([v is not None for v in values], dtype=bool)
    bad = np.flatnonzero(given & shapely.is_missing(geometries))
    reason = {"reason": "unsupported or damaged geometry"}
    return geometries, [
        RowFault(rows[i], "geometry-broken", values=reason) for i in bad
    ]
