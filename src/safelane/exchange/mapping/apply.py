"""Apply a mapping to a batch: values by field, positions, rest, faults by row.

Positions stand in columns as degrees, UTM, MGRS or WKT, or come with the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import mgrs
import numpy as np
import shapely

from safelane.exchange.files.errors import RowFault
from safelane.exchange.files.reprojection import WGS84, is_wgs84, placed_in_world
from safelane.exchange.files.tables import Batch, Geometries
from safelane.exchange.mapping.convert import convert_column, parse_number
from safelane.exchange.mapping.model import (
    ROLES,
    FieldMapping,
    GeometryMapping,
    Mapping,
    Target,
    TargetField,
)

_ZONE = re.compile(r"\s*(?:UTM)?\s*(?:zone)?\s*(\d{1,2})\s*([A-Za-z])?", re.I)
_DEGREES = re.compile(
    r"""\s*(?P<lead>[NSEWnsew])?\s*(?P<sign>[-+])?
    (?P<d>\d{1,3}(?:[.,]\d+)?)\s*[°ºd:\s]?\s*
    (?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*['′’:\s]?\s*)?
    (?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|”|'')?\s*)?
    (?P<tail>[NSEWnsew])?\s*$""",
    re.VERBOSE,
)
_mgrs = mgrs.MGRS()


@dataclass
class Places:
    """Positions of a batch: WKB in WGS 84, and what was typed, beside it."""

    geometry: Geometries
    texts: list[str]
    crs: str
    method: str
    faults: list[RowFault] = field(default_factory=list)


def read_places(mapping: GeometryMapping, batch: Batch, crs: str = "") -> Places:
    """Return the positions of a batch as the mapping says.

    Args:
        crs: Reference system of the source's own geometries, for the record.
    """
    nothing = np.full(len(batch), None, dtype=object)
    if mapping.kind == "none":
        return Places(nothing, [""] * len(batch), "", "")
    if mapping.kind == "source":
        geometry = nothing if batch.geometry is None else batch.geometry
        originals = batch.originals or [None] * len(batch)
        return Places(geometry, [text or "" for text in originals], crs, "file")
    if mapping.kind == "wkt":
        return _wkt(mapping, batch)
    return _points(mapping, batch)


def _cells_of(mapping: GeometryMapping, batch: Batch, role: str) -> list[Any]:
    cells = batch.columns.get(mapping.columns.get(role, ""), [None] * len(batch))
    if role != "zone":
        return cells
    return [zone if _given(zone) else mapping.zone for zone in cells]


def _given(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def parse_degrees(value: Any) -> float:
    """Return decimal degrees for 17.97, "17,97", "17°58'12\\"N" or "S 17 58.2".

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = _DEGREES.match(str(value))
    if match is None or (match["lead"] and match["tail"]):
        raise ValueError(value)
    parts = [float((match[k] or "0").replace(",", ".")) for k in "dms"]
    if parts[1] >= 60 or parts[2] >= 60:
        raise ValueError(value)
    total = parts[0] + parts[1] / 60 + parts[2] / 3600
    side = (match["lead"] or match["tail"] or "").upper()
    return -total if match["sign"] == "-" or side in {"S", "W"} else total


def _easting(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value)
    return parse_number(text, decimal_comma="," in text and "." not in text)


class _NoZone(ValueError):
    """A row names no UTM zone."""


def utm_crs(zone: Any) -> str:
    """Return the EPSG code for "48N", "48", "48Q" (MGRS band) or "UTM zone 48 N".

    Raises:
        ValueError: No such zone.
    """
    match = _ZONE.fullmatch(str(zone or "").strip())
    if match is None or not 1 <= int(match[1]) <= 60:
        raise _NoZone(zone)
    band = (match[2] or "N").upper()
    # "S" alone is commonly written for "south", not for the MGRS band S (32-40 N).
    south = band == "S" or (band < "N" and band != "N")
    return f"EPSG:{(32700 if south else 32600) + int(match[1])}"


_MGRS = re.compile(r"\d{1,2}[C-HJ-NP-X][A-HJ-NP-Z]{2}(\d{2}|\d{4}|\d{6}|\d{8}|\d{10})")


def _read_mgrs(cell: Any) -> tuple[float, float]:
    text = re.sub(r"\s+", "", str(cell)).upper()
    if not _MGRS.fullmatch(text):
        raise ValueError(text)
    try:
        lat, lon = _mgrs.toLatLon(text)
    except Exception as error:  # the library raises its own bare exceptions
        raise ValueError(text) from error
    return lon, lat


def _read_point(mapping: GeometryMapping, cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the reference system, x and y of one row, whose cells follow the roles.

    Raises:
        ValueError, TypeError: They are no position of this kind.
    """
    if mapping.kind == "lonlat":
        lat, lon = cells
        return mapping.crs or WGS84, parse_degrees(lon), parse_degrees(lat)
    if mapping.kind == "mgrs":
        return WGS84, *_read_mgrs(cells[0])
    *zone, east, north = cells
    return mapping.crs or utm_crs(zone[0]), _easting(east), _easting(north)


def _points(mapping: GeometryMapping, batch: Batch) -> Places:
    """Read each row, then place the rows of one reference system at once."""
    roles, rows = _typed_roles(mapping), batch.rows
    cells = list(zip(*(_cells_of(mapping, batch, role) for role in roles), strict=True))
    texts = [" ".join(str(c).strip() for c in row if _given(c)) for row in cells]
    nothing = np.full(len(batch), None, dtype=object)
    usual = mapping.crs or ("UTM" if mapping.kind == "utm" else WGS84)
    result = Places(nothing, texts, usual, mapping.kind)
    found: dict[str, list[tuple[int, float, float]]] = {}
    for i, row in enumerate(cells):
        if not any(map(_given, row[-2:])):  # a zone alone says nothing
            continue
        try:
            crs, x, y = _read_point(mapping, row)
            found.setdefault(crs, []).append((i, x, y))
        except _NoZone as error:
            values = {"value": str(error.args[0] or "")}
            result.faults.append(RowFault(rows[i], "zone", values=values))
        except (ValueError, TypeError):
            result.faults.append(_coordinate_fault(rows[i], texts[i], mapping.kind))
    for crs, points in found.items():
        chosen = [i for i, _x, _y in points]
        shapes = shapely.points(np.array([xy for _i, *xy in points]))
        _place(result, batch, chosen, shapes, crs)
        result.crs = crs if len(found) == 1 else usual
    return result


def _typed_roles(mapping: GeometryMapping) -> tuple[str, ...]:
    """Return the columns of a position in the order in which people write them."""
    if mapping.kind == "lonlat":
        return ("lat", "lon")
    if mapping.kind == "utm" and not mapping.crs:
        return ("zone", "easting", "northing")
    return ROLES[mapping.kind]


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


def _bare_wkt(text: str) -> str | None:
    """Return WKT without the SRID that PostGIS writes before it."""
    bare = text.partition(";")[2] if text[:5].upper() == "SRID=" else text
    return bare or None


def _wkt(mapping: GeometryMapping, batch: Batch) -> Places:
    texts = [str(c) if _given(c) else "" for c in _cells_of(mapping, batch, "wkt")]
    given = np.array([_bare_wkt(text) for text in texts], dtype=object)
    with np.errstate(all="ignore"):
        shapes = shapely.from_wkt(given, on_invalid="ignore")
    crs = mapping.crs or WGS84
    label = WGS84 if is_wgs84(crs) else crs
    result = Places(np.full(len(batch), None, dtype=object), texts, label, "wkt")
    for i in np.flatnonzero((given != None) & shapely.is_missing(shapes)):  # noqa: E711
        result.faults.append(_coordinate_fault(batch.rows[i], texts[i], "wkt"))
    chosen = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if chosen.any():
        _place(result, batch, np.flatnonzero(chosen).tolist(), shapes[chosen], crs)
    return result


@dataclass
class MappedBatch:
    """Rows as the domain knows them, column by column.

    Attributes:
        values: Values by field name; None where the row says nothing.
        places: Positions with what was typed.
        rest: Per row, the columns that no field takes.
        faults: Everything wrong with single rows so far.
    """

    rows: list[int]
    values: dict[str, list[Any]]
    places: Places
    rest: list[dict[str, Any]]
    faults: list[RowFault] = field(default_factory=list)
    progress: float = 0.0

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
            cells = _cells(mapped, batch)
            read, found = convert_column(cells, batch.rows, wanted, mapped)
            values[wanted.name] = read
            faults += found
    places = read_places(mapping.geometry, batch, crs)
    faults += places.faults
    if target.geometry == "required":
        faults += _missing(places, batch, faults)
    rest = _rest(mapping, batch)
    return MappedBatch(batch.rows, values, places, rest, faults, batch.progress)


def _cells(mapped: FieldMapping, batch: Batch) -> list[Any]:
    if not mapped.column:
        return [mapped.constant] * len(batch)
    cells = batch.columns.get(mapped.column, [None] * len(batch))
    if not mapped.constant:
        return cells
    return [mapped.constant if c in (None, "") else c for c in cells]


def _missing(places: Places, batch: Batch, faults: list[RowFault]) -> list[RowFault]:
    told = {f.row for f in faults if f.code.startswith(("geometry", "coord", "zone"))}
    return [
        RowFault(row, "geometry-missing")
        for row, wkb in zip(batch.rows, places.geometry, strict=True)
        if wkb is None and row not in told
    ]


def _rest(mapping: Mapping, batch: Batch) -> list[dict[str, Any]]:
    used = {m.column for m in mapping.fields.values()}
    used |= {*mapping.geometry.columns.values(), *mapping.withheld}
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
    _, faults = convert_column(_cells(mapped, batch), batch.rows, field, mapped)
    words = (str(fault.values["value"]) for fault in faults if "value" in fault.values)
    return list(dict.fromkeys(words))
