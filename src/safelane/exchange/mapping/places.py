"""Positions that stand in columns: degrees, UTM, MGRS or WKT."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import mgrs
import numpy as np
import shapely

from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.reprojection import WGS84, is_wgs84, to_wgs84
from safelane.exchange.files.tables import Batch, Geometries
from safelane.exchange.mapping.model import GeometryMapping
from safelane.exchange.mapping.numbers import parse_number

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
    if mapping.kind == "source":
        return _from_source(batch, crs)
    if mapping.kind == "none":
        empty = np.full(len(batch), None, dtype=object)
        return Places(empty, [""] * len(batch), "", "")
    return _READERS[mapping.kind](mapping, batch)


def _from_source(batch: Batch, crs: str) -> Places:
    geometry = batch.geometry
    if geometry is None:
        geometry = np.full(len(batch), None, dtype=object)
    originals = batch.originals or [None] * len(batch)
    return Places(geometry, [text or "" for text in originals], crs, "file")


def _cells(mapping: GeometryMapping, batch: Batch, role: str) -> list[Any]:
    return batch.columns.get(mapping.columns.get(role, ""), [None] * len(batch))


def _texts(*columns: list[Any]) -> list[str]:
    joined = zip(*columns, strict=True)
    return [" ".join(str(c).strip() for c in cells if _given(c)) for cells in joined]


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


def _lonlat(mapping: GeometryMapping, batch: Batch) -> Places:
    lons, lats = _cells(mapping, batch, "lon"), _cells(mapping, batch, "lat")
    return _points(
        batch,
        _texts(lats, lons),
        [lons, lats],
        lambda cells: (parse_degrees(cells[0]), parse_degrees(cells[1])),
        mapping.crs or WGS84,
        "lonlat",
    )


def _easting(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value)
    return parse_number(text, decimal_comma="," in text and "." not in text)


def _utm(mapping: GeometryMapping, batch: Batch) -> Places:
    eastings = _cells(mapping, batch, "easting")
    northings = _cells(mapping, batch, "northing")
    zones = _cells(mapping, batch, "zone")
    if mapping.crs:
        return _points(
            batch,
            _texts(eastings, northings),
            [eastings, northings],
            lambda cells: (_easting(cells[0]), _easting(cells[1])),
            mapping.crs,
            "utm",
        )
    zones = [z if _given(z) else mapping.zone for z in zones]
    return _by_zone(batch, eastings, northings, zones)


def _by_zone(
    batch: Batch, eastings: list[Any], northings: list[Any], zones: list[Any]
) -> Places:
    """Reproject each zone's rows by themselves."""
    texts = _texts(zones, eastings, northings)
    result = Places(np.full(len(batch), None, dtype=object), texts, "UTM", "utm")
    crs_of: dict[str, list[int]] = {}
    for i, zone in enumerate(zones):
        if not (_given(eastings[i]) or _given(northings[i])):
            continue
        try:
            crs_of.setdefault(utm_crs(zone), []).append(i)
        except ValueError:
            values = {"value": str(zone or "")}
            result.faults.append(RowFault(batch.rows[i], "zone", values=values))
    for crs, chosen in crs_of.items():
        xy, good = [], []
        for i in chosen:
            try:
                xy.append((_easting(eastings[i]), _easting(northings[i])))
                good.append(i)
            except ValueError:
                result.faults.append(_coordinate_fault(batch.rows[i], texts[i], "utm"))
        if good:
            _place(result, batch, good, np.array(xy), crs)
        result.crs = crs if len(crs_of) == 1 else "UTM"
    return result


def utm_crs(zone: Any) -> str:
    """Return the EPSG code for "48N", "48", "48Q" (MGRS band) or "UTM zone 48 N".

    Raises:
        ValueError: No such zone.
    """
    match = _ZONE.fullmatch(str(zone or "").strip())
    if match is None or not 1 <= int(match[1]) <= 60:
        raise ValueError(zone)
    band = (match[2] or "N").upper()
    # "S" alone is commonly written for "south", not for the MGRS band S (32-40 N).
    south = band == "S" or (band < "N" and band != "N")
    return f"EPSG:{(32700 if south else 32600) + int(match[1])}"


