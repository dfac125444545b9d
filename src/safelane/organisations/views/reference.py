"""Admin areas, code lists and the history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from safelane.core.domain import house
from safelane.core.errors import NotFound
from safelane.core.history.chain import verify
from safelane.core.history.models import Change
from safelane.core.history.queries import (
    changes_in_chains,
    differences,
    only_open,
    shown,
)
from safelane.core.pages import edit_page
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.organisations.actions import add_local_code, retire_local_code
from safelane.organisations.forms import LocalCodeForm
from safelane.organisations.models import AdminArea, Country, LocalCode, Organisation
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import organisations_in_reach, role_names


def area_list(request: HttpRequest) -> HttpResponse:
    """Show the admin areas of a country, level by level."""
    actor_of(request).require("area.view")
    rows = AdminArea.objects.select_related("country", "parent").defer("geometry")
    words = request.GET.get("q", "").strip()[:100]
    under = request.GET.get("under", "")
    parent = int(under) if under.isdigit() else None
    if words:
        rows = rows.filter(name__icontains=words)
    elif parent is not None:
        rows = rows.filter(parent=parent)
    else:
        rows = rows.filter(level=1)
    paginator = Paginator(rows.order_by("country", "level", "name"), 50)
    page = paginator.get_page(request.GET.get("page"))
    above = parent and AdminArea.objects.filter(pk=parent).first()
    context = {"page": page, "words": words, "parent": above}
    return render(request, "organisations/areas.html", context)


def code_lists(request: HttpRequest) -> HttpResponse:
    """Show which code lists each country pack has."""
    actor_of(request).require("codes.view")
    countries = Country.objects.order_by("name")
    packs = [(country, pack_of(country)) for country in countries]
    return render(request, "organisations/code_lists.html", {"packs": packs})


def code_list(request: HttpRequest, country: str, name: str) -> HttpResponse:
    """Show one list with its codes of all times, and add a local code."""
    actor = actor_of(request)
    actor.require("codes.view")
    row = get_object_or_404(Country, code=country.upper())
    shown = pack_of(row).lists.get(name)
    if shown is None:
        raise NotFound(_("There is no code list “%(name)s”.") % {"name": name})
    added = LocalCode.objects.filter(country=row, list_name=name)
    local = {code.code: code for code in added}
    if request.method == "POST":
        actor.require("codes.manage")

    def save(facts: dict[str, Any]) -> str:
        local_language = (pack_of(row).languages or ("en",))[0]
        labels = {local_language: facts.pop("label_local"), "en": facts.pop("label_en")}
        add_local_code(row, name, labels=labels, by=actor, **facts)
        return request.path

    form, done = LocalCodeForm(request.POST or None), _("The code is added.")
    words: dict[str, Any] = {"title": shown.title, "button": _("Add"), "done": done}
    words |= {"country": row, "list": shown, "local": local}
    template = "organisations/code_list.html"
    return edit_page(request, form, save, template=template, **words)


@require_POST
def code_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """End a local code today."""
    row = get_object_or_404(LocalCode, pk=pk)
    retire_local_code(row, timezone.localdate(), by=actor_of(request))
    messages.success(request, _("The code is retired."))
    code, name = row.country.code, row.list_name
    return redirect("organisations:code-list", country=code, name=name)


def history(request: HttpRequest) -> HttpResponse:
    """Show who did what, newest first, in the chains in scope."""
    actor = actor_of(request)
    actor.require("history.view")
    rows = changes_in_chains(_chains(actor))
    for parameter, lookup in (("verb", "verb"), ("kind", "object_type")):
        if value := request.GET.get(parameter, "").strip()[:60]:
            rows = rows.filter(**{lookup: value})
    subjects = house().subjects
    if words := request.GET.get("q", "").strip()[:100]:
        named = rows.filter(object_label__icontains=words)
        rows = only_open(named, actor, subjects)
    if day := _day(request.GET.get("until", "")):
        rows = rows.filter(server_time__date__lte=day)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    page.object_list = shown(page.object_list, actor, subjects)
    known = Organisation.objects.visible_to(actor)
    names = dict(known.values_list("pk", "short_name"))
    context = {"page": page, "names": names, "roles": role_names()}
    return render(request, "organisations/history.html", context)


def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one change, field by field, and its place in the chain."""
    actor = actor_of(request)
    actor.require("history.view")
    stored: Change = get_object_or_404(changes_in_chains(_chains(actor)), pk=pk)
    (change,) = shown([stored], actor, house().subjects)
    context = {"change": change, "differences": differences(change)}
    context["roles"] = role_names()
    return render(request, "organisations/change.html", context)


@require_POST
def history_verify(request: HttpRequest) -> HttpResponse:
    """Check the chains in scope and say what was found."""
    actor_of(request).require("history.view")
    verdicts = [verify(chain) for chain in sorted(_chains(actor_of(request)))]
    breaks = [found for verdict in verdicts for found in verdict.breaks]
    context = {"breaks": breaks, "changes": sum(v.changes for v in verdicts)}
    return render(request, "organisations/verified.html", context)


def _chains(actor: Actor) -> set[int]:
    """Return the chains in reach; the platform's own belongs to administrators."""
    chains = organisations_in_reach(actor, "history.view")
    return chains | {0} if actor.may("admin.manage") else chains


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
