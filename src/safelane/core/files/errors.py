"""Faults of files."""

from __future__ import annotations

from safelane.core.errors import InvalidInput, NotFound, TooLarge


class FileTooLarge(TooLarge):
    """The file is larger than files of its kind may be."""

    code = "file-too-large"


class FileTypeRefused(InvalidInput):
    """Files of this type are not taken here."""

    code = "file-type-refused"


class BrokenPhoto(InvalidInput):
    """The photo is cut off or damaged, so what it hides cannot be removed."""

    code = "broken-photo"


class FileContentMissing(NotFound):
    """The file is known but its content is gone from the data folder."""

    code = "file-content-missing"
