"""The only place that writes accidents, reports on them and victims."""

from safelane.accidents.actions.bulk import register_approved
from safelane.accidents.actions.reports import create_report, update_report
from safelane.accidents.actions.review import (
    approve_report,
    move_report,
    move_reports,
    reject_report,
    submit_report,
    withdraw_report,
)
from safelane.accidents.actions.victims import reveal_victim

__all__ = [
    "approve_report",
    "create_report",
    "move_report",
    "move_reports",
    "register_approved",
    "reject_report",
    "reveal_victim",
    "submit_report",
    "update_report",
    "withdraw_report",
]
