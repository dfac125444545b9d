"""The sheet of one record: what it is, its facts, where it lies, and tables beside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import GEOD
from safelane.core.pdf.document import Canvas, set_document

TEMPLATE = Path(__file__).with_name("sheet.typ")
WIDTH = 320.0
NARROWEST_M = 200.0  # what a map of a single point shows across
MOST_CORNERS = 60


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table beside the facts; without rows ``empty`` is said in its place.

    Args:
        marks: Where its rows lie, to draw.
        note: What is left out of it.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = ""
    marks: Sequence[BaseGeometry] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet shows, all of it as far as its reader may see the record.

    Args:
        made: The line at the foot: who made it and when.
        address: Page of the record, printed as a QR code.
        notices: What nobody may overlook, before all else.
        facts: Label and value.
        shape: Where it lies (WGS 84): outline, point, or the cell that is published.
        is_exact: The shape is the record's own. Its corners are listed then.
    """

    title: str
    subtitle: str
    made: str
    address: str
    notices: Sequence[str] = ()
    facts: Iterable[tuple[str, str]] = ()
    shape: BaseGeometry | None = None
    is_exact: bool = True
    tables: Sequence[SheetTable] = ()

    def as_pdf(self) -> bytes:
        """Return the sheet in the language in force."""
        corners = corner_rows(self.shape) if self.is_exact else []
        listed = len(corners) <= MOST_CORNERS
        tables, notices = list(self.tables), list(self.notices)
        if corners and listed:
            there = _("Bearing to the next"), _("Distance to the next")
            heads = (_("Corner"), _("Latitude"), _("Longitude"), *there)
            tables.insert(0, SheetTable(_("Corners (WGS 84)"), heads, corners))
        elif corners:
            said = _("The outline has %(count)s corners: an export lists them.")
            notices.append(said % {"count": len(corners)})
        data = {
            "title": self.title,
            "subtitle": self.subtitle,
            "made": self.made,
            "notices": notices,
            "facts": [list(pair) for pair in self.facts],
            "tables": [
                {"title": t.title, "heads": list(t.heads), "rows": [*map(list, t.rows)],
                 "empty": t.empty, "note": t.note}
                for t in tables
            ],
            "map": self.shape is not None,
            "words": {"facts": _("What is known"), "map": self._map_note()},
        }  # fmt: skip
        drawings = {}
        if self.shape is not None:
            every = [mark for table in self.tables for mark in table.marks]
            marks = every if self.is_exact else ()
            drawings["map.svg"] = map_svg(
                self.shape, marks, numbered=listed, rough=not self.is_exact
            )
        return set_document(TEMPLATE, data, drawings=drawings, address=self.address)

    def _map_note(self) -> str:
        if self.is_exact:
            return _("North is up. Points: what was found.")
        return _("Somewhere within this outline: the exact place is not open to you.")


def corner_rows(shape: BaseGeometry | None) -> list[list[str]]:
    """Return the corners of all rings as they are numbered on the map.

    Bearing and distance lead to the next corner on the ellipsoid; the last of a ring
    leads back to its first. A point has one corner, without the two.
    """
    rows: list[list[str]] = []
    for ring in _rings(shape):
        ends = np.vstack([ring[1:], ring[:1]]) if len(ring) > 1 else ring
        for (lon, lat), (next_lon, next_lat) in zip(ring, ends, strict=True):
            there: list[str] = ["", ""]
            if len(ring) > 1:
                bearing, _back, metres = GEOD.inv(lon, lat, next_lon, next_lat)
                there = [f"{bearing % 360:.1f}°", f"{metres:.1f} m"]
            rows.append([str(len(rows) + 1), f"{lat:.6f}", f"{lon:.6f}", *there])
    return rows


def _rings(shape: BaseGeometry | None) -> list[np.ndarray[Any, Any]]:
    """Return the corners of each ring, the first not repeated; a point alone."""
    found = []
    for part in shapely.get_parts(shape) if shape is not None else ():
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                found.append(shapely.get_coordinates(ring)[:-1])
        else:
            found.append(shapely.get_coordinates(part))
    return found


def map_svg(
    shape: BaseGeometry,
    marks: Sequence[BaseGeometry] = (),
    *,
    numbered: bool = False,
    rough: bool = False,
) -> str:
    """Return a map of a shape and points as SVG, with a scale; north is up."""
    lon, lat = shapely.get_coordinates(shape.centroid)[0]
    per_degree = np.array([111_320.0 * math.cos(math.radians(lat)), 110_574.0])

    def metric(geometry: Any) -> Any:
        return shapely.transform(geometry, lambda p: (p - [lon, lat]) * per_degree)

    flat = metric(shape)
    least = NARROWEST_M if shape.geom_type in ("Point", "MultiPoint") else 0
    canvas = Canvas(_framed(flat.bounds, least), WIDTH)
    fill = 'fill="#8b95a1" fill-opacity=".25" stroke-dasharray="6 4"'
    if not rough:
        fill = 'fill="#c0392b" fill-opacity=".16"'
    parts = [
        f'<path d="{canvas.path(flat)}" {fill} stroke="#1a2430" stroke-width="1.4"/>'
    ]
    if shape.geom_type in ("Point", "MultiPoint"):
        parts += [_dot(canvas, p, 5, "#c0392b") for p in shapely.get_coordinates(flat)]
    points = shapely.get_coordinates([metric(mark) for mark in marks])
    parts += [_dot(canvas, point, 3, "#1a2430") for point in points]
    if numbered and not rough:
        parts += _numbers(canvas, [metric(shapely.points(r)) for r in _rings(shape)])
    parts.append(_scale(canvas))
    size = f'width="{canvas.width:.0f}" height="{canvas.height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Noto Sans">'
    return f"{head}{''.join(parts)}</svg>"


def _framed(
    bounds: tuple[float, ...], least: float
) -> tuple[float, float, float, float]:
    """Return a square with room around bounds, at least so many metres wide."""
    west, south, east, north = bounds
    half = max((east - west) * 0.6, (north - south) * 0.6, least / 2, 1)
    x, y = (west + east) / 2, (south + north) / 2
    return x - half, y - half, x + half, y + half


def _dot(canvas: Canvas, point: Any, radius: float, colour: str) -> str:
    x, y = canvas.point(*point)
    ring = 'stroke="white" stroke-width="1"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" {ring}/>'


def _numbers(canvas: Canvas, rings: Sequence[Any]) -> list[str]:
    found, number = [], 0
    for ring in rings:
        for point in shapely.get_coordinates(ring):
            number += 1
            x, y = canvas.point(*point)
            at = f'x="{x + 3:.1f}" y="{y - 3:.1f}" font-size="8"'
            found.append(f"<text {at}>{number}</text>")
    return found


def _scale(canvas: Canvas) -> str:
    """Return a bar of a round length, about a quarter of the map."""
    wanted = canvas.width / canvas.scale / 4
    power = 10 ** math.floor(math.log10(wanted))
    metres = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    x, y, long = 8.0, canvas.height - 10, metres * canvas.scale
    told = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    line = f"M{x} {y - 4}V{y}H{x + long:.1f}V{y - 4}"
    bar = f'<path d="{line}" fill="none" stroke="#1a2430"/>'
    return f'{bar}<text x="{x + 3}" y="{y - 6}" font-size="9">{told}</text>'
