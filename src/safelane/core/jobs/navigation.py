"""Jobs in the navigation, and one's own newest ones on the home page."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.jobs.models import JobRun
from safelane.core.jobs.queries import jobs_of
from safelane.core.scope import Actor
from safelane.core.ui.attention import Entry, Panel, register_panels
from safelane.core.ui.navigation import NavItem, register

SHOWN = 5
TONES = {
    JobRun.Status.FAILED: "danger",
    JobRun.Status.SUCCEEDED: "success",
    JobRun.Status.RUNNING: "info",
}


def panels(actor: Actor) -> Sequence[Panel]:
    """Return the newest jobs that the actor started."""
    if not actor.may("job.view") or actor.user_id is None:
        return []
    rows = jobs_of(actor).filter(owner=actor.user_id)
    return [
        Panel(
            title=_("My jobs"),
            icon="progress",
            url=reverse("jobs:list"),
            entries=[_entry(job) for job in rows[:SHOWN]],
            count=rows.count(),
            empty=_("Imports, exports and rankings that take long appear here."),
            order=60,
        )
    ]


def _entry(job: JobRun) -> Entry:
    return Entry(
        label=job.title,
        url=reverse("jobs:detail", args=[job.uid]),
        note=job.message,
        badge=job.get_status_display(),
        tone=TONES.get(JobRun.Status(job.status), "secondary"),
    )


register(
    NavItem(gettext_lazy("Jobs"), "jobs:list", "progress", verb="job.view", order=800)
)
register_panels("jobs", panels)
