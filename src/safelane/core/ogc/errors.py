"""Faults of OGC requests, in the form that the standard gives them."""

from __future__ import annotations

from typing import ClassVar

from safelane.core.errors import SafelaneError


class BadParameter(SafelaneError):
    """A parameter of the request is unknown or has a value that cannot be used."""

    http_status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid-parameter"
