"""Hazardous areas and what is found in them as a part of the house."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import DataClass, Domain, Group, MapKind, NavItem
from safelane.core.history.queries import Subject
from safelane.core.review.queries import may_review
from safelane.core.review.replay import replay_checks
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.collections import COLLECTIONS
from safelane.hazards.exchange.exports import EXPORTS
from safelane.hazards.exchange.imports import IMPORTS
from safelane.hazards.models import HazardReport
from safelane.hazards.policies import (
    EvidencePolicy,
    OrdnancePolicy,
    ReportPolicy,
    SurveyBoxPolicy,
)
from safelane.hazards.queries import photos_of
from safelane.hazards.views import home

DOMAIN = Domain(
    app="safelane.hazards",
    title=_("Hazards"),
    data_classes=(
        DataClass("hazard", _("Hazardous areas"), is_shareable=True),
        DataClass("hazard_report", _("Hazard reports")),
        DataClass("evidence", _("Evidence"), is_shareable=True),
        DataClass("ordnance", _("Ordnance found"), is_shareable=True),
        DataClass("survey_box", _("Survey boxes"), is_shareable=True),
    ),
    reports=("hazard_report",),
    rule_subjects=("hazard",),
    map_kinds=(
        MapKind(
            "hazards",
            {
                "sha": _("Suspected hazardous area"),
                "cha": _("Confirmed hazardous area"),
                "otherArea": _("Other area"),
                "statusOpen": _("Open"),
                "statusWorkedOn": _("Worked on"),
                "statusClosed": _("Closed"),
            },
        ),
        MapKind(
            "evidence",
            {"direct": _("Direct evidence"), "indirect": _("Indirect evidence")},
        ),
        MapKind("ordnance", {"ordnance": _("Ordnance found")}),
        MapKind("boxes"),
        MapKind("pending", {"pending": _("Report not yet approved")}),
        MapKind("overlap", {"overlap": _("Overlap")}),
    ),
    navigation=(
        NavItem(_("Register"), "hazards:register", "map-2", "hazard.view", Group.LAND),
        NavItem(
            _("Reports"), "hazards:reports", "report", "hazard_report.view", Group.LAND
        ),
        NavItem(
            _("Review"),
            "hazards:review",
            "clipboard-check",
            group=Group.LAND,
            shown_if=partial(may_review, REPORTS),
        ),
    ),
    panels=(home.reports, home.figures),
    collections=COLLECTIONS,
    imports=IMPORTS,
    exports=EXPORTS,
    urls="safelane.hazards.urls",
    prefix="hazards/",
    api="safelane.hazards.api",
    subjects={
        "hazard_report": Subject(
            HazardReport,
            ReportPolicy.told_rows,
            parts={
                "evidence": partial(ReportPolicy.exact_or_own, EvidencePolicy),
                "ordnance": partial(ReportPolicy.exact_or_own, OrdnancePolicy),
                "boxes": partial(ReportPolicy.exact_or_own, SurveyBoxPolicy),
            },
        )
    },
    state_checks=replay_checks(
        REPORTS, "hazards.evidence", "hazards.ordnancefound", "hazards.surveybox"
    ),
    file_doors=(photos_of,),
)
