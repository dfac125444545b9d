"""Accidents and victims as a part of the house."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from safelane.accidents import actions
from safelane.accidents.exchange import ACCIDENTS, EXPORT
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.accidents.queries import AccidentFilter, accidents
from safelane.core.collections import Collection, fields_of
from safelane.core.domain import DataClass, Domain, Group, MapKind, NavItem
from safelane.core.history.queries import Subject, if_may
from safelane.core.jobs.recurring import Recurring
from safelane.core.pages.review import ReportPanel, review_panels
from safelane.core.review.replay import replay_checks
from safelane.organisations.whereabouts import nearest_check

PANELS = review_panels(
    actions.REPORTS,
    ReportPanel("waiting", _("Accident reports waiting for my check"), "activity", 60),
    ReportPanel("rejected", _("Accident reports sent back to me"), "activity", 60),
    ReportPanel("drafts", _("My drafts of accident reports"), "pencil", 60),
)

DOMAIN = Domain(
    app="safelane.accidents",
    title=_("Accidents"),
    data_classes=(
        DataClass("accident", _("Accidents (never victims)"), is_shareable=True),
        DataClass("accident_report", _("Accident reports")),
        DataClass("victim", _("Victims")),
        DataClass("statistics", _("Accident statistics")),
    ),
    reports=("accident_report",),
    said={
        "statistics.publish": _("published counts of victims"),
        "victim.forget": _("destroyed the identity of a victim"),
        "victim.reveal": _("opened the identity of a victim"),
    },
    recurring=(
        Recurring("accidents.publish_counts", timedelta(hours=1), actions.publish_due),
        Recurring("accidents.forget_victims", timedelta(days=1), actions.forget_due),
    ),
    rule_subjects=("accident",),
    map_kinds=(MapKind("accidents", {"accident": _("Accident")}),),
    navigation=(
        NavItem(
            _("Accidents"), "accidents:list", "activity", "accident.view", Group.LAND
        ),
        NavItem(
            _("Accident statistics"), "accidents:statistics", "chart-bar",
            "statistics.view", Group.LAND,
        ),
    ),
    panels=(PANELS,),
    subjects={
        "accident_report": Subject(AccidentReport, AccidentReport.policy.told_rows),
        "victim": Subject(Victim, Victim.policy.rows),
        "statistics": Subject(None, if_may("statistics.view")),
    },
    state_checks=(
        *replay_checks(actions.REPORTS),
        nearest_check("accidents.nearest", Accident),
    ),
    collections=(
        Collection(
            name="accidents",
            title=_("Accidents"),
            description=_("Accidents with explosive ordnance, without victims."),
            queryset=lambda actor, asked: accidents(actor, AccidentFilter.parse(asked)),
            fields=fields_of(Accident),
            # No "datetime": a day is finer than what coarse rows show, the year.
            policy=Accident.policy,
        ),
    ),
    imports=(ACCIDENTS,),
    exports=(EXPORT,),
    urls="safelane.accidents.pages",
    prefix="accidents/",
    api="safelane.accidents.api.routes",
)  # fmt: skip
