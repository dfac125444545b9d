"""Accidents and victims from a file: one row per victim, or one per accident."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import shapely
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.accidents.actions import (
    REPORTS,
    create_report,
    register_approved,
    submit_report,
)
from safelane.accidents.exchange import (
    IDENTITY,
    IMPORTED,
    VICTIM,
    accident_target,
    victim_of,
)
from safelane.accidents.inputs import AccidentInput
from safelane.accidents.models import AccidentReport
from safelane.core.errors import SafelaneError
from safelane.core.review.findings import tell
from safelane.core.review.registration import aimed, known_contents
from safelane.core.scope import Actor
from safelane.core.scope.actor import system_actor
from safelane.exchange import ERROR, WARNING
from safelane.exchange.intake import Complaint, Prepared, from_row_fault
from safelane.exchange.kinds import ImportKind
from safelane.exchange.mapping import MappedBatch
from safelane.organisations.queries import actor_for_user

Row = Mapping[str, Any]
SALT = "safelane.accidents.imports"


class AccidentIntake:
    """Rows that become accident reports over the accidents' own review desk.

    A trial writes each report and takes it back, so that what the dry run says is what
    the rules and the desk say.
    """

    def __init__(self, run: Any) -> None:
        self._run = run
        self._approves = run.entry == "register"

    def prepare(self, mapped: MappedBatch) -> Prepared:
        """Group rows by accident and day, and try each report."""
        prepared = Prepared(complaints=[from_row_fault(f) for f in mapped.faults])
        for rows in grouped(mapped).values():
            self._take(rows, mapped, prepared)
        prepared.drop_faulty()
        self._drop_unchanged(prepared)
        by = self._actor()
        with transaction.atomic():
            for row, claims in prepared.items.items():
                prepared.complaints += self._sent(row, claims, by)[1]
            transaction.set_rollback(True)
        prepared.drop_faulty()
        return prepared

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        """Write the reports; one that is refused in the meantime is left out."""
        counts = Counter(unchanged=prepared.unchanged)
        for row, claims in prepared.items.items():
            outcome, complaints = self._sent(row, claims, by)
            counts[outcome] += bool(outcome)
            prepared.complaints += [c for c in complaints if c.blocks]
        return +counts

    def _take(
        self, rows: list[tuple[int, int, Row]], mapped: MappedBatch, prepared: Prepared
    ) -> None:
        first = rows[0][1]
        faulty = {c.row for c in prepared.complaints if c.blocks}
        spoilt = sorted(faulty & {row for _i, row, _values in rows[1:]})
        if spoilt:
            text = _("Row %(row)s tells of the same accident and is at fault.")
            complaint = Complaint(first, "group-at-fault", text % {"row": spoilt[0]})
            prepared.complaints.append(complaint)
        if first in faulty or spoilt:
            return
        for row, name in disagreeing(rows):
            text = _("Rows on the same accident and day differ in “%(name)s”.")
            said = text % {"name": name}
            prepared.complaints += [
                Complaint(n, "rows-differ", said, ERROR, name) for n in {first, row}
            ]
        prepared.items[first] = claims_of_rows(rows, mapped, self._run.batch)

    def _drop_unchanged(self, prepared: Prepared) -> None:
        known = known_contents(REPORTS, self._run.organisation, prepared.items.values())
        fresh = {
            row: claims
            for row, claims in prepared.items.items()
            if (claims.external_id, claims.content_hash) not in known
        }
        prepared.unchanged = len(prepared.items) - len(fresh)
        prepared.items = fresh

    def _actor(self) -> Actor:
        person = self._run.created_by
        return system_actor() if person is None else actor_for_user(person)

    def _sent(
        self, row: int, claims: AccidentInput, by: Actor
    ) -> tuple[str, list[Complaint]]:
        """Send one report; return what became of it and what the rules found."""
        try:
            with transaction.atomic():
                (target,) = aimed(REPORTS, [claims], self._run.organisation)
                report = self._write(target, by)
        except SafelaneError as error:
            column = error.field or ""
            return "", [Complaint(row, error.code, error.message, column=column)]
        warnings = [
            Complaint(row, found["rule"], found["message"], WARNING)
            for found in tell(report.findings, by)
        ]
        return "created" if target.accident is None else "updated", warnings

    def _write(self, claims: AccidentInput, by: Actor) -> AccidentReport:
        run = self._run
        where: dict[str, Any] = {
            "organisation": run.organisation,
            "country": run.country,
            "by": by,
        }
        if self._approves:
            reason = run.reason or _("Import of a file")
            return register_approved([claims], reason=reason, **where)[0]
        return submit_report(create_report(claims, source="import", **where), by=by)


def grouped(mapped: MappedBatch) -> dict[Any, list[tuple[int, int, Row]]]:
    """Return position, row number and stated values of rows by accident and day."""
    groups: dict[Any, list[tuple[int, int, Row]]] = {}
    for i, row in enumerate(mapped.rows):
        values = {n: column[i] for n, column in mapped.values.items()}
        stated = {n: v for n, v in values.items() if v not in (None, "")}
        key = (stated.get("reference", row), stated.get("date_of_information"))
        groups.setdefault(key, []).append((i, row, stated))
    return groups


def disagreeing(rows: list[tuple[int, int, Row]]) -> list[tuple[int, str]]:
    """Return the later rows that state another fact of the accident, with its name."""
    said: dict[str, Any] = {}
    found = []
    for _i, row, values in rows:
        for name in IMPORTED:
            value = values.get(name)
            if value is not None and said.setdefault(name, value) != value:
                found.append((row, name))
    return found


def claims_of_rows(
    rows: list[tuple[int, int, Row]], mapped: MappedBatch, batch: str
) -> AccidentInput:
    """Return one report from the rows on an accident, with a victim per row."""
    facts: dict[str, Any] = {}
    for i, _row, values in rows:
        stated = {n: values[n] for n in IMPORTED if n in values}
        if mapped.places.geometry[i] is not None:
            stated["geometry"] = shapely.from_wkb(mapped.places.geometry[i])
        facts = stated | facts
    victims = [victim for _i, _row, v in rows if (victim := victim_of(v)) is not None]
    numbered = [
        victim if victim.number else replace(victim, number=n)
        for n, victim in enumerate(victims, start=1)
    ]
    first = rows[0][2]
    return AccidentInput(
        date_of_information=first["date_of_information"],
        reference=str(first["reference"]),
        facts=facts,
        victims=tuple(numbered),
        external_id=str(first["reference"]),
        content_hash=digest_of(rows, mapped),
        batch=batch,
    )


def digest_of(rows: list[tuple[int, int, Row]], mapped: MappedBatch) -> str:
    """Return a keyed digest of what the rows say.

    An equal group is not imported again. It is keyed, since a plain one of a name and
    an age could be guessed.
    """
    places = [(mapped.places.geometry[i] or b"").hex() for i, _row, _values in rows]
    said = [dict(values) for _i, _row, values in rows]
    text = json.dumps([said, places], sort_keys=True, default=str, ensure_ascii=False)
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


ACCIDENTS = ImportKind(
    name="accidents",
    label=gettext_lazy("Accidents and victims"),
    verb="accident.import",
    approve_verb="accident_report.approve",
    target=accident_target,
    intake=AccidentIntake,
    page="accidents:list",
    is_whole=True,
    sealed=frozenset(VICTIM + name for name in IDENTITY),
)
