"""Faults in the form of the standard: an OGC exception, for views and before them."""

from __future__ import annotations

import json

from django.http import HttpResponse

from safelane.core.errors import SafelaneError


def as_exception(fault: SafelaneError) -> HttpResponse:
    """Return ``fault`` as an exception document (OGC 17-069r4, 7.5)."""
    body = {"code": fault.code, "description": fault.message}
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        content_type="application/json",
        status=fault.http_status,
    )
