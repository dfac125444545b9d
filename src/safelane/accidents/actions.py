"""The only place that writes accidents and victims; ``core.review`` moves reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.accidents.counts import PUBLICATION, tables_up_to
from safelane.accidents.facts import IDENTITY_FIELDS, REFUSED, VICTIM_FORM, VICTIM_LISTS
from safelane.accidents.models import Accident, AccidentReport, Victim, VictimIdentity
from safelane.accidents.policies import VictimPolicy
from safelane.accidents.rules import CHECKS, UNSAID, Told, age_group_of, has_disability
from safelane.core.counts.published import PublishedTables
from safelane.core.counts.publishing import publish
from safelane.core.errors import InvalidInput
from safelane.core.history.actions import Entry, record
from safelane.core.review import numbering, stages
from safelane.core.review.kind import Claims, Code, ReportKind
from safelane.core.review.models import default_of
from safelane.core.review.projection import facts_without
from safelane.core.review.writing import codes_in
from safelane.core.scope import Actor, system_actor
from safelane.core.scope.precision import district_of
from safelane.countries import CountryPack
from safelane.countries.findings import Finding, ask_rules
from safelane.hazards.queries import area_open
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of
from safelane.organisations.review import PROGRAMME
from safelane.organisations.whereabouts import take_nearest

SHORTEST_REASON = 10
TRAITS = ("sex", "age", "outcome")  # by which a person is known again


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimInput:
    """One victim.

    Args:
        number: Which victim of the accident this is, from 1; 0 where nobody says so.
        facts: Name of a fact -> value, codes from the country pack; ``wgss`` holds
            question -> answer of the Washington Group Short Set. What is absent is
            not stated.
        identity: Name of a sealed field -> text, ``birth_date`` as YYYY-MM-DD. What is
            absent stays as it is in a draft; "" removes it.
    """

    number: int
    facts: dict[str, Any] = field(default_factory=dict)
    identity: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccidentInput(Claims):
    """A whole report: claims about one accident and its victims.

    Args:
        accident: The accident it speaks of; None for a new one.
        hazard_uid: The hazardous area in which it happened; None leaves that of a
            draft as it is, "" takes it out.
    """

    accident: Accident | None = None
    victims: tuple[VictimInput, ...] = ()
    hazard_uid: UUID | Literal[""] | None = None


class ReasonNeeded(InvalidInput):
    """A victim's identity is opened for a reason that is written down."""


class ConsentRefused(InvalidInput):
    """The person refused that the identity is kept."""


Drafts = Sequence[tuple[AccidentReport, AccidentInput]]


def write_victims(pairs: Drafts, by: Actor) -> None:
    """Replace the victims of drafts; an identity that is not given anew is kept.

    Raises:
        InvalidInput: A number stands twice, or is needed to tell people apart.
        ConsentRefused: An identity is given though the person refused.
    """
    for report, claims in pairs:
        told = report, claims.victims, Victim, TRAITS, UNSAID
        victims = numbering.numbered(REPORTS, *told, by=by)
        numbers = [victim.number for victim in victims]
        if len(set(numbers)) < len(numbers):
            raise InvalidInput(_("A victim's number stands twice."), field="victims")
        pack = pack_of(report.country)
        report.victims.exclude(number__in=numbers).delete()
        for victim in victims:
            _write_victim(report, victim, pack)


def _write_victim(
    report: AccidentReport, claims: VictimInput, pack: CountryPack
) -> None:
    facts = {n: default_of(Victim, n) for n in ("wgss", *VICTIM_FORM)} | claims.facts
    age, answers, identity = facts["age"], facts["wgss"], claims.identity or {}
    facts["injuries"] = list(facts["injuries"])
    facts["age_group"] = age_group_of(age, pack)
    facts["has_disability"] = has_disability(answers, age, pack)
    for name in ("accident_id", "organisation_id", "country_id", "admin_area_id"):
        facts[name] = getattr(report, name)
    victim, _created = Victim.objects.update_or_create(
        report=report, number=claims.number, defaults=facts
    )
    if facts["consent"] == REFUSED:
        if any(identity.values()):
            said = _("Victim %(number)s refused: leave the identity empty.")
            raise ConsentRefused(said % {"number": victim.number}, field="victims")
        VictimIdentity.objects.filter(victim=victim).delete()
    elif identity:
        VictimIdentity.objects.update_or_create(victim=victim, defaults=identity)


@transaction.atomic
def reveal_victim(victim: Victim, reason: str, *, by: Actor) -> dict[str, str]:
    """Open a victim's identity; the reason and who asked go into the history.

    Returns:
        Names of ``IDENTITY_FIELDS`` -> text; empty where nothing is kept.

    Raises:
        NotPermitted: No role of the actor may open this victim's identity.
        ReasonNeeded: The reason is missing or too short to be one.
    """
    by.require_in_person()
    VictimPolicy.require_row(by, "reveal", victim)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonNeeded(
            _("Write why you open this record, for instance the referral it is for."),
            field="reason",
        )
    _note("victim.reveal", victim, reason, by)
    identity = VictimIdentity.objects.filter(victim=victim).first()
    return {name: getattr(identity, name, "") for name in IDENTITY_FIELDS}


