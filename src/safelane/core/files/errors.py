"""Faults of files."""

from __future__ import annotations

from safelane.core.errors import InvalidInput, NotFound, TooLarge


class FileTooLarge(TooLarge):
    """The file is larger than files of its kind may be."""


class FileTypeRefused(InvalidInput):
    """Files of this type are not taken here."""


class BrokenPhoto(InvalidInput):
    """The photo is cut off or damaged, so what it hides cannot be removed."""


class FileContentMissing(NotFound):
    """The file is known but its content is gone from the data folder."""
