"""Who may open a file: whoever gave it, and whoever may see what it belongs to."""

from __future__ import annotations

from django.db.models import IntegerField, Q, Value
from django.db.models.expressions import Combinable

from safelane.core.domain import house
from safelane.core.scope import EVERYTHING, NOTHING, Actor, Precision, ScopePolicy


class FilePolicy(ScopePolicy):
    """Own files, and files of visible records; a role alone opens none."""

    data_class = "file"
    organisation = ""
    country = ""
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system:
            return EVERYTHING
        if actor.user_id is None:
            return NOTHING
        own = Q(uploaded_by_id=actor.user_id)
        if verb != "view":
            return own
        for rows in house().file_doors:
            own |= rows(actor)
        return own

    @classmethod
    def precision(cls, actor: Actor) -> Combinable:
        return Value(int(Precision.EXACT), output_field=IntegerField())
