"""Steps that several tests of accidents take."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from shapely.geometry import Point

from safelane.accidents.actions import REPORTS, AccidentInput, VictimInput
from safelane.accidents.exchange import claims_of as claims_of_rows
from safelane.accidents.models import Accident, AccidentReport
from safelane.core.review import (
    projection,
    queries,
    registration,
    stages,
    steps,
    timeline,
    writing,
)
from safelane.exchange.facts import imported

# The acts of the review on reports of this kind.
create_report = partial(writing.create_report, REPORTS)
update_report = partial(writing.update_report, REPORTS)
move_report = partial(steps.move_report, REPORTS)
submit_report = partial(move_report, step=stages.SUBMIT)
approve_report = partial(move_report, step=stages.APPROVE)
reject_report = partial(steps.reject_report, REPORTS)
withdraw_report = partial(steps.withdraw_report, REPORTS)
report_queue = partial(queries.report_queue, REPORTS)
register_approved = partial(registration.register_approved, REPORTS)


def accident_as_of(accident: Accident, on: date, known_at: datetime) -> Any:
    """Return what was true of an accident on a day, as known at a moment."""
    told = projection.reports_on(REPORTS, [accident], approved_at__isnull=False)
    return timeline.state_as_of(told[accident.pk], on, known_at, REPORTS.groups)


PEOPLE = {
    "azo": ("rauf", "gunay", "farid", "aysel"),
    "lao": ("bounmy", "keo", "vanh", "noy"),
}
NAME = "Leyla Testova"
ANSWERS = {
    "seeing": "none",
    "hearing": "none",
    "walking": "a_lot",
    "remembering": "none",
    "self_care": "some",
    "communicating": "none",
}


def claims_of(row: dict[str, Any], **identity: str) -> AccidentInput:
    """Return a report from a row of a file; None is not stated."""
    return claims_of_rows(
        {
            "date_of_information": row["date_of_information"],
            "reference": row["reference"],
            "facts": {
                name: value
                for name in (*imported(Accident), "geometry")
                if name not in ("reference", "date_of_information")
                and (value := row.get(name)) not in (None, "")
            },
            **identity,
        },
        [row],
    )


def victim(number: int = 1, **facts: Any) -> VictimInput:
    """Return a woman of 34 who was injured and gave her name."""
    known: dict[str, Any] = {
        "sex": "female",
        "age": 34,
        "outcome": "injured",
        "status": "civilian",
        "wgss": ANSWERS,
        "wgss_respondent": "person",
        "injuries": ("legs", "lost_leg"),
        "consent": "given",
    }
    identity = {"name": NAME, "telephone": "+994 55 000 00 00"}
    known |= facts
    identity = known.pop("identity", identity)
    return VictimInput(number=number, facts=known, identity=identity)


def claims(
    reference: str = "",
    lon: float | None = None,
    lat: float | None = None,
    day: date = date(2025, 5, 2),
    victims: tuple[VictimInput, ...] | None = None,
    accident: Accident | None = None,
    **facts: Any,
) -> AccidentInput:
    """Return a report on an accident of May 2025."""
    stated: dict[str, Any] = {}
    if accident is None:
        stated = {
            "kind": "mine",
            "occurred_on": date(2025, 5, 1),
            "activity": "farming",
        }
    if lon is not None and lat is not None:
        stated |= {"geometry": Point(lon, lat), "accuracy_m": 5.0}
    people = (victim(),) if victims is None and accident is None else victims or ()
    return AccidentInput(
        date_of_information=day,
        reference=reference,
        accident=accident,
        facts=stated | facts,
        victims=people,
    )


def draft(cast: Any, organisation: str, said: AccidentInput) -> AccidentReport:
    """Return a draft by the team leader of an operator."""
    author = cast.actor(PEOPLE[organisation][0])
    return create_report(said, organisation=cast.organisations[organisation], by=author)


def approve(cast: Any, organisation: str, report: AccidentReport) -> AccidentReport:
    """Move a draft through all checks, each by the person whose role it is."""
    author, checker, operations, manager = PEOPLE[organisation]
    report = submit_report(report, by=cast.actor(author))
    report = move_report(report, stages.CHECK_OPERATOR, by=cast.actor(checker))
    report = move_report(report, stages.CHECK_OPERATIONS, by=cast.actor(operations))
    return move_report(report, stages.APPROVE, by=cast.actor(manager))


def approved(cast: Any, organisation: str, said: AccidentInput) -> Accident:
    """Return the accident that an approved report makes or changes."""
    accident = approve(cast, organisation, draft(cast, organisation, said)).accident
    assert accident is not None
    accident.refresh_from_db()
    return accident
