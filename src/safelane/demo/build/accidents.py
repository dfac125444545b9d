"""Accidents with their victims: old ones taken over, others through their review."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from safelane.accidents.actions import REPORTS, AccidentInput, VictimInput
from safelane.accidents.models import AccidentReport
from safelane.core.review import stages
from safelane.core.review.registration import register_approved
from safelane.core.review.steps import move_report
from safelane.core.review.writing import create_report
from safelane.demo.build.inputs import WGS84
from safelane.demo.build.register import REASON
from safelane.demo.build.review import actor_of, steps_to
from safelane.demo.build.workspace import Workspace
from safelane.demo.world.kinds import Accident, Victim
from safelane.demo.world.people import leader_of
from safelane.demo.world.world import TODAY
from safelane.hazards.models import HazardousArea

PURPOSE = "Generated for the demo; referral to assistance and statistics."
ACCURACY = "handheld"
YEAR = timedelta(days=365)


def build_accidents(workspace: Workspace) -> None:
    """Report every accident and bring its report to the stage it has in the world.

    Approved ones of earlier years are taken over, as from an older database.
    """
    uids = {
        row.reference: row.uid for row in HazardousArea.objects.only("uid", "reference")
    }
    old: dict[tuple[str, str], list[AccidentInput]] = defaultdict(list)
    walked = []
    for accident in workspace.world.accidents:
        if accident.stage == stages.APPROVED and accident.reported < TODAY - YEAR:
            group = old[accident.country, accident.organisation]
            group.append(accident_input(accident, uids.get(accident.hazard)))
        else:
            walked.append(accident)
    for (country, operator), inputs in workspace.shown(
        "Past accidents", list(old.items())
    ):
        register_approved(
            REPORTS,
            inputs,
            organisation=workspace.organisations[operator],
            country=workspace.countries[country],
            reason=REASON,
            source="demo",
            by=workspace.manager(country),
        )
    for accident in workspace.shown("Accidents", walked):
        _bring(workspace, accident, uids.get(accident.hazard))


def accident_input(accident: Accident, hazard_uid: UUID | None) -> AccidentInput:
    """Return the report on ``accident``."""
    return AccidentInput(
        date_of_information=accident.reported,
        reference=accident.key,
        facts=_facts(accident),
        victims=tuple(
            victim_input(number, victim)
            for number, victim in enumerate(accident.victims, start=1)
        ),
        hazard_uid=hazard_uid,
        external_id=accident.key,
        content_hash=accident.key,
    )


def victim_input(number: int, victim: Victim) -> VictimInput:
    """Return one victim; who refused stays without a name."""
    facts = {
        "sex": victim.sex,
        "age": victim.age,
        "outcome": victim.outcome,
        "status": victim.status,
        "occupation": victim.occupation,
        "activity": victim.activity,
        "knew_danger": victim.knew_danger,
        "eore_received": victim.risk_education,
        "tampered": victim.tampered,
        "consent": victim.consent,
        "purpose": PURPOSE,
        "wgss_respondent": "person" if victim.difficulties else "",
        "wgss": dict(victim.difficulties),
        "injuries": victim.injuries,
    }
    known = None if victim.consent == "refused" else {"name": victim.name}
    return VictimInput(number=number, facts=facts, identity=known)


def _facts(accident: Accident) -> dict[str, Any]:
    outcomes = [victim.outcome for victim in accident.victims]
    return {
        "kind": accident.kind,
        "occurred_on": accident.happened.date(),
        "occurred_time": accident.happened.time(),
        "cause": accident.cause,
        "activity": accident.activity,
        "ordnance_category": accident.ordnance,
        "weather": accident.weather,
        "description": accident.narrative,
        "stated_killed": outcomes.count("killed"),
        "stated_injured": outcomes.count("injured"),
        "information_grade": "m1" if accident.hazard else "m2",
        "geometry": accident.geometry,
        "position_accuracy": ACCURACY,
        "position_crs": WGS84,
    }


def _bring(workspace: Workspace, accident: Accident, hazard_uid: UUID | None) -> None:
    operator = workspace.organisations[accident.organisation]
    report = AccidentReport.objects.filter(
        organisation=operator, external_id=accident.key
    ).first()
    if report is None:
        report = create_report(
            REPORTS,
            accident_input(accident, hazard_uid),
            organisation=operator,
            country=workspace.countries[accident.country],
            source="demo",
            by=workspace.actors[leader_of(accident.organisation)],
        )
    for step in steps_to(accident.stage, report.stage):
        who = actor_of(workspace, step, accident.organisation, accident.country)
        report = move_report(REPORTS, report, step, by=who)
