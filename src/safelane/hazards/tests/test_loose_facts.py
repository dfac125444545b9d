"""A fact that the timeline would pass over is refused where it comes in."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from safelane.core.review.errors import LooseFact, UnknownFact
from safelane.core.review.newrecords import Registration
from safelane.hazards.actions import register_approved
from safelane.hazards.models import HazardReport
from safelane.hazards.testing import create_report
from safelane.hazards.tests.conftest import claims, later, square, submunition
from safelane.hazards.tests.steps import area_from

DAY = date(2025, 1, 1)
LOOSE = [
    ("status_reason", "Cleared by the villagers", "Status"),
    ("geometry_text", "48Q 0200000 2140000", "Geometry"),
    ("geometry_crs", "EPSG:32648", "Geometry"),
]


@pytest.mark.parametrize(("name", "value", "leader"), LOOSE)
def test_a_report_states_both_or_neither(field, name, value, leader):
    hazard = area_from(field, claims())
    with pytest.raises(LooseFact, match=f"without “{leader}”") as refused:
        create_report(
            later(hazard, DAY, **{name: value}),
            organisation=field.operator,
            by=field.bounmy,
        )
    assert refused.value.field == name
    assert HazardReport.objects.count() == 1


def test_a_reason_is_not_retracted_alone(field):
    hazard = area_from(field, claims(status_reason="Seen from the road"))
    report = replace(later(hazard, DAY, name="North"), retracts=("status_reason",))
    with pytest.raises(LooseFact, match="Status"):
        create_report(report, organisation=field.operator, by=field.bounmy)
    both = replace(report, retracts=("status_reason", "status"))
    saved = create_report(both, organisation=field.operator, by=field.bounmy)
    assert saved.retracts == ["status", "status_reason"]


def test_an_unknown_fact_is_not_retracted(field):
    report = replace(claims(), retracts=("colour",))
    with pytest.raises(UnknownFact, match="colour"):
        create_report(report, organisation=field.operator, by=field.bounmy)


@pytest.fixture
def registration(field):
    return Registration(
        organisation=field.operator,
        country=field.country,
        batch="20261123-north-1",
        reason="Legacy register",
    )


@pytest.mark.parametrize("finds", [(), (submunition(),)], ids=["quick", "long"])
def test_both_ways_into_a_register_refuse_it(field, registration, finds):
    row = replace(claims(status="", status_reason="Cleared"), evidence=finds)
    with pytest.raises(LooseFact), transaction.atomic():
        register_approved([claims("XK-0"), row], registration, by=field.manager)
    assert not HazardReport.objects.exists()


def test_reports_of_two_imports_bear_different_numbers(field, registration):
    rows = [
        replace(claims(f"XK-{n}", geometry=square(103 + n / 100)), evidence=finds)
        for n, finds in enumerate([(), (submunition(),), (submunition(),)])
    ]
    register_approved(rows, registration, by=field.manager)
    second = replace(registration, batch="20261123-south-2")
    rows = [replace(row, reference=f"S-{row.reference}") for row in rows]
    register_approved(rows, second, by=field.manager)
    create_report(claims("XK-9"), organisation=field.operator, by=field.bounmy)
    numbers = list(HazardReport.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 7
