"""Reading reports of any kind, always from what the actor may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from safelane.core.bulk.many_values import among, lots
from safelane.core.filters import RecordFilter
from safelane.core.filters.reading import NOW, Moment, end_of
from safelane.core.filters.records import fits
from safelane.core.history.queries import changes_of
from safelane.core.review import stages
from safelane.core.review.findings import Kept, tell, tell_all
from safelane.core.review.kind import ReportKind
from safelane.core.review.projection import reports_on, take_values
from safelane.core.review.timeline import Period, state_as_of
from safelane.core.scope import Actor, Precision, ScopedQuerySet, system_actor
from safelane.core.scope.precision import shown_facts

AT_ONCE = 500
M = TypeVar("M", bound=Model)
PROPOSED_TWICE = {
    "rule": "reference-proposed-twice",
    "clause": "",
    "rule_version": "",
    "severity": "warn",
    "msgid": gettext_noop(
        "Report %(number)s proposes the reference “%(reference)s” too. Only the first "
        "that is approved can have it: take another one, or wait and report on that "
        "record."
    ),
    "where": "reference",
}

MOST_CHANGES = 100  # that one page shows


def may_review(kind: ReportKind[Any, Any], actor: Actor) -> bool:
    """Say whether any role lets the actor check reports."""
    return any(actor.may(kind.verb(step.verb)) for step in stages.FORWARD.values())


def report_queue(kind: ReportKind[Any, Any], actor: Actor) -> Any:
    """Return the reports that wait for a check which this actor may make."""
    waiting = Q(pk__in=())
    for stage, step in stages.FORWARD.items():
        waiting |= Q(stage=stage) & kind.policy.rows(actor, step.verb)
    rows = kind.reports.visible_to(actor).filter(waiting)
    if actor.user_id is not None:
        last = rows.filter(stage=stages.OPERATIONS_CHECKED)
        changed = changed_by(kind, last.values_list("uid", flat=True), actor.user_id)
        own = last.filter(Q(entered_by=actor.user_id) | Q(uid__in=changed))
        mine = own.order_by().select_related("country", "admin_area")
        placed = mine.defer("geometry", "admin_area__geometry")
        rows = rows.exclude(pk__in=for_other_eyes(kind, placed, actor.user_id))
    return rows.order_by("stage_at", "pk")


def for_other_eyes(
    kind: ReportKind[Any, Any], reports: Iterable[Any], author: int
) -> set[int]:
    """Return the keys of those reports that wait for somebody else than their author.

    A report matters where it lies itself, and wherever its record lies or ever lay: its
    author alone says where it lies.
    """
    places = {r: {r.admin_area.path if r.admin_area else ""} for r in reports}
    link, path = f"{kind.record}_id", "admin_area__path"
    lay: dict[int | None, set[str]] = defaultdict(set)
    for some in lots({getattr(r, link) for r in places} - {None}, AT_ONCE):
        records = kind.record_model._default_manager.filter(pk__in=some)
        told = kind.reports.filter(approved_at__isnull=False, **{f"{link}__in": some})
        for rows in (records.values_list("pk", path), told.values_list(link, path)):
            for key, where in rows:
                lay[key].add(where or "")
    for report, paths in places.items():
        paths |= lay[getattr(report, link)]
    return kind.programme.for_other_eyes(places, kind.verb("approve"), author)


def changed_by(kind: ReportKind[Any, Any], uids: Iterable[UUID], user: int) -> set[str]:
    """Return those of some reports which somebody changed as drafts."""
    found: set[str] = set()
    for some in lots(uids, AT_ONCE):
        rows = changes_of(kind.name, some)
        mine = rows.filter(verb=kind.verb("update"), actor_id=user)
        found.update(mine.values_list("object_id", flat=True))
    return found


def changes_on_record(
    kind: ReportKind[Any, Any], reports: Any, actor: Actor, then: Moment = NOW
) -> Any:
    """Return who did what to a record's reports until then, the newest first.

    Args:
        reports: Those that the actor may see, of ``reports_on_record``.
    """
    if not actor.may("history.view"):
        return changes_of(kind.name, ())
    rows = changes_of(kind.name, list(reports.values_list("uid", flat=True)))
    return (
        rows if then.known_at is None else rows.filter(server_time__lte=then.known_at)
    )


def first_rows(rows: QuerySet[M], most: int) -> tuple[list[M], int]:
    """Return the first rows, and how many more there are: nothing is cut unsaid."""
    first = list(rows[: most + 1])
    return first[:most], max(0, len(first) - most) and rows.count() - most


def own_reports(kind: ReportKind[Any, Any], actor: Actor, *wanted: str) -> Any:
    """Return the actor's own reports at the wanted stages."""
    rows = kind.reports.visible_to(actor)
    return rows.filter(entered_by=actor.user_id, stage__in=wanted)


