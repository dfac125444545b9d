"""The sheet of one record: what it is, its facts, where it lies, and tables beside."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import GEOD
from safelane.core.pdf.document import Canvas, set_document

TEMPLATE = Path(__file__).with_name("sheet.typ")
WIDTH = 320.0
NARROWEST_M = 200.0  # what a map of a single point shows across
FARTHEST = 8  # of half a map of the shape alone: beyond, it would be a speck
MOST_CORNERS = 60
POINTS = ("Point", "MultiPoint")


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
        corners = corner_tables(self.shape) if self.is_exact else []
        count = sum(len(table.rows) for table in corners)
        listed = count <= MOST_CORNERS
        tables, notices = list(self.tables), list(self.notices)
        if listed:
            tables = [*corners, *tables]
        else:
            said = _("The outline has %(count)s corners: an export lists them.")
            notices.append(said % {"count": count})
        every = [mark for table in self.tables for mark in table.marks]
        marks = every if self.is_exact else []
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
            "words": {"facts": _("What is known"), "map": self._map_note(marks)},
        }  # fmt: skip
        drawings = {}
        if self.shape is not None:
            drawings["map.svg"] = map_svg(
                self.shape, marks, numbered=listed, rough=not self.is_exact
            )
        return set_document(TEMPLATE, data, drawings=drawings, address=self.address)

    def _map_note(self, marks: Sequence[BaseGeometry]) -> str:
        if self.shape is None:
            return ""
        if not self.is_exact:
            return _(
                "Somewhere within this outline: the exact place is not open to you."
            )
        said = [_("North is up.")]
        if self.shape.geom_type in POINTS:
            said.append(_("Red point: the position that is known."))
        if marks:
            said.append(_("Dark points: what was found."))
        if beyond := framed(self.shape, marks).beyond:
            told = ngettext(
                "%(count)s find lies too far off for this map: see its position below.",
                "%(count)s finds lie too far off for this map: see their positions"
                " below.",
                beyond,
            )
            said.append(told % {"count": beyond})
        return " ".join(said)


def corner_tables(shape: BaseGeometry | None) -> list[SheetTable]:
    """Return a table of the corners of each ring, numbered through as on the map.

    Bearing and distance lead on the ellipsoid to the corner that is named: the last of
    a ring leads back to its first. A point has one row, without the three.
    """
    there = _("To corner"), _("Bearing"), _("Distance")
    heads = (_("Corner"), _("Latitude"), _("Longitude"), *there)
    tables: list[SheetTable] = []
    first = 1
    rings = _rings(shape)
    for named, ring in rings:
        title = _("Corners (WGS 84)") if len(ring) > 1 else _("Position (WGS 84)")
        tables.append(
            SheetTable(
                f"{title} · {named}" if len(rings) > 1 else title,
                heads if len(ring) > 1 else heads[:3],
                _corner_rows(ring, first),
            )
        )
        first += len(ring)
    return tables


def _corner_rows(ring: np.ndarray[Any, Any], first: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for number, (lon, lat) in enumerate(ring):
        row = [str(first + number), f"{lat:.6f}", f"{lon:.6f}"]
        if len(ring) > 1:
            to = (number + 1) % len(ring)
            bearing, _back, metres = GEOD.inv(lon, lat, *ring[to])
            angle, long = round(bearing, 1) % 360, round(metres, 1)
            told = number_format(angle, 1), number_format(long, 1)
            row += [str(first + to), f"{told[0]}°", f"{told[1]} m"]
        rows.append(row)
    return rows


def _rings(shape: BaseGeometry | None) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Return each ring by name, its first corner not repeated; a point alone."""
    found = []
    parts = shapely.get_parts(shape) if shape is not None else ()
    for number, part in enumerate(parts, 1):
        named = _("part %(number)s") % {"number": number}
        if part.geom_type == "Polygon":
            found.append((named, shapely.get_coordinates(part.exterior)[:-1]))
            for count, ring in enumerate(part.interiors, 1):
                hole = _("hole %(number)s") % {"number": count}
                hole = f"{named}, {hole}" if len(parts) > 1 else hole
                found.append((hole, shapely.get_coordinates(ring)[:-1]))
        else:
            found.append((named, shapely.get_coordinates(part)))
    return found


def map_svg(
    shape: BaseGeometry,
    marks: Sequence[BaseGeometry] = (),
    *,
    numbered: bool = False,
    rough: bool = False,
) -> str:
    """Return a map of a shape and points as SVG, with a scale; north is up."""
    frame = framed(shape, marks)
    metric, flat = frame.metric, frame.metric(shape)
    canvas = Canvas(frame.bounds, WIDTH)
    fill = 'fill="#8b95a1" fill-opacity=".25" stroke-dasharray="6 4"'
    if not rough:
        fill = 'fill="#c0392b" fill-opacity=".16"'
    parts = [
        f'<path d="{canvas.path(flat)}" {fill} stroke="#1a2430" stroke-width="1.4"/>'
    ]
    if shape.geom_type in POINTS:
        parts += [_dot(canvas, p, 5, "#c0392b") for p in shapely.get_coordinates(flat)]
    parts += [_dot(canvas, point, 3, "#1a2430") for point in frame.points]
    if numbered and not rough:
        rings = [metric(shapely.points(ring)) for _named, ring in _rings(shape)]
        parts += _numbers(canvas, rings)
    parts.append(_scale(canvas))
    size = f'width="{canvas.width:.0f}" height="{canvas.height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Noto Sans">'
    return f"{head}{''.join(parts)}</svg>"


@dataclass(frozen=True, slots=True)
class Frame:
    """The square that a map shows, in metres around the middle of its shape.

    Args:
        metric: Takes a geometry into these metres.
        points: The marks that lie in it.
        beyond: How many do not: with them the shape would be too small to be read.
    """

    metric: Callable[[Any], Any]
    bounds: tuple[float, float, float, float]
    points: np.ndarray[Any, Any]
    beyond: int


def framed(shape: BaseGeometry, marks: Sequence[BaseGeometry]) -> Frame:
    """Return a square with room around a shape and the marks that are not too far."""
    lon, lat = shapely.get_coordinates(shape.centroid)[0]
    per_degree = np.array([111_320.0 * math.cos(math.radians(lat)), 110_574.0])

    def metric(geometry: Any) -> Any:
        return shapely.transform(geometry, lambda p: (p - [lon, lat]) * per_degree)

    flat = metric(shape)
    least = NARROWEST_M / 2 if shape.geom_type in POINTS else 1
    (x, y), half = _middle(flat.bounds, least)
    points = shapely.get_coordinates([metric(mark) for mark in marks])
    is_near = (np.abs(points - [x, y]) <= FARTHEST * half).all(axis=1)
    held = np.vstack([np.reshape(flat.bounds, (2, 2)), points[is_near]])
    (x, y), half = _middle((*held.min(axis=0), *held.max(axis=0)), least)
    bounds = (x - half, y - half, x + half, y + half)
    return Frame(metric, bounds, points[is_near], int((~is_near).sum()))


def _middle(
    bounds: tuple[float, ...], least: float
) -> tuple[tuple[float, float], float]:
    """Return the middle of bounds, and half the side of a square with room around."""
    west, south, east, north = bounds
    half = max((east - west) * 0.6, (north - south) * 0.6, least)
    return ((west + east) / 2, (south + north) / 2), half


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
