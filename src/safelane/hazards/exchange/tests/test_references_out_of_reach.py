"""A file that names an area out of the importer's reach tells nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from safelane.core.jobs.progress import Progress
from safelane.core.scope import system_actor
from safelane.exchange.actions import begin_import, choose_mapping
from safelane.exchange.imports.runner import check_file
from safelane.exchange.mapping.model import Mapping
from safelane.hazards.exchange.tests.conftest import feature, file_of
from safelane.hazards.testing import register_area
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, Role

pytestmark = pytest.mark.django_db
TARGETS = {
    "evidence": {"directness": "direct", "kind": "item"},
    "ordnance": {"category": "submunition"},
    "survey-boxes": {"result": "nothing_found", "size": 50},
}


@pytest.fixture
def eve(cast: Any) -> Any:
    """Eve keeps the register of one district; the area lies in the other."""
    term = Term(area=AdminArea.objects.get(code="laos-11"))
    role, home = Role.objects.get(code="information_manager"), cast.organisations["laa"]
    grant_membership(cast.users["eve"], home, role, term, by=system_actor())
    return cast.actor("eve")


def faults(cast: Any, by: Any, target: str) -> list[tuple[int, str, str]]:
    rows = []
    for number in (1, 2):  # only LA-1 exists
        point = {"type": "Point", "coordinates": [103.3 + number / 100, 19.401]}
        row = feature(number, point, **TARGETS[target], hazard_id=f"LA-{number}")
        del row["properties"]["type"], row["properties"]["status"]
        rows.append(row)
    home = cast.organisations["laa"]
    run = begin_import(
        file_of(*rows), "finds.geojson", target=target, organisation=home, by=by
    )
    choose_mapping(run, Mapping.from_json(run.mapping), mode="all", reason="x", by=by)
    check_file(run, Progress(by))
    found = run.faults.filter(code="no-such-area").order_by("row")
    return [(f.row, f.message, f.column) for f in found]


@pytest.mark.parametrize("target", TARGETS)
def test_out_of_reach_is_said_like_not_there(
    cast: Any, clients: Any, eve: Any, target: str
) -> None:
    area = register_area(cast, "laos", "LA-1", owner="laa")
    assert clients["eve"].get(f"/hazards/{area.uid}/").status_code == 404
    hidden, missing = faults(cast, eve, target)
    assert hidden[1].replace("LA-1", "LA-2") == missing[1]
    assert hidden[2] == missing[2]
    sees = cast.actor("noy")
    assert [row for row, _m, _c in faults(cast, sees, target)] == [missing[0]]
