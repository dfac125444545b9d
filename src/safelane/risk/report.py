"""The two-page report of a survey prior: its map, and the page set by typst."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import Bounds
from safelane.core.i18n.localize import date_text, number_text
from safelane.core.pdf import Canvas, set_document
from safelane.core.scope import Actor
from safelane.engines.surveyprior.lattice import all_to_metric, project
from safelane.risk.models import RankedUnit, SurveyPrior
from safelane.risk.queries import ranked
from safelane.risk.wording import (
    LEVEL_NAMES,
    account_rows,
    method_of,
    places_note,
    reasons_text,
    sensitivity_rows,
    shown_number,
    statement,
    weight_rows,
    where_text,
)

TEMPLATE = Path(__file__).with_name("report.typ")
FIRST = 10
FIRST_PLACES = 6
FOCUS = 0.5  # of the units, by rank
COUNTRYWIDE = 0.6  # of the units with a score: then the whole country is drawn
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
    """A ranked unit to be drawn; WGS 84.

    Args:
        place: Its rank as a share of all units of the country, 0..1.
    """

    geometry: BaseGeometry
    place: float
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
    focus: Bounds | None = None,
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


def focus_of(tiles: Sequence[Tile], epsg: int) -> Bounds:
    """Return metric bounds around the units of the first classes, with room."""
    scored = [tile for tile in tiles if tile.score > 0]
    chosen = [t.geometry for t in scored if t.place <= FOCUS] or [
        tile.geometry for tile in scored or tiles
    ]
    west, south, east, north = _bounds(all_to_metric(chosen, epsg))
    room = 0.06 * max(east - west, north - south)
    return west - room, south - room, east + room, north + room


def _bounds(shapes: Sequence[BaseGeometry]) -> Bounds:
    west, south, east, north = shapely.total_bounds(list(shapes))
    return float(west), float(south), float(east), float(north)


def _classes(
    tiles: Sequence[Tile], epsg: int
) -> Iterable[tuple[list[BaseGeometry], str]]:
    below = 0.0
    for share, colour in CLASSES:
        of = [t for t in tiles if t.score > 0 and below < t.place <= share]
        below = share
        if of:
            yield all_to_metric([tile.geometry for tile in of], epsg), colour


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


def report_pdf(prior: SurveyPrior, actor: Actor, address: str = "") -> bytes:
    """Return the report as PDF, in the language in force.

    Args:
        address: Where the run stands, for the QR code.

    Raises:
        RuntimeError: Typst cannot set the report (a defect of the template).
    """
    districts = list(ranked(actor, prior, "district"))
    units = list(ranked(actor, prior, "unit"))
    places = list(ranked(actor, prior, "community")[:FIRST_PLACES])
    facts = _facts(prior, districts, units, places)
    drawings = {"map.svg": _map(prior, districts, units)}
    return set_document(TEMPLATE, facts, drawings=drawings, address=address)


def _map(
    prior: SurveyPrior, districts: list[RankedUnit], units: list[RankedUnit]
) -> str:
    epsg = int(prior.config["epsg"])
    count = max(prior.counts.get("unit", 0), len(units), 1)
    tiles = [Tile(unit.geometry, unit.rank / count, unit.score) for unit in units]
    pins = []
    for district in reversed(districts[:FIRST]):
        spot = district.geometry.representative_point()
        pins.append(Pin(spot.x, spot.y, str(district.rank)))
    scored = sum(tile.score > 0 for tile in tiles)
    focus = None if scored > COUNTRYWIDE * len(tiles) else focus_of(tiles, epsg)
    return draw_map(tiles, [d.geometry for d in districts], pins, epsg, focus)


def _facts(
    prior: SurveyPrior,
    districts: list[RankedUnit],
    units: list[RankedUnit],
    places: list[RankedUnit],
) -> dict[str, Any]:
    columns = _columns(prior)
    return {
        "title": prior.shown_title,
        "subtitle": _subtitle(prior),
        "statement": statement(),
        "words": _words(prior),
        "columns": [label for _name, label in columns],
        "districts": _with_source_rank(prior, districts, columns),
        "units": _with_source_rank(prior, units, columns),
        "places": [_row(p, columns) for p in places],
        "legend": _legend(),
        "account": account_rows(prior),
        "weights": weight_rows(prior),
        "sensitivity": sensitivity_rows(prior),
        "method": method_of(prior),
        "notes": [places_note(), *(_(note) for note in prior.notes)],
        "sources": [
            f"{source['name']}: {source['detail']} ({source['licence']})"
            for source in prior.inputs
        ],
        "made": _made(prior),
    }


def _columns(prior: SurveyPrior) -> list[tuple[str, str]]:
    lines, records = ("line_km", _("km to line")), ("target_months", _("Target-months"))
    return [records if prior.kind == "records" else lines, ("people", _("People"))]


def _row(unit: RankedUnit, columns: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "rank": str(unit.rank),
        "code": unit.code,
        "name": unit.name,
        "where": where_text(unit, in_parent=False),
        "interval": f"{number_text(unit.rank_low)}–{number_text(unit.rank_high)}",
        "firm": f"{number_text(100 * unit.top_share)} %",
        "values": [_shown(unit.facts.get(name)) for name, _label in columns],
        "partial": unit.partial,
    }


def _with_source_rank(
    prior: SurveyPrior, units: list[RankedUnit], columns: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return the first rows with their place by records, or by lines, alone.

    Who sees a part of the units is not told the latter: it counts all.
    """
    every = bool(units) and len(units) >= prior.counts.get(units[0].level, 0)
    by_source = [-(unit.layers["intensity"] or 0.0) for unit in units]
    order = sorted(by_source)
    return [
        _row(unit, columns)
        | {
            "alone": number_text(bisect_left(order, value) + 1) if every else "–",
            "why": reasons_text(unit.reasons),
        }
        for unit, value in zip(units[:FIRST], by_source, strict=False)
    ]


