"""Faults of OGC requests, in the form that the standard gives them."""

from __future__ import annotations

import json
from typing import ClassVar

from django.http import HttpResponse

from safelane.core.errors import SafelaneError


class BadParameter(SafelaneError):
    """A parameter of the request is unknown or has a value that cannot be used."""

    http_status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid-parameter"


def as_exception(fault: SafelaneError) -> HttpResponse:
    """Return ``fault`` as an exception document (OGC 17-069r4, 7.5)."""
    body = {"code": fault.code, "description": fault.message}
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        content_type="application/json",
        status=fault.http_status,
    )
