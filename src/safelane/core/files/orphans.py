"""Comparing the file store with its records."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from safelane.core.files.models import StoredFile, is_expired
from safelane.core.files.store import is_sound, path_of

GRACE_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """What does not fit: content nobody refers to, and records without content."""

    files: int
    orphans: tuple[Path, ...]
    missing: tuple[str, ...]
    damaged: tuple[str, ...]


def check_store(*, contents: bool = False) -> StoreCheck:
    """Compare store and records; with ``contents`` also every checksum (slow)."""
    known = set(StoredFile.objects.values_list("sha256", flat=True).distinct())
    missing = sorted(digest for digest in known if not path_of(digest).is_file())
    damaged = [d for d in sorted(known - set(missing)) if contents and not is_sound(d)]
    orphans = [path for path in _contents() if path.name not in known]
    orphans += _uploads()
    return StoreCheck(len(known), tuple(orphans), tuple(missing), tuple(damaged))


def remove_orphans() -> int:
    """Remove content that nothing has referred to for a day; return how much."""
    return remove_if_old(check_store().orphans)


def remove_if_old(paths: Iterable[Path]) -> int:
    """Remove content that nothing refers to, unless it has just come in."""
    limit = time.time() - GRACE_SECONDS
    old = [path for path in paths if path.exists() and path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _contents() -> Iterator[Path]:
    folder = Path(settings.MEDIA_ROOT)
    return (path for path in folder.rglob("*") if path.is_file())


def _uploads() -> Iterator[Path]:
    """Return the files on their way in: those being read, and those of a kill."""
    return Path(settings.DATA_DIR, "uploads").glob("tmp*.upload*")


def remove_expired(now: datetime) -> int:
    """Remove exports that are too old, with their content; return how many.

    Uploads that were interrupted go with them: they may hold identities, in the clear.
    """
    remove_if_old([*_uploads(), *Path(settings.MEDIA_ROOT, "incoming").glob("*")])
    expired = StoredFile.objects.filter(is_expired(now))
    digests = set(expired.values_list("sha256", flat=True))
    count, _by_model = expired.delete()
    kept = StoredFile.objects.filter(sha256__in=digests)
    for digest in digests - set(kept.values_list("sha256", flat=True)):
        remove_if_old([path_of(digest)])
    return count
