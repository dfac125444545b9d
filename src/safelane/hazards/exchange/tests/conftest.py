"""A small register to import, in a small Laos."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from safelane.core.jobs.progress import Progress
from safelane.exchange.actions import begin_import, choose_mapping
from safelane.exchange.imports.runner import import_file
from safelane.exchange.mapping.model import Mapping
from safelane.exchange.models import ImportRun
from safelane.hazards.tests.conftest import Field, field, square

__all__ = ["field"]
BOW_TIE = [[103.5, 19.4], [103.502, 19.402], [103.502, 19.4], [103.5, 19.402]]


def feature(number: int, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    shape = geometry or square(103 + number / 100).__geo_interface__
    stated = {
        "hazard_id": f"XK-{number}",
        "type": "Suspected hazardous area",
        "status": "Active",
        "date": "2023-05-01",
        "remarks": "ບ້ານ",
        "gps": "Garmin",
    }
    return {"type": "Feature", "geometry": shape, "properties": stated | properties}


def bow_tie(number: int) -> dict[str, Any]:
    ring = [*BOW_TIE, BOW_TIE[0]]
    return feature(number, {"type": "Polygon", "coordinates": [ring]})


def file_of(*features: dict[str, Any]) -> io.BytesIO:
    collection = {"type": "FeatureCollection", "features": list(features)}
    return io.BytesIO(json.dumps(collection).encode())


@pytest.fixture
def begin(field: Field) -> Any:
    """Begin an import as the authority's information manager."""

    def begun(*rows: Any, target: str = "hazards", mode: str = "all") -> ImportRun:
        run = begin_import(
            file_of(*rows),
            "register.geojson",
            target=target,
            organisation=field.authority,
            by=field.manager,
        )
        mapping = Mapping.from_json(run.mapping)
        why = "Register 2023"
        choose_mapping(run, mapping, mode=mode, reason=why, by=field.manager)
        return run

    return begun


@pytest.fixture
def bring_in(begin: Any, field: Field) -> Any:
    """Import features and return the finished run."""

    def brought(*rows: Any, target: str = "hazards", mode: str = "all") -> ImportRun:
        run = begin(*rows, target=target, mode=mode)
        import_file(run, Progress(field.manager))
        return run

    return brought
