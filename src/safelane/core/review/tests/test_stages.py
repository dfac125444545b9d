"""The way of a report."""

import pytest

from safelane.core.errors import Conflict, InvalidInput
from safelane.core.review import stages


def test_the_forward_way_is_operator_then_operations_then_information_management():
    stage, way = stages.SUBMITTED, []
    while stage in stages.FORWARD:
        step = stages.FORWARD[stage]
        way.append(step.verb)
        stage = step.target
    assert way == ["check_operator", "check_operations", "approve"]
    assert stage == stages.APPROVED


@pytest.mark.parametrize("stage", stages.WAITING)
def test_whoever_may_pass_a_report_on_may_reject_it(stage):
    step = stages.rejection_from(stage)
    assert step.verb == stages.FORWARD[stage].verb
    assert step.target == stages.REJECTED


@pytest.mark.parametrize("stage", [stages.DRAFT, stages.APPROVED, stages.WITHDRAWN])
def test_what_waits_for_nobody_cannot_be_rejected(stage):
    with pytest.raises(Conflict):
        stages.rejection_from(stage)


def test_a_rejection_without_a_reason_is_refused():
    step = stages.rejection_from(stages.SUBMITTED)
    with pytest.raises(InvalidInput) as caught:
        stages.check_step(step, stages.SUBMITTED, "   ")
    assert caught.value.field == "reason"


def test_a_step_from_another_stage_is_a_conflict_that_says_where_it_stands():
    with pytest.raises(Conflict) as caught:
        stages.check_step(stages.APPROVE, stages.SUBMITTED, "")
    assert caught.value.details["stage"] == stages.SUBMITTED
