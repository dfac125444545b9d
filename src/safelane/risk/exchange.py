"""Survey priors as files: CSV and GeoJSON, each row with the statement beside it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from safelane.core.api import as_geojson
from safelane.exchange.writers.delimited import harmless
from safelane.risk.models import RankedUnit, SurveyPrior
from safelane.risk.wording import context_text, reasons_text, statement

BOM = "\ufeff"
FACTS = (
    "area_km2", "target_months", "records", "people", "place_km", "river_km",
    "road_km", "line_km", "surveyed",
)  # fmt: skip
CHUNK = 500


OWN: Mapping[str, Callable[[RankedUnit], Any]] = {
    "level": lambda unit: unit.level,
    "rank": lambda unit: unit.rank,
    "code": lambda unit: unit.code,
    "name": lambda unit: unit.name,
    "district": lambda unit: unit.context.get("district", ""),
    "part_of": lambda unit: unit.context.get("parent", ""),
    "where": lambda unit: context_text("", unit.context.get("near")),
    "score": lambda unit: round(unit.score, 4),
    "rank_p5": lambda unit: unit.rank_low,
    "rank_p95": lambda unit: unit.rank_high,
    "share_in_top": lambda unit: round(unit.top_share, 3),
    "share_in_top_tenth": lambda unit: round(unit.top_tenth_share, 3),
    "partial": lambda unit: unit.partial,
}


def flat(unit: RankedUnit) -> dict[str, Any]:
    """Return one unit as flat values under stable column names."""
    values = {name: value_of(unit) for name, value_of in OWN.items()}
    values |= {name: unit.facts.get(name) for name in FACTS}
    values |= {f"layer_{name}": value for name, value in unit.layers.items()}
    values |= {f"percentile_{name}": v for name, v in unit.percentiles.items()}
    centre = unit.geometry.centroid
    values |= {"lon": round(centre.x, 5), "lat": round(centre.y, 5)}
    return values | {"why": reasons_text(unit.reasons), "read_this": statement()}


def flat_names(layers: Iterable[str]) -> list[str]:
    """Return the columns of a run with these layers; they fit all levels."""
    inner = [f"{kind}_{n}" for kind in ("layer", "percentile") for n in layers]
    return [*OWN, *FACTS, *inner, "lon", "lat", "why", "read_this"]


def csv_lines(prior: SurveyPrior, units: Iterable[RankedUnit]) -> Iterator[str]:
    """Yield a CSV file with a byte order mark, in chunks; columns fit all levels.

    Args:
        prior: The run: its layers name columns.
        units: Its units, of one level or of several.
    """
    buffer = StringIO()
    writer = csv.DictWriter(buffer, flat_names(prior.weights), restval="")
    writer.writeheader()
    yield BOM
    for number, unit in enumerate(units, start=1):
        row = flat(unit)
        writer.writerow({name: harmless(value) for name, value in row.items()})
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def geojson_parts(prior: SurveyPrior, units: Iterable[RankedUnit]) -> Iterator[str]:
    """Yield a GeoJSON feature collection (RFC 7946) that carries the statement."""
    head = {"title": prior.title, "read_this": statement()}
    head |= {"run": str(prior.uid), "weights": prior.weights}
    yield '{"type": "FeatureCollection", '
    yield json.dumps(head, ensure_ascii=False)[1:-1] + ', "features": [\n'
    outer = flat_names(())
    for number, unit in enumerate(units):
        feature = {
            "type": "Feature",
            "id": f"{unit.level}/{unit.code}",
            # Only a recomputation needs the layers; the CSV holds them.
            "properties": {k: v for k, v in flat(unit).items() if k in outer},
            "geometry": as_geojson(unit.geometry),
        }
        yield (",\n" if number else "") + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
