"""The list of accidents, one accident, and the counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from safelane.accidents.actions import reveal_victim
from safelane.accidents.counts import (
    FEATURES,
    countries_for,
    cross_table,
    tables_for,
)
from safelane.accidents.display import AccidentLine, line, nearest, place_name
from safelane.accidents.display import shown_victim as show_victim
from safelane.accidents.errors import NothingPublished
from safelane.accidents.facts import IDENTITY_FIELDS
from safelane.accidents.filters import AccidentFilter
from safelane.accidents.forms import RevealForm
from safelane.accidents.models import Accident, Victim, VictimIdentity
from safelane.accidents.queries import (
    accidents,
    accidents_as_of,
    is_exact,
    published,
    reports_of,
    victims_of,
)
from safelane.core.domain import house
from safelane.core.errors import SafelaneError
from safelane.core.facts import facts_of
from safelane.core.facts.words import shown_facts
from safelane.core.history.queries import changes_of
from safelane.core.history.shown import shown
from safelane.core.pages import Action, Column, Emptiness, Listing, list_page, text
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.hazards.queries import area_seen_exactly
from safelane.organisations.models import Country
from safelane.organisations.packs import merged_choices, pack_of
from safelane.organisations.queries import role_names

MOST_CHANGES = 100
PAST_TEXT = gettext_lazy(
    "You see what was known of accidents then. Later reports are left out."
)
RELATED = ("organisation", "country", "admin_area__parent__parent")


@require_safe
def accident_list(request: HttpRequest) -> HttpResponse:
    """Show the accidents that the actor may see."""
    actor = actor_of(request)
    actor.require("accident.view")
    filters = AccidentFilter.parse(request.GET)
    related = Accident.objects.select_related(*RELATED)
    rows: Any = (
        accidents_as_of(actor, filters, related)
        if filters.is_past
        else accidents(actor, filters).select_related(*RELATED)
    )
    kinds = merged_choices(Country.objects.all(), "accident_kind")
    return list_page(
        request,
        _listing(filters),
        rows,
        past=PAST_TEXT if filters.is_past else "",
        template="accidents/list.html",
        filters=filters,
        kinds=list(kinds.items()),
    )


def _listing(filters: AccidentFilter) -> Listing:
    """Return the list; its links keep the past day that is shown."""
    past = f"?{filters.dates_only.querystring()}" if filters.is_past else ""

    def url(row: AccidentLine) -> str:
        return reverse("accidents:detail", args=[row.uid]) + past

    def place(row: AccidentLine) -> str:
        rough = "" if row.is_exact else _("(roughly)")
        return f"{row.place} {rough}".strip()

    return Listing(
        name="accidents",
        title=_("Accidents"),
        verb="accident.view",
        columns=(
            text("reference", _("Reference"), url=url),
            text("when", _("When")),
            text("kind", _("Type")),
            Column("place", _("Where"), place),
            text("organisation", _("Organisation")),
        ),
        present=line,
        actions=(
            Action(
                _("Reports"), reverse("accidents:reports"), "inbox",
                "accident_report.view",
            ),
            Action(
                _("Report an accident"), reverse("accidents:report-new"), "plus",
                "accident_report.report", main=True,
            ),
        ),
        empty=Emptiness(
            _("No accident here"),
            _(
                "Accidents appear once a report on them is approved. A report names "
                "the place, the day and the victims; who the victims are stays sealed."
            ),
            "activity",
            _("No accident here"),
        ),
    )  # fmt: skip


@require_safe
def accident_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one accident at the actor's precision, its victims and its reports."""
    actor = actor_of(request)
    actor.require("accident.view")
    rows = Accident.objects.select_related(*RELATED)
    accident: Accident = rows.get_for(actor, uid=uid)
    filters = AccidentFilter.parse(request.GET)
    if filters.is_past:
        return _past_detail(request, accident, filters)
    pack, reports = pack_of(accident.country), reports_of(accident, actor)
    uids = reports.values_list("uid", flat=True)
    context = {
        "accident": accident,
        "facts": shown_facts(facts_of(Accident), published(accident), pack),
        "place": place_name(accident),
        "nearest": nearest(accident),
        "is_exact": is_exact(accident),
        "hazard": area_seen_exactly(actor, accident.hazard_id),
        "geometry": published(accident).get("geometry"),
        "victims": [show_victim(v, pack) for v in victims_of(accident, actor)],
        "reports": reports,
        "changes": shown(
            changes_of("accident_report", uids)[:MOST_CHANGES],
            actor,
            house().subjects,
        ),
        "roles": role_names(),
    }
    return render(request, "accidents/detail.html", context)


def _past_detail(
    request: HttpRequest, accident: Accident, filters: AccidentFilter
) -> HttpResponse:
    """Show the facts of then; people are shown as they are known today only."""
    actor = actor_of(request)
    rows = Accident.objects.visible_to(actor).select_related(*RELATED)
    found = accidents_as_of(actor, filters.dates_only, rows.filter(pk=accident.pk))
    context: dict[str, Any] = {
        "accident": accident,
        "filters": filters,
        "is_exact": is_exact(accident),
        "missing": not found,
    }
    for past in found:
        facts = published(past)
        context |= {
            "accident": past,
            "facts": shown_facts(facts_of(Accident), facts, pack_of(past.country)),
            "place": place_name(past),
            "hazard": area_seen_exactly(actor, past.hazard_id),
            "geometry": facts.get("geometry"),
        }
    return render(request, "accidents/detail.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def victim_reveal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask why, then open a victim's identity once; nothing is kept in the browser."""
    actor = actor_of(request)
    actor.require("victim.reveal")
    victim = Victim.objects.select_related("country", "accident").get_for(
        actor, uid=uid
    )
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {"victim": victim, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            known = reveal_victim(victim, form.cleaned_data["reason"], by=actor)
        except SafelaneError as fault:
            form.add_error("reason", fault.message)
        else:
            context["identity"] = [
                (VictimIdentity._meta.get_field(name).verbose_name, known[name])  # type: ignore[union-attr]
                for name in IDENTITY_FIELDS
            ]
    return render(request, "accidents/reveal.html", context)


@login_not_required
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show how many people were killed or injured, by two features.

    Open without signing in as far as the role ``public`` allows.
    """
    actor = actor_of(request)
    actor.require("statistics.view")
    countries = list(countries_for(actor))
    wanted = str(request.GET.get("country", "")).upper()
    country = next((c for c in countries if c.code == wanted), None) or next(
        iter(countries), None
    )
    context: dict[str, Any] = {"countries": countries, "country": country}
    if country is not None:
        context |= _counts(request, actor, country)
    return render(request, "accidents/statistics.html", context)


def _counts(request: HttpRequest, actor: Actor, country: Country) -> dict[str, Any]:
    pairs = tables_for(actor, country)
    row, column = _pair(request, pairs)
    titles = [(f"{r}-{c}", FEATURES[r].title, FEATURES[c].title) for r, c in pairs]
    known: dict[str, Any] = {"pairs": titles, "pair": f"{row}-{column}"}
    try:
        return known | {"table": cross_table(actor, country, row, column)}
    except NothingPublished as fault:
        return known | {"nothing_yet": fault.message}


def _pair(request: HttpRequest, pairs: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    row, _dash, column = str(request.GET.get("table", "")).partition("-")
    return (row, column) if (row, column) in pairs else pairs[0]
