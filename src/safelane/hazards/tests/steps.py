"""Short ways through the review, for tests."""

from __future__ import annotations

from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.testing import (
    approve_report,
    check_report_operations,
    check_report_operator,
    create_report,
    submit_report,
)
from safelane.hazards.tests.conftest import Field


def draft(field: Field, report: ReportInput) -> HazardReport:
    return create_report(report, organisation=field.operator, by=field.bounmy)


def checked(field: Field, report: ReportInput) -> HazardReport:
    """Take a report to the desk of information management."""
    row = submit_report(draft(field, report), by=field.bounmy)
    row = check_report_operator(row, by=field.checker)
    return check_report_operations(row, by=field.operations)


def approved(field: Field, report: ReportInput) -> HazardReport:
    return approve_report(checked(field, report), by=field.manager)


def area_from(field: Field, report: ReportInput) -> HazardousArea:
    hazard = approved(field, report).hazard
    assert hazard is not None
    return HazardousArea.objects.get(pk=hazard.pk)
