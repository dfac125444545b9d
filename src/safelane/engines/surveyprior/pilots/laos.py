"""The Laos pilot: US bombing records over districts, places and rivers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from ..config import PriorConfig
from ..geodata import (
    Area,
    Source,
    distinct_codes,
    feature_geometry,
    read_features,
    read_lines,
    read_places,
)
from ..lattice import which_area
from ..records.thor import (
    POINTS_FILE,
    PUBLISHED,
    TargetMonths,
    account_for,
    read_target_months,
)
from ..results import PriorInputs
from ..sources import RecordSource
from ..statement import gettext_noop

COUNTRY = "LA"
ADMIN, RECORDS = "laos_admin", "laos_thor_missions"
DISTRICTS_FILE = "lao_adm2_ocha_geoboundaries.geojson"
PROVINCES_FILE = "lao_adm1_osm_geoboundaries_simplified.geojson"
DISTRICT_PROVINCE_FILE = "lao_adm2_to_adm1.csv"
PLACES_FILE = "lao_places_geonames.csv"
RIVERS_FILE = "rivers_naturalearth.geojson"

SOURCES = (
    Source(
        "US air-strike target records, Oct 1965 to July 1973",
        "US Department of Defense, THOR; Parametric Press extract, clipped to Laos",
        "public US-government record; extract MIT",
    ),
    Source(
        "148 districts",
        "geoBoundaries LAO-ADM2; National Geographic Department, OCHA 2019",
        "CC BY 3.0 IGO",
    ),
    Source(
        "18 provinces",
        "geoBoundaries LAO-ADM1; OpenStreetMap 2017",
        "ODbL 1.0",
    ),
    Source("107 populated places", "GeoNames", "CC BY 4.0"),
    Source("Rivers", "Natural Earth 1:10 million", "public domain"),
)

NOTES = (
    gettext_noop(
        "A record is a target coordinate, not an impact point; errors of hundreds of "
        "metres to kilometres are normal. There is no weapon type, so submunitions "
        "cannot be told from other bombs."
    ),
    gettext_noop(
        "Records outside Laos are not in the file: near the border the kernels make "
        "good for the missing side, which is a guess."
    ),
    gettext_noop(
        "Most villages are in no list used here. Remote communities therefore stand "
        "lower than they should: look at the rank by records alone as well."
    ),
    gettext_noop(
        "Ground fighting, artillery and other air forces are not in the records."
    ),
)


def read_districts(data: Path) -> list[Area]:
    """Read the 148 districts with the province of each."""
    folder = data / ADMIN
    with (folder / DISTRICT_PROVINCE_FILE).open(encoding="utf-8", newline="") as stream:
        province = {row["shapeID"]: row["adm1"] for row in csv.DictReader(stream)}
    return [_area(f, province) for f in read_features(folder / DISTRICTS_FILE)]


def read_provinces(data: Path) -> list[Area]:
    """Read the 18 provinces; the code is ISO 3166-2."""
    return distinct_codes(
        [
            Area(
                feature["properties"]["shapeISO"],
                feature["properties"]["shapeName"],
                feature_geometry(feature),
            )
            for feature in read_features(data / ADMIN / PROVINCES_FILE)
        ]
    )


def laos_inputs(data: Path, config: PriorConfig) -> PriorInputs:
    """Read everything of the Laos pilot from the folder of reference data.

    Raises:
        PriorInputMissing: A file is missing or empty.
    """
    areas = read_districts(data)
    points = read_target_months(data / RECORDS / POINTS_FILE)
    return PriorInputs(
        COUNTRY,
        areas,
        read_places(data / ADMIN / PLACES_FILE),
        record_source(points, areas, config),
        rivers=read_lines(data / ADMIN / RIVERS_FILE),
        sources=SOURCES,
        notes=NOTES,
    )


def record_source(
    points: TargetMonths, areas: list[Area], config: PriorConfig
) -> RecordSource:
    """Set aside what lies outside every district and write the account."""
    found = which_area([area.geometry for area in areas], points.lon, points.lat)
    inside = np.asarray(found >= 0)
    account = account_for(points, inside, config, PUBLISHED)
    return RecordSource(points.select(inside), found[inside], account)


def _area(feature: dict[str, Any], province: dict[str, str]) -> Area:
    properties = feature["properties"]
    code = str(properties["shapeID"])
    name = str(properties["shapeName"])
    return Area(code, name, feature_geometry(feature), province.get(code, ""))
