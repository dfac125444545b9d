"""Rows that become reports over a review: grouped, known ones left out, taken back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import shapely
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.bulk.many_values import among
from safelane.core.errors import Conflict, NotPermitted, SafelaneError
from safelane.core.history.actions import take_turn
from safelane.core.review import stages
from safelane.core.review.findings import BLOCK, tell
from safelane.core.review.kind import ReportKind
from safelane.core.review.registration import aimed, known_contents, register_approved
from safelane.core.review.steps import move_report, reject_report, withdraw_report
from safelane.core.review.writing import create_report
from safelane.core.scope import Actor
from safelane.exchange.facts import imported
from safelane.exchange.files.errors import ERROR, WARNING
from safelane.exchange.kinds import Complaint, Intake, Prepared
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.models import ImportRun

WITHDRAWN_AT_ONCE = 100
IS_IT_ANOTHER = gettext_lazy(
    "Give another one a reference or number of its own; if it is this one, say in the "
    "mapping that known references may have another place or day (--accept-moves)."
)


def complaint_of(run: ImportRun, row: int, finding: Mapping[str, Any]) -> Complaint:
    """Return what a rule found in a row, as :func:`tell` words it.

    That a known record lies elsewhere is a fault unless the mapping says it may.
    """
    where = finding["where"]
    placed = tuple(where) if isinstance(where, list) else None
    column = where if isinstance(where, str) else ""
    clause = f" ({finding['clause']})" if finding["clause"] else ""
    message, level = finding["message"], level_of(finding["severity"])
    if finding["rule"] in run.kind.moved and not run.mapping.get("may_move"):
        message, level = f"{message} {IS_IT_ANOTHER}", ERROR
    said = finding["rule"], message + clause, level, column, placed
    return Complaint(row, *said, is_open=False)


def level_of(severity: str) -> str:
    """Return the level of a complaint about what a rule found."""
    return ERROR if severity == BLOCK else WARNING


def drop_unchanged(
    kind: ReportKind[Any, Any], run: ImportRun, prepared: Prepared
) -> None:
    """Leave out the rows that came in before and say the same: nothing to judge."""
    items = prepared.items
    known = known_contents(kind, run.organisation, items.values())
    prepared.items = {
        row: item
        for row, item in items.items()
        if (item.external_id, item.content_hash) not in known
    }
    prepared.unchanged += len(items) - len(prepared.items)


def drop_what_came_in(
    kind: ReportKind[Any, Any], run: ImportRun, prepared: Prepared
) -> None:
    """Take the turn to write, and leave out what somebody brought in meanwhile."""
    take_turn([run.organisation_id])
    drop_unchanged(kind, run, prepared)


def refuse_elsewhere(
    kind: ReportKind[Any, Any], run: ImportRun, prepared: Prepared
) -> None:
    """Refuse rows on records of the organisation that are in another country."""
    named = [i.reference for i in prepared.items.values() if i.reference]
    rows = kind.record_model._default_manager.filter(
        among("reference", named), organisation=run.organisation
    )
    others = rows.exclude(country=run.country).select_related("country")
    known = {row.reference: row for row in others}
    for row, item in prepared.items.items():
        record = kind.record_of(item) or known.get(item.reference)
        if record is not None and record.country_id != run.country_id:
            text = _(
                "“%(record)s” is in %(country)s, not in %(named)s. Import it for that "
                "country, or take another reference."
            )
            said = {"record": record, "country": record.country, "named": run.country}
            found = Complaint(row, "elsewhere", text % said, is_open=False)
            prepared.complaints.append(found)
    prepared.drop_faulty()


def send_to_review(
    kind: ReportKind[Any, Any], run: ImportRun, claims: Any, *, by: Actor
) -> Any:
    """Create a report and submit it."""
    owner, country = run.organisation, run.country
    draft = create_report(
        kind, claims, organisation=owner, country=country, source="import", by=by
    )
    return move_report(kind, draft, step=stages.SUBMIT, by=by)


def standing_of(run: ImportRun) -> Any:
    """Return the reports of an import that have not been withdrawn, oldest first.

    Raises:
        Conflict: Its rows are no reports, which could be withdrawn.
    """
    kind = run.kind.reports
    if kind is None:
        raise Conflict(_("This import cannot be taken back."))
    came_in = kind.reports.filter(batch=run.batch, organisation=run.organisation)
    return came_in.exclude(stage=stages.WITHDRAWN).order_by("pk")


def take_back(run: ImportRun, reason: str, by: Actor) -> Iterator[int]:
    """Withdraw the reports of an import that still stand, batch by batch.

    The caller makes each batch one transaction, so that others can write in between;
    what is left after a kill is taken back by the next try.

    Raises:
        Conflict: As :func:`standing_of`.
        NotPermitted: One is not the actor's to withdraw; then none is.
    """
    standing, kind = standing_of(run), run.kind.reports
    assert kind is not None, "what stands is reports"
    for stage in standing.order_by().values_list("stage", flat=True).distinct():
        verb = _withdrawing(stage).verb
        open_rows = kind.reports.filter(kind.policy.rows(by, verb)).values("pk")
        if standing.filter(stage=stage).exclude(pk__in=open_rows).exists():
            raise NotPermitted(
                _("Some of these records are not yours to take back, so none is.")
            )
    return _withdrawn(kind, standing, reason, by)


def _withdrawing(stage: str) -> stages.Step:
    is_approved = stage == stages.APPROVED
    return stages.WITHDRAW_APPROVED if is_approved else stages.WITHDRAW


def _withdrawn(
    kind: ReportKind[Any, Any], standing: Any, reason: str, by: Actor
) -> Iterator[int]:
    while reports := list(standing.all()[:WITHDRAWN_AT_ONCE]):
        for report in reports:
            if report.stage in stages.FORWARD:
                report = reject_report(kind, report, reason, by=by)
            withdraw_report(kind, report, reason, by=by)
        yield len(reports)


Row = Mapping[str, Any]
Rows = list[tuple[int, int, Row]]  # place in the batch, number, stated values


class GroupedIntake(Intake):
    """Rows of the same record and day make one report.

    They are judged by the review as it writes them; a dry run writes each report and
    takes it back.

    Args:
        run: The import.
        kind: Of the reports.
        claims: What all claims state, and the rows -> the claims of one report.
    """

    def __init__(
        self,
        run: ImportRun,
        kind: ReportKind[Any, Any],
        claims: Callable[[dict[str, Any], Sequence[Row]], Any],
    ) -> None:
        self._run, self._kind, self._claims = run, kind, claims
        self._facts = imported(kind.record_model)

    def begin(self, mapped: MappedBatch) -> Prepared:
        prepared = Prepared.of(mapped)
        for rows in grouped(mapped).values():
            self._take(rows, mapped, prepared)
        prepared.drop_faulty()
        return prepared

    def look_up(self, prepared: Prepared) -> None:
        drop_unchanged(self._kind, self._run, prepared)

    def try_out(self, prepared: Prepared, *, by: Actor) -> None:
        with transaction.atomic():
            self.write(prepared, by=by)
            transaction.set_rollback(True)

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        counts: Counter[str] = Counter()
        drop_what_came_in(self._kind, self._run, prepared)
        for row, claims in prepared.items.items():
            outcome, complaints = self._sent(row, claims, by)
            counts[outcome] += bool(outcome)
            prepared.complaints += complaints
        prepared.drop_faulty()
        return +counts

    def _take(self, rows: Rows, mapped: MappedBatch, prepared: Prepared) -> None:
        first = rows[0][1]
        faulty = {c.row for c in prepared.complaints if c.blocks}
        spoilt = sorted(faulty & {row for _i, row, _values in rows[1:]})
        if spoilt:
            text = _("Row %(row)s tells of the same %(record)s and is at fault.")
            said = text % {"row": spoilt[0], "record": self._kind.record_name}
            prepared.complaints.append(Complaint(first, "group-at-fault", said))
        if first in faulty or spoilt:
            return
        for row, name in disagreeing(rows, mapped, self._facts):
            text = _("Rows on the same %(record)s and day differ in “%(name)s”.")
            said = text % {"name": name, "record": self._kind.record_name}
            prepared.complaints += [
                Complaint(n, "rows-differ", said, ERROR, name) for n in {first, row}
            ]
        prepared.items[first] = self._report_of(rows, mapped)

    def _report_of(self, rows: Rows, mapped: MappedBatch) -> Any:
        facts: dict[str, Any] = {}
        for i, _row, values in rows:
            stated = {n: values[n] for n in self._facts if n in values}
            if mapped.places.geometry[i] is not None:
                stated["geometry"] = shapely.from_wkb(mapped.places.geometry[i])
            facts = stated | facts
        first = rows[0][2]
        said = {
            "date_of_information": first["date_of_information"],
            "reference": str(first["reference"]),
            "facts": {n: v for n, v in facts.items() if n not in BESIDE},
            "external_id": str(first["reference"]),
            "content_hash": digest_of(rows, mapped, self._kind),
            "batch": self._run.batch,
        }
        return self._claims(said, [values for _i, _row, values in rows])

    def _sent(self, row: int, claims: Any, by: Actor) -> tuple[str, list[Complaint]]:
        """Send one report; return what became of it and what the rules found."""
        try:
            with transaction.atomic():
                (target,) = aimed(self._kind, [claims], self._run.organisation)
                report = self._write(target, by)
                if report is None:
                    return "unchanged", []
                said = tell(report.findings, by)
                complaints = [complaint_of(self._run, row, found) for found in said]
                if any(complaint.blocks for complaint in complaints):
                    transaction.set_rollback(True)
                    return "", complaints
        except SafelaneError as error:
            return "", [Complaint.of(row, error)]
        is_new = self._kind.record_of(target) is None
        return "created" if is_new else "updated", complaints

    def _write(self, claims: Any, by: Actor) -> Any:
        run, kind = self._run, self._kind
        if run.entry == run.Entry.SUBMIT:
            return send_to_review(kind, run, claims, by=by)
        written = register_approved(
            kind,
            [claims],
            organisation=run.organisation,
            country=run.country,
            reason=run.reason or _("Import of a file"),
            by=by,
        )
        return written[0] if written else None  # somebody brought it in meanwhile


BESIDE = frozenset({"reference", "date_of_information", "external_id"})


def grouped(mapped: MappedBatch) -> dict[Any, Rows]:
    """Return the rows of each record and day; one without reference stands alone."""
    groups: dict[Any, Rows] = {}
    for i, row in enumerate(mapped.rows):
        values = {n: column[i] for n, column in mapped.values.items()}
        stated = {n: v for n, v in values.items() if v not in (None, "")}
        key = (stated.get("reference", row), stated.get("date_of_information"))
        groups.setdefault(key, []).append((i, row, stated))
    return groups


def disagreeing(
    rows: Rows, mapped: MappedBatch, facts: Sequence[str]
) -> list[tuple[int, str]]:
    """Return the later rows that state another value of a fact, or another place."""
    said: dict[str, Any] = {}
    return [
        (row, name)
        for i, row, values in rows
        for name, value in (
            *((name, values.get(name)) for name in facts),
            ("geometry", mapped.places.geometry[i]),
        )
        if value is not None and said.setdefault(name, value) != value
    ]


def digest_of(rows: Rows, mapped: MappedBatch, kind: ReportKind[Any, Any]) -> str:
    """Return a keyed digest of what the rows say.

    An equal group is not imported again. It is keyed, since a plain one of a name and
    an age could be guessed.
    """
    places = [(mapped.places.geometry[i] or b"").hex() for i, _row, _values in rows]
    said = [dict(values) for _i, _row, values in rows]
    text = json.dumps([said, places], sort_keys=True, default=str, ensure_ascii=False)
    salt = f"safelane.{kind.report._meta.app_label}.imports"
    return salted_hmac(salt, text, algorithm="sha256").hexdigest()
