"""The only place that writes accidents, reports on them and victims."""

from functools import partial

from safelane.accidents.actions.report import REPORTS
from safelane.accidents.actions.victims import reveal_victim
from safelane.core.review import registration, steps, writing
from safelane.core.review.stages import APPROVE, SUBMIT

create_report = partial(writing.create_report, REPORTS)
update_report = partial(writing.update_report, REPORTS)
move_report = partial(steps.move_report, REPORTS)
move_reports = partial(steps.move_reports, REPORTS)
submit_report = partial(move_report, step=SUBMIT)
approve_report = partial(move_report, step=APPROVE)
reject_report = partial(steps.reject_report, REPORTS)
withdraw_report = partial(steps.withdraw_report, REPORTS)
register_approved = partial(registration.register_approved, REPORTS)

__all__ = [
    "REPORTS",
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
