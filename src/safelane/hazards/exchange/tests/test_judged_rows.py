"""Finds and boxes of a file are asked the rules, and tell nothing of hidden ground."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import shapely
from django.db import transaction

from safelane.core.jobs.progress import Progress
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.exchange.actions import begin_import, choose_mapping
from safelane.exchange.imports.runner import check_file, import_file
from safelane.exchange.mapping.model import Mapping
from safelane.hazards.actions import register_approved
from safelane.hazards.exchange.tests.conftest import feature, file_of
from safelane.hazards.models import Evidence, HazardousArea, OrdnanceFound
from safelane.hazards.rules.evaluation import MAY_OVERLAP
from safelane.hazards.tests.conftest import claims, square
from safelane.hazards.tests.steps import area_from
from safelane.organisations.actions import create_user, grant_membership
from safelane.organisations.models import Role
from safelane.organisations.queries import actor_for_user

SIGN = {"directness": "direct", "kind": "item", "date": "2024-05-01"}
MINE = {"category": "submunition", "date": "2024-05-01"}


def find(x: float, y: float, **stated: Any) -> dict[str, Any]:
    point = shapely.Point(x, y).__geo_interface__
    return {"type": "Feature", "geometry": point, "properties": stated}


@pytest.mark.parametrize(
    ("target", "row", "rule"),
    [
        ("evidence", find(0, 0, **SIGN), "inside-country"),
        ("evidence", find(103.2, 19.4, **SIGN | {"date": "2124-05-01"}), "date"),
        ("evidence", find(103.2, 19.4, **SIGN | {"date": "1899-12-31"}), "date"),
        ("ordnance", find(0, 0, **MINE), "inside-country"),
        ("ordnance", find(103.2, 19.4, **MINE, depth=9000), "depth-plausible"),
    ],
)
def test_an_odd_find_stays_out_and_its_row_is_named(bring_in, target, row, rule):
    good = find(103.2, 19.4, **(SIGN if target == "evidence" else MINE))
    run = bring_in(good, row, target=target, mode="skip")
    assert run.counts.get("created", 0) + run.counts.get("updated", 0) == 1
    (fault,) = run.faults.filter(level="error")
    assert fault.row == 2
    assert rule in fault.code
    assert Evidence.objects.count() + OrdnanceFound.objects.count() == 1


def confirmed(bring_in: Any) -> HazardousArea:
    bring_in(feature(1, type="CHA", geometry=square(103.2).__geo_interface__))
    return HazardousArea.objects.get()


@pytest.mark.parametrize(("x", "stands"), [(103.201, True), (103.5, False)])
def test_evidence_is_near_the_confirmed_area_that_its_row_names(bring_in, x, stands):
    confirmed(bring_in)
    row = find(x, 19.401, hazard_id="XK-1", **SIGN)
    run = bring_in(row, target="evidence", mode="skip")
    assert Evidence.objects.exists() is stands
    codes = {fault.code for fault in run.faults.filter(level="error")}
    assert codes == (set() if stands else {"confirming-evidence-near"})


def test_evidence_far_from_a_suspected_area_is_shown(bring_in):
    bring_in(feature(1, geometry=square(103.2).__geo_interface__))
    row = find(103.5, 19.401, hazard_id="XK-1", **SIGN)
    run = bring_in(row, target="evidence", mode="skip")
    assert Evidence.objects.exists()
    assert "evidence-near-area" in {fault.code for fault in run.faults.all()}


@pytest.fixture
def operator_import(field):
    """Return a function that checks and imports rows as somebody of the operator.

    This person may import, and sees the operator's records only.
    """
    verbs = ["hazard.*", "hazard_report.*", "evidence.*", "file.*", "job.*"]
    role = Role.objects.create(
        code="operator_data", name="Operator data", reach="organisation", verbs=verbs
    )
    user = create_user("data", "Data", by=system_actor())
    grant_membership(user, field.operator, role, by=system_actor())
    by = actor_for_user(user)

    def brought(*rows: Any, check: bool = False) -> Any:
        run = begin_import(
            file_of(*rows),
            "register.geojson",
            target="hazards",
            organisation=field.operator,
            by=by,
        )
        mapping = Mapping.from_json(run.mapping)
        choose_mapping(run, mapping, mode="skip", reason="Register", by=by)
        (check_file if check else import_file)(run, Progress(by))
        return list(run.faults.order_by("row").values_list("row", "level", "message"))

    return brought


def hide(field: Any, x: float) -> None:
    """Register an area of the authority, which the operator may not see."""
    item = claims("HIDDEN-77", date(2024, 5, 1), geometry=square(x, side=0.0005))
    where = Registration(field.authority, field.country, "", "made for tests")
    register_approved([item], where, by=system_actor())


def test_a_file_finds_no_hidden_ground(field, operator_import):
    """Many squares over a cell: the report is the same wherever the area lies in it."""
    west = 103.2
    shapes = [square(west + n / 2000, side=0.0004) for n in range(8)]
    rows = [
        feature(n, shape.__geo_interface__, date="2024-06-01", remarks="")
        for n, shape in enumerate(shapes, start=1)
    ]
    reports = []
    for n in (2, 5):
        with transaction.atomic():
            hide(field, west + n / 2000)
            reports.append(operator_import(*rows, check=True))
            reports.append(operator_import(*rows))
            transaction.set_rollback(True)
    told = str(reports)
    assert str(MAY_OVERLAP) in told
    assert "HIDDEN-77" not in told and "percent" not in told
    assert reports[0] == reports[1] == reports[2] == reports[3]


def test_an_importer_who_sees_all_is_told_all(field, bring_in):
    area = area_from(field, claims())
    run = bring_in(feature(5, square().__geo_interface__))
    said = " ".join(run.faults.values_list("message", flat=True))
    assert area.reference in said and str(MAY_OVERLAP) not in said
