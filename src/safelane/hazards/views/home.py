"""What of the hazards needs somebody's attention on the home page."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.facts.words import about, area_text
from safelane.core.pages.review import ReportPanel, review_panels
from safelane.core.scope import Actor
from safelane.core.ui.attention import Entry, Panel
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.policies import HazardPolicy
from safelane.hazards.queries import areas, counts_of, is_coarse

reports = review_panels(
    REPORTS,
    ReportPanel(
        shows="waiting",
        title=gettext_lazy("Hazard reports waiting for my check"),
        icon="clipboard-check",
        order=10,
        page="review",
        empty=gettext_lazy(
            "Reports appear here when they reach your step of the review."
        ),
    ),
    ReportPanel(
        shows="rejected",
        title=gettext_lazy("Hazard reports sent back to me"),
        icon="arrow-back-up",
        order=20,
        empty=gettext_lazy(
            "Reports that a reviewer rejected come back here with the reason."
        ),
    ),
    ReportPanel(
        shows="drafts",
        title=gettext_lazy("My drafts of hazard reports"),
        icon="pencil",
        order=30,
        empty=gettext_lazy("A report stays a draft until you submit it."),
    ),
    ReportPanel(
        shows="warned",
        title=gettext_lazy("Warnings on my hazard reports"),
        icon="alert-triangle",
        order=40,
        empty=gettext_lazy("What the rules find in a submitted report is shown here."),
    ),
)


def figures(actor: Actor) -> Sequence[Panel]:
    """Return how many areas are registered, for those who read the register."""
    if not HazardPolicy.may(actor, "view"):
        return ()
    sums = counts_of(areas(actor), ("open", "worked_on"))
    register = reverse("hazards:register")
    said = []
    if sums["no_outline"] < sums["all"]:
        said = [about(area_text(sums["area_m2"]), exact=not is_coarse(actor))]
    if sums["no_outline"]:
        said.append(_("%(count)s without outline") % {"count": sums["no_outline"]})
    entries = []
    if sums["all"]:
        entries = [
            Entry(_("All areas"), register, note=", ".join(said)),
            Entry(_("Open"), f"{register}?status=open", badge=str(sums["open"])),
            Entry(
                _("Worked on"),
                f"{register}?status=worked_on",
                badge=str(sums["worked_on"]),
            ),
        ]
    empty = _("No area is registered within your reach.")
    panel = Panel(_("Register"), "map-2", register, entries, sums["all"], empty, 50)
    return (panel,)
