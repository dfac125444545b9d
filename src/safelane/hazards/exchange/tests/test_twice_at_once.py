"""The same file brought in twice at the same moment comes in once.

As if the second looked its rows up before the first wrote them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from safelane.accidents.models import AccidentReport
from safelane.core.jobs.progress import Progress
from safelane.exchange.actions import begin_import, choose_mapping
from safelane.exchange.imports import reports, runner
from safelane.exchange.imports.runner import import_file
from safelane.exchange.mapping.model import Mapping
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange import imports
from safelane.hazards.exchange.tests.conftest import feature, file_of
from safelane.hazards.exchange.tests.test_pages import client_of, form_of, upload
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.tests.conftest import actor, square
from safelane.organisations.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(field: Any, monkeypatch: Any) -> Any:
    """Bring a file in, and once more without knowing what the first wrote."""

    def bring(target: str, *rows: Any, mode: str) -> ImportRun:
        client = client_of(field.manager)
        for look_up in (reports.drop_unchanged, lambda *_given: None):
            url = upload(client, field, *rows, target=target)["Location"]
            data = form_of(client.get(url)) | {"mode": mode, "reason": "Register"}
            client.post(url, data | {"step": "save"})
            run = ImportRun.objects.latest("created_at")
            with monkeypatch.context() as patch:
                patch.setattr(reports, "drop_unchanged", look_up)
                import_file(run, Progress(field.manager))
        return ImportRun.objects.latest("created_at")

    return bring


@pytest.mark.parametrize("mode", ["all", "skip"])
def test_areas(twice: Any, mode: str) -> None:
    run = twice("hazards", feature(1), feature(2), mode=mode)
    assert HazardReport.objects.count() == 2
    assert (run.stage, run.counts.get("unchanged")) == ("done", 2)
    assert "created" not in run.counts and "updated" not in run.counts


@pytest.mark.parametrize("mode", ["all", "skip"])
def test_evidence(twice: Any, mode: str) -> None:
    rows = [point(n) for n in (1, 2)]
    run = twice("evidence", *rows, mode=mode)
    assert HazardReport.objects.count() == 2
    assert (run.stage, run.counts.get("unchanged")) == ("done", 2)


def test_accidents(twice: Any) -> None:
    row = point(1, reference="ACC-1", kind="mine", date="2023-05-01")
    twice("accidents", row, mode="all")
    assert AccidentReport.objects.count() == 1


@pytest.mark.parametrize("mode", ["all", "skip"])
@pytest.mark.parametrize("target", ["hazards", "evidence", "accidents"])
def test_into_review(field: Any, monkeypatch: Any, target: str, mode: str) -> None:
    """Of two pieces of evidence, each could be approved: finds would count double."""
    verbs = ["hazard.*", "hazard_report.view", "hazard_report.report", "accident.*"]
    verbs += ["accident_report.view", "accident_report.report", "victim.view", "job.*"]
    Role.objects.create(code="bring", name="B", reach="organisation", verbs=verbs)
    by, real = actor("Bouala", field.operator, "bring"), reports.drop_unchanged
    met = point(1, reference="ACC-1", kind="mine", date="2023-05-01")
    row = {"hazards": feature(1), "evidence": point(1), "accidents": met}[target]
    for look_ups in ([real, real], [lambda *_given: None, real]):
        turns = iter(look_ups)
        given = {"target": target, "organisation": field.operator, "by": by}
        run = begin_import(file_of(row), "r.geojson", **given)
        mapping = Mapping.from_json(run.mapping)
        choose_mapping(run, mapping, mode=mode, reason="x", by=by)
        with monkeypatch.context() as patch:
            told = partial(_next_of, turns)
            patch.setattr(reports, "drop_unchanged", told)
            import_file(run, Progress(by))
    kept = AccidentReport if target == "accidents" else HazardReport
    assert kept.objects.count() == 1
    assert (run.stage, run.counts["unchanged"]) == ("done", 1)
    assert "created" not in run.counts


def _next_of(turns: Any, *given: Any) -> None:
    next(turns)(*given)


@pytest.fixture
def meanwhile(field: Any, begin: Any, monkeypatch: Any) -> Any:
    """Bring rows in while another one comes in before it is their turn."""

    def bring(target: str, other: Any, *rows: Any) -> ImportRun:
        first = begin(other, target=target, mode="skip")
        run, wait = begin(*rows, target=target, mode="skip"), runner.wait_for_turn
        waiting = [first]

        def wait_behind_the_other(behind: ImportRun) -> None:
            while waiting:
                import_file(waiting.pop(), Progress(field.manager))
            wait(behind)

        with monkeypatch.context() as patch:
            patch.setattr(runner, "wait_for_turn", wait_behind_the_other)
            import_file(run, Progress(field.manager))
        assert first.counts["good"] == 1
        return run

    return bring


def test_an_area_that_another_file_has_placed_is_not_moved(meanwhile: Any) -> None:
    run = meanwhile("hazards", feature(1), moved("2023-06-01"), feature(2))
    assert run.counts["faults"]["area-moved"] == 1
    assert run.counts["created"] == 1
    area = HazardousArea.objects.get(reference="XK-1")
    assert area.geometry.centroid.x < 103.1


def test_so_is_a_later_row_that_its_own_file_agrees_with(
    meanwhile: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(runner, "BATCH_ROWS", 1)
    rows = moved("2023-06-01"), feature(2), feature(3), moved("2023-07-01")
    run = meanwhile("hazards", feature(1), *rows)
    assert run.counts["faults"]["area-moved"] == 2
    assert run.counts["created"] == 2


def test_all_or_none_reads_the_register_when_it_is_its_turn(
    begin: Any, field: Any, monkeypatch: Any
) -> None:
    order: list[str] = []
    monkeypatch.setattr(
        runner, "wait_for_turn", noted(order, "turn", runner.wait_for_turn)
    )
    monkeypatch.setattr(imports, "Judge", noted(order, "read", imports.Judge))
    import_file(begin(feature(1)), Progress(field.manager))
    assert order == ["turn", "read"]


def test_nothing_is_judged_twice_while_others_write_of_other_areas(
    meanwhile: Any, monkeypatch: Any
) -> None:
    order: list[str] = []
    monkeypatch.setattr(imports, "Judge", noted(order, "read", imports.Judge))
    run = meanwhile("hazards", feature(3), feature(1), feature(2))
    assert run.counts["created"] == 2
    assert order == ["read", "read"]  # once for each file


def test_a_find_that_another_file_has_brought_is_not_doubled(meanwhile: Any) -> None:
    one, other = (point(1, external_id="E-7", description=said) for said in "AB")
    run = meanwhile("evidence", one, other, point(2))
    assert run.counts["faults"]["known-find"] == 1
    assert HazardReport.objects.count() == 2


def noted(order: list[str], name: str, act: Any) -> Any:
    """Return what does the same and notes when."""
    return lambda *given, **named: (order.append(name), act(*given, **named))[1]


def moved(day: str) -> Any:
    """Return the first area ten kilometres further east, on another day."""
    return feature(1, square(103.11).__geo_interface__, date=day)


def point(number: int, **properties: Any) -> Any:
    said = {"kind": "item", "directness": "direct", "found_on": "2023-05-01"}
    said |= {"date_of_information": "2023-05-02", "description": f"Sign {number}"}
    place = {"type": "Point", "coordinates": [103.2 + number / 1000, 19.4]}
    return {"type": "Feature", "geometry": place, "properties": said | properties}
