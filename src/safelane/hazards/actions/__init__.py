"""The only place that writes reports, areas, evidence, ordnance and survey boxes."""

from safelane.hazards.actions.bulk import register_approved, submit_many
from safelane.hazards.actions.reports import create_report, update_report
from safelane.hazards.actions.review import (
    approve_report,
    check_report_operations,
    check_report_operator,
    move_report,
    move_reports,
    reject_report,
    rework_report,
    submit_report,
    withdraw_report,
)

__all__ = [
    "approve_report",
    "check_report_operations",
    "check_report_operator",
    "create_report",
    "move_report",
    "move_reports",
    "register_approved",
    "reject_report",
    "rework_report",
    "submit_many",
    "submit_report",
    "update_report",
    "withdraw_report",
]
