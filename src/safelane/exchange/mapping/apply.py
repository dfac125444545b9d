"""Apply a mapping to a batch: values by field, positions, rest, faults by row.

Positions stand in columns as degrees, UTM, MGRS or WKT, or come with the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.geo.measure import Bounds, distance_m
from safelane.exchange.files.errors import WARNING, RowFault
from safelane.exchange.files.reading import Batch, Geometries
from safelane.exchange.files.reprojection import WGS84, is_wgs84, placed_in_world
from safelane.exchange.mapping.angles import is_given, typed_at_once
from safelane.exchange.mapping.convert import convert_column
from safelane.exchange.mapping.model import (
    ANGLE,
    ROLES,
    FieldMapping,
    GeometryMapping,
    Mapping,
    Target,
    TargetField,
)
from safelane.exchange.mapping.numbers import with_units
from safelane.exchange.mapping.own_export import coarse_rows, keys_of, own_columns
from safelane.exchange.mapping.points import read_point, refuse_other_heading
from safelane.exchange.mapping.position_names import zone_in
from safelane.exchange.mapping.shape_texts import TRACE, from_trace, shapes_of
from safelane.exchange.mapping.systems import named_system

_SRID = re.compile(r"\s*SRID\s*=\s*(\d{4,6})\s*;", re.I)
# Two readings of one position; datums differ by hundreds of metres.
_SAME_M = 1_000
_OUTLINES = ("source", "wkt")
_PLACELESS = ("geometry", "coord", "place")  # faults that say why a row has none
_NEAR_DEGREES = 0.003


@dataclass
class Places:
    """Positions of a batch: WKB in WGS 84; beside it, row by row, text and system."""

    geometry: Geometries
    texts: list[str]
    crs: list[str]
    method: str
    faults: list[RowFault] = field(default_factory=list)


def read_places(
    mapping: GeometryMapping, batch: Batch, crs: str = "", bounds: Bounds | None = None
) -> Places:
    """Return the positions of a batch as the mapping says.

    Typed positions are read as :func:`~safelane.core.geo.entry.coordinates.parse_point`
    reads them.

    Args:
        crs: Reference system of the source's own geometries, for the record.
        bounds: Box of the country, to tell the meaning of a zone letter S.
    """
    found = _first_place(mapping, batch, crs, bounds)
    for again in mapping.again:
        other = read_places(GeometryMapping(**again), batch, bounds=bounds)
        found.faults += _left_out(found, other, batch.rows)
        if mapping.kind not in _OUTLINES:  # a corner may lie far from the middle
            found.faults += _contradictions(found, other, batch.rows)
    return found


def _first_place(
    mapping: GeometryMapping, batch: Batch, crs: str, bounds: Bounds | None
) -> Places:
    nothing = np.full(len(batch), None, dtype=object)
    if mapping.kind == "none":
        return Places(nothing, [""] * len(batch), [""] * len(batch), "")
    if mapping.kind == "source":
        geometry = nothing if batch.geometry is None else batch.geometry
        originals = batch.originals or [None] * len(batch)
        texts = [text or "" for text in originals]
        return Places(geometry, texts, [crs] * len(batch), "file")
    if mapping.kind == "wkt":
        return _wkt(mapping, batch)
    return _points(mapping, batch, bounds)


def _left_out(places: Places, others: Places, rows: list[int]) -> list[RowFault]:
    """Return a fault for each row whose position stands only where none is read."""
    told = {fault.row for fault in places.faults}
    return [
        RowFault(row, "place-elsewhere", values={"value": text[:80]})
        for row, wkb, other, text in zip(
            rows, places.geometry, others.geometry, others.texts, strict=True
        )
        if wkb is None and other is not None and row not in told
    ]


def _contradictions(
    places: Places, others: Places, rows: list[int]
) -> Iterator[RowFault]:
    """Yield a fault for each row that says two positions far from each other."""
    both = [shapely.centroid(shapely.from_wkb(p.geometry)) for p in (places, others)]
    for i in np.flatnonzero(shapely.distance(*both) > _NEAR_DEGREES):
        metres = distance_m(both[0][i], both[1][i])
        if metres > _SAME_M:
            said: dict[str, Any] = {"value": places.texts[i][:80]}
            said |= {"other": others.texts[i][:80], "metres": round(metres)}
            yield RowFault(rows[i], "two-places", values=said)


def _cells_of(mapping: GeometryMapping, batch: Batch, role: str) -> list[Any]:
    cells = batch.columns.get(mapping.columns.get(role, ""), [None] * len(batch))
    if role == "zone":
        return [zone if is_given(zone) else mapping.zone for zone in cells]
    has = {*mapping.columns}
    if f"{role}_seconds" in has:  # which mean nothing without minutes
        has.add(f"{role}_minutes")
    parts = [part for part in ANGLE.get(role, ()) if part in has]
    if not parts:
        return cells
    beside = (_cells_of(mapping, batch, part) for part in parts)
    sided = parts[-1].endswith("side")
    return [typed_at_once(row, sided) for row in zip(cells, *beside, strict=True)]


def _systems(mapping: GeometryMapping, batch: Batch) -> list[str | None]:
    """Return the system of each row, its own or that of all; None: nobody knows it."""
    usual, cells = mapping.crs or WGS84, _cells_of(mapping, batch, "system")
    named = [named_system(str(c)) if is_given(c) else "" for c in cells]
    return [None if system is None else system or usual for system in named]


def _system_fault(
    mapping: GeometryMapping, batch: Batch, i: int, srid: str = ""
) -> RowFault:
    column = mapping.columns["wkt" if srid else "system"]
    said = {"value": srid or str(batch.columns[column][i])[:80]}
    return RowFault(batch.rows[i], "system", column, values=said)


def _points(mapping: GeometryMapping, batch: Batch, bounds: Bounds | None) -> Places:
    """Read each row, then place the rows of one reference system at once."""
    # The columns of a position in the order in which people write them.
    order = {"lonlat": ("lat", "lon"), "utm": ("zone", "easting", "northing")}
    kind, rows = mapping.kind, batch.rows
    roles = order.get(kind, ROLES[kind])
    cells = list(zip(*(_cells_of(mapping, batch, role) for role in roles), strict=True))
    texts = [" ".join(str(c).strip() for c in row if is_given(c)) for row in cells]
    nothing = np.full(len(batch), None, dtype=object)
    usual = mapping.crs or ("UTM" if kind == "utm" else WGS84)
    result = Places(nothing, texts, [usual] * len(batch), kind)
    systems, heading = _systems(mapping, batch), mapping.columns.get("easting", "")
    if zone_in(heading) != mapping.zone:  # a person has said otherwise
        heading = ""
    found: dict[str, list[tuple[int, float, float]]] = {}
    for i, row in enumerate(cells):
        if not any(map(is_given, row[-2:])):  # a zone alone says nothing
            continue
        if (said := systems[i]) is None:
            result.faults.append(_system_fault(mapping, batch, i))
            continue
        try:
            if kind == "utm":
                refuse_other_heading(row[0], heading)
            crs, result.crs[i], x, y = read_point(kind, row, bounds, said)
            found.setdefault(crs, []).append((i, x, y))
            if kind in ("lonlat", "point") and x == int(x) and y == int(y):
                why = {"value": texts[i][:80]}
                result.faults += [RowFault(rows[i], "whole-degrees", "", WARNING, why)]
        except InvalidCoordinates as error:
            why = {"said": error.message, "kind": kind}
            result.faults.append(RowFault(rows[i], "coordinates", values=why))
        except (ValueError, TypeError):
            result.faults.append(_coordinate_fault(rows[i], texts[i], kind))
    for crs, points in found.items():
        chosen = [i for i, _x, _y in points]
        shapes = shapely.points(np.array([xy for _i, *xy in points]))
        _place(result, batch, chosen, shapes, crs)
    return result


def _place(
    result: Places, batch: Batch, chosen: list[int], shapes: Any, crs: str
) -> None:
    rows = [batch.rows[i] for i in chosen]
    texts = [result.texts[i][:80] for i in chosen]
    result.geometry[chosen], faults = placed_in_world(
        shapes, crs, rows, texts.__getitem__
    )
    result.faults += faults


def _coordinate_fault(row: int, text: str, kind: str) -> RowFault:
    return RowFault(row, "coordinate", values={"value": text[:80], "kind": kind})


def _wkt(mapping: GeometryMapping, batch: Batch) -> Places:
    """Read WKT, GeoJSON and hexadecimal WKB.

    An SRID before WKT or within WKB, as PostGIS writes them, names the row's system.
    """
    texts = [str(c) if is_given(c) else "" for c in _cells_of(mapping, batch, "wkt")]
    split = [_SRID.match(text) for text in texts]
    cut = [t[m.end() :] if m else t for t, m in zip(texts, split, strict=True)]
    bare = [from_trace(text) if TRACE.fullmatch(text) else text for text in cut]
    given = np.array([text or None for text in bare], dtype=object)
    usual = mapping.crs or WGS84
    named = zip(split, _systems(mapping, batch), strict=True)
    said = [f"EPSG:{m[1]}" if m else system for m, system in named]
    systems = np.array(said, dtype=object)
    with np.errstate(all="ignore"):
        shapes = shapes_of(given)
    srids = shapely.get_srid(shapes)
    for i in np.flatnonzero(srids > 0):
        systems[i] = f"EPSG:{srids[i]}"
    known = {s for s in {*systems} if s and (s == usual or named_system(s))}
    strange = [i for i, s in enumerate(systems) if s not in known and given[i]]
    given[strange] = shapes[strange] = None
    nothing = np.full(len(batch), None, dtype=object)
    result = Places(nothing, texts, [usual] * len(batch), "wkt")
    result.faults += [
        _system_fault(mapping, batch, i, systems[i] or "") for i in strange
    ]
    for i in np.flatnonzero((given != None) & shapely.is_missing(shapes)):  # noqa: E711
        result.faults.append(_coordinate_fault(batch.rows[i], texts[i], "wkt"))
    chosen = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    for crs in sorted(set(systems[chosen])):
        here = np.flatnonzero(chosen & (systems == crs)).tolist()
        _place(result, batch, here, shapes[here], crs)
        for row in here:
            result.crs[row] = WGS84 if is_wgs84(crs) else crs
    return result


@dataclass
class MappedBatch:
    """Rows as the domain knows them, column by column.

    Attributes:
        values: Values by field name; None where the row says nothing.
        places: Positions with what was typed.
        rest: Per row, the columns that no field takes.
        keys: Of the records that the rows of an own export are, by row.
        faults: Everything wrong with single rows so far.
    """

    rows: list[int]
    values: dict[str, list[Any]]
    places: Places
    rest: list[dict[str, Any]]
    faults: list[RowFault] = field(default_factory=list)
    progress: float = 0.0
    keys: dict[int, UUID] = field(default_factory=dict)

    @property
    def nowhere(self) -> frozenset[int]:
        """Return the rows without a geometry."""
        placed = zip(self.rows, self.places.geometry, strict=True)
        return frozenset(row for row, wkb in placed if wkb is None)


def apply_mapping(
    mapping: Mapping, target: Target, batch: Batch, crs: str = ""
) -> MappedBatch:
    """Return the batch as values of the target's fields."""
    faults = list(batch.faults)
    values: dict[str, list[Any]] = {}
    for wanted in target.fields:
        mapped = mapping.fields.get(wanted.name)
        if mapped and (mapped.column or mapped.constant):
            cells = _cells(mapped, wanted, batch)
            if wanted.kind == "text":
                cells = _as_shown(mapped.column, cells, batch)
            read, found = convert_column(cells, batch.rows, wanted, mapped)
            values[wanted.name] = read
            faults += found
    places = read_places(mapping.geometry, batch, crs, target.bounds)
    faults += places.faults
    if target.geometry == "required":
        told = {f.row for f in faults if f.code.startswith(_PLACELESS)}
        faults += [
            RowFault(row, "geometry-missing")
            for row, wkb in zip(batch.rows, places.geometry, strict=True)
            if wkb is None and row not in told
        ]
    faults += coarse_rows(target, batch)
    rest = _rest(mapping, target, batch)
    keys = keys_of(target, batch)
    return MappedBatch(batch.rows, values, places, rest, faults, batch.progress, keys)


