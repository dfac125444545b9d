"""What can be imported of the register, and its ways in: prepare, judge, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from operator import attrgetter
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q

from safelane.core.errors import RuleBroken, SafelaneError
from safelane.core.geo.checks import check_many
from safelane.core.i18n.letters import look
from safelane.core.review.findings import BLOCK
from safelane.core.review.newrecords import Registration
from safelane.core.review.stages import APPROVE, SUBMIT, WITHDRAWN
from safelane.core.review.steps import refuse_blocked
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.exchange.imports import reports
from safelane.exchange.imports.known_records import (
    Identifiers,
    Standing,
    drop_equal,
    refuse_known_finds,
)
from safelane.exchange.imports.lookalikes import LookAlikes
from safelane.exchange.kinds import Complaint, ImportKind, Intake, Prepared
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.mapping.model import Target
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import REPORTS, register_approved
from safelane.hazards.actions.bulk import fact_columns
from safelane.hazards.exchange import prepare
from safelane.hazards.exchange.prepare import BOXES, FOUND, HAZARDS, HAZARDS_LABEL
from safelane.hazards.judging.judge import Judge
from safelane.hazards.models import HazardousArea
from safelane.hazards.queries import identified
from safelane.hazards.rules.evaluation import OF_ONE

Complain = Callable[[int, dict[str, Any]], Complaint]
# Faults of shapes that rules look for as well -> the rule; it is said once.
SAID_BY_RULE = {
    "duplicate_vertex": "duplicate-vertices",
    "long_edge": "vertex-distance",
    "outside_country": "inside-country",
}


def judge_rows(
    prepared: Prepared, judge: Judge, complain: Complain, *, approves: bool
) -> None:
    """Add what rules and geometry checks say; drop the rows that cannot stand.

    Asks the database nothing.

    Args:
        complain: Row and finding -> what is said of it.
        approves: The rows come in as approved, so that nobody looks at them later.
    """
    prepared.drop_faulty()
    for rows in _in_turn(prepared.items):
        _judge(rows, prepared, judge, complain, approves)


def _in_turn(items: dict[int, Any]) -> list[list[int]]:
    """Return rows with each area once at a time: only a row that stands places it."""
    of: dict[Any, list[int]] = {}
    for row, item in items.items():
        of.setdefault(item.reference or row, []).append(row)
    return [[row for row in turn if row] for turn in zip_longest(*of.values())]


def _judge(
    rows: list[int],
    prepared: Prepared,
    judge: Judge,
    complain: Complain,
    approves: bool,
) -> None:
    items = [prepared.items[row] for row in rows]
    shapes = np.array([i.facts.get("geometry") for i in items], dtype=object)
    checked = check_many(shapes, bounds=judge.pack.bounds)
    faults = {i: found for i, found in checked.items() if shapes[i] is not None}
    unsound = {i for i in faults if any(f.severity == BLOCK for f in faults[i])}
    step = APPROVE if approves else SUBMIT
    judged = judge.judge(items, prepared.known, unsound)
    for i, (row, item) in enumerate(zip(rows, judged, strict=True)):
        prepared.items[row] = item
        findings = judge.told(item)
        said = {finding["rule"] for finding in findings}
        prepared.complaints += [
            Complaint(
                row, f.code, f.message, reports.level_of(f.severity), where=f.where
            )
            for f in faults.get(i, ())
            if SAID_BY_RULE.get(f.code) not in said
        ]
        prepared.complaints += [
            replace(complain(row, f), is_open=f["rule"] in OF_ONE) for f in findings
        ]
        if _blocks(item.findings) and not _blocks(findings):
            try:  # whether somebody else must take the row over
                refuse_blocked(item.findings, step, judge.seen)
            except RuleBroken as fault:
                prepared.complaints.append(Complaint.of(row, fault))
    prepared.drop_faulty()
    judge.join(prepared.items[row] for row in rows if row in prepared.items)


def _blocks(findings: Iterable[dict[str, Any]]) -> bool:
    return any(finding["severity"] == BLOCK for finding in findings)


class ReportIntake(Intake):
    """Rows that become reports: evidence, ordnance, survey boxes."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._lenient = run.entry == ImportRun.Entry.REGISTER
        self._by, where = run.judge, (run.country, run.organisation)
        self._judge = Judge(*where, by=self._by, lenient=self._lenient)
        self._identifiers = Identifiers()
        self._alike = LookAlikes(REPORTS, run, self._by)

    def begin(self, mapped: MappedBatch) -> Prepared:
        special = {HAZARDS: prepare.prepare_hazards, BOXES: prepare.prepare_boxes}
        taken = special.get(self._run.target, prepare.prepare_finds)
        prepared = taken(mapped, self._run, self._by)
        prepared.drop_faulty()
        return prepared

    def look_up(self, prepared: Prepared) -> None:
        reports.drop_unchanged(REPORTS, self._run, prepared)
        reports.refuse_elsewhere(REPORTS, self._run, prepared)
        self._alike.refuse(prepared)
        self._compare(prepared)
        prepared.known = self._judge.look_up(list(prepared.items.values()))

    def _compare(self, prepared: Prepared) -> None:
        """Leave out what stands already; nobody takes the identifier of another."""
        target, mine = self._run.target, {"organisation": self._run.organisation}
        model, day, gone = HazardousArea, "last_information", Q(is_withdrawn=True)
        if target != HAZARDS:
            model, day = FOUND[target][1], "report.date_of_information"
            gone = Q(report__stage=WITHDRAWN)
        rows = model.objects.visible_to(self._by).filter(**mine)
        says = partial(prepare.stated_by, target)
        known = Standing(rows.exclude(gone), says, attrgetter(day))
        drop_equal(prepared, known)
        if target == HAZARDS:
            self._identifiers.refuse_others(prepared, identified(self._by, **mine))
        elif target != BOXES:
            refuse_known_finds(prepared, known)

    def judge(self, prepared: Prepared) -> None:
        complain = partial(reports.complaint_of, self._run)
        judge_rows(prepared, self._judge, complain, approves=self._lenient)

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        run = self._run
        if not self._lenient:
            return self._submit(prepared, by=by)
        where = run.organisation, run.country, run.batch, run.reason
        items = list(prepared.items.values())
        ready = prepared.ready
        done = register_approved(items, Registration(*where), by=by, stated=ready)
        # What came in meanwhile by somebody else is no longer good, but unchanged.
        counts = {"created": done.created, "updated": done.updated}
        return Counter(counts | {"unchanged": done.unchanged})

    def _submit(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        counts: Counter[str] = Counter()
        reports.drop_what_came_in(REPORTS, self._run, prepared)
        for row, item in prepared.items.items():
            try:
                with transaction.atomic():
                    reports.send_to_review(REPORTS, self._run, item, by=by)
                counts["created"] += 1
            except SafelaneError as error:
                prepared.complaints.append(Complaint.of(row, error))
        return counts


class RegisterIntake(ReportIntake):
    """Rows of a register: one area each, prepared while others are written."""

    works_ahead = True

    def judge(self, prepared: Prepared) -> None:
        super().judge(prepared)
        items = list(prepared.items.values())
        if items and self._lenient and not prepared.known.periods:
            prepared.ready = fact_columns(items, self._run.batch)

    def subjects(self, prepared: Prepared) -> set[str]:
        # A row that came in before names the same area, since its reference is hashed.
        return {look(item.reference) for item in prepared.items.values()}


def _kind(
    name: str, label: Any, target: Callable[[CountryPack], Target], intake: Any
) -> ImportKind:
    return ImportKind(
        name,
        label,
        "hazard.import",
        "hazard_report.approve",
        target,
        intake,
        "hazards:register",
        is_placed_by_facts=name == BOXES,
        moved=("area-moved",) if name == HAZARDS else (),
        reports=REPORTS,
    )


IMPORTS = (
    _kind(HAZARDS, HAZARDS_LABEL, prepare.hazards_target, RegisterIntake),
    *(
        _kind(name, label, partial(prepare.found_target, name), ReportIntake)
        for name, (label, _model, _place) in FOUND.items()
    ),
)
