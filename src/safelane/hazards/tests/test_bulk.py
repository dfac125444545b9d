"""A legacy register comes in at once, and only once."""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from django.db import transaction

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.geo.measure import geodesic_area_m2
from safelane.core.history.chain import verify
from safelane.core.history.models import Change
from safelane.core.review.errors import UnknownCode
from safelane.hazards.actions import register_approved
from safelane.hazards.actions.bulk import Registered, Registration
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
)
from safelane.hazards.queries import state_of
from safelane.hazards.tests.conftest import SYSTEM, claims, later, square, submunition
from safelane.hazards.tests.steps import draft


@pytest.fixture
def registration(field):
    return Registration(
        organisation=field.operator,
        country=field.country,
        batch="b1",
        reason="Legacy register of 2023",
    )


def facts(row):
    found = row.stated_facts()
    return found | {"area_m2": pytest.approx(found["area_m2"], rel=1e-9)}


def rows(count: int):
    return [
        replace(
            claims(f"XK-{n}", geometry=square(103 + n / 100)),
            external_id=f"old-{n}",
            content_hash=f"hash-{n}",
        )
        for n in range(count)
    ]


def test_areas_reports_periods_and_history_come_in_together(field, registration):
    done = register_approved(rows(5), registration, by=field.manager)
    assert done == Registered(created=5, updated=0, unchanged=0)
    assert HazardousArea.objects.count() == 5
    assert HazardReport.objects.filter(stage="approved", batch="b1").count() == 5
    assert HazardPeriod.objects.count() == 5
    changes = Change.objects.filter(verb="hazard_report.register")
    assert changes.count() == 5
    assert {c.reason for c in changes} == {"Legacy register of 2023"}
    assert verify().holds


def test_the_result_equals_that_of_the_long_way(field, registration):
    from safelane.hazards.tests.steps import area_from

    register_approved(rows(1), registration, by=field.manager)
    quick = HazardousArea.objects.get()
    slow = area_from(field, claims("XK-slow", geometry=square(103)))
    assert facts(quick) == facts(slow)
    assert quick.admin_area == slow.admin_area
    assert quick.last_information == slow.last_information
    one, other = (state_of(h, field.manager) for h in (quick, slow))
    assert one is not None and other is not None
    assert facts(one) == facts(other)


def test_a_second_run_changes_nothing(field, registration):
    register_approved(rows(5), registration, by=field.manager)
    before = Change.objects.count()
    done = register_approved(rows(5), registration, by=field.manager)
    assert done == Registered(created=0, updated=0, unchanged=5)
    assert Change.objects.count() == before


def test_a_changed_row_is_a_further_report(field, registration):
    register_approved(rows(2), registration, by=field.manager)
    newer = replace(
        claims("XK-1", date(2024, 8, 1), status="closed"),
        external_id="old-1",
        content_hash="other",
    )
    done = register_approved([newer], registration, by=field.manager)
    assert done == Registered(created=0, updated=1, unchanged=0)
    hazard = HazardousArea.objects.get(reference="XK-1")
    assert hazard.status == "closed"
    assert hazard.reports.count() == 2


def test_two_rows_on_one_new_area_are_folded(field, registration):
    old = replace(claims("XK-9", date(2020, 1, 1), priority="low"), external_id="a")
    new = replace(claims("XK-9", date(2024, 1, 1), priority="high"), external_id="b")
    register_approved([new, old], registration, by=field.manager)
    hazard = HazardousArea.objects.get()
    assert hazard.priority == "high"
    early = state_of(hazard, field.manager, on=date(2021, 1, 1))
    assert early is not None and early.priority == "low"


def test_evidence_comes_with_its_area(field, registration):
    with_evidence = replace(rows(1)[0], evidence=(submunition(), submunition()))
    register_approved([with_evidence], registration, by=field.manager)
    assert {e.hazard.reference for e in Evidence.objects.all()} == {"XK-0"}


def test_one_bad_row_and_nothing_comes_in(field, registration):
    bad = claims("XK-bad", kind="minefield")
    with pytest.raises(UnknownCode), transaction.atomic():
        register_approved([*rows(3), bad], registration, by=field.manager)
    assert not HazardousArea.objects.exists()
    assert not HazardReport.objects.exists()


@pytest.mark.parametrize("who", ["bounmy", "checker", "operations", "reader"])
def test_only_information_management_takes_over_a_register(field, registration, who):
    with pytest.raises(NotPermitted):
        register_approved(rows(1), registration, by=getattr(field, who))


@pytest.mark.parametrize(
    ("row", "field_name"),
    [
        (claims("X" * 81), "reference"),
        (claims("XK-1", name="N" * 201), "name"),
        (replace(claims("XK-1"), external_id="e" * 201), "external_id"),
    ],
)
def test_text_that_a_column_cannot_hold_is_refused(
    field, registration, row, field_name
):
    refused = pytest.raises(InvalidInput, match="longer than")
    with refused as caught, transaction.atomic():
        register_approved([row], registration, by=field.manager)
    assert caught.value.field == field_name
    assert not HazardReport.objects.exists()


def test_an_outline_has_one_area_typed_imported_or_corrected(field):
    sliver = shapely.LineString([(103.2, 19.4), (103.26, 19.43)]).buffer(2e-5)
    typed = draft(field, claims("XK-7", geometry=sliver)).area_m2
    rows = [claims("XK-8", geometry=sliver), claims("XK-9", geometry=square())]
    owner = Registration(field.operator, field.country, "b", "legacy")
    register_approved(rows, owner, by=SYSTEM)
    imported = HazardousArea.objects.get(reference="XK-8")
    other = HazardousArea.objects.get(reference="XK-9")
    register_approved(
        [later(other, date(2024, 6, 1), geometry=sliver)], owner, by=SYSTEM
    )
    other.refresh_from_db()
    assert typed == imported.area_m2 == other.area_m2
    assert typed == pytest.approx(geodesic_area_m2(sliver), rel=1e-6)
