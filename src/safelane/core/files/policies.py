"""Who may open a file: whoever made it, and whoever may see what it belongs to."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.domain import house
from safelane.core.scope import EVERYTHING, NOTHING, Actor, ScopePolicy
from safelane.core.scope.basis import own_rows


class FilePolicy(ScopePolicy):
    """Own files while what made them holds, and files of visible records.

    A role alone opens none, and an export that is too old is open to nobody.
    """

    data_class = "file"
    is_whole = True

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system:
            return EVERYTHING
        from safelane.core.files.expiry import is_expired
        from safelane.core.files.models import StoredFile

        if actor.user_id is None:
            return NOTHING
        own = own_rows(StoredFile, "uploaded_by", actor) & ~is_expired()
        if verb != "view":
            return own
        for rows in house().file_doors:
            own |= rows(actor)
        return own
