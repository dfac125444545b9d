"""Admin areas, code lists and the history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelane.core.domain import house
from safelane.core.errors import NotFound
from safelane.core.facts.forms import day_field
from safelane.core.filters.reading import day_of, number_of, text_of
from safelane.core.history.chain import verify
from safelane.core.history.models import Change
from safelane.core.history.queries import (
    changes_in_chains,
    differences,
    only_open,
    said,
    shown,
)
from safelane.core.pages import (
    Emptiness,
    Listing,
    Trail,
    edit_page,
    list_page,
    number,
    text,
)
from safelane.core.pages.listing import Column, SearchForm
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.organisations.actions import add_local_code, retire_local_code
from safelane.organisations.actions.access import require_country
from safelane.organisations.forms import LocalCodeForm
from safelane.organisations.models import AdminArea, Country, LocalCode, Organisation
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import (
    covers_country,
    organisations_in_reach,
    role_names,
)

AREA_ORDER = ("country", "level", "name")


def _areas(title: str, trail: Trail) -> Listing:
    none, about = _("No admin areas"), _(
        "Provinces, districts and villages come from a file of boundaries. Records find"
        " their own area by their position."
    )  # fmt: skip
    return Listing(
        name="areas",
        title=title,
        verb="area.view",
        narrowed_by=("q", "under"),
        columns=(
            Column("name", _("Name"), str, url=lambda row: f"?under={row.pk}"),
            text("code", _("Code"), order="code"),
            number("level", _("Level")),
            text("country", _("Country")),
            text("source", _("Source and licence")),
        ),
        empty=Emptiness(none, about, "map"),
        trail=trail,
    )


@require_safe
def area_list(request: HttpRequest) -> HttpResponse:
    """Show the admin areas of a country, level by level."""
    every = AdminArea.objects.select_related("country", "parent").defer("geometry")
    rows, listing = every.filter(level=1), _areas(_("Admin areas"), ())
    if words := text_of(request.GET, "q"):
        rows = every.filter(AdminArea.named(words))
    elif parent := every.filter(pk=number_of(request.GET, "under") or 0).first():
        rows = every.filter(parent=parent)
        listing = _areas(str(parent), _way_to(parent))
    form, rows = SearchForm(request.GET, _("Name")), rows.order_by(*AREA_ORDER)
    return list_page(request, listing, rows, form=form)


def _way_to(area: AdminArea) -> Trail:
    """Return the list of all, and the areas that an area lies in, widest first."""
    above: list[tuple[str, str]] = []
    while area.parent is not None:
        area = area.parent
        above.insert(0, (str(area), f"?under={area.pk}"))
    return [(_("Admin areas"), reverse("organisations:areas")), *above]


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
    manages = covers_country(actor, "codes.manage", row)
    if request.method == "POST":
        require_country(row, "codes.manage", actor)

    def save(facts: dict[str, Any]) -> str:
        local_language = (pack_of(row).languages or ("en",))[0]
        labels = {local_language: facts.pop("label_local"), "en": facts.pop("label_en")}
        add_local_code(row, name, labels=labels, by=actor, **facts)
        return request.path

    form, done = LocalCodeForm(request.POST or None), _("The code is added.")
    words: dict[str, Any] = {"title": shown.title, "button": _("Add"), "done": done}
    words |= {"country": row, "list": shown, "local": local, "manages": manages}
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


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show who did what, newest first, in the chains in scope."""
    actor = actor_of(request)
    actor.require("history.view")
    rows, subjects = changes_in_chains(_chains(actor)), house().subjects
    for parameter, lookup in (("verb", "verb"), ("kind", "object_type")):
        if value := text_of(request.GET, parameter):
            rows = rows.filter(**{lookup: value})
    if words := text_of(request.GET, "q"):
        rows = only_open(rows.filter(object_label__icontains=words), actor, subjects)
    if day := day_of(request.GET, "until"):
        rows = rows.filter(server_time__date__lte=day)
    form = SearchForm(request.GET, _("Record"))
    form.fields["until"] = day_field(_("Until"), required=False)
    template = "organisations/history.html"
    return list_page(request, _history(actor), rows, form=form, template=template)


def _history(actor: Actor) -> Listing:
    known = Organisation.objects.visible_to(actor)
    names, roles = dict(known.values_list("pk", "short_name")), role_names()

    def when(row: Change) -> str:
        return date_format(localtime(row.server_time), "SHORT_DATETIME_FORMAT")

    def record(row: Any) -> str:
        return row.object_label if row.is_open else _("Not open to your role")

    return Listing(
        name="history",
        title=_("History"),
        verb="history.view",
        narrowed_by=("q", "verb", "kind", "until"),
        columns=(
            Column("when", _("When"), when, url=_change_url),
            text("actor_name", _("Who")),
            Column("role", _("Role"), lambda row: roles.get(row.role, row.role)),
            Column("what", _("What"), lambda row: said(row.verb)),
            Column("record", _("Record"), record),
            Column(
                "organisation", _("Organisation"),
                lambda row: names.get(row.organisation_id),
            ),
            Column("reason", _("Reason"), lambda row: Truncator(row.reason).chars(80)),
        ),
        ready=lambda page: shown(page, actor, house().subjects),
        empty=Emptiness(
            _("Nothing here within your reach"),
            _("Every change is written here with who, when and why, and chained so that"
              " tampering shows."),
            "history",
        ),
    )  # fmt: skip


def _change_url(row: Change) -> str:
    return reverse("organisations:change", args=[row.pk])


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
