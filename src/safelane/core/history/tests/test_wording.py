"""Every verb that the program writes into the history is said in words."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import safelane
from safelane.core.history.queries import said
from safelane.core.review import stages

SOURCES = Path(safelane.__file__).parent
WRITTEN = re.compile(
    r"(?:_?note\w*|Entry)\(\s*(?:None,|organisation,|\w+\.organisation_id,)?\s*"
    r'"([a-z_]+\.[a-z_]+)"'
)


def verbs_in_actions() -> set[str]:
    files = [p for p in SOURCES.rglob("*.py") if "tests" not in p.parts]
    return {v for p in files for v in WRITTEN.findall(p.read_text(encoding="utf-8"))}


def is_said(verb: str) -> bool:
    return said(verb) != verb


def test_actions_write_verbs_that_can_be_found() -> None:
    assert {"membership.grant", "victim.reveal", "prior.run"} <= verbs_in_actions()


@pytest.mark.parametrize("verb", sorted(verbs_in_actions()))
def test_each_verb_has_words(verb: str) -> None:
    assert is_said(verb)


@pytest.mark.parametrize("name", ["hazard_report", "accident_report"])
@pytest.mark.parametrize(
    "step",
    [
        stages.SUBMIT,
        *stages.FORWARD.values(),
        stages.REWORK,
        stages.WITHDRAW,
        stages.WITHDRAW_APPROVED,
        stages.rejection_from(stages.SUBMITTED),
    ],
    ids=lambda step: step.name,
)
def test_each_step_of_the_review_has_words(name: str, step: stages.Step) -> None:
    assert is_said(f"{name}.{step.name}")


def test_words_are_for_the_reader() -> None:
    with translation.override("en"):
        assert said("hazard_report.approve") == "approved the report"
        assert said("hazards.export") == "exported records"
        assert said("robot.launch") == "robot.launch"
