"""Survey priorities as a part of the house."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import (
    DataClass,
    DocumentKind,
    Domain,
    Group,
    MapKind,
    NavItem,
)
from safelane.core.history.queries import Subject
from safelane.risk.models import SurveyPrior
from safelane.risk.policies import SurveyPriorPolicy

DOMAIN = Domain(
    app="safelane.risk",
    title=_("Survey priorities"),
    data_classes=(DataClass("prior", _("Survey priorities"), is_shareable=True),),
    said={
        "prior.export": _("exported a survey ranking"),
        "prior.run": _("made a survey ranking"),
    },
    map_kinds=(MapKind("priority"),),
    navigation=(
        NavItem(
            _("Survey first"), "risk:list", "target", "prior.view", Group.OPERATIONS
        ),
    ),
    urls="safelane.risk.pages",
    prefix="priorities/",
    api="safelane.risk.api",
    subjects={"survey_prior": Subject(SurveyPrior, SurveyPriorPolicy.exact_rows)},
    documents=(DocumentKind("survey-first", _("Survey first")),),
)
