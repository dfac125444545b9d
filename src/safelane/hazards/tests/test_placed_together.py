"""Reports that come in at once lie where they lie when they come in one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import shapely

from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.testing import area_at
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, Role

pytestmark = pytest.mark.django_db
HERE = {"geometry": area_at("laos")}
THERE = {"geometry": shapely.affinity.translate(area_at("laos"), 0.2, 0)}
# Month of 2024, facts or the code of a district, and which fact is taken back.
ROWS: dict[str, list[tuple[int, Any, str]]] = {
    "without an outline": [(5, HERE, ""), (6, {}, "")],
    "about a day before": [(5, HERE, ""), (4, {}, "")],
    "moved": [(5, HERE, ""), (7, THERE, ""), (6, {}, ""), (8, {}, "")],
    "moved between": [(5, HERE, ""), (7, {}, ""), (6, THERE, ""), (7, {}, "")],
    "moved that day": [(5, HERE, ""), (7, THERE, ""), (7, {}, "")],
    "named": [(5, "laos-110", ""), (6, {}, ""), (7, HERE, ""), (8, {}, "")],
    "outline wrong": [(5, HERE, ""), (6, {}, "geometry"), (7, {}, "")],
    "nowhere": [(5, {}, ""), (6, {}, ""), (7, HERE, "")],
}


def claim(row: tuple[int, Any, str], home: Any) -> ReportInput:
    month, where, wrong = row
    known = HazardousArea.objects.filter(organisation=home, reference="TR-1").first()
    named = AdminArea.objects.get(code=where) if isinstance(where, str) else None
    facts = {} if named else where
    return ReportInput(
        date_of_information=date(2024, month, 1),
        reference="" if known else "TR-1",
        hazard=known,
        facts={"kind": "sha", "status": "open", **facts},
        retracts=(wrong,) if wrong else (),
        admin_area=named,
    )


def lying(home: Any) -> list[Any]:
    rows = HazardReport.objects.filter(hazard__organisation=home).order_by("pk")
    told = "date_of_information", "admin_area__code", "knows_area"
    (area,) = HazardousArea.objects.filter(organisation=home)
    return [area.admin_area, *rows.values_list(*told)]


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("case", ROWS)
def test_at_once_as_one_by_one(cast: Any, case: str, is_known: bool) -> None:
    at_once, single = cast.organisations["laa"], cast.organisations["lao"]

    def bring(home: Any, rows: list[Any]) -> None:
        place = Registration(home, home.country, "", "made for tests")
        items = [claim(row, home) for row in rows]
        register_approved(items, place, by=system_actor("tests"))

    rows = ROWS[case]
    for home in (at_once, single) if is_known else ():
        bring(home, [(1, "laos-110", "")])
    bring(at_once, rows)
    for row in rows:
        bring(single, [row])
    assert lying(at_once) == lying(single)


def test_who_sees_the_area_sees_both_reports_of_its_file(cast: Any) -> None:
    home = cast.organisations["laa"]
    items = [claim(row, home) for row in ROWS["without an outline"]]
    place = Registration(home, home.country, "", "made for tests")
    register_approved(items, place, by=system_actor("tests"))
    (area,) = HazardousArea.objects.all()
    role, only = (
        Role.objects.get(code="information_manager"),
        Term(area=area.admin_area),
    )
    grant_membership(cast.users["eve"], home, role, only, by=system_actor("tests"))
    assert HazardReport.objects.visible_to(cast.actor("eve")).count() == 2
