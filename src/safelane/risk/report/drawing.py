"""The map of a report: survey units by class of rank, drawn as SVG by our own code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from safelane.core.pdf import Canvas
from safelane.engines.surveyprior.lattice import all_to_metric, project

WIDTH = 1000.0
# Classes by share of all units, darkest first; the last holds all that have a score.
CLASSES = (
    (0.01, "#5c1a5e"),
    (0.05, "#a3336a"),
    (0.10, "#d95f4c"),
    (0.25, "#f2a65a"),
    (0.50, "#f9d98c"),
    (1.00, "#fdf3d0"),
)
BLANK = "#f1f3f5"


@dataclass(frozen=True, slots=True)
class Tile:
    """A ranked unit to be drawn; WGS 84."""

    geometry: BaseGeometry
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered mark; WGS 84."""

    lon: float
    lat: float
    label: str


def draw_map(
    tiles: Sequence[Tile],
    outlines: Sequence[BaseGeometry],
    pins: Iterable[Pin],
    epsg: int,
    focus: tuple[float, float, float, float] | None = None,
) -> str:
    """Return an SVG of the units by class of rank, district outlines and pins.

    Args:
        tiles: All survey units.
        outlines: Districts, WGS 84.
        pins: Numbered marks, drawn on top.
        epsg: Metric CRS to draw in.
        focus: Metric bounds to draw; None draws everything.
    """
    metric = all_to_metric(outlines, epsg)
    canvas = Canvas(focus or _bounds(metric), WIDTH)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {canvas.width:.0f} {canvas.height:.0f}">'
    ]
    parts += [_fill(canvas, metric, BLANK)]
    parts += [_fill(canvas, shapes, colour) for shapes, colour in _classes(tiles, epsg)]
    parts += [_line(canvas, metric)]
    parts += [_pin(canvas, pin, epsg) for pin in pins]
    return "\n".join([*parts, "</svg>"])


def focus_of(
    tiles: Sequence[Tile], epsg: int, share: float = 0.5
) -> tuple[float, float, float, float]:
    """Return metric bounds around the units of the first classes, with room."""
    chosen = [t.geometry for t in tiles if t.score > 0 and t.rank <= share * len(tiles)]
    west, south, east, north = _bounds(all_to_metric(chosen, epsg))
    room = 0.06 * max(east - west, north - south)
    return west - room, south - room, east + room, north + room


def _bounds(shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(list(shapes))
    return float(west), float(south), float(east), float(north)


def _classes(
    tiles: Sequence[Tile], epsg: int
) -> Iterable[tuple[list[BaseGeometry], str]]:
    below = 0.0
    for share, colour in CLASSES:
        limits = below * len(tiles), share * len(tiles)
        chosen = [
            tile.geometry
            for tile in tiles
            if tile.score > 0 and limits[0] < tile.rank <= limits[1]
        ]
        below = share
        if chosen:
            yield all_to_metric(chosen, epsg), colour


def _fill(canvas: Canvas, shapes: Iterable[BaseGeometry], colour: str) -> str:
    data = "".join(canvas.path(shape) for shape in shapes)
    # The thin stroke closes the seams that viewers leave between neighbours.
    return f'<path d="{data}" fill="{colour}" stroke="{colour}" stroke-width="0.6"/>'


def _line(canvas: Canvas, shapes: Iterable[BaseGeometry]) -> str:
    simple = [shape.simplify(0.5 / canvas.scale) for shape in shapes]
    data = "".join(canvas.path(shape) for shape in simple)
    return (
        f'<path d="{data}" fill="none" stroke="#6b7684" stroke-width="1.2" '
        'stroke-linejoin="round"/>'
    )


def _pin(canvas: Canvas, pin: Pin, epsg: int) -> str:
    east, north = project(np.array([pin.lon]), np.array([pin.lat]), epsg)[0]
    x, y = canvas.point(float(east), float(north))
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="17" fill="#ffffff" stroke="#0f5a6e" '
        f'stroke-width="3.5"/><text x="{x:.1f}" y="{y + 7:.1f}" text-anchor="middle" '
        'font-family="Noto Sans" font-weight="bold" font-size="20" fill="#0f3c4a">'
        f"{escape(pin.label)}</text>"
    )
