"""Words, references and outlines mean what strangers write, or are asked about."""

from __future__ import annotations

from typing import Any

import pytest

from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.test_strange_tables import bring_in
from safelane.hazards.exchange.tests.test_which_column import table
from safelane.hazards.models import HazardousArea

pytestmark = pytest.mark.django_db(transaction=True)


def faults() -> dict[int, str]:
    run = ImportRun.objects.get()
    return dict(run.faults.filter(level="error").values_list("row", "code"))


def known(*names: str) -> list[Any]:
    flat = len(names) == 1
    return list(HazardousArea.objects.order_by("pk").values_list(*names, flat=flat))


def test_signs_around_a_status_and_slips_of_an_end_are_asked(field: Any) -> None:
    """What is no more than the word may have a full stop, or hyphens between words."""
    asked = ["(Closed)", "[Closed]", "Closed*", "-Closed", "Closed..", "=Closed"]
    asked += ["«Closed»", "✓ Closed", "cleaned", "Closd", "Handed owver"]
    plain = ["Closed.", "closed", "CLOSED ", "Handed-over", "Worked_on"]
    rows = (f"S{n};{word}" for n, word in enumerate([*asked, *plain]))
    _shown, report = bring_in(field, table("Reference;Status", *rows))
    assert faults() == {n + 2: "choice" for n in range(len(asked))}
    assert "“cleaned” is not in the list" in report
    assert known("status") == [*["closed"] * 3, "released", "worked_on"]


def test_lists_of_codes_come_in_as_programs_write_them(field: Any) -> None:
    lists = ["[uxo, axo]", "{uxo,axo}", "uxo axo", '"[""uxo"", ""axo""]"', "(uxo)"]
    rows = (f"L{n};{text}" for n, text in enumerate(lists))
    bring_in(field, table("Reference;Contamination", *rows))
    assert known("contamination") == [["uxo", "axo"]] * 4
    assert faults() == {6: "choice"}
