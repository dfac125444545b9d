"""Jobs as a part of the house; one's own newest ones stand on the home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.domain import DataClass, Domain, Group, NavItem
from safelane.core.files.orphans import remove_expired
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.queries import BADGES, jobs_of
from safelane.core.jobs.recurring import Recurring
from safelane.core.scope import Actor
from safelane.core.ui.attention import Entry, Panel

SHOWN = 5


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
        note=job.message if job.is_open else "",
        badge=job.get_status_display(),
        tone=BADGES[job.status][0],
    )


DOMAIN = Domain(
    app="safelane.core.jobs",
    title=gettext_lazy("Jobs"),
    data_classes=(DataClass("job", gettext_lazy("Jobs")),),
    navigation=(
        NavItem(
            gettext_lazy("Jobs"),
            "jobs:list",
            "progress",
            "job.view",
            Group.ADMINISTRATION,
        ),
    ),
    panels=(panels,),
    recurring=(Recurring("files.expire", timedelta(hours=1), remove_expired),),
    urls="safelane.core.jobs.views",
    prefix="jobs/",
    api="safelane.core.jobs.api",
)
