"""Findings that were kept as text tell nobody more than findings of today."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from safelane.core.review.findings import tell
from safelane.core.review.newrecords import Registration
from safelane.hazards.actions import register_approved
from safelane.hazards.models import HazardReport
from safelane.hazards.tests.conftest import claims, square
from safelane.hazards.tests.steps import approved, draft

migration = import_module("safelane.hazards.migrations.0004_findings_with_references")


def old(rule, **values):
    return {
        "rule": rule,
        "clause": "x",
        "rule_version": f"{rule}@1900-01-01",
        "severity": "warn",
        "message": f"12.5 percent of XK-1 {values}",
        "msgid": "Shared with %(reference)s." if "reference" in values else "Text.",
        "where": "geometry",
        "values": values,
    }


@pytest.fixture
def hidden(field):
    """Return a report of the authority's area, out of the operator's sight."""
    item = claims("HIDDEN-77", geometry=square(103.8))
    where = Registration(field.authority, field.country, "", "made for tests")
    register_approved([item], where, by=field.manager)


def moved(field, *findings):
    report = draft(field, claims())
    HazardReport.objects.filter(pk=report.pk).update(findings=list(findings))
    migration.name_records(apps, connection.schema_editor())
    return HazardReport.objects.get(pk=report.pk).findings


def test_an_overlap_is_told_to_who_sees_the_other_area(field, hidden):
    kept = moved(field, old("overlap-shown", reference="HIDDEN-77", percent=12.5))
    (shown,) = tell(kept, field.manager)
    assert shown["message"] == "Shared with HIDDEN-77."
    assert tell(kept, field.bounmy) == []
    assert "12.5 percent" not in str(kept)


@pytest.mark.parametrize(
    "finding",
    [
        old("overlap-shown", reference="GONE-1", percent=12.5),
        old("closing-with-direct-evidence", count=3),
        old("box-needs-find", label="48N-1-1"),
    ],
)
def test_what_can_be_told_to_nobody_becomes_the_sentence(field, finding):
    kept = moved(field, finding)
    for reader in (field.manager, field.bounmy):
        (shown,) = tell(kept, reader)
        assert shown["message"] == migration.SENTENCE
    assert "GONE-1" not in str(kept) and "12.5" not in str(kept)


def test_what_is_the_reports_own_stays(field):
    kept = moved(field, old("area-size", size=3))
    assert [f["rule"] for f in tell(kept, field.bounmy)] == ["area-size"]


def test_findings_of_today_are_not_touched(field, hidden):
    approved(field, claims("XK-8"))
    before = list(HazardReport.objects.values_list("pk", "findings"))
    migration.name_records(apps, connection.schema_editor())
    assert list(HazardReport.objects.values_list("pk", "findings")) == before
