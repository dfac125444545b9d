"""The pages of reports on hazards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.pages import Emptiness
from safelane.core.pages.reports import ReportPages
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.forms.editor import ReportEditor
from safelane.hazards.reading import report_context

PAGES = ReportPages(
    kind=REPORTS,
    title=_("Reports"),
    write=_("New report"),
    empty=Emptiness(
        _("No report here"),
        _(
            "Every change of the register arrives as a report: it is written as a "
            "draft, submitted, checked by the operator and by operations, and "
            "approved by information management."
        ),
        "report",
    ),
    editor=ReportEditor,
    read=report_context,
    excerpt="hazards/parts/review_detail.html",
    review="review",
)
