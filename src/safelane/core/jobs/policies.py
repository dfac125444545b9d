"""A job is seen by whoever started it, and by administrators."""

from __future__ import annotations

from django.db.models import IntegerField, Q, Value
from django.db.models.expressions import Combinable

from safelane.core.scope import EVERYTHING, NOTHING, Actor, Precision, ScopePolicy


class JobPolicy(ScopePolicy):
    data_class = "job"
    organisation = ""
    country = ""
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system or actor.may("admin.manage"):
            return EVERYTHING
        return NOTHING if actor.user_id is None else Q(owner_id=actor.user_id)

    @classmethod
    def precision(cls, actor: Actor) -> Combinable:
        return Value(int(Precision.EXACT), output_field=IntegerField())
