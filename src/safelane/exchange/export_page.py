"""The page of exports: what goes out, how many rows, and what stays."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from safelane.core.errors import InvalidInput, SafelaneError
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.exchange import actions, kinds
from safelane.exchange.exports import about_export
from safelane.exchange.forms import ExportForm


@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest) -> HttpResponse:
    """Choose what goes out; the register's filters come along in the address."""
    actor = actor_of(request)
    actor.require(*(kind.verb for kind in kinds.export_kinds()))
    mine = {kind.name: kind for kind in kinds.exportable(actor)}
    target = request.GET.get("target", "")
    narrowed = (mine.get(target) or next(iter(mine.values()))).parse(request.GET)
    initial = {"format": "gpkg", "target": target}
    initial["filter"] = narrowed.querystring()  # without what else a list keeps there
    form = ExportForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        flat, query = data["flat"], data["filter"]
        try:
            job = actions.start_export(
                data["target"], data["format"], flat=flat, query=query, by=actor
            )
        except SafelaneError as error:
            form.add_error(None, error.message)
        else:
            return redirect("jobs:detail", uid=job.uid)
    asked = form["filter"].value() or ""
    context = {"form": form, "filter": asked, "leaving": _leaving(asked, actor)}
    status = 422 if form.errors else 200
    return render(request, "exchange/exports.html", context, status=status)


def _only_seen(kind: kinds.ExportKind, filters: kinds.Filters, actor: Actor) -> str:
    """Say how many rows one may see and not export so; nothing where there are none."""
    reader, seen = actor.within(kind.verb), kind.rows(actor, filters)
    view = seen.model.policy.verb("view")
    if actor.is_system or all(g.allows(kind.verb) for g in actor.grants_for(view)):
        return ""
    left = kind.rows(reader, filters).order_by().values("pk")
    count = seen.exclude(pk__in=left).count()
    if not count:
        return ""
    if filters.querystring():  # what a coarse reader cannot ask for finds no row of his
        return ngettext(
            "%(n)s row more is open to you to see, but not to export, or only coarser "
            "than this filter asks.",
            "%(n)s rows more are open to you to see, but not to export, or only "
            "coarser than this filter asks.",
            count,
        ) % {"n": count}
    return ngettext(
        "%(n)s row more is open to you to see, but not to export.",
        "%(n)s rows more are open to you to see, but not to export.",
        count,
    ) % {"n": count}


def _leaving(query: str, actor: Actor) -> list[str]:
    """Say of each kind of record how many rows the file would hold, or why none can."""
    said = []
    for kind in kinds.exportable(actor):
        try:
            filters = kind.narrowed(query)
            about = about_export(kind, filters, actor.within(kind.verb))
            said.append(f"{about.text} {_only_seen(kind, filters, actor)}")
        except InvalidInput as error:
            said.append(error.message)
    return said
