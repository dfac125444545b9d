"""What every plain record has."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact, facts_of
from safelane.core.links import Link
from safelane.core.scope import ScopePolicy


class Record(models.Model):
    """A row of one organisation that anybody may check later: it is never deleted.

    Attributes:
        policy: Who may see and write it.
        declares: Its facts; what is not declared cannot be written.
        private: Facts that the history never takes in, since it is for ever.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = Link("organisations.Organisation", _("organisation"))
    country = Link("organisations.Country", _("country"), null=True, blank=True)
    admin_area = Link("organisations.AdminArea", _("admin area"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    policy: ClassVar[type[ScopePolicy]]
    declares: ClassVar[tuple[Fact, ...]] = ()
    private: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def stated_facts(self) -> dict[str, Any]:
        """Return name -> value; readers are shown them by ``published`` only."""
        return {name: getattr(self, name) for name in facts_of(type(self))}
