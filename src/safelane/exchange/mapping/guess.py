"""Guess which column fills which field or holds the position, by name or content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np
import shapely

from safelane.core.geo.entry.sexagesimal import read_angle
from safelane.core.geo.errors import InvalidCoordinates
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.mapping import convert, dates
from safelane.exchange.mapping.apply import metres_of
from safelane.exchange.mapping.model import (
    ROLES,
    FieldMapping,
    GeometryKind,
    GeometryMapping,
    Mapping,
    Target,
    TargetField,
)

_NAMES = {
    "lon": "lon long longitude lng x xcoord coordx pointx geolon ddlong longdd "
    "долгота uzunluq kinhdo ລອງຈິຈູດ ເສັ້ນແວງ ลองจิจูด longitudewgs84",
    "lat": "lat latitude y ycoord coordy pointy geolat ddlat latdd "
    "широта enlik vido ລາຕິຈູດ ເສັ້ນຂະໜານ ละติจูด latitudewgs84",
    "easting": "easting east utme utmx utmeast utmeasting xutm e xutmwgs84 восток",
    "northing": "northing north utmn utmy utmnorth utmnorthing yutm n север",
    "zone": "zone utmzone utmz zona зона gridzone",
    "mgrs": "mgrs usermgrs userinputmgrs mgrscoordinates militarygrid usng "
    "userenteredmgrs",
    "point": "point gps geopoint coordinates coordinate position location latlon "
    "latlng latlong gpscoordinates координаты koordinat koordinatlar toado ພິກັດ พิกัด",
    "wkt": "wkt geom geometry thegeom shape geomwkt wktgeom polygonwkt geometrywkt",
}
_BY_NAME = {
    convert.folded(name): role
    for role, names in _NAMES.items()
    for name in names.split()
}
# Words of a column's name, as in "_gps_latitude" or "Start (lat)".
_BY_WORD = {
    "latitude": "lat",
    "lat": "lat",
    "longitude": "lon",
    "lon": "lon",
    "lng": "lon",
}
_MGRS = re.compile(r"\s*\d{1,2}\s*[C-X]\s*[A-HJ-Z]{2}\s*\d{2,5}\s*\d{2,5}\s*$", re.I)
_WKT = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?M?\s*\("
    r"|\s*\{.*\"coordinates\"|0[01][0-9A-F]{40,}\s*$"
    r"|(\s*-?\d+\.\d+ -?\d+\.\d+( -?\d+(\.\d+)?){0,2}\s*(;|$)){2,}",
    re.I | re.S,
)
_HALF = r"[-+]?\d{1,3}[.,]\d{2,}"  # degrees
_PAIR = re.compile(
    rf"\s*{_HALF}[\s,;/]+{_HALF}([\s,;]+[-\d.]+){{0,2}}\s*$|.*\d\s*[°º].*\d\s*[°º]"
    r"|\s*(UTM\s*)?\d{1,2}\s*[C-X]\s+\d{6}\D+\d{6,7}",
    re.S | re.I,
)
_TRIED = 50
_DEGREES = 360


def guess_geometry(info: SourceInfo, sample: Batch, target: Target) -> GeometryMapping:
    """Propose where the position comes from; kind "none" when nothing looks like it."""
    if target.geometry == "none":
        return GeometryMapping()
    shapes = shapely.from_wkb(sample.geometry if info.has_geometry else None)
    if not np.all(shapely.is_missing(shapes)):
        return GeometryMapping("source")
    roles = _roles(sample)
    kinds: tuple[GeometryKind, ...] = ("wkt", "lonlat", "point", "mgrs")
    for kind in kinds:
        found = {role: roles[role] for role in ROLES[kind] if role in roles}
        is_whole = len(found) == len(ROLES[kind])
        if is_whole and (kind != "lonlat" or _in_degrees(sample, roles)):
            return GeometryMapping(kind, found)
    instead = {"easting": roles.get("lon", ""), "northing": roles.get("lat", "")}
    metres = instead | roles
    columns = {r: metres[r] for r in (*ROLES["utm"], "zone") if metres.get(r)}
    if set(ROLES["utm"]) <= columns.keys() and _in_metres(sample, columns["easting"]):
        return GeometryMapping("utm", columns)
    return GeometryMapping()


def _roles(sample: Batch) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in sample.columns:
        if role := _BY_NAME.get(convert.folded(column)):
            pattern = _PATTERNS.get(role)
            if pattern is None or _matches(sample.columns[column], pattern, 0):
                found.setdefault(role, column)
    for column, cells in sample.columns.items():
        words = [w.casefold() for w in _WORDS.findall(column.replace("_", " "))]
        by_word = next((_BY_WORD[w] for w in words if w in _BY_WORD), "")
        by_values = (r for r, pattern in _PATTERNS.items() if _matches(cells, pattern))
        by_word = by_word if _has_angles(cells, by_word) else ""
        if (role := by_word or next(by_values, "")) and column not in found.values():
            found.setdefault(role, column)
    return found


_PATTERNS = {"wkt": _WKT, "mgrs": _MGRS, "point": _PAIR}


def _matches(cells: list[Any], pattern: re.Pattern[str], share: float = 0.5) -> bool:
    """Say whether more than a share of the first texts, at least one, are so."""
    texts = [str(c) for c in cells if c not in (None, "")][:_TRIED]
    good = sum(bool(pattern.match(t)) for t in texts)
    return good > share * len(texts)


def _has_angles(cells: list[Any], axis: str) -> bool:
    for cell in islice((c for c in cells if axis and c not in (None, "")), _TRIED):
        with suppress(InvalidCoordinates):
            read_angle(str(cell), axis)
            return True
    return False


def _in_degrees(sample: Batch, roles: dict[str, str]) -> bool:
    pairs = zip(sample.columns[roles["lon"]], sample.columns[roles["lat"]], strict=True)
    given = list(islice((p for p in pairs if not {None, ""} & set(p)), _TRIED))
    good = 0
    for lon, lat in given:
        with suppress(InvalidCoordinates):
            read_angle(str(lon), "lon"), read_angle(str(lat), "lat")
            good += 1
    return bool(given) and good >= 0.2 * len(given)


def _in_metres(sample: Batch, column: str) -> bool:
    for cell in islice((c for c in sample.columns[column] if c), _TRIED):
        with suppress(ValueError, TypeError):
            if abs(metres_of(cell)) > _DEGREES:
                return True
    return False


_ENOUGH = 0.6
_ALIKE = 0.82
_LOOK = 200
_SURE = 5  # letters
_WORDS = re.compile(r"\w+")


def guess_mapping(info: SourceInfo, sample: Batch, target: Target) -> Mapping:
    """Propose a mapping; each field carries how sure the guess is, and why."""
    place = guess_geometry(info, sample, target)
    taken = set(place.columns.values())
    columns = {n: v[:_LOOK] for n, v in sample.columns.items() if n not in taken}
    mapping = Mapping(target.name, geometry=place, layer=info.layer)
    ranked = sorted(_candidates(columns, target), key=lambda c: -c[0])
    used: set[str] = set()
    for score, reason, field, column in ranked:
        if field.name in mapping.fields or column in used:
            continue
        used.add(column)
        mapped = FieldMapping(column, confidence=round(score, 2), reason=reason)
        mapping.fields[field.name] = mapped
        texts = _texts(sample.columns[column])
        if field.kind == "date":
            mapped.date_format = dates.guess_date_format(texts)[0]
        elif field.kind in ("number", "integer"):
            mapped.decimal_comma = convert.guess_decimal_comma(texts)
        elif field.kind in ("choice", "choices"):
            mapped.values = _guess_values(texts, field)
    return mapping


def _texts(cells: list[Any]) -> list[str]:
    return [str(c).strip() for c in cells if c not in (None, "")]


def _candidates(
    columns: dict[str, list[Any]], target: Target
) -> Iterator[tuple[float, str, TargetField, str]]:
    for column, cells in columns.items():
        texts = _texts(cells)
        for field in target.fields:
            score, reason = _score(column, texts, field)
            if score >= _ENOUGH:
                yield score, reason, field, column


def _score(column: str, texts: list[str], field: TargetField) -> tuple[float, str]:
    by_name, reason = _name_score(column, field)
    fit = _fit(texts, field)
    if by_name >= _ENOUGH:
        # A column of the right name but with values that do not fit is doubtful.
        return by_name * (0.7 + 0.3 * fit), reason
    if field.kind in ("choice", "choices") and fit > 0.8 and len(set(texts)) > 1:
        return 0.6 + 0.1 * fit, "values"
    return 0.0, ""


def _name_score(column: str, field: TargetField) -> tuple[float, str]:
    if convert.folded(column) == convert.folded(field.name):
        return 1.0, "name"
    names = [str(field.label), *field.synonyms]
    if convert.folded(column) in {convert.folded(n) for n in names}:
        return 0.95, "synonym"
    best = max(convert.likeness(column, name) for name in [field.name, *names])
    return (0.85 * best, "similar") if best >= _ALIKE else (0.0, "")


def _fit(texts: list[str], field: TargetField) -> float:
    """Return the share of the values that the field could take."""
    if not texts:
        return 0.5
    if field.kind in ("choice", "choices"):
        index = convert.choice_index(field)
        return sum(convert.folded(t) in index for t in texts) / len(texts)
    if field.kind in ("number", "integer"):
        return sum(convert.is_number(t, field.unit) for t in texts) / len(texts)
    if field.kind == "date":
        return dates.guess_date_format(texts)[1]
    return 1.0


def _guess_values(texts: list[str], field: TargetField) -> dict[str, str]:
    """Return words that are a known name but for a slip of the pen.

    Likeness is not enough: "uncleared" is very like "cleared".
    """
    index = convert.choice_index(field)
    names = {
        name: choice.code
        for choice in field.choices
        for name in map(str, (choice.code, *choice.names))
    }
    guessed: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        if convert.folded(text) in index or len(guessed) >= _LOOK:
            continue
        meant = {code for name, code in names.items() if _is_slip(text, name)}
        if len(meant) == 1:
            guessed[text] = meant.pop()
    return guessed


def _is_slip(text: str, name: str) -> bool:
    """Say whether a text is a name with one wrong letter, not the first, in one word.

    A word of fewer than five letters must stand as it is.
    """
    one, other = _WORDS.findall(text.casefold()), _WORDS.findall(name.casefold())
    if len(one) != len(other):
        return False
    unlike = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(unlike) == 1 and _differ_by_a_letter(*unlike[0])


def _differ_by_a_letter(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < _SURE or short[0] != long[0] or len(long) - len(short) > 1:
        return False
    at = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(short) == len(long):
        swapped = short[:at] + short[at : at + 2][::-1] + short[at + 2 :]
        return short[at + 1 :] == long[at + 1 :] or swapped == long
    return short[at:] == long[at + 1 :]