def _shown(value: float | None) -> str:
    return "–" if value is None else shown_number(value)


def _subtitle(prior: SurveyPrior) -> str:
    return _("for %(organisation)s · %(date)s · run by %(who)s") % {
        "organisation": prior.organisation.name,
        "date": date_text(prior.created_at.date()),
        "who": prior.created_by_name,
    }


def _made(prior: SurveyPrior) -> str:
    return _("Run %(uid)s, seed %(seed)s, Safelane %(version)s") % {
        "uid": str(prior.uid)[:8],
        "seed": prior.config["seed"],
        "version": prior.versions.get("safelane", ""),
    }


def _legend() -> list[dict[str, str]]:
    first = [
        (colour, _("first %(percent)s %%") % {"percent": shown_number(share * 100)})
        for share, colour in CLASSES[:-1]
    ]
    rest = (CLASSES[-1][1], _("the rest"))
    blank = (BLANK, _("nothing in reach: not “clear”"))
    return [{"colour": c, "label": label} for c, label in (*first, rest, blank)]


def _words(prior: SurveyPrior) -> dict[str, str]:
    is_records = prior.kind == "records"
    return {
        "alone": _("By records alone") if is_records else _("By lines alone"),
        "districts": str(LEVEL_NAMES["district"]),
        "units": str(LEVEL_NAMES["unit"]),
        "places": str(LEVEL_NAMES["community"]),
        "rank": _("Rank"),
        "name": _("Name"),
        "where": _("Where"),
        "code": _("Unit"),
        "interval": _("Rank, 5–95 %"),
        "firm": _("In top 10"),
        "answer": _("Where to survey first"),
        "map": _("Survey units by rank; numbers are the first ten districts"),
        "method": _("How the ranking is made"),
        "weights": _("Weights"),
        "account": _("Account of the records"),
        "sensitivity": _("How firm it is"),
        "limits": _("What it cannot say"),
        "sources": _("Sources"),
        "records": _("Records"),
        "target_months": _("Target-months"),
        "change": _("If this changes"),
        "kept": _("of the first ten districts stay"),
        "kept_units": _("of the first tenth of units stay"),
        "tau": _("Kendall’s tau, units"),
        "why": _("Why the first ten districts"),
        "firm_note": _(
            "Rank, 5–95 %: where the unit stands in 90 of 100 weightings. In top 10: "
            "share of the weightings that keep it in the first ten. People: those of "
            "listed places around, weighted by distance; of communities their own."
        ),
    }
