"""Weighing a run again, as a job: the person sees how far it is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.jobs.progress import Progress
from safelane.core.jobs.runner import job
from safelane.risk.actions import reweigh_prior
from safelane.risk.queries import prior_for
from safelane.risk.wording import LEVEL_NAMES

STEPS = 100


@job("risk.reweigh", title=gettext_lazy("Rank again with other weights"))
def reweigh(
    progress: Progress,
    *,
    prior: str,
    weights: dict[str, float],
    reason: str,
    shared: bool = False,
) -> dict[str, Any]:
    """Rank a stored run again and say where the new run is."""
    old = prior_for(progress.actor, prior)
    progress.start(STEPS)

    def report(share: float, step: str) -> None:
        message = str(LEVEL_NAMES.get(step, ""))
        progress.advance(round(share * STEPS) - progress.done, message)

    new = reweigh_prior(
        old, weights, reason, shared=shared, by=progress.actor, report=report
    )
    progress.advance(STEPS - progress.done)
    link = {"url": reverse("risk:prior", args=[new.uid]), "label": _("See the ranking")}
    return {"summary": new.title, "links": [link]}