def _cells(mapped: FieldMapping, wanted: TargetField, batch: Batch) -> list[Any]:
    """Return what stands in a column, with the units; one value for all has its own."""
    if not mapped.column:
        return [mapped.constant] * len(batch)
    cells = batch.columns.get(mapped.column, [None] * len(batch))
    if wanted.unit and mapped.unit_column:
        units = batch.columns.get(mapped.unit_column, [None] * len(batch))
        cells = with_units(cells, units, mapped.decimal_comma)
    return [(mapped.constant or c) if c in (None, "") else c for c in cells]


def _as_shown(column: str, cells: list[Any], batch: Batch) -> list[Any]:
    """Return texts as people see them in a workbook: 77.10 is not 77.1 there."""
    shown = {row: text for row, name, text in batch.shown if name == column}
    return [shown.get(r, c) for r, c in zip(batch.rows, cells, strict=True)]


def _rest(mapping: Mapping, target: Target, batch: Batch) -> list[dict[str, Any]]:
    used = {m.column for m in mapping.fields.values()}
    used |= {*mapping.unit_columns.values()}
    placed = mapping.geometry.columns  # which does not keep what a row calls its system
    used |= {*(c for role, c in placed.items() if role != "system"), *mapping.withheld}
    used |= own_columns(target, batch)  # which say what follows from the records
    names = [n for n in batch.columns if n not in used and mapping.keep_rest]
    if not names:
        return [{} for _ in batch.rows]
    columns = [batch.columns[n] for n in names]
    return [
        {n: v for n, v in zip(names, cells, strict=True) if v not in (None, "")}
        for cells in zip(*columns, strict=True)
    ]


def unknown_words(mapped: FieldMapping, field: TargetField, batch: Batch) -> list[str]:
    """Return the words of a choice field's column that mean nothing yet."""
    if not mapped.column:
        return []
    _, faults = convert_column(_cells(mapped, field, batch), batch.rows, field, mapped)
    words = (str(fault.values["value"]) for fault in faults if "value" in fault.values)
    return list(dict.fromkeys(words))
