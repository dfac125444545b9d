"""What an accident report is: its facts, codes, rules and victims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from safelane.accidents.actions.victims import write_victims
from safelane.accidents.facts import VICTIM_LISTS
from safelane.accidents.inputs import AccidentInput
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.accidents.rules import CHECKS, Told
from safelane.core.errors import InvalidInput
from safelane.core.review import stages
from safelane.core.review.kind import Code, ReportKind
from safelane.core.scope import Actor
from safelane.countries.findings import Finding, ask_rules
from safelane.hazards.queries import areas
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import nearest_place
from safelane.organisations.review import PROGRAMME


def _findings(report: AccidentReport, day: date) -> list[Finding]:
    """Return what the rules in force on a day say of a saved report."""
    pack = pack_of(report.country)
    victims = report.victims.only("number", "sex", "age", "outcome")
    told = Told(report, tuple(victims.order_by("number")), day, pack.bounds)
    return ask_rules(pack.rules(day, "accident"), CHECKS, told)


def _link_hazard(report: AccidentReport, claims: AccidentInput, by: Actor) -> None:
    if claims.hazard_uid is None:
        report.hazard_id = None
        return
    found = areas(by).filter(uid=claims.hazard_uid).values_list("pk", flat=True)
    report.hazard_id = found.first()
    if report.hazard_id is None:
        raise InvalidInput(
            _("There is no such hazardous area, or it is outside your scope."),
            field="hazard",
        )


def _victim_codes(claims: AccidentInput) -> Iterator[Code]:
    for victim in claims.victims:
        for field, name in VICTIM_LISTS.items():
            if code := getattr(victim, field):
                yield field, name, code
        for question, answer in victim.wgss.items():
            yield "wgss", "wgss_question", question
            yield "wgss", "wgss_answer", answer
        for code in victim.injuries:
            yield "injuries", "injury", code


def _write_all_victims(pairs: Sequence[tuple[AccidentReport, AccidentInput]]) -> None:
    for report, claims in pairs:
        write_victims(report, claims)


def _victim_numbers(report: AccidentReport) -> dict[str, list[int]]:
    """Name victims by their number: no person stands in the history."""
    rows = report.victims.order_by("number").values_list("number", flat=True)
    return {"victims": list(rows)}


def is_closed(report: AccidentReport, actor: Actor) -> bool:
    """Say whether a report tells of victims whom the actor may not see."""
    seen = Victim.objects.visible_to(actor).filter(report=report)
    return report.victims.count() > seen.count()


def _tie_victims(report: AccidentReport) -> None:
    Victim.objects.filter(report=report).update(accident=report.accident)


def _complete(accident: Accident) -> None:
    """Find the nearest place, and which victims count."""
    place, point = None, accident.geometry
    if point is not None:
        place = nearest_place(accident.country, point)
    accident.nearest_place, metres, bearing = place or (None, None, None)
    accident.nearest_place_m, accident.nearest_place_bearing = metres, bearing
    _mark_current_victims(accident)


def _mark_current_victims(accident: Accident) -> None:
    """Mark, per number, the victim of the newest date; of several, first approved."""
    rows = Victim.objects.filter(accident=accident)
    approved = rows.filter(report__stage=stages.APPROVED).order_by(
        F("report__date_of_information").desc(), "report__approved_at", "pk"
    )
    newest: dict[int, int] = {}
    for pk, number in approved.values_list("pk", "number"):
        newest.setdefault(number, pk)
    current = newest.values()
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
    write_beside=_write_all_victims,
    say_beside=_victim_numbers,
    is_closed=is_closed,
    tie=_tie_victims,
    project=_complete,
)
