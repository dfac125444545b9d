"""In which district an area lay, period by period."""

from dataclasses import replace
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
import shapely
from django.apps import apps
from django.db import connection

from safelane.core.review.newrecords import Registration
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.queries import state_of
from safelane.hazards.testing import update_report
from safelane.hazards.tests.conftest import SYSTEM, claims, later, square, submunition
from safelane.hazards.tests.steps import approved, area_from, draft
from safelane.organisations.actions import import_admin_areas
from safelane.organisations.inputs import AreaRow
from safelane.organisations.models import AdminArea

# XK reaches from 102 to 104 degrees east; VT lies east of it.
IN_XK, IN_VT = square(), square(105.2)
MAY, JULY, SEPTEMBER = date(2024, 5, 1), date(2024, 7, 1), date(2024, 9, 1)


@pytest.fixture
def districts(field):
    row = AreaRow(1, "VT", "Vientiane", shapely.box(105, 19, 106, 20))
    import_admin_areas([row], country=field.country, source="test", by=SYSTEM)
    return field


def places(hazard):
    """Return day -> code of the admin area of each period that is held now."""
    rows = HazardPeriod.objects.filter(hazard=hazard, known_to__isnull=True)
    return {
        row.valid_from: row.admin_area.code if row.admin_area else None
        for row in rows.order_by("valid_from")
    }


def test_an_area_that_moves_keeps_its_district_of_then(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=IN_XK))
    approved(districts, later(hazard, JULY, geometry=IN_VT))
    approved(districts, later(hazard, SEPTEMBER, priority="high"))
    assert places(hazard) == {MAY: "XK", JULY: "VT", SEPTEMBER: "VT"}
    hazard.refresh_from_db()
    assert hazard.admin_area.code == "VT"


def test_what_the_register_held_before_a_correction_keeps_its_district(districts):
    hazard = area_from(districts, claims(day=JULY, geometry=IN_XK))
    approved(districts, later(hazard, MAY, geometry=IN_VT))
    first = HazardPeriod.objects.filter(hazard=hazard).earliest("known_from")
    assert first.admin_area.code == "XK"
    assert places(hazard) == {MAY: "VT", JULY: "XK"}


def test_before_anybody_knew_of_a_place_there_is_none(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=None))
    assert places(hazard) == {MAY: None}
    approved(districts, later(hazard, SEPTEMBER, geometry=IN_VT))
    assert places(hazard) == {MAY: None, SEPTEMBER: "VT"}
    approved(districts, later(hazard, JULY, priority="high"))
    assert places(hazard) == {MAY: None, JULY: None, SEPTEMBER: "VT"}


def test_without_its_outline_an_area_stays_where_it_was_last_seen(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=IN_XK))
    unknown = replace(later(hazard, SEPTEMBER), retracts=("geometry",))
    approved(districts, unknown)
    assert places(hazard) == {MAY: "XK", SEPTEMBER: "XK"}


def test_a_report_takes_the_district_of_its_day(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=IN_XK))
    approved(districts, later(hazard, SEPTEMBER, geometry=IN_VT))
    hazard.refresh_from_db()
    assert draft(districts, later(hazard, JULY, priority="low")).admin_area.code == "XK"
    newer = draft(districts, later(hazard, SEPTEMBER, priority="low"))
    assert newer.admin_area.code == "VT"


def test_a_draft_of_another_day_takes_the_district_of_that_day(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=IN_XK))
    approved(districts, later(hazard, SEPTEMBER, geometry=IN_VT))
    row = draft(districts, later(hazard, JULY, priority="low"))
    later_day = later(hazard, SEPTEMBER, priority="low")
    row = update_report(row, later_day, by=districts.bounmy)
    assert (row.admin_area.code, row.knows_area) == ("VT", False)


def test_an_import_gives_each_period_its_own_district(districts):
    rows = [
        claims("XK-9", MAY, geometry=IN_XK),
        claims("XK-9", SEPTEMBER, geometry=IN_VT),
    ]
    registration = Registration(districts.operator, districts.country, "b", "legacy")
    register_approved(rows, registration, by=SYSTEM)
    hazard = HazardousArea.objects.get(reference="XK-9")
    assert places(hazard) == {MAY: "XK", SEPTEMBER: "VT"}
    assert hazard.admin_area.code == "VT"


def test_the_periods_of_an_older_workspace_are_given_their_districts(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=IN_XK))
    approved(districts, later(hazard, SEPTEMBER, geometry=IN_VT))
    bare = area_from(districts, claims("XK-2", MAY, geometry=None))
    # As version 0.1.0 wrote them: everywhere the place of the latest outline.
    HazardPeriod.objects.update(admin_area=hazard.reports.latest("pk").admin_area)
    step = import_module("safelane.hazards.migrations.0002_period_places")
    step.place_periods(apps, SimpleNamespace(connection=connection))
    assert places(hazard) == {MAY: "XK", SEPTEMBER: "VT"}
    assert places(bare) == {MAY: None}
    closed = HazardPeriod.objects.get(known_to__isnull=False)
    assert closed.admin_area.code == "XK"


def test_a_past_state_is_found_in_the_district_of_then(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=IN_XK))
    approved(districts, later(hazard, SEPTEMBER, geometry=IN_VT))
    state = state_of(hazard, districts.manager, on=JULY)
    assert state is not None and state.admin_area.code == "XK"


def sheet(hazard, day=JULY):
    """Return a report on an area that states nothing of it but a piece of evidence."""
    return ReportInput(
        date_of_information=day, hazard=hazard, evidence=(submunition(),)
    )


def test_evidence_takes_the_district_of_an_area_that_is_known_by_it_only(districts):
    known = replace(
        claims(day=MAY, geometry=None), admin_area=AdminArea.objects.get(code="VT")
    )
    hazard = area_from(districts, known)
    for day in (MAY, JULY):
        row = approved(districts, sheet(hazard, day)).evidence.get()
        assert row.admin_area.code == "VT"


def test_evidence_on_an_area_whose_district_became_known_later_has_that(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=None))
    later_known = replace(
        later(hazard, SEPTEMBER, priority="high"),
        admin_area=AdminArea.objects.get(code="VT"),
    )
    approved(districts, later_known)
    hazard.refresh_from_db()
    assert approved(districts, sheet(hazard)).evidence.get().admin_area.code == "VT"


def test_evidence_on_an_area_of_which_no_district_is_known_has_its_own(districts):
    hazard = area_from(districts, claims(day=MAY, geometry=None))
    assert hazard.admin_area is None
    row = approved(districts, sheet(hazard)).evidence.get()
    assert row.admin_area.code == "XK"
    hazard.refresh_from_db()
    assert hazard.admin_area.code == "XK"
