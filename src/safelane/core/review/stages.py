"""The stages of a report and who moves it on: pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.errors import Conflict, InvalidInput

DRAFT = "draft"
SUBMITTED = "submitted"
OPERATOR_CHECKED = "operator_checked"
OPERATIONS_CHECKED = "operations_checked"
APPROVED = "approved"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"

STAGES = (
    (DRAFT, gettext_lazy("Draft")),
    (SUBMITTED, gettext_lazy("Submitted")),
    (OPERATOR_CHECKED, gettext_lazy("Checked by operator")),
    (OPERATIONS_CHECKED, gettext_lazy("Checked by operations")),
    (APPROVED, gettext_lazy("Approved")),
    (REJECTED, gettext_lazy("Rejected")),
    (WITHDRAWN, gettext_lazy("Withdrawn")),
)
LABELS = dict(STAGES)
TONES = {  # tone and icon of its badge
    DRAFT: ("secondary", "pencil"),
    SUBMITTED: ("info", "send"),
    OPERATOR_CHECKED: ("info", "check"),
    OPERATIONS_CHECKED: ("info", "checks"),
    APPROVED: ("success", "circle-check"),
    REJECTED: ("danger", "arrow-back-up"),
    WITHDRAWN: ("secondary", "x"),
}
WAITING = (SUBMITTED, OPERATOR_CHECKED, OPERATIONS_CHECKED)


@dataclass(frozen=True, slots=True)
class Step:
    """One way from stage to stage.

    Args:
        name: Name of the step, as in URLs and history verbs.
        verb: Verb that a role needs on the report's data class.
        sources: Stages that it leaves.
        target: Stage that it reaches.
        label: What its button says.
        needs_reason: A reason must be given.
    """

    name: str
    verb: str
    sources: tuple[str, ...]
    target: str
    label: str | Promise
    needs_reason: bool = False

    @property
    def is_forward(self) -> bool:
        return self.target in (*WAITING, APPROVED)


_PASS_ON, _WITHDRAW = gettext_lazy("Checked, pass on"), gettext_lazy("Withdraw")
SUBMIT = Step("submit", "report", (DRAFT,), SUBMITTED, gettext_lazy("Submit"))
CHECK_OPERATOR = Step(
    "check_operator", "check_operator", (SUBMITTED,), OPERATOR_CHECKED, _PASS_ON
)
CHECK_OPERATIONS = Step(
    "check_operations",
    "check_operations",
    (OPERATOR_CHECKED,),
    OPERATIONS_CHECKED,
    _PASS_ON,
)
APPROVE = Step(
    "approve", "approve", (OPERATIONS_CHECKED,), APPROVED, gettext_lazy("Approve")
)
REWORK = Step("rework", "report", (REJECTED,), DRAFT, gettext_lazy("Take up again"))
WITHDRAW = Step("withdraw", "report", (DRAFT, REJECTED), WITHDRAWN, _WITHDRAW, True)
WITHDRAW_APPROVED = Step(
    "withdraw_approved", "approve", (APPROVED,), WITHDRAWN, _WITHDRAW, True
)
FORWARD = {
    step.sources[0]: step for step in (CHECK_OPERATOR, CHECK_OPERATIONS, APPROVE)
}


def rejection_from(stage: str) -> Step:
    """Return the rejection step at ``stage``: whoever may pass it on may reject it.

    Raises:
        Conflict: A report at this stage waits for nobody's check.
    """
    forward = FORWARD.get(stage)
    if forward is None:
        raise Conflict(
            _("A report that is “%(stage)s” cannot be rejected.")
            % {"stage": LABELS.get(stage, stage)}
        )
    label = gettext_lazy("Reject")
    return Step("reject", forward.verb, (stage,), REJECTED, label, needs_reason=True)


def check_step(step: Step, stage: str, reason: str) -> None:
    """Raise unless ``step`` may be taken from ``stage`` with this ``reason``.

    Raises:
        Conflict: The report is at another stage, for instance because somebody else
            has moved it on.
        InvalidInput: The step needs a reason and none was given.
    """
    if stage not in step.sources:
        raise Conflict(
            _("The report is “%(stage)s” by now, so this step does not apply. Reload.")
            % {"stage": LABELS.get(stage, stage)},
            stage=stage,
        )
    if step.needs_reason and not reason.strip():
        raise InvalidInput(
            _("Give a reason that the author can act on."), field="reason"
        )
