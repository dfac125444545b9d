"""The two-page report of a survey prior, set by typst from the stored run."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.i18n.localize import date_text, number_text
from safelane.core.pdf import set_document
from safelane.core.scope import Actor
from safelane.risk.models import RankedUnit, SurveyPrior
from safelane.risk.queries import ranked
from safelane.risk.report.drawing import BLANK, CLASSES, Pin, Tile, draw_map, focus_of
from safelane.risk.report.method import method_of
from safelane.risk.report.tables import account_rows, sensitivity_rows, weight_rows
from safelane.risk.wording import (
    LEVEL_NAMES,
    context_text,
    places_note,
    reasons_text,
    shown_number,
    statement,
)

HERE = Path(__file__).parent
TEMPLATE = HERE / "report.typ"
FIRST = 10
FIRST_PLACES = 6
COUNTRYWIDE = 0.6  # of the units with a score: then the whole country is drawn


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
    tiles = [Tile(unit.geometry, unit.rank, unit.score) for unit in units]
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
        "title": prior.title,
        "subtitle": _subtitle(prior),
        "statement": statement(),
        "words": _words(prior),
        "columns": [label for _name, label in columns],
        "districts": _with_source_rank(districts, columns),
        "units": _with_source_rank(units, columns),
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
    if prior.kind == "records":
        first = ("target_months", _("Target-months"))
    else:
        first = ("line_km", _("km to line"))
    return [first, ("people", _("People"))]


def _row(unit: RankedUnit, columns: list[tuple[str, str]]) -> dict[str, Any]:
    context = unit.context
    where = context["parent"]
    if unit.level == "unit":
        where = context_text("", context.get("near"))
    elif unit.level == "community":
        where = ", ".join(filter(None, (context["district"], context["parent"])))
    return {
        "rank": str(unit.rank),
        "code": unit.code,
        "name": unit.name,
        "where": where,
        "interval": f"{number_text(unit.rank_low)}–{number_text(unit.rank_high)}",
        "firm": f"{number_text(100 * unit.top_share)} %",
        "values": [_shown(unit.facts.get(name)) for name, _label in columns],
        "partial": unit.partial,
    }


def _with_source_rank(
    units: list[RankedUnit], columns: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return the first rows with their place by records, or by lines, alone."""
    order = sorted(-(unit.layers["intensity"] or 0.0) for unit in units)
    rows = []
    for unit in units[:FIRST]:
        place = bisect_left(order, -(unit.layers["intensity"] or 0.0)) + 1
        row = _row(unit, columns)
        why = reasons_text(unit.reasons)
        rows.append(row | {"alone": number_text(place), "why": why})
    return rows


def _shown(value: float | None) -> str:
    return "–" if value is None else shown_number(value)


def _subtitle(prior: SurveyPrior) -> str:
    return _("for %(organisation)s · %(date)s · run by %(who)s") % {
        "organisation": prior.organisation.name,
        "date": date_text(prior.created_at.date(), "long"),
        "who": prior.created_by_name,
    }


def _made(prior: SurveyPrior) -> str:
    return _("Run %(uid)s, seed %(seed)s, Safelane %(version)s") % {
        "uid": str(prior.uid)[:8],
        "seed": prior.config["seed"],
        "version": prior.versions.get("safelane", ""),
    }


def _legend() -> list[dict[str, str]]:
    entries = []
    for share, colour in CLASSES[:-1]:
        label = _("first %(percent)s %%") % {"percent": shown_number(share * 100)}
        entries.append({"colour": colour, "label": label})
    entries.append({"colour": CLASSES[-1][1], "label": _("the rest")})
    entries.append({"colour": BLANK, "label": _("nothing in reach: not “clear”")})
    return entries


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
