from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from safelane.core.health.report import health_report


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the installation can work and 503 when it cannot."""
    report = health_report()
    return JsonResponse(report.as_json(), status=200 if report.is_well else 503)
