"""Faults of imports; those of files are in :mod:`safelane.exchange.files.errors`."""

from __future__ import annotations

from safelane.core.errors import SafelaneError


class SealedImportFailed(SafelaneError):
    """The import of a file that may hold identities has failed; it was not kept."""

    http_status = 422
    code = "sealed-import-failed"
