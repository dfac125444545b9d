"""Weighing a run again, as a job: the person sees how far it is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.jobs.progress import Progress
from safelane.core.jobs.runner import job
from safelane.risk.actions import reweigh_prior
from safelane.risk.models import SurveyPrior
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
    kept = progress.resumed
    # A job that is killed after its ranking was saved makes no second one.
    if "prior" not in kept or kept.get("by") != progress.actor.user_id:
        kept = _reweighed(progress, prior, weights, reason, shared)
    link = {"url": reverse("risk:prior", args=[kept["prior"]])}
    return {"summary": kept["title"], "links": [link | {"label": _("See the ranking")}]}


def _reweighed(
    progress: Progress, prior: str, weights: dict[str, float], reason: str, shared: bool
) -> dict[str, Any]:
    by, kept = progress.actor, dict[str, Any]()
    old = prior_for(by, prior)
    progress.start(STEPS)

    def report(share: float, step: str) -> None:
        message = str(LEVEL_NAMES.get(step, ""))
        progress.advance(round(share * STEPS) - progress.done, message)

    def saved(new: SurveyPrior) -> None:
        progress.advance(STEPS - progress.done)
        kept.update(prior=str(new.uid), title=new.title, by=by.user_id)
        progress.checkpoint(**kept)

    reweigh_prior(
        old, weights, reason, shared=shared, by=by, report=report, saved=saved
    )
    return kept
