"""An open report on an area that its reader sees coarsely, or not at all.

Aysel, of the authority, reports on the authority's area in the name of the operator.
Rauf and Gunay of the operator see the report and not the area; Mina sees the area at
1 km. Aysel sees both.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import shapely

from safelane.core.scope import system_actor
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardReport,
    OrdnanceFound,
)
from safelane.hazards.rules.evaluation import MAY_OVERLAP
from safelane.hazards.testing import (
    HIDDEN_NAME,
    area_at,
    create_report,
    register_area,
    submit_report,
    withdraw_report,
)
from safelane.hazards.tests.pages.test_report_entry import fields
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import Role

SECRET = "AZ-SECRET-1"
VILLAGE = "Area azerbaijan-100"
OUTLINE = tuple(f"{edge:.5f}"[:7] for edge in area_at("azerbaijan").bounds)
NEW = "/hazards/reports/new/"
ROUGHLY = "begins without an outline"


@pytest.fixture
def area(cast: Any) -> HazardousArea:
    return register_area(cast, "azerbaijan", SECRET, owner="aza")


def report_on(cast: Any, area: HazardousArea, **facts: Any) -> HazardReport:
    said = ReportInput(
        date_of_information=date(2025, 5, 1),
        hazard=area,
        facts={"status": "worked_on"} | facts,
    )
    home = cast.organisations["azo"]
    return create_report(said, organisation=home, by=cast.actor("aysel"))


@pytest.fixture
def draft(cast: Any, area: HazardousArea) -> HazardReport:
    return report_on(cast, area)


def secrets_in(page: Any) -> list[str]:
    assert page.status_code == 200
    text = page.content.decode()
    return [s for s in (SECRET, VILLAGE, HIDDEN_NAME, *OUTLINE) if s in text]


def test_an_exact_reader_begins_with_the_outline(area: Any, clients: Any) -> None:
    page = clients["aysel"].get(f"{NEW}?hazard={area.uid}")
    assert set(OUTLINE) <= set(secrets_in(page))
    assert page.context["bounds"] == area.geometry.bounds
    assert ROUGHLY not in page.content.decode()


def known_beside(page: Any, name: str) -> str:
    """Return what the page says is known today, beside a field."""
    return str(getattr(page.context["editor"].form.fields[name], "known", ""))


def test_what_is_known_today_stands_beside_the_fields(area: Any, clients: Any) -> None:
    page = clients["aysel"].get(f"{NEW}?hazard={area.uid}")
    assert known_beside(page, "name") == HIDDEN_NAME
    assert f"<strong>{HIDDEN_NAME}</strong>" in page.content.decode()
    assert shapely.from_geojson(page.context["drawn_from"]).equals(area.geometry)
    assert "goes on from the outline" in page.content.decode()
    rough = clients["mina"].get(f"{NEW}?hazard={area.uid}")
    assert known_beside(rough, "status") and not known_beside(rough, "name")
    assert rough.context["drawn_from"] is None


def test_an_outline_with_a_hole_is_not_offered_to_a_map_that_draws_none(
    cast: Any, clients: Any
) -> None:
    west, south, east, north = area_at("azerbaijan").bounds
    wide, high = (east - west) / 5, (north - south) / 5
    hole = shapely.box(west + wide, south + high, west + 2 * wide, south + 2 * high)
    ring = area_at("azerbaijan").difference(hole)
    area = register_area(cast, "azerbaijan", "AZ-HOLE", owner="aza", geometry=ring)
    assert area.geometry.interiors
    page = clients["aysel"].get(f"{NEW}?hazard={area.uid}")
    assert page.context["drawn_from"] == ""
    assert "has a hole" in page.content.decode()


def test_a_known_outline_that_nobody_redraws_is_not_stated_as_drawn(
    area: Any, clients: Any
) -> None:
    url = f"{NEW}?hazard={area.uid}"
    held = clients["aysel"].get(url).context["editor"].outline_form["drawn"].value()
    assert not held
    sent = fields(outline__method="drawn", outline__drawn="")
    answer = clients["aysel"].post(url, sent)
    assert answer.status_code == 422
    assert "Nothing is drawn yet" in answer.content.decode()


def test_a_check_names_the_size_that_is_known_beside_the_new_one(
    area: Any, clients: Any
) -> None:
    west, south, east, north = area.geometry.bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    sent = fields(outline__method="drawn", outline__drawn=shapely.to_geojson(half))
    url = f"/hazards/outline/?hazard={area.uid}"
    exact, rough = (clients[n].post(url, sent) for n in ("aysel", "mina"))
    known = f"{area.area_m2 / 10_000:.2f} ha"
    assert "Known today" in exact.content.decode() and known in exact.content.decode()
    assert "Known today" not in rough.content.decode()


def test_a_coarse_reader_begins_without_and_is_told(area: Any, clients: Any) -> None:
    page = clients["mina"].get(f"{NEW}?hazard={area.uid}")
    assert secrets_in(page) == [SECRET]  # its own list shows the reference
    assert page.content.decode().count(ROUGHLY) == 1
    west, south, east, north = page.context["bounds"]
    assert east - west > 0.005 and north - south > 0.005
    assert "name" not in offered(page) and "kind" in offered(page)


def offered(page: Any) -> list[str]:
    """Return the facts that can be taken back: those that the page says are known."""
    return [
        name for name, _label in page.context["editor"].form["retracts"].field.choices
    ]


def test_who_may_not_see_the_area_begins_with_nothing(
    area: Any, draft: Any, clients: Any
) -> None:
    assert clients["rauf"].get(f"{NEW}?hazard={area.uid}").status_code == 404
    page = clients["rauf"].get(f"/hazards/reports/{draft.uid}/edit/")
    assert secrets_in(page) == []
    assert str(area.uid) not in page.content.decode()
    assert page.content.decode().count(ROUGHLY) == 1
    assert offered(page) == []


@pytest.mark.parametrize("name", ["rauf", "mina", "gunay"])
def test_lists_and_pages_do_not_name_the_area(
    draft: Any, clients: Any, name: str
) -> None:
    report = f"/hazards/reports/{draft.uid}/"
    for url in ("/hazards/reports/", report, f"/hazards/reports/?q={draft.number}"):
        page = clients[name].get(url)
        assert draft.number in page.content.decode()
        assert secrets_in(page) == [], url
    assert (
        list(clients[name].get(f"/hazards/reports/?q={SECRET}").context["page"]) == []
    )


def test_the_queue_does_not_name_the_area(cast: Any, draft: Any, clients: Any) -> None:
    submit_report(draft, by=cast.actor("aysel"))
    for url in ("/hazards/review/", "/"):
        page = clients["gunay"].get(url)
        assert draft.number in page.content.decode()
        assert secrets_in(page) == [], url
    other = report_on(cast, draft.hazard)  # still a draft: it cannot be passed on
    chosen = {"report": [f"{row.uid} {row.stage}" for row in (draft, other)]}
    refused = clients["gunay"].post("/hazards/review/pass-on/", chosen)
    assert refused.status_code == 422 and draft.number in refused.content.decode()
    assert SECRET not in refused.content.decode()


def test_who_sees_the_area_exactly_is_told_its_name(draft: Any, clients: Any) -> None:
    listed = clients["aysel"].get(f"/hazards/reports/?q={SECRET.lower()}")
    assert draft in listed.context["page"]
    assert secrets_in(listed) == [SECRET, VILLAGE]
    assert SECRET in secrets_in(clients["aysel"].get(f"/hazards/reports/{draft.uid}/"))


def test_a_place_of_its_own_is_told_with_the_report(
    cast: Any, area: Any, clients: Any
) -> None:
    report_on(cast, area, geometry=area_at("azerbaijan", 0.003))
    assert secrets_in(clients["rauf"].get("/hazards/reports/")) == [VILLAGE]


@pytest.mark.parametrize("other", ["", "standing", "withdrawn"])
def test_the_areas_own_land_is_no_other_land_nearby(
    cast: Any, area: HazardousArea, clients: Any, other: str
) -> None:
    """Nobody is told that a report may overlap the very area that it speaks of."""
    if other:
        beside = register_area(cast, "azerbaijan", "AZ-OTHER", owner="aza")
        if other == "withdrawn":
            withdraw_report(beside.reports.get(), "Twice", by=cast.actor("aysel"))
    for found in (Evidence, OrdnanceFound):
        found.objects.all().delete()
    report = report_on(cast, area, geometry=area_at("azerbaijan", 0.003))
    submit_report(report, by=cast.actor("aysel"))
    page = clients["gunay"].get(f"/hazards/reports/{report.uid}/").content.decode()
    assert (str(MAY_OVERLAP) in page) is (other == "standing")


NONE = "No evidence yet"
REACH = "Nothing here within your reach"


def said_of_evidence(client: Any, area: HazardousArea) -> list[str]:
    text = client.get(f"/hazards/{area.uid}/").content.decode()
    return [words for words in (NONE, REACH) if words in text]


def test_no_evidence_is_said_to_those_alone_who_would_see_it(
    cast: Any, clients: Any
) -> None:
    area = register_area(cast, "azerbaijan", "AZ-2", owner="azo")
    assert said_of_evidence(clients["aysel"], area) == []
    assert said_of_evidence(clients["rauf"], area) == []
    # What the authority found is not open to the operator.
    area.evidence.update(organisation=cast.organisations["aza"])
    assert said_of_evidence(clients["aysel"], area) == []
    assert said_of_evidence(clients["rauf"], area) == [REACH]
    assert said_of_evidence(clients["mina"], area) == [REACH]
    area.evidence.all().delete()
    assert said_of_evidence(clients["aysel"], area) == [NONE]
    assert said_of_evidence(clients["rauf"], area) == [REACH]


def test_evidence_of_one_district_is_a_part(cast: Any, clients: Any) -> None:
    area = register_area(cast, "azerbaijan", "AZ-2", owner="azo")
    area.evidence.all().delete()
    role = Role.objects.get(code="operations_officer")
    home, term = cast.organisations["aza"], Term(area=area.admin_area.parent)
    grant_membership(cast.users["eve"], home, role, term, by=system_actor())
    assert said_of_evidence(clients["eve"], area) == [REACH]


def test_no_overlap_is_said_to_those_alone_who_see_all(cast: Any, clients: Any) -> None:
    cast.with_role("sees_all", ("aza", "all", "exact", "view"), ["hazard"])
    cast.with_role("sees_cells", ("aza", "all", "cell", "view"), ["hazard"])
    said = {}
    for name in ("sees_all", "sees_cells", "rauf", "rena"):
        clients["eve"].force_login(cast.users[name])
        text = clients["eve"].get("/hazards/overlaps/").content.decode()
        said[name] = [w for w in ("No areas overlap", REACH) if w in text]
    assert said.pop("sees_all") == ["No areas overlap"]
    assert set(map(tuple, said.values())) == {(REACH,)}
