"""What a report is written about and in whose name, and the one report of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from shapely import Point

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.facts import facts_of
from safelane.core.facts.words import ShownFact, shown_facts
from safelane.core.geo.entry.coordinates import format_point
from safelane.core.review.kind import ReportKind
from safelane.core.review.models import fact_names
from safelane.core.review.writing import require_open
from safelane.core.scope import Actor
from safelane.core.scope.precision import (
    is_exact,
    published,
    shown_area,
    with_record,
)

Kind = ReportKind[Any, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is written about and in whose name.

    Args:
        record: The record that it speaks of, seen exactly or not; None for a new one.
        report: The draft that is changed; None for a new report.
    """

    organisation: Any
    record: Any = None
    report: Any = None

    @property
    def country(self) -> Any:
        """Return the country whose codes and rules are meant.

        Raises:
            InvalidInput: The organisation has none.
        """
        if self.report is not None:
            return self.report.country
        country = (self.record or self.organisation).country
        if country is None:
            raise InvalidInput(_("This organisation belongs to no country."))
        return country


def seen_record(subject: Subject, actor: Actor) -> Any:
    """Return the record as the actor sees it; None where that is not at all."""
    if subject.record is None:
        return None
    rows: Any = type(subject.record)._default_manager
    return rows.visible_to(actor).filter(pk=subject.record.pk).first()


def known_today(subject: Subject, actor: Actor, pack: Any) -> list[ShownFact]:
    """Return what is known of the record, in words and as far as the actor sees it.

    Also where it is: a point in degrees, unless it is known as it was typed, and the
    admin area that may be named.
    """
    if (row := seen_record(subject, actor)) is None:
        return []
    model: type[models.Model] = type(row)
    facts, values = facts_of(model), published(row)
    stated = {name: values[name] for name in fact_names(model) if name in values}
    told = shown_facts(facts, stated, pack, exact=is_exact(row))
    place, area = values.get("geometry"), shown_area(row)
    if isinstance(place, Point) and is_exact(row) and not values.get("position_text"):
        typed = format_point(place.x, place.y, "dd")
        told.append(ShownFact("position_text", "", typed))
    if area is not None:
        told.append(ShownFact("admin_area", "", str(area)))
    return told


def wants_more(request: HttpRequest) -> bool:
    """Say whether a form was sent only to get it back with room for one row more."""
    return request.POST.get("then") == "more"


def rows_asked(request: HttpRequest, prefix: str) -> int:
    """Return how many rows a form was sent with, and one more where it asks for one."""
    text = request.POST.get(f"{prefix}-TOTAL_FORMS", "")
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return count + wants_more(request)


def one_report(kind: Kind, actor: Actor, uid: str) -> Any:
    """Return a report that the actor may see, with its record where that is open.

    Raises:
        SignInNeeded, NotPermitted: No role of the actor opens reports.
        NotFound: It is outside the actor's scope.
    """
    actor.require(kind.verb("view"))
    names = ("organisation", "country", "admin_area", "entered_by", "stage_by")
    rows = kind.reports.select_related(*names, f"{kind.record}__country")
    return with_record(rows, actor, kind.record).get_for(actor, uid=uid)


def subject_of(kind: Kind, report: Any, actor: Actor) -> Subject:
    """Return a draft as what is written.

    Raises:
        NotPermitted: A part of it is closed to the actor.
    """
    require_open(kind, report, actor)
    return Subject(report.organisation, kind.record_of(report), report)


def chosen_subject(kind: Kind, request: HttpRequest, actor: Actor) -> Subject:
    """Return what is written: ``?report=``, or the record and ``?organisation=``.

    Raises:
        NotFound: The draft or the record is outside the actor's scope.
        NotPermitted: No organisation of the actor can report there, or a part of the
            draft is closed to the actor.
    """
    actor.require(kind.verb("report"))
    if draft := request.GET.get("report"):
        return subject_of(kind, one_report(kind, actor, draft), actor)
    record = None
    if uid := request.GET.get(kind.record):
        rows = kind.record_model.objects.select_related("country")
        record = rows.get_for(actor, uid=uid)
    wanted = request.GET.get("organisation", "")
    organisations = organisations_of(kind, actor)
    return Subject(_organisation(organisations, wanted, record, actor), record)


def organisations_of(kind: Kind, actor: Actor) -> Any:
    """Return the organisations in whose name the actor may report."""
    model: Any = kind.report._meta.get_field("organisation").related_model
    reach = kind.programme.in_reach(actor, kind.verb("report"))
    return model.objects.visible_to(actor).filter(pk__in=reach)


def can_report(kind: Kind, actor: Actor, record: Any = None) -> bool:
    """Say whether a report may be begun, on a record or on something new."""
    rows = organisations_of(kind, actor).filter(is_active=True).exclude(country=None)
    return bool(rows.filter(country=record.country_id) if record else rows)


def _organisation(choices: Any, wanted: str, record: Any, actor: Actor) -> Any:
    """Return the wanted organisation, else the record's, else one's own, else any."""
    rows = choices.filter(is_active=True).exclude(country=None)
    if record is not None:
        rows = rows.filter(country=record.country_id)
    known = {row.pk: row for row in rows.select_related("country")}
    named = [int(wanted)] if wanted.isascii() and wanted.isdecimal() else []
    named += [record.organisation_id] if record is not None else []
    for pk in (*named, *sorted(actor.organisation_ids), *known):
        if pk in known:
            return known[pk]
    raise NotPermitted(_("None of your organisations can report here."))
