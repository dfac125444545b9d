"""The only door to rows: ``Model.objects.visible_to(actor)``."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from safelane.core.errors import NotFound
from safelane.core.scope.actor import Actor
from safelane.core.scope.policy import ScopePolicy

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """Rows by the model's policy; ``visible_to`` is the start of every read."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the rows that ``actor`` may see, annotated with ``precision``."""
        policy: type[ScopePolicy] = self.model.policy  # type: ignore[attr-defined]
        return self.filter(policy.rows(actor, "view")).annotate(
            precision=policy.precision(actor)
        )

    def editable_by(self, actor: Actor, verb: str = "edit") -> Self:
        """Return the rows on which ``actor`` may do ``verb``."""
        policy: type[ScopePolicy] = self.model.policy  # type: ignore[attr-defined]
        return self.filter(policy.rows(actor, verb))

    def get_for(self, actor: Actor, **lookup: Any) -> M:
        """Fetch one visible row: permission is the act of fetching.

        Raises:
            NotFound: No such row in the actor's scope.
        """
        try:
            return self.visible_to(actor).get(**lookup)
        except (ObjectDoesNotExist, ValidationError, ValueError) as error:
            raise NotFound(
                _("No such %(kind)s here, or it is outside your scope.")
                % {"kind": self.model._meta.verbose_name}
            ) from error
