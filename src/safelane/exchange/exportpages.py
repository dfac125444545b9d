"""The page of exports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from safelane.core.errors import InvalidInput, NotPermitted, SafelaneError
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.exchange.actions import start_export
from safelane.exchange.exports.actions import about_export
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
    query = _narrowing(request, actor)
    form = ExportForm(
        request.POST or None,
        actor=actor,
        initial={
            "filter": query,
            "format": "gpkg",
            "target": request.GET.get("target"),
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            job = start_export(
                data["target"],
                data["format"],
                flat=data["flat"],
                query=data["filter"],
                by=actor,
            )
        except SafelaneError as error:
            form.add_error(None, error.message)
        else:
            return redirect("jobs:detail", uid=job.uid)
    asked = form["filter"].value() or ""
    context = {"form": form, "filter": asked, "leaving": _leaving(asked, actor)}
    status = 422 if form.errors else 200
    return render(request, "exchange/exports.html", context, status=status)


def _narrowing(request: HttpRequest, actor: Actor) -> str:
    """Return the filters in the address, without what else a list keeps there."""
    kinds = {kind.name: kind for kind in export_kinds() if actor.may(kind.verb)}
    first = next(iter(kinds.values()))
    kind = kinds.get(request.GET.get("target", ""), first)
    return kind.parse(request.GET).querystring()


def _leaving(query: str, actor: Actor) -> list[str]:
    """Say of each kind of record how many rows the file would hold, or why none can."""
    said = []
    for kind in export_kinds():
        if actor.may(kind.verb):
            try:
                filters = kind.narrowed(query)
                reader = actor.within(kind.verb)
                said.append(about_export(kind, filters, reader).text)
            except InvalidInput as error:
                said.append(error.message)
    return said
