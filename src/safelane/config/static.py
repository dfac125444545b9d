"""Static files: hashed names once they were collected, plain names before."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin, StaticFilesStorage
from whitenoise.storage import CompressedStaticFilesStorage


class StaticStorage(
    ManifestFilesMixin,
    CompressedStaticFilesStorage,  # type: ignore[misc] # whitenoise has no types
):
    """Serve hashed and compressed files after ``safelane init`` collected them.

    Without a manifest (a fresh clone, tests) names stay plain, so that a page never
    fails for want of a collected file.
    """

    manifest_strict = False

    def url(self, name: Any, force: bool = False) -> str:
        """Return the address of a file; hashed only when a manifest says so."""
        if not self.hashed_files:
            return StaticFilesStorage.url(self, name)
        found: str = super().url(name, force)
        return found

    def hashed_name(self, *args: Any, **kwargs: Any) -> str:
        """Return the name with its content hash, or unchanged for a missing file."""
        try:
            found: str = super().hashed_name(*args, **kwargs)
        except ValueError:
            return str(args[0])
        return found
