"""Exports are copies of the register: they go away after some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from safelane.core.files.models import StoredFile
from safelane.core.files.orphans import remove_if_old
from safelane.core.files.store import path_of


def is_expired(now: datetime | None = None) -> Q:
    """Return the filter for exports that are older than SAFELANE_EXPORT_DAYS."""
    oldest = (now or timezone.now()) - timedelta(days=settings.EXPORT_DAYS)
    return Q(kind="export", created__lte=oldest)


def remove_expired(now: datetime) -> int:
    """Remove exports that are too old, with their content; return how many."""
    expired = StoredFile.objects.filter(is_expired(now))
    digests = set(expired.values_list("sha256", flat=True))
    count, _by_model = expired.delete()
    kept = StoredFile.objects.filter(sha256__in=digests)
    for digest in digests - set(kept.values_list("sha256", flat=True)):
        remove_if_old([path_of(digest)])
    return count
