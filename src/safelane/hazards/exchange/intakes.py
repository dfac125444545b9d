"""One way in per kind of record: prepare, judge, write."""

from __future__ import annotations

from collections import Counter

from django.db import transaction

from safelane.core.errors import SafelaneError
from safelane.core.review.many.newrecords import Registration
from safelane.core.review.stages import SUBMIT
from safelane.core.review.steps import move_report
from safelane.core.review.writing import create_report
from safelane.core.scope import Actor, system_actor
from safelane.exchange.intake import Complaint, Prepared
from safelane.exchange.mapping import MappedBatch
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import REPORTS, register_approved
from safelane.hazards.actions.bulk import fact_columns
from safelane.hazards.exchange import targets
from safelane.hazards.exchange.boxes import prepare_boxes
from safelane.hazards.exchange.judging import judge_rows
from safelane.hazards.exchange.prepare import (
    drop_unchanged,
    prepare_finds,
    prepare_hazards,
)
from safelane.hazards.inputs import ReportInput
from safelane.hazards.judging.judge import Judge
from safelane.organisations.queries import actor_for_user


class ReportIntake:
    """Rows that become reports: evidence, ordnance, survey boxes."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._lenient = run.entry == ImportRun.Entry.REGISTER
        person = run.created_by
        by = system_actor() if person is None else actor_for_user(person)
        self._by = by
        self._judge = Judge(run.country, run.organisation, by=by, lenient=self._lenient)

    def prepare(self, mapped: MappedBatch) -> Prepared:
        prepared = self.begin(mapped)
        self.look_up(prepared)
        self.judge(prepared)
        return prepared

    def begin(self, mapped: MappedBatch) -> Prepared:
        run, owner, by = self._run, self._run.organisation, self._by
        if run.target == targets.BOXES:
            prepared = prepare_boxes(mapped, run.batch, owner, run.country, by)
        else:
            prepared = prepare_finds(mapped, run.batch, run.target, owner, by)
        prepared.drop_faulty()
        return prepared

    def look_up(self, prepared: Prepared) -> None:
        drop_unchanged(prepared, self._run.organisation)
        prepared.known = self._judge.look_up(list(prepared.items.values()))

    def judge(self, prepared: Prepared) -> None:
        judge_rows(prepared, self._judge, approves=self._lenient)

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        counts = Counter(unchanged=prepared.unchanged)
        if not self._lenient:
            return counts + self._submit(prepared, by=by)
        run = self._run
        registration = Registration(
            run.organisation, run.country, run.batch, run.reason, is_fresh=True
        )
        items = list(prepared.items.values())
        done = register_approved(items, registration, by=by, stated=prepared.ready)
        counts.update(
            created=done.created, updated=done.updated, unchanged=done.unchanged
        )
        return counts

    def _submit(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        counts: Counter[str] = Counter()
        for row, item in prepared.items.items():
            try:
                with transaction.atomic():
                    self._send(item, by)
                counts["created"] += 1
            except SafelaneError as error:
                field = error.field or ""
                complaint = Complaint(row, error.code, error.message, column=field)
                prepared.complaints.append(complaint)
        return counts

    def _send(self, item: ReportInput, by: Actor) -> None:
        run = self._run
        report = create_report(
            REPORTS,
            item,
            organisation=run.organisation,
            country=run.country,
            source="import",
            by=by,
        )
        move_report(REPORTS, report, SUBMIT, by=by)


class RegisterIntake(ReportIntake):
    """Rows of a register: one area each, prepared while others are written."""

    def begin(self, mapped: MappedBatch) -> Prepared:
        prepared = prepare_hazards(mapped, self._run.batch)
        prepared.drop_faulty()
        return prepared

    def judge(self, prepared: Prepared) -> None:
        super().judge(prepared)
        items = list(prepared.items.values())
        if items and self._lenient and not prepared.known.periods:
            prepared.ready = fact_columns(items, self._run.batch)

    def subjects(self, prepared: Prepared) -> set[str]:
        # A row that came in before names the same area, since its reference is hashed.
        return {item.reference for item in prepared.items.values()}
