"""A job is seen by whoever started it and still could, and by administrators."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import EVERYTHING, Actor, ScopePolicy
from safelane.core.scope.basis import own_rows


class JobPolicy(ScopePolicy):
    data_class = "job"
    is_whole = True

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system or actor.may("admin.manage"):
            return EVERYTHING
        from safelane.core.jobs.models import JobRun

        return own_rows(JobRun, "owner", actor)
