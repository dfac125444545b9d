"""The only place that writes reports, areas, evidence, ordnance and survey boxes."""

from functools import partial

from safelane.core.review import stages, steps, writing
from safelane.hazards.actions.bulk import register_approved
from safelane.hazards.actions.report import REPORTS

create_report = partial(writing.create_report, REPORTS)
update_report = partial(writing.update_report, REPORTS)
move_report = partial(steps.move_report, REPORTS)
move_reports = partial(steps.move_reports, REPORTS)
submit_report = partial(move_report, step=stages.SUBMIT)
check_report_operator = partial(move_report, step=stages.CHECK_OPERATOR)
check_report_operations = partial(move_report, step=stages.CHECK_OPERATIONS)
approve_report = partial(move_report, step=stages.APPROVE)
rework_report = partial(move_report, step=stages.REWORK)
reject_report = partial(steps.reject_report, REPORTS)
withdraw_report = partial(steps.withdraw_report, REPORTS)

__all__ = [
    "REPORTS",
    "approve_report",
    "check_report_operations",
    "check_report_operator",
    "create_report",
    "move_report",
    "move_reports",
    "register_approved",
    "reject_report",
    "rework_report",
    "submit_report",
    "update_report",
    "withdraw_report",
]