def _mgrs_places(mapping: GeometryMapping, batch: Batch) -> Places:
    cells = _cells(mapping, batch, "mgrs")
    return _points(batch, _texts(cells), [cells], _read_mgrs, WGS84, "mgrs")


_MGRS = re.compile(r"\d{1,2}[C-HJ-NP-X][A-HJ-NP-Z]{2}(\d{2}|\d{4}|\d{6}|\d{8}|\d{10})")


def _read_mgrs(cells: tuple[Any, ...]) -> tuple[float, float]:
    text = re.sub(r"\s+", "", str(cells[0])).upper()
    if not _MGRS.fullmatch(text):
        raise ValueError(text)
    try:
        lat, lon = _mgrs.toLatLon(text)
    except Exception as error:  # the library raises its own bare exceptions
        raise ValueError(text) from error
    return lon, lat


def _points(
    batch: Batch,
    texts: list[str],
    columns: list[list[Any]],
    read: Callable[[tuple[Any, ...]], tuple[float, float]],
    crs: str,
    method: str,
) -> Places:
    result = Places(np.full(len(batch), None, dtype=object), texts, crs, method)
    good, xy = [], []
    for i, cells in enumerate(zip(*columns, strict=True)):
        if not any(_given(c) for c in cells):
            continue
        try:
            xy.append(read(cells))
            good.append(i)
        except (ValueError, TypeError):
            result.faults.append(_coordinate_fault(batch.rows[i], texts[i], method))
    if good:
        _place(result, batch, good, np.array(xy), crs)
    return result


def _place(
    result: Places, batch: Batch, chosen: list[int], xy: np.ndarray, crs: str
) -> None:
    result.geometry[chosen] = _checked(result, batch, chosen, shapely.points(xy), crs)


def _checked(
    result: Places, batch: Batch, chosen: list[int], shapes: Any, crs: str
) -> Any:
    """Return WKB in WGS 84; what lands outside the world becomes a fault."""
    placed = to_wgs84(np.asarray(shapes, dtype=object), crs)
    bounds = shapely.bounds(placed)
    with np.errstate(invalid="ignore"):
        inside = (np.abs(bounds) <= [180, 90, 180, 90]).all(axis=1)
    for i in np.flatnonzero(~inside):
        place = chosen[i]
        values = {"value": result.texts[place][:80]}
        result.faults.append(
            RowFault(batch.rows[place], "geometry-range", values=values)
        )
        placed[i] = None
    return shapely.to_wkb(placed, output_dimension=2, byte_order=1)


def _coordinate_fault(row: int, text: str, kind: str) -> RowFault:
    return RowFault(row, "coordinate", values={"value": text[:80], "kind": kind})


def _bare_wkt(text: str) -> str | None:
    """Return WKT without the SRID that PostGIS writes before it."""
    bare = text.partition(";")[2] if text[:5].upper() == "SRID=" else text
    return bare or None


def _wkt(mapping: GeometryMapping, batch: Batch) -> Places:
    cells = _cells(mapping, batch, "wkt")
    texts = [str(c) if _given(c) else "" for c in cells]
    given = np.array([_bare_wkt(text) for text in texts], dtype=object)
    with np.errstate(all="ignore"):
        shapes = shapely.from_wkt(given, on_invalid="ignore")
    crs = mapping.crs or WGS84
    result = Places(np.full(len(batch), None, dtype=object), texts, crs, "wkt")
    for i in np.flatnonzero((given != None) & shapely.is_missing(shapes)):  # noqa: E711
        result.faults.append(_coordinate_fault(batch.rows[i], texts[i], "wkt"))
    empty = shapely.is_empty(shapes)
    shapes[empty] = None
    chosen = np.flatnonzero(~shapely.is_missing(shapes)).tolist()
    if chosen:
        placed = _checked(result, batch, chosen, shapes[chosen], crs)
        result.geometry[chosen] = placed
    if is_wgs84(crs):
        result.crs = WGS84
    return result


_READERS = {"lonlat": _lonlat, "utm": _utm, "mgrs": _mgrs_places, "wkt": _wkt}
