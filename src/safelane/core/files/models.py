"""Files that people gave and that the system made, stored once by content."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safelane.core.domain import house
from safelane.core.links import Link
from safelane.core.scope import EVERYTHING, NOTHING, Actor, ScopedQuerySet, ScopePolicy
from safelane.core.scope.basis import own_rows


def is_expired(now: datetime | None = None) -> Q:
    """Return the filter for exports that are older than SAFELANE_EXPORT_DAYS.

    What a record points to is none, whatever its own row calls it.
    """
    oldest = (now or timezone.now()) - timedelta(days=settings.EXPORT_DAYS)
    found = Q(kind="export", created__lte=oldest)
    for link in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(link, models.ManyToOneRel):
            name, rows = link.field.name, link.related_model._base_manager
            found &= ~Q(pk__in=rows.exclude(**{name: None}).values(name))
    return found


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
        if actor.user_id is None:
            return NOTHING
        own = own_rows(StoredFile, "uploaded_by", actor) & ~is_expired()
        if verb != "view":
            return own
        for rows in house().file_doors:
            own |= rows(actor)
        return own


class StoredFile(models.Model):
    """One file as somebody gave it; equal content lies on disk only once.

    ``sha256`` is of the stored bytes (a photo's place and owner are removed before).
    ``kind`` is a name of :data:`safelane.core.files.kinds.KINDS`; ``basis`` are the
    grants by which it was made (:mod:`safelane.core.scope.basis`).
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sha256 = models.CharField(_("checksum"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    media_type = models.CharField(_("type"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    uploaded_by = Link(settings.AUTH_USER_MODEL, _("given by"), null=True)
    basis = models.TextField(_("made by"), default="", editable=False)
    created = models.DateTimeField(_("received"), auto_now_add=True)

    policy = FilePolicy
    objects = ScopedQuerySet["StoredFile"].as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name
