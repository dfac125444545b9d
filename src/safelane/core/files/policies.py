"""Who may open a file: whoever gave it, and whoever may see what it belongs to."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import IntegerField, Q, Value
from django.db.models.expressions import Combinable

from safelane.core.scope import EVERYTHING, NOTHING, Actor, Precision, ScopePolicy

Opener = Callable[[Actor], Q]
_openers: dict[str, Opener] = {}


def open_through(name: str, rows: Opener) -> None:
    """Let a domain open the files of the records that an actor sees.

    Args:
        name: The domain's name; registering again replaces.
        rows: Returns a filter on ``StoredFile``, such as
            ``Q(pk__in=Evidence.objects.visible_to(actor).values("photo"))``.
    """
    _openers[name] = rows


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
        for rows in _openers.values():
            own |= rows(actor)
        return own

    @classmethod
    def precision(cls, actor: Actor) -> Combinable:
        return Value(int(Precision.EXACT), output_field=IntegerField())
