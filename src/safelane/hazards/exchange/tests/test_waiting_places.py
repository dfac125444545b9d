"""A known reference far away, or on another day, is at fault in review as well."""

from __future__ import annotations

from typing import Any

import pytest

from safelane.core.jobs.progress import Progress
from safelane.exchange.actions import begin_import, choose_mapping
from safelane.exchange.imports.runner import import_file
from safelane.exchange.mapping.model import Mapping
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.conftest import feature, file_of
from safelane.hazards.exchange.tests.test_twice_at_once import point
from safelane.hazards.tests.conftest import actor, square
from safelane.organisations.models import Role

pytestmark = pytest.mark.django_db
VERBS = ["hazard.view", "hazard.import", "hazard_report.report", "job.*"]
VERBS += ["accident.view", "accident.import", "accident_report.report"]
VERBS += ["accident_report.view", "victim.view"]
HERE, FAR = (square(x).__geo_interface__ for x in (103.2, 103.8))


def area(place: Any, day: str) -> Any:
    return feature(1, place, date=day)


def accident(lon: float, day: str, told: str) -> Any:
    said = {"reference": "ACC-1", "kind": "mine", "occurred_on": day}
    said |= {"date_of_information": told, "found_on": None, "directness": None}
    row = point(1, **said)
    row["geometry"]["coordinates"] = [lon, 19.4]
    return row


@pytest.fixture
def bring(field: Any) -> Any:
    Role.objects.create(code="bring", name="B", reach="organisation", verbs=VERBS)
    more = [*VERBS, "hazard_report.view"]
    Role.objects.create(code="sees", name="S", reach="organisation", verbs=more)

    def brought(name: str, target: str, *rows: Any, **more: bool) -> ImportRun:
        by = people.get(name) or actor(name, field.operator, name.lower().rstrip("12"))
        people[name] = by
        given = {"target": target, "organisation": field.operator, "by": by}
        run = begin_import(file_of(*rows), "r.geojson", **given)
        mapping = Mapping.from_json(run.mapping | more)
        choose_mapping(run, mapping, mode="skip", reason="x", by=by)
        import_file(run, Progress(by))
        return run

    people: dict[str, Any] = {}
    return brought


def errors(run: ImportRun) -> list[str]:
    assert run.entry == "submit"
    return list(run.faults.filter(level="error").values_list("code", flat=True))


def test_an_area_that_waits_elsewhere(bring):
    assert errors(bring("Sees1", "hazards", area(HERE, "2023-05-01"))) == []
    assert errors(bring("Sees1", "hazards", area(HERE, "2023-06-01"))) == []
    far = area(FAR, "2023-07-01")
    assert errors(bring("Sees2", "hazards", far)) == ["area-moved"]
    assert errors(bring("Bring", "hazards", far)) == []  # reports are closed to them
    assert errors(bring("Sees2", "hazards", far, may_move=True)) == []


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    ("lon", "day", "codes"),
    [
        (103.2, "2023-05-01", []),
        (103.8, "2023-05-01", ["accident-moved"]),
        (103.2, "2023-06-01", ["accident-moved"]),
    ],
)
def test_an_accident_that_waits_elsewhere(bring, apart, lon, day, codes):
    first = accident(103.2, "2023-05-01", "2023-05-02")
    second = accident(lon, day, "2023-07-02")
    if apart:
        assert errors(bring("Sees1", "accidents", first)) == []
        assert errors(bring("Sees1", "accidents", second)) == codes
    else:
        assert errors(bring("Sees1", "accidents", first, second)) == codes