def reports_on_record(
    kind: ReportKind[Any, Any], record: Any, actor: Actor, then: Moment = NOW
) -> Any:
    """Return the reports on one record that the actor may see, newest first.

    Of the past, those which counted then; now, those at every stage.
    """
    rows = kind.reports.visible_to(actor).filter(**{kind.record: record})
    return rows.filter(counting(then)) if then.is_past else rows


def findings_of(
    kind: ReportKind[Any, Any], report: Any, actor: Actor
) -> list[dict[str, Any]]:
    """Return what a reader is told of the findings kept with a report.

    Of a draft, those of the rules as they are now.
    """
    if report.stage == stages.DRAFT:
        return tell(findings_now(kind, report), actor)
    (kept,) = _with_rivals(kind, [report])
    return tell(kept, actor)


def findings_now(kind: ReportKind[Any, Any], report: Any) -> list[Kept]:
    """Return what the rules in force today find in a saved report, as it is kept."""
    found = kind.rules(report, timezone.localdate())
    return [*(finding.as_json() for finding in found), *_rivals(kind, [report])[0]]


def _with_rivals(kind: ReportKind[Any, Any], reports: list[Any]) -> list[list[Kept]]:
    """Return the findings kept with reports, and rivals as they are now."""
    rule = PROPOSED_TWICE["rule"]
    kept = ([f for f in report.findings if f["rule"] != rule] for report in reports)
    return [a + b for a, b in zip(kept, _rivals(kind, reports), strict=True)]


def _rivals(kind: ReportKind[Any, Any], reports: list[Any]) -> list[list[Kept]]:
    """Return warnings of the open reports that propose the same new record."""
    still_open = Q(stage__in=(stages.DRAFT, *stages.WAITING), **{kind.record: None})
    names = {r.reference for r in reports if getattr(r, f"{kind.record}_id") is None}
    rows = kind.reports.filter(still_open, among("reference", sorted(names - {""})))
    told = ("organisation_id", "reference", "pk", "number")
    proposed: dict[tuple[int, str], dict[int, str]] = defaultdict(dict)
    for home, name, pk, number in rows.values_list(*told) if names - {""} else ():
        proposed[home, name][pk] = number
    return [
        _twice(kind, report, proposed[report.organisation_id, report.reference])
        for report in reports
    ]


def _twice(
    kind: ReportKind[Any, Any], report: Any, proposed: dict[int, str]
) -> list[Kept]:
    said, label = {"reference": report.reference}, kind.report._meta.label_lower
    return [
        {**PROPOSED_TWICE, "values": said | {"number": number}, "about": [[label, pk]]}
        for pk, number in proposed.items()
        if report.pk in proposed and pk != report.pk
    ]


def with_findings(
    kind: ReportKind[Any, Any], reports: Iterable[Any], actor: Actor
) -> list[Any]:
    """Give each report ``told``: what the reader is told of its findings."""
    rows = list(reports)
    said = tell_all(_with_rivals(kind, rows), actor)
    for row, told in zip(rows, said, strict=True):
        row.told = told
    return rows


def counting(then: Moment, via: str = "") -> Q:
    """Return the condition on reports that counted: approved, not yet withdrawn.

    Args:
        via: Lookup path to the report, such as ``"report__"``.
    """
    counted = Q(**{f"{via}stage": stages.APPROVED})
    if then.known_at is not None:
        standing = Q(**{f"{via}withdrawn_at__isnull": True})
        counted = Q(**{f"{via}approved_at__lte": then.known_at}) & (
            standing | Q(**{f"{via}withdrawn_at__gt": then.known_at})
        )
    if then.as_of is not None:
        counted &= Q(**{f"{via}date_of_information__lte": then.as_of})
    return counted


def holding(then: Moment) -> Q:
    """Return the condition on periods that held on the day, as known then."""
    return known(then) & Q(
        Q(valid_to__isnull=True) | Q(valid_to__gt=then.day), valid_from__lte=then.day
    )


def known(then: Moment) -> Q:
    """Return the condition on periods that stood in the register at the moment."""
    if then.known_at is None:  # the same, and an index leads to it
        return Q(known_to__isnull=True)
    return Q(
        Q(known_to__isnull=True) | Q(known_to__gt=then.knowledge),
        known_from__lte=then.knowledge,
    )


_ENDS = Precision.EXACT, Precision.NONE


class RowsThen(list[M]):
    """Rows of a past day, with the model whose policy opened them."""

    def __init__(self, rows: Iterable[M], model: type[M]) -> None:
        super().__init__(rows)
        self.model = model


