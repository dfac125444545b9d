"""Survey priors as files: CSV and GeoJSON, each row with the statement beside it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from safelane.core.api import as_geojson
from safelane.exchange.writers.delimited import harmless
from safelane.risk.models import RankedUnit, SurveyPrior
from safelane.risk.wording import context_text, reasons_text, statement

BOM = "\ufeff"
FACTS = (
    "area_km2",
    "target_months",
    "records",
    "people",
    "place_km",
    "river_km",
    "road_km",
    "line_km",
    "surveyed",
)
CHUNK = 500


def flat(unit: RankedUnit) -> dict[str, Any]:
    """Return one unit as flat values under stable column names."""
    context = unit.context
    values: dict[str, Any] = {
        "level": unit.level,
        "rank": unit.rank,
        "code": unit.code,
        "name": unit.name,
        "district": context.get("district", ""),
        "part_of": context.get("parent", ""),
        "where": context_text("", context.get("near")),
        "score": round(unit.score, 4),
        "rank_p5": unit.rank_low,
        "rank_p95": unit.rank_high,
        "share_in_top": round(unit.top_share, 3),
        "share_in_top_tenth": round(unit.top_tenth_share, 3),
        "partial": unit.partial,
    }
    values |= {name: unit.facts.get(name) for name in FACTS}
    values |= {f"layer_{name}": value for name, value in unit.layers.items()}
    values |= {f"percentile_{name}": v for name, v in unit.percentiles.items()}
    centre = unit.geometry.centroid
    values |= {"lon": round(centre.x, 5), "lat": round(centre.y, 5)}
    return values | {"why": reasons_text(unit.reasons), "read_this": statement()}


def csv_lines(prior: SurveyPrior, units: Iterable[RankedUnit]) -> Iterator[str]:
    """Yield a CSV file with a byte order mark, in chunks; columns fit all levels.

    Args:
        prior: The run: its layers name columns.
        units: Its units, of one level or of several.
    """
    buffer = StringIO()
    writer = csv.DictWriter(buffer, list(flat_names(prior.weights)), restval="")
    writer.writeheader()
    yield BOM
    for number, unit in enumerate(units, start=1):
        row = flat(unit)
        writer.writerow({name: harmless(value) for name, value in row.items()})
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def flat_names(layers: Mapping[str, float]) -> Iterator[str]:
    """Yield the columns of a run with these layers."""
    yield from ("level", "rank", "code", "name", "district", "part_of", "where")
    yield from ("score", "rank_p5", "rank_p95", "share_in_top", "share_in_top_tenth")
    yield from ("partial", *FACTS)
    yield from (f"{kind}_{n}" for kind in ("layer", "percentile") for n in layers)
    yield from ("lon", "lat", "why", "read_this")


def geojson_parts(prior: SurveyPrior, units: Iterable[RankedUnit]) -> Iterator[str]:
    """Yield a GeoJSON feature collection (RFC 7946) that carries the statement."""
    head = {"title": prior.title, "read_this": statement()}
    head |= {"run": str(prior.uid), "weights": prior.weights}
    yield '{"type": "FeatureCollection", '
    yield json.dumps(head, ensure_ascii=False)[1:-1] + ', "features": [\n'
    for number, unit in enumerate(units):
        feature = {
            "type": "Feature",
            "id": f"{unit.level}/{unit.code}",
            "properties": {k: v for k, v in flat(unit).items() if not _is_inner(k)},
            "geometry": as_geojson(unit.geometry),
        }
        yield (",\n" if number else "") + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"


def _is_inner(name: str) -> bool:
    """Tell the columns that only a recomputation needs; the CSV holds them."""
    return name.startswith(("layer_", "percentile_"))


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
