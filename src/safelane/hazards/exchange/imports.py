"""What can be imported of the register, and its ways in: prepare, judge, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from safelane.core.errors import SafelaneError
from safelane.core.review.newrecords import Registration
from safelane.core.scope import Actor, system_actor
from safelane.countries import CountryPack
from safelane.exchange.imports.reports import (
    drop_unchanged,
    send_to_review,
    withdraw_import,
)
from safelane.exchange.kinds import Complaint, ImportKind, Intake, Prepared
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.mapping.model import Target
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import REPORTS, register_approved
from safelane.hazards.actions.bulk import fact_columns
from safelane.hazards.exchange.boxes import prepare_boxes
from safelane.hazards.exchange.judging import judge_rows
from safelane.hazards.exchange.prepare import prepare_finds, prepare_hazards
from safelane.hazards.exchange.targets import (
    BOXES,
    EVIDENCE,
    HAZARDS,
    ORDNANCE,
    boxes_target,
    evidence_target,
    hazards_target,
    ordnance_target,
)
from safelane.hazards.judging.judge import Judge
from safelane.organisations.queries import actor_for_user


class ReportIntake(Intake):
    """Rows that become reports: evidence, ordnance, survey boxes."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._lenient = run.entry == ImportRun.Entry.REGISTER
        person = run.created_by
        by = system_actor() if person is None else actor_for_user(person)
        self._by = by
        self._judge = Judge(run.country, run.organisation, by=by, lenient=self._lenient)

    def begin(self, mapped: MappedBatch) -> Prepared:
        prepare = prepare_boxes if self._run.target == BOXES else prepare_finds
        prepared = prepare(mapped, self._run, self._by)
        prepared.drop_faulty()
        return prepared

    def look_up(self, prepared: Prepared) -> None:
        drop_unchanged(REPORTS, self._run, prepared)
        prepared.known = self._judge.look_up(list(prepared.items.values()))

    def judge(self, prepared: Prepared) -> None:
        judge_rows(prepared, self._judge, approves=self._lenient)

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        run = self._run
        if not self._lenient:
            return self._submit(prepared, by=by)
        registration = Registration(
            run.organisation, run.country, run.batch, run.reason, is_fresh=True
        )
        items = list(prepared.items.values())
        done = register_approved(items, registration, by=by, stated=prepared.ready)
        return Counter(created=done.created, updated=done.updated)

    def _submit(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        counts: Counter[str] = Counter()
        for row, item in prepared.items.items():
            try:
                with transaction.atomic():
                    send_to_review(REPORTS, self._run, item, by=by)
                counts["created"] += 1
            except SafelaneError as error:
                prepared.complaints.append(Complaint.of(row, error))
        return counts


class RegisterIntake(ReportIntake):
    """Rows of a register: one area each, prepared while others are written."""

    works_ahead = True

    def begin(self, mapped: MappedBatch) -> Prepared:
        prepared = prepare_hazards(mapped, self._run)
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
        withdraw=partial(withdraw_import, REPORTS),
    )


IMPORTS = (
    _kind(HAZARDS, _("Hazardous areas"), hazards_target, RegisterIntake),
    _kind(EVIDENCE, _("Evidence"), evidence_target, ReportIntake),
    _kind(ORDNANCE, _("Ordnance found"), ordnance_target, ReportIntake),
    _kind(BOXES, _("Survey boxes"), boxes_target, ReportIntake),
)