def records_as_of(
    kind: ReportKind[Any, Any],
    actor: Actor,
    filters: RecordFilter,
    rows: ScopedQuerySet[M],
) -> list[M]:
    """Return the records known then, newest first, unsaved with the facts of then.

    Records that were withdrawn since are among them, and those that lay within the
    actor's reach then and do not today; those that lay elsewhere are not. What a filter
    asks is asked of the facts of then, and tells no more of a row than its precision
    shows: a row of which the year is shown is asked by the year.
    """
    every = list(rows.visible_to(actor.beyond_areas()))
    open_rows = _states(kind, actor, every, filters.then, exact=True)
    if kind.record_model.policy.coarsest(actor) != Precision.EXACT:
        shown = {row.pk for row in open_rows}
        rest = [row for row in every if row.pk not in shown]
        last = _year_end(filters.then)
        open_rows += _states(kind, actor, rest, last, exact=False)
    found = [row for row in open_rows if fits(filters, row)]
    found.sort(key=lambda row: _shown_day(filters, row), reverse=True)
    return RowsThen(found, rows.model)


def state_then(
    kind: ReportKind[Any, Any],
    actor: Actor,
    filters: RecordFilter,
    uid: UUID,
    related: Sequence[str] = (),
) -> tuple[Any, Any, bool]:
    """Return one record as it may be shown, its state then, and "it was elsewhere".

    The state is None where nothing was known then, or the record lay where it is not
    open; of a record that is not open today, it is the record. Without a past day the
    record of today is both.

    Args:
        related: What is fetched along.

    Raises:
        NotFound: It is outside the actor's scope, today and then.
    """
    rows = kind.record_model.objects.select_related(*related).filter(uid=uid)
    if not filters.is_past:
        record = rows.get_for(actor)
        return record, record, False
    if found := records_as_of(kind, actor, filters, rows):
        return found[0], found[0], False
    record = rows.get_for(actor)
    return record, None, bool(records_as_of(kind, system_actor(), filters, rows))


def past_words(kind: ReportKind[Any, Any], actor: Actor, filters: RecordFilter) -> str:
    """Return which past day is shown, and that years are where days are not open."""
    if not filters.is_past:
        return ""
    if kind.record_model.policy.coarsest(actor) == Precision.EXACT:
        return filters.then.words
    by_year = _("Where your role shows the year only, as at the end of that year.")
    return f"{filters.then.words} {by_year}"


def _states(
    kind: ReportKind[Any, Any],
    actor: Actor,
    records: list[M],
    then: Moment,
    *,
    exact: bool,
) -> list[M]:
    """Turn records back to a moment; return those that are open then."""
    policy, moment = kind.record_model.policy, then.knowledge
    told = {"approved_at__lte": moment, "date_of_information__lte": then.day}
    reports = reports_on(kind, records, **told)
    states: list[Any] = []
    for record in records:
        known = reports[record.pk]
        period = state_as_of(known, then.day, moment, kind.groups)
        if period is not None:
            states.append(_turned_back(kind, record, period))
    _give_areas(states)
    for row in states:
        row.precision = policy.precision_of(actor, row)
    wanted = {Precision.EXACT} if exact else {*Precision} - {*_ENDS}
    return [row for row in states if row.precision in wanted]


def _year_end(then: Moment) -> Moment:
    """Return the end of the years of a moment.

    Day by day, a reader to whom a year is shown would find the day on which something
    was known first.
    """
    known = end_of(date(timezone.localdate(then.knowledge).year, 12, 31))
    return Moment(date(then.day.year, 12, 31), known)


def _give_areas(rows: list[Any]) -> None:
    """Load the admin areas of unsaved states at once."""
    if not rows:
        return
    areas: Any = rows[0]._meta.get_field("admin_area").related_model
    keys = {row.admin_area_id for row in rows} - {None}
    known = areas._base_manager.select_related("parent__parent").in_bulk(keys)
    for row in rows:
        row.admin_area = known.get(row.admin_area_id)


def _shown_day(filters: RecordFilter, row: Any) -> tuple[str, str]:
    """Return what rows are ordered by: in the order of days, a row that shows its year
    only would tell the day between those of its neighbours.
    """
    dated = filters.dated_by
    shown = shown_facts({dated: getattr(row, dated)}, filters.facts(), row.precision)
    return str(next(iter(shown.values()), None) or ""), str(row)


def _turned_back(kind: ReportKind[Any, Any], record: Any, period: Period) -> Any:
    """Give a record the facts of a period, and the admin area of its place of then."""
    take_values(kind, record, period)
    record.last_information = period.valid_from
    record.is_withdrawn = False
    record.admin_area_id = period.place
    if record.geometry is not None:
        point = record.geometry.representative_point()
        record.admin_area = kind.programme.area_at(record.country, point)
    return record
