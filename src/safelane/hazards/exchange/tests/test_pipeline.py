"""Preparing ahead gives, row for row, what one batch after the other gives."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.db import transaction

from safelane.core.history.chain import verify
from safelane.core.history.models import Change
from safelane.core.jobs.progress import Progress
from safelane.exchange.files.errors import BrokenFile
from safelane.exchange.imports import runner
from safelane.exchange.imports.runner import steps
from safelane.exchange.kinds import Intake, Prepared
from safelane.exchange.mapping.apply import MappedBatch, Places
from safelane.hazards.exchange.tests.conftest import bow_tie, feature
from safelane.hazards.models import HazardousArea, HazardPeriod, HazardReport

WHAT_CHANCE_GIVES = {"id", "uid", "number", "hazard_id", "run_id", "batch"}
NOWHERE = Places([None], [""], "", "file")
PERIOD = [f.attname for f in HazardPeriod._meta.fields if f.name != "sources"]
CLOCKS = ("_at", "known_from", "known_to")


def one_by_one(mapped, intake):
    yield from map(intake.prepare, mapped)


def told(rows):
    return [
        {
            name: value
            for name, value in row.items()
            if name not in WHAT_CHANCE_GIVES and not name.endswith(CLOCKS)
        }
        for row in rows
    ]


def register():
    """Rows that build on rows before them: repeated, followed up, on shared ground."""
    return [
        feature(1),
        feature(2, date="2022-01-01"),
        feature(3, feature(1)["geometry"]),
        feature(1),
        feature(2, date="2023-06-01", status="In progress"),
        bow_tie(4),
        feature(5, type="CHA"),
        feature(5, type="CHA", date="2024-01-01", status="Completed"),
        feature(6, date="soon"),
        feature(7, feature(5)["geometry"]),
        feature(2, date="2021-01-01", status="Completed"),
        feature(8),
    ]


def brought_in(begin, by):
    """Import the register; return everything that stands then, and undo it."""
    with transaction.atomic():
        run = begin(*register(), mode="skip")
        runner.import_file(run, Progress(by))
        assert verify().holds
        periods = HazardPeriod.objects.order_by("pk")
        keys = dict(HazardReport.objects.values_list("pk", "number"))
        order = {number: n for n, number in enumerate(keys.values())}
        found = {
            "areas": told(HazardousArea.objects.order_by("pk").values()),
            "reports": told(HazardReport.objects.order_by("pk").values()),
            "periods": [
                row | {"sources": sorted(row["sources"])}
                for row in told(periods.values())
            ],
            "of": [
                (p.hazard.reference, {k: order[keys[v]] for k, v in p.sources.items()})
                for p in periods
            ],
            "faults": told(run.faults.order_by("pk").values()),
            "history": list(
                Change.objects.filter(object_type="hazard_report")
                .order_by("seq")
                .values_list("verb", "object_type", "reason", "role")
            ),
            "counts": run.counts,
        }
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
def test_what_stands_afterwards_is_the_same(begin, field, monkeypatch, size):
    monkeypatch.setattr(runner, "BATCH_ROWS", size)
    quick = brought_in(begin, field.manager)
    monkeypatch.setattr(runner, "steps", one_by_one)
    assert quick == brought_in(begin, field.manager)
    assert quick["counts"]["unchanged"] >= (size < 4)


@dataclass
class Diary(Intake):
    """An intake that notes what is done when."""

    works_ahead = True
    done: list[str] = field(default_factory=list)

    def begin(self, mapped):
        return Prepared({row: row for row in mapped.rows})

    def look_up(self, prepared):
        self.done += [f"look up {row}" for row in prepared.items]

    def subjects(self, prepared):
        return {str(row % 10) for row in prepared.items}

    def prepare(self, mapped):
        raise NotImplementedError

    def write(self, prepared, *, by=None):
        self.done += [f"write {row}" for row in prepared.items]


def batches(*rows, fault=None):
    for row in rows:
        yield MappedBatch([row], {}, NOWHERE, [{}])
    if fault is not None:
        raise fault


def test_a_batch_on_the_same_area_is_looked_up_when_that_area_is_written():
    diary = Diary()
    for prepared in steps(batches(1, 2, 12, 3), diary):
        diary.write(prepared)
    assert diary.done == [
        *("look up 1", "look up 2", "write 1"),
        *("write 2", "look up 12"),
        *("look up 3", "write 12", "write 3"),
    ]


def test_what_stands_before_the_damage_is_written():
    diary = Diary()
    with pytest.raises(BrokenFile):  # noqa: PT012 - the rows before come first
        for prepared in steps(batches(1, 2, fault=BrokenFile(reason="torn")), diary):
            diary.write(prepared)
    assert diary.done[-1] == "write 2"


def test_nothing_is_judged_with_a_second_connection(field):
    with pytest.raises(AssertionError, match="without the database"):
        runner._without_database(HazardousArea.objects.count)
