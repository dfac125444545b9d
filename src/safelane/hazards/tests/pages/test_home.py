"""Home: what needs whose attention."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from safelane.core.facts.words import area_text
from safelane.core.pages import review
from safelane.core.review.queries import with_findings
from safelane.core.scope.precision import rounded_area, shown_sum
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea
from safelane.hazards.testing import (
    area_at,
    create_report,
    register_area,
    submit_report,
)


def titles(answer: Any) -> list[str]:
    return [str(panel.title) for panel in answer.context["panels"]]


@pytest.mark.parametrize(
    ("person", "shown", "hidden"),
    [
        ("aysel", {"Hazard reports waiting for my check", "Register"}, set()),
        (
            "bounmy",
            {"My drafts of hazard reports", "Hazard reports sent back to me"},
            {"Hazard reports waiting for my check"},
        ),
        (
            "chan",
            {"Register"},
            {"My drafts of hazard reports", "Hazard reports waiting for my check"},
        ),
        (
            "dara",
            set(),
            {
                "Register",
                "My drafts of hazard reports",
                "Hazard reports waiting for my check",
            },
        ),
    ],
)
def test_panels_follow_the_role(
    clients: Any, person: str, shown: set[str], hidden: set[str]
) -> None:
    found = set(titles(clients[person].get("/")))
    assert shown <= found
    assert not hidden & found


def test_counts_only_what_is_in_scope(cast: Any, clients: Any) -> None:
    register_area(cast, "laos", "L-1")
    counts = {
        who: [p.count for p in clients[who].get("/").context["panels"] if p.order == 50]
        for who in ("bounmy", "aysel")
    }
    assert counts == {"bounmy": [1], "aysel": [0]}


def test_visitors_learn_what_this_is(clients: Any) -> None:
    answer = clients["nobody"].get("/")
    assert answer.status_code == 200
    assert "/account/login/" in answer.content.decode()


def test_somebody_without_a_role_learns_what_to_do(clients: Any) -> None:
    assert "Nothing is open to you yet" in clients["eve"].get("/").content.decode()


def note(answer: Any) -> str:
    """Return what the home page says of the size of all areas."""
    (panel,) = [p for p in answer.context["panels"] if p.order == 50]
    return str(panel.entries[0].note)


@pytest.mark.parametrize("person", ["aysel", "rena", "sevda", "mina"])
def test_the_sum_is_of_what_is_shown_of_each_area(
    cast: Any, clients: Any, person: str
) -> None:
    owners = {"azo": 0.0005, "aza": 0.0004}  # one of them exact to mina
    for number, (owner, side) in enumerate(owners.items()):
        shape = area_at("azerbaijan", side)
        register_area(cast, "azerbaijan", f"S-{number}", owner, geometry=shape)
        items = clients[person].get("/api/v1/hazards").json()["items"]
        shown = sum(item["facts"]["area_m2"] for item in items)
        assert len(items) == number + 1
        said = note(clients[person].get("/"))
        assert said.removeprefix("≈ ") == area_text(shown)
        assert said.startswith("≈ ") == (person != "aysel")


# Halves go to the even neighbour, as Python rounds.
SIZES = (2450, 2550, 995, 985, 99.5, 1000, 999.4, 12345.6, 9.96, 0.5, 0, None)


@pytest.mark.parametrize("size", SIZES)
def test_the_database_sums_as_one_area_is_shown(cast: Any, size: float | None) -> None:
    register_area(cast, "azerbaijan", "S-1")
    HazardousArea.objects.update(area_m2=size)
    rows = HazardousArea.objects.visible_to(cast.actor("rena"))
    (row,) = rows
    found = rows.aggregate(sum=shown_sum("area_m2"))["sum"]
    assert found == pytest.approx(rounded_area(size, row.precision))


def test_a_rival_is_told_whichever_report_came_first(clients: Any, cast: Any) -> None:
    facts = {"kind": "sha", "status": "open", "geometry": area_at("laos")}
    home, by = cast.organisations["lao"], cast.actor("bounmy")

    def drafted(day: int) -> Any:
        at = {"date_of_information": date(2024, 5, day), "reference": "TWICE"}
        return create_report(ReportInput(**at, facts=facts), organisation=home, by=by)

    def warned() -> list[str]:
        panels = clients["bounmy"].get("/").context["panels"]
        told = [p for p in panels if str(p.title) == "Warnings on my hazard reports"]
        return [entry.url for panel in told for entry in panel.entries]

    first = submit_report(drafted(1), by=by)
    first.refresh_from_db()
    assert first.findings == [] and warned() == []
    drafted(2)
    assert warned() == [f"/hazards/reports/{first.uid}/"]


def test_of_many_warned_reports_only_some_are_put_into_words(
    clients: Any, cast: Any, monkeypatch: Any
) -> None:
    facts = {"kind": "sha", "status": "open", "geometry": area_at("laos")}
    home, by = cast.organisations["lao"], cast.actor("bounmy")
    item = ReportInput(date_of_information=date(2024, 5, 1), reference="X", facts=facts)
    first = submit_report(create_report(item, organisation=home, by=by), by=by)
    found = {"rule": "r", "clause": "", "rule_version": "", "msgid": "Look again"}
    first.findings = [found | {"severity": "warn"}]
    first.save()
    for number in range(1, 120):
        first.pk, first.uid = None, uuid4()
        first.number, first.reference = f"N-{number}", f"X-{number}"
        first.save(force_insert=True)
    worded: list[int] = []

    def counted(kind: Any, rows: Any, actor: Any) -> Any:
        told = with_findings(kind, rows, actor)
        worded.append(len(told))
        return told

    monkeypatch.setattr(review, "with_findings", counted)
    panels = clients["bounmy"].get("/").context["panels"]
    (panel,) = [p for p in panels if str(p.title) == "Warnings on my hazard reports"]
    assert (len(panel.entries), panel.count, worded) == (6, "100+", [100])
