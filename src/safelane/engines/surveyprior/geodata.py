"""What a prior is made from besides records: areas, places, lines; and their files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from .errors import PriorInputMissing


@dataclass(frozen=True, slots=True)
class Area:
    """An admin area: ``geometry`` in WGS 84, ``parent`` the name one level up."""

    code: str
    name: str
    geometry: BaseGeometry
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A populated place; ``population`` is None where the source does not know."""

    code: str
    name: str
    lon: float
    lat: float
    population: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A former line of contact or a boundary, held from ``year`` on."""

    name: str
    year: int
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Source:
    """Where an input came from and under which licence."""

    name: str
    detail: str
    licence: str
    sha256: str = ""


def read_features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file.

    Raises:
        PriorInputMissing: No such file, or it holds no feature.
    """
    if not path.is_file():
        raise PriorInputMissing(
            f"There is no file {path.name} in {path.parent.name}/: "
            "give the folder of reference data with --data."
        )
    features = json.loads(path.read_text(encoding="utf-8")).get("features") or []
    if not features:
        raise PriorInputMissing(f"{path.name} holds no feature.")
    return list(features)


def feature_geometry(feature: dict[str, Any]) -> BaseGeometry:
    """Return a feature's geometry, valid and without height."""
    return shapely.make_valid(shapely.force_2d(shape(feature["geometry"])))


def read_places(path: Path) -> list[Place]:
    """Read populated places (GeoNames columns); a population of 0 means unknown."""
    if not path.is_file():
        raise PriorInputMissing(
            f"There is no file {path.name} in {path.parent.name}/: "
            "give the folder of reference data with --data."
        )
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        Place(
            code=row["geonameid"],
            name=row["name"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            population=int(row["population"] or 0) or None,
        )
        for row in rows
    ]


def read_lines(path: Path) -> list[BaseGeometry]:
    """Read the line geometries of a file, such as rivers."""
    return [feature_geometry(feature) for feature in read_features(path)]


def distinct_codes(areas: Sequence[Area]) -> list[Area]:
    """Number the codes that occur more than once: AZ.SU, AZ.SU-2."""
    seen: Counter[str] = Counter()
    distinct = []
    for area in areas:
        seen[area.code] += 1
        number = seen[area.code]
        code = area.code if number == 1 else f"{area.code}-{number}"
        distinct.append(replace(area, code=code))
    return distinct
