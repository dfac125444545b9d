"""What can be imported of the register."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from safelane.countries import CountryPack
from safelane.exchange.imports.withdrawal import withdraw_import
from safelane.exchange.kinds import ImportKind
from safelane.exchange.mapping import Target
from safelane.hazards.actions import REPORTS
from safelane.hazards.exchange.intakes import RegisterIntake, ReportIntake
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