@transaction.atomic
def forget_victim(victim: Victim, reason: str, *, by: Actor) -> bool:
    """Destroy the identity of a victim; False when none is kept.

    The history keeps that, when, by whom and why. What is counted of people stays.

    Raises:
        NotPermitted: No role of the actor may open this victim's identity.
        ReasonNeeded: There is no reason.
    """
    VictimPolicy.require_row(by, "reveal", victim)
    if not reason.strip():
        raise ReasonNeeded(_("Write why the identity is destroyed."), field="reason")
    if not VictimIdentity.forget(victim=victim):
        return False
    _note("victim.forget", victim, reason, by)
    return True


def _note(verb: str, victim: Victim, reason: str, by: Actor) -> None:
    told = ("victim", victim.uid, str(victim))
    record(Entry(victim.organisation_id, verb, *told, reason=reason.strip()), by=by)


def identities_due(day: date) -> Iterator[Victim]:
    """Yield the victims whose identity may be kept no longer.

    The pack's ``identity_years`` count from the date of information of the report;
    0 keeps identities until somebody asks.
    """
    for country in Country.objects.all():
        years = int(pack_of(country).parameter("identity_years", day))
        if years:
            last = day.replace(year=day.year - years, day=min(day.day, 28))
            old = {"country": country, "report__date_of_information__lt": last}
            rows = Victim.objects.filter(identity__isnull=False, **old)
            yield from rows.order_by("pk")


def forget_due(now: datetime) -> int:
    """Destroy every identity that may be kept no longer; return how many."""
    reason, by = _("Kept as long as the country's rule says."), system_actor()
    day = timezone.localdate(now)
    return sum(forget_victim(v, reason, by=by) for v in list(identities_due(day)))


def _findings(report: AccidentReport, day: date) -> list[Finding]:
    """Return what the rules in force on a day say of a saved report."""
    pack = pack_of(report.country)
    victims = report.victims.only("number", "sex", "age", "outcome").order_by("number")
    others = numbering.known_by_others(REPORTS, report, Victim)
    known = facts_without(REPORTS, report)
    told = Told(report, tuple(victims), others, day, pack.bounds, known)
    return ask_rules(pack.rules(day, "accident"), CHECKS, told)


def _link_hazard(report: AccidentReport, claims: AccidentInput, by: Actor) -> None:
    if claims.hazard_uid is not None:
        was, named = report.hazard, claims.hazard_uid
        report.hazard = area_open(by, named) if named else None
        if was and was != report.hazard:  # what followed from it goes with it
            follows = report.admin_area == district_of(was.admin_area)
            report.admin_area = None if follows else report.admin_area
    known = report.admin_area_id or (report.accident and report.accident.admin_area_id)
    if report.hazard is not None and not known:
        report.admin_area = district_of(report.hazard.admin_area)
        report.knows_area = True


def _victim_codes(claims: AccidentInput) -> Iterator[Code]:
    for victim in claims.victims:
        yield from codes_in(victim.facts, VICTIM_LISTS)
        for question, answer in victim.facts.get("wgss", {}).items():
            yield "wgss", "wgss_question", question
            yield "wgss", "wgss_answer", answer


def is_closed(report: AccidentReport, actor: Actor) -> bool:
    """Say whether a report tells of victims whom the actor may not see."""
    seen = Victim.objects.visible_to(actor).filter(report=report)
    return report.victims.count() > seen.count()


def _complete(accident: Accident) -> None:
    """Find the nearest place, and which victims count."""
    take_nearest(accident)
    # Per number, the newest date counts; of several, the one approved first.
    rows = Victim.objects.filter(accident=accident)
    approved = rows.filter(report__stage=stages.APPROVED).order_by(
        F("report__date_of_information").desc(), "report__approved_at", "pk"
    )
    current = dict([*approved.values_list("number", "pk")][::-1]).values()
    rows.exclude(pk__in=current).update(is_current=False)
    rows.filter(pk__in=current).update(is_current=True, admin_area=accident.admin_area)


REPORTS: ReportKind[AccidentReport, AccidentInput] = ReportKind(
    name="accident_report",
    importing="accident.import",
    prefix="ACC",
    record="accident",
    report=AccidentReport,
    programme=PROGRAMME,
    rules=_findings,
    links=("hazard_id",),
    beside=("victims",),
    codes_beside=_victim_codes,
    fill=_link_hazard,
    write_beside=write_victims,
    say_beside=partial(numbering.numbers_beside, "victims"),
    is_closed=is_closed,
    project=_complete,
)


def publish_due(now: datetime) -> list[PublishedTables]:
    """Publish the counts of each country whose fixed date has come.

    A country of which no victim is known publishes nothing.
    """
    by = system_actor()
    countries = Country.objects.filter(pk__in=Victim.objects.values("country"))
    found = [publish_counts(c, timezone.localdate(now), by=by) for c in countries]
    return [counts for counts in found if counts is not None]


def publish_counts(country: Country, day: date, *, by: Actor) -> PublishedTables | None:
    """Publish a country's counts as far as they are due; see :func:`publish`."""
    return publish(PUBLICATION, country, day, tables_up_to, pack_of(country), by=by)
