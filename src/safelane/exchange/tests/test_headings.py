"""A field is filled by a column that is called so, never by one that says more."""

from __future__ import annotations

import pytest

from safelane.exchange.files.notes import note_text
from safelane.exchange.files.reading import Batch, Column, SourceInfo
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import Choice, Target, TargetField

ANSWERS = (Choice("open", ("Open",)), Choice("closed", ("Closed", "Completed")))
TARGET = Target(
    "areas",
    "Areas",
    (
        TargetField(
            "reference",
            "Reference",
            required=True,
            synonyms=("hazard_id", "hazard_no", "id", "№"),
        ),
        TargetField(
            "day", "Date", "date", True, synonyms=("survey_date", "report_date")
        ),
        TargetField(
            "status", "Status", "choice", choices=ANSWERS, synonyms=("area_status",)
        ),
        TargetField("name", "Name"),
        TargetField("key", "Identifier in the source"),
        TargetField("contaminated_by", "Contaminated by"),
    ),
    "none",
)


def read(**columns: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return which column fills which field, and what is said beside."""
    info = SourceInfo("csv", columns=[Column(name) for name in columns])
    rows = range(2, 2 + len(next(iter(columns.values()))))
    mapping = guess_mapping(info, Batch(list(rows), {**columns}), TARGET)
    found = {name: mapped.column for name, mapped in mapping.fields.items()}
    return found, [note_text(code, said) for code, said in info.notes]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Status", "status"),
        ("3. Status", "status"),
        ("STATUS *", "status"),
        ("Status of the area", "status"),
        ("Status (open/closed)", "status"),
        ("Area-Status", "status"),
        ("Date (dd/mm/yyyy)", "day"),
        ("Date of survey", "day"),
        ("survey_dat", "day"),  # as a Shapefile leaves them
        ("contaminat", "contaminated_by"),
        ("Identifier", ""),
        ("№", "reference"),
        ("#", ""),
        ("Status before", ""),
        ("Status 2", ""),
        ("Status (2019)", ""),
        ("Status of road", ""),
        ("Date cleared", ""),
        ("Date of birth", ""),
        ("Name of surveyor", ""),
        ("Village ID", ""),
        ("Hazard No", "reference"),
        ("Number of hazards", ""),
        ("No. of hazard", ""),
        ("School", ""),
        ("Statu", ""),
    ],
)
def test_a_field_is_filled_by_its_whole_name_only(heading: str, field: str) -> None:
    cells = ["Open", "Closed"] if field in ("status", "") else ["2023-05-01"] * 2
    found, said = read(**{heading: cells})
    assert found == ({field: heading} if field else {})
    if not field and heading != "#":
        assert len(said) == 1 and f"“{heading}”" in said[0]


def test_days_under_another_name_are_named_while_the_day_is_open() -> None:
    found, (said,) = read(Reference=["A"], Visited=["2023-05-01"], Size=["12"])
    assert found == {"reference": "Reference"}
    assert "“Visited” (Date)" in said and "Size" not in said


def test_own_identifiers_come_before_running_numbers_of_a_program() -> None:
    numbers, own = ["1", "2"], ["LA-1", "LA-2"]
    for columns in (
        {"_id": numbers, "hazard-id": own},
        {"№": numbers, "Hazard ID": own},
        {"_id": numbers, "ID": own},
    ):
        first, second = columns
        found, (said,) = read(**columns)
        assert found == {"reference": second}
        assert f"“{second}” is taken, not “{first}”" in said
    assert read(id=own, hazard_id=own)[1] == []  # they say the same


def test_a_word_with_a_question_mark_is_no_slip_of_the_pen() -> None:
    info = SourceInfo("csv", columns=[Column("Status")])
    batch = Batch([2, 3], {"Status": ["Complated", "Complated?"]})
    guessed = guess_mapping(info, batch, TARGET).fields["status"].values
    assert guessed == {"Complated": "closed"}


@pytest.mark.parametrize(
    "names", [("ID", "Minefield ID"), ("№", "Код участка"), ("Code", "Task ID")]
)
def test_a_running_number_is_not_taken_for_the_name_unsaid(names):
    said: dict = {"required": True, "is_name": True, "synonyms": ("id", "№", "code")}
    reference = TargetField("reference", "Reference", **said)
    target = Target("areas", "Areas", (reference,), "none")
    info = SourceInfo(columns=[Column(name) for name in (*names, "Team")])
    cells = dict(zip((*names, "Team"), (["1"], ["MF-1"], ["Red"]), strict=True))
    guess_mapping(info, Batch([2], cells), target)
    ((code, said),) = info.notes
    assert (code, said["taken"]) == ("several-columns", names[0])
    assert said["open"] == [names[1]]
