"""Writing drafts of any kind: what a person, a file or a device claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.facts import facts_of
from safelane.core.geo.fields import GeometryField
from safelane.core.history.actions import Entry, record, take_turn
from safelane.core.review import stages
from safelane.core.review.errors import (
    EmptyReport,
    LooseFact,
    NotADraft,
    ReferenceTaken,
    UnknownCode,
    UnknownFact,
)
from safelane.core.review.kind import PROVENANCE, C, Code, Pack, R, ReportKind
from safelane.core.review.models import ReviewedReport, default_of, fact_names
from safelane.core.review.projection import area_then, name_area, refuse_elsewhere
from safelane.core.review.timeline import Groups
from safelane.core.review.versions import refuse_changed
from safelane.core.scope import Actor


@transaction.atomic
def create_report(
    kind: ReportKind[R, C],
    claims: C,
    *,
    organisation: Any,
    country: Any = None,
    source: str = "page",
    by: Actor,
) -> R:
    """Write a draft report in the name of an organisation.

    Args:
        claims: What it says.
        country: Where; the record's or the organisation's country when None.
        source: ``page``, ``api``, ``import``, ``odk``, ``detector`` or ``demo``.

    Raises:
        NotPermitted: The organisation or the record is outside the actor's scope.
        EmptyReport, UnknownFact, LooseFact, UnknownCode, ReferenceTaken,
            InvalidInput: The claims cannot stand as they are.
    """
    by.require(kind.verb("report"))
    _require_reach(kind, organisation, claims, by)
    report = new_report(kind, claims, organisation, country, source, by)
    _write(kind, report, claims, by)
    (report.number,) = kind.numbers(report.entered_at, [(report.pk, organisation)])
    report.save(update_fields=["number"])
    _note(kind, "create", report, None, by)
    return report


@transaction.atomic
def update_report(
    kind: ReportKind[R, C], report: R, claims: C, *, by: Actor, seen: str | None = None
) -> R:
    """Replace what a draft says.

    Args:
        seen: ``versions.version_of`` of the state that the claims were made from; None
            replaces whatever it says now.

    Raises:
        NotADraft: The report has been submitted; a new report corrects it.
        ChangedMeanwhile: It was saved since ``seen``.
        NotPermitted: It is outside the actor's scope, or a part of it is.
    """
    kind.policy.require_row(by, "report", report)
    require_open(kind, report, by)
    take_turn([report.organisation_id])
    draft: R = kind.reports.select_for_update().get(pk=report.pk)
    if draft.stage != stages.DRAFT:
        raise NotADraft(
            _("Report %(number)s is no longer a draft. Write a new report instead.")
            % {"number": draft.number}
        )
    if seen is not None:
        refuse_changed(kind, draft, seen)
    _require_reach(kind, draft.organisation, claims, by)
    before = snapshot(kind, draft)
    placed = kind.place(draft, _held(kind, draft)) is not None
    if placed or not draft.knows_area:  # of a position or a record, perhaps gone
        draft.admin_area, draft.knows_area = None, False
    for name in kind.rows_beside:
        getattr(draft, name).all().delete()
    _write(kind, draft, claims, by)
    _note(kind, "update", draft, before, by)
    return draft


def _held(kind: ReportKind[R, C], draft: R) -> Any:
    """Return what a saved draft says of its record and beside the facts, as claims."""
    beside = {name: tuple(getattr(draft, name).all()) for name in kind.rows_beside}
    return SimpleNamespace(**{kind.record: kind.record_of(draft)}, **beside)


def require_open(kind: ReportKind[R, C], report: R, by: Actor) -> None:
    """Raise NotPermitted where replacing a draft would lose what is not seen of it."""
    if kind.is_closed(report, by):
        message = _(
            "Report %(number)s says more than is open to your role, and saving it "
            "would lose that. Let its author or somebody who may see all of it "
            "change it."
        )
        raise NotPermitted(message % {"number": report.number})


def new_report(
    kind: ReportKind[R, C],
    claims: C,
    organisation: Any,
    country: Any,
    source: str,
    by: Actor,
) -> R:
    """Return an unsaved report without its claims.

    Raises:
        InvalidInput: Nothing says in which country it is, or the record that it names
            is in another one.
    """
    known = kind.record_of(claims)
    refuse_elsewhere(known, country)
    place = country or (known or organisation).country
    if place is None:
        raise InvalidInput(_("Say in which country this is."), field="country")
    return kind.report(
        organisation=organisation,
        country=place,
        source=source,
        entered_by_id=by.user_id,
    )


def take_claims(kind: ReportKind[R, C], report: R, claims: C, by: Actor) -> None:
    """Copy checked claims onto the report's own columns.

    Raises:
        EmptyReport, UnknownFact, LooseFact, UnknownCode, InvalidInput: The claims
            cannot stand as they are.
    """
    refuse_unknown(kind, set(claims.facts) | set(claims.retracts))
    refuse_loose_facts(kind.report, claims.facts, claims.retracts, kind.groups)
    row: Any = report
    for name in fact_names(kind.report):
        setattr(row, name, claims.facts.get(name, default_of(kind.report, name)))
    setattr(row, kind.record, kind.record_of(claims))
    row.reference, row.retracts = claims.reference, sorted(claims.retracts)
    row.date_of_information = claims.date_of_information
    for name in PROVENANCE:
        setattr(row, name, getattr(claims, name) or getattr(row, name))
    kind.fill(report, claims, by)
    _refuse_empty(kind, report, claims)
    check_codes(kind, kind.programme.pack_of(report.country), claims)
    _clean(report)


def _clean(report: ReviewedReport) -> None:
    """Ask every column of its own whether it can hold its value."""
    fields = report._meta.concrete_fields
    apart = {f.name for f in fields if f.is_relation or isinstance(f, GeometryField)}
    try:
        report.clean_fields(exclude=apart)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(" ".join(messages), field=field) from error


def refuse_unknown(kind: ReportKind[R, C], named: Iterable[str]) -> None:
    """Raise UnknownFact for facts that have no column, or are computed."""
    names, facts = fact_names(kind.report), facts_of(kind.report)
    if unknown := {n for n in named if n not in names or facts[n].computed}:
        said = ", ".join(sorted(unknown))
        raise UnknownFact(_("There is no fact “%(names)s”.") % {"names": said})


def _refuse_empty(kind: ReportKind[R, C], report: R, claims: C) -> None:
    """Raise EmptyReport for a report that says nothing, or not of what."""
    linked = any(getattr(report, name) for name in kind.links)
    speaks = linked or bool(claims.facts or claims.retracts or claims.admin_area)
    beside = kind.says_beside(claims)
    if not (speaks or beside):
        raise EmptyReport(_("The report says nothing yet: state at least one fact."))
    if not speaks and kind.stands_alone:
        return
    if kind.record_of(claims) is None and not claims.reference:
        raise EmptyReport(
            _("Say which %(record)s this is about, or give the new one a reference.")
            % {"record": kind.record_name},
            field="reference",
        )


def _require_reach(
    kind: ReportKind[R, C], organisation: Any, claims: C, by: Actor
) -> None:
    if organisation.pk not in kind.programme.in_reach(by, kind.verb("report")):
        said = _("You cannot report in the name of “%(name)s”.")
        raise NotPermitted(said % {"name": organisation.name})
    known = kind.record_of(claims)
    if known is not None:
        kind.record_model.policy.require_row(by, "view", known)


def _write(kind: ReportKind[R, C], report: R, claims: C, by: Actor) -> None:
    take_claims(kind, report, claims, by)
    point, known = kind.place(report, claims), kind.record_of(claims)
    name_area(report, claims)
    if point is not None:
        report.admin_area = kind.programme.area_at(report.country, point)
        report.knows_area = True
    elif known is not None and (report.admin_area_id is None or not report.knows_area):
        report.admin_area_id = area_then(kind, known, report.date_of_information)
        report.knows_area = False
    refuse_taken_reference(kind, report)
    report.save()
    kind.write_beside([(report, claims)], by)


def refuse_taken_reference(kind: ReportKind[R, C], report: R) -> None:
    """Raise where a report proposes a record whose reference another one has."""
    row: Any = report
    if kind.record_of(report) is not None or not row.reference:
        return
    taken = kind.record_model._default_manager.filter(
        organisation=report.organisation, reference=row.reference
    )
    if taken.exists():
        message = _(
            "The reference “%(reference)s” is taken. Report on that %(record)s, or "
            "choose another reference."
        )
        said = {"reference": row.reference, "record": kind.record_name}
        raise ReferenceTaken(message % said, field="reference")


def snapshot(kind: ReportKind[R, C], report: R) -> dict[str, Any]:
    """Return what a report says, for the history."""
    row: Any = report
    return ({"batch": row.batch} if row.batch else {}) | {
        "reference": row.reference or str(kind.record_of(report) or ""),
        "date_of_information": report.date_of_information,
        "retracts": row.retracts,
        **kind.say_beside(report),
        **kind.stated(report),
    }


def record_facts(kind: ReportKind[Any, Any], report: Any) -> dict[str, Any]:
    """Return of which record a report speaks, for the history."""
    known = kind.record_of(report)
    if known is None:
        return {kind.record: None}
    return {kind.record: known.reference, kind.record_uid: known.uid}


def entry(
    kind: ReportKind[R, C],
    verb: str,
    report: R,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    may: str,
    **more: Any,
) -> Entry:
    """Return what the history takes in of an act on a report.

    Args:
        may: Verb under whose role it is done.
    """
    return Entry(
        report.organisation_id,
        kind.verb(verb),
        kind.name,
        report.uid,
        report.number,
        before,
        after,
        source=report.source,
        permission=kind.verb(may),
        **more,
    )


def _note(
    kind: ReportKind[R, C],
    verb: str,
    report: R,
    before: dict[str, Any] | None,
    by: Actor,
) -> None:
    """Write what was said in a draft into the history."""
    said, when = snapshot(kind, report), report.device_time
    told = entry(kind, verb, report, before, said, may="report", device_time=when)
    record(told, by=by)


def check_codes(kind: ReportKind[R, C], pack: Pack, claims: C) -> None:
    """Raise for the first code that the pack does not know on the report's date.

    Raises:
        UnknownCode: Names the field, the code and the codes that are known.
    """
    known: dict[str, frozenset[str]] = {}
    for field, name, code in _used(kind, claims):
        if name not in known:
            known[name] = known_codes(pack, name, claims.date_of_information)
        if code not in known[name]:
            listed = ", ".join(sorted(known[name]))
            raise UnknownCode(
                _("“%(code)s” is not a code for %(field)s. Known codes: %(known)s.")
                % {"code": code, "field": field, "known": listed},
                field=field,
            )


def known_codes(pack: Pack, name: str, day: date) -> frozenset[str]:
    """Return the codes of a list that are in force on a day."""
    return frozenset(code.code for code in pack.codes(name, day))


def _used(kind: ReportKind[R, C], claims: C) -> Iterator[Code]:
    yield from codes_in(claims.facts, kind.lists)
    for name, found in kind.lists_beside.items():
        for row in getattr(claims, name):
            yield from codes_in({fact: getattr(row, fact) for fact in found}, found)
    yield from kind.codes_beside(claims)


def codes_in(facts: Mapping[str, Any], lists: Mapping[str, str]) -> Iterator[Code]:
    """Yield the codes of facts, one or several of each.

    Args:
        lists: Name of a fact -> its code list.
    """
    for field, name in lists.items():
        value = facts.get(field)
        for code in value if isinstance(value, list | tuple) else [value]:
            if code:
                yield field, name, str(code)


def is_stated(value: Any) -> bool:
    """Say whether a fact is stated: zero is, an empty text or list is not."""
    return bool(value) or value == 0


def loose_facts(
    facts: Mapping[str, Any], retracts: Collection[str], groups: Groups
) -> Iterator[tuple[str, str]]:
    """Yield each fact that stands without its leader, and that leader."""
    for leader, followers in groups.items():
        leads = is_stated(facts.get(leader))
        for name in followers:
            stated = is_stated(facts.get(name)) and not leads
            retracted = name in retracts and not (leads or leader in retracts)
            if stated or retracted:
                yield name, leader


def loose_message(model: type[models.Model], name: str, leader: str) -> str:
    """Return what a person is told of a fact without its leader."""
    meta: Any = model._meta
    labels = [capfirst(str(meta.get_field(n).verbose_name)) for n in (name, leader)]
    return _(
        "“%(fact)s” says nothing without “%(leader)s”: a report states both or neither."
    ) % {"fact": labels[0], "leader": labels[1]}


def refuse_loose_facts(
    model: type[models.Model],
    facts: Mapping[str, Any],
    retracts: Collection[str],
    groups: Groups,
) -> None:
    """Raise LooseFact, which names both, for the first fact without its leader."""
    for name, leader in loose_facts(facts, retracts, groups):
        raise LooseFact(loose_message(model, name, leader), field=name)
