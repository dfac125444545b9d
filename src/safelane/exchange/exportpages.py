"""The page of exports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from safelane.core.errors import NotPermitted
from safelane.core.ui.context import actor_of
from safelane.exchange.actions import start_export
from safelane.exchange.forms import ExportForm
from safelane.exchange.kinds import export_kinds


@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest) -> HttpResponse:
    """Choose what goes out; the register's filters come along in the address."""
    actor = actor_of(request)
    verbs = [kind.verb for kind in export_kinds()]
    if not any(actor.may(verb) for verb in verbs):
        actor.require(verbs[0])
        raise NotPermitted
    query = request.GET.urlencode()
    form = ExportForm(
        request.POST or None,
        actor=actor,
        initial={"filter": query, "format": "gpkg"},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        job = start_export(
            data["target"],
            data["format"],
            flat=data["flat"],
            query=data["filter"],
            by=actor,
        )
        return redirect("jobs:detail", uid=job.uid)
    context = {"form": form, "filter": query}
    status = 422 if form.errors else 200
    return render(request, "exchange/exports.html", context, status=status)
