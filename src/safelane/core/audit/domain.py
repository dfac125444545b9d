"""The audit as a part of the house: heads are signed and sent away again and again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from safelane.core.audit.anchors import anchor_heads
from safelane.core.domain import Domain
from safelane.core.history.queries import Subject, if_may
from safelane.core.jobs.recurring import Recurring

EVERY = timedelta(hours=settings.HEADS_HOURS)

DOMAIN = Domain(
    app="safelane.core.audit",
    title=_("Audit"),
    said={"key.make": _("made a signing key")},
    subjects={"key": Subject(None, if_may("admin.manage"))},
    recurring=(Recurring("audit.anchor_heads", EVERY, anchor_heads),),
)
