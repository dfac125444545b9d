"""Pages on accidents, reports on them, victims and statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from safelane.accidents.actions import REPORTS, reveal_victim
from safelane.accidents.counts import FEATURES, countries_for, cross_table, tables_for
from safelane.accidents.errors import NothingPublished
from safelane.accidents.facts import IDENTITY_FIELDS, VICTIM_FACTS
from safelane.accidents.filters import AccidentFilter
from safelane.accidents.forms import AccidentEditor, RevealForm
from safelane.accidents.models import Accident, AccidentReport, Victim, VictimIdentity
from safelane.accidents.queries import (
    accidents,
    accidents_as_of,
    victims_in,
    victims_of,
)
from safelane.core.domain import house
from safelane.core.errors import SafelaneError
from safelane.core.facts import facts_of
from safelane.core.facts.words import ShownFact, day_text, shown_facts
from safelane.core.history.queries import changes_of, shown
from safelane.core.pages import (
    Action,
    Emptiness,
    Listing,
    add_fault,
    list_page,
    text,
)
from safelane.core.pages.reports import ReportPages, report_pages
from safelane.core.review.queries import findings_of, reports_on_record
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, published, shown_area
from safelane.core.scope.precision import shown_facts as shown_to
from safelane.core.ui.context import actor_of
from safelane.countries import CountryPack
from safelane.hazards.queries import area_seen_exactly
from safelane.organisations.models import Country
from safelane.organisations.packs import merged_choices, pack_of
from safelane.organisations.queries import role_names

app_name = "accidents"
CHANGES_SHOWN = 100
RELATED = ("organisation", "country", "admin_area__parent__parent")


@dataclass(frozen=True, slots=True)
class AccidentLine:
    """One line of the list, at the reader's precision."""

    uid: str
    reference: str
    when: str
    kind: str
    place: str
    organisation: str


@dataclass(frozen=True, slots=True)
class ShownVictim:
    """One victim without identity; ``injuries`` and ``answers`` only on exact rows."""

    uid: str
    number: int
    facts: list[ShownFact]
    injuries: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    disability: str


def line(row: Accident) -> AccidentLine:
    """Return a row of ``queries.accidents`` as one line."""
    pack, facts = pack_of(row.country), published(row)
    rough = "" if is_exact(row) else _("(roughly)")
    return AccidentLine(
        uid=str(row.uid),
        reference=row.reference,
        when=day_text(facts.get("occurred_on") or facts.get("occurred_year")),
        kind=pack.label("accident_kind", row.kind) if row.kind else "",
        place=f"{shown_area(row) or ''} {rough}".strip(),
        organisation=str(row.organisation),
    )


def nearest(row: Accident) -> str:
    """Return the nearest place in words; empty on rows that are not exact."""
    if not is_exact(row) or row.nearest_place is None:
        return ""
    return _("%(metres)s m from %(place)s, bearing %(bearing)s°") % {
        "metres": round(row.nearest_place_m or 0),
        "place": row.nearest_place,
        "bearing": round(row.nearest_place_bearing or 0),
    }


def shown_victim(victim: Victim, pack: CountryPack) -> ShownVictim:
    """Return a victim of ``queries.victims_of`` in words."""
    exact, facts = is_exact(victim), facts_of(Victim)
    said = {name: getattr(victim, name) for name in VICTIM_FACTS}
    stated = {name: value for name, value in said.items() if value not in (None, "")}
    shown = shown_to(stated, facts, int(victim.precision))  # type: ignore[attr-defined]
    flag = {True: "yes", False: "no"}.get(victim.has_disability, "unknown")  # type: ignore[arg-type]
    return ShownVictim(
        uid=str(victim.uid),
        number=victim.number,
        facts=shown_facts(facts, shown, pack),
        injuries=tuple(
            pack.label("injury", code) for code in (victim.injuries if exact else ())
        ),
        answers=tuple(
            (pack.label("wgss_question", q), pack.label("wgss_answer", a))
            for q, a in (victim.wgss.items() if exact else ())
        ),
        disability=pack.label("disability", flag) if exact else "",
    )


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
    past = _("You see what was known of accidents then. Later reports are left out.")
    kinds = merged_choices(Country.objects.all(), "accident_kind")
    return list_page(
        request,
        _listing(filters),
        rows,
        past=past if filters.is_past else "",
        template="accidents/list.html",
        filters=filters,
        kinds=list(kinds.items()),
    )


def _listing(filters: AccidentFilter) -> Listing:
    """Return the list; its links keep the past day that is shown."""
    past = f"?{filters.dates_only.querystring()}" if filters.is_past else ""

    def url(row: AccidentLine) -> str:
        return reverse("accidents:detail", args=[row.uid]) + past

    return Listing(
        name="accidents",
        title=_("Accidents"),
        verb="accident.view",
        columns=(
            text("reference", _("Reference"), url=url),
            text("when", _("When")),
            text("kind", _("Type")),
            text("place", _("Where")),
            text("organisation", _("Organisation")),
        ),
        present=line,
        actions=(
            Action(
                _("Reports"), REPORT_PAGES.url("reports"), "inbox",
                "accident_report.view",
            ),
            Action(
                REPORT_PAGES.write, REPORT_PAGES.url("report-new"), "plus",
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
    """Show one accident at the actor's precision, as it is now or was known then.

    People and reports are shown as they are known today only.
    """
    actor = actor_of(request)
    actor.require("accident.view")
    rows = Accident.objects.select_related(*RELATED)
    accident: Accident = rows.get_for(actor, uid=uid)
    filters = AccidentFilter.parse(request.GET)
    state: Accident | None = accident
    if filters.is_past:
        same = rows.filter(pk=accident.pk)
        state = next(iter(accidents_as_of(actor, filters.dates_only, same)), None)
    context = {
        "accident": state or accident,
        "filters": filters,
        "is_exact": is_exact(accident),
        "missing": state is None,
        **_state(state, actor),
        **({} if filters.is_past else _around(accident, actor)),
    }
    return render(request, "accidents/detail.html", context)


def _state(row: Accident | None, actor: Actor) -> dict[str, Any]:
    """Return what is known of an accident, at the precision of its row."""
    if row is None:
        return {}
    facts = published(row)
    return {
        "facts": shown_facts(facts_of(Accident), facts, pack_of(row.country)),
        "place": shown_area(row),
        "hazard": area_seen_exactly(actor, row.hazard_id),
        "geometry": facts.get("geometry"),
    }


def _around(accident: Accident, actor: Actor) -> dict[str, Any]:
    """Return victims, reports and history, as far as they are open."""
    pack, reports = (
        pack_of(accident.country),
        reports_on_record(REPORTS, accident, actor),
    )
    changes = changes_of(REPORTS.name, reports.values_list("uid", flat=True))
    return {
        "nearest": nearest(accident),
        "victims": [shown_victim(v, pack) for v in victims_of(accident, actor)],
        "reports": reports,
        "changes": shown(changes[:CHANGES_SHOWN], actor, house().subjects),
        "roles": role_names(),
    }


def _report_context(report: AccidentReport, actor: Actor) -> dict[str, Any]:
    pack, facts = pack_of(report.country), facts_of(AccidentReport)
    return {
        "facts": shown_facts(facts, report.stated_facts(), pack),
        "victims": [shown_victim(v, pack) for v in victims_in(report, actor)],
        "closed": [_("Victims")] if REPORTS.is_closed(report, actor) else [],
        "findings": findings_of(REPORTS, report, actor),
    }


REPORT_PAGES = ReportPages(
    kind=REPORTS,
    title=gettext_lazy("Accident reports"),
    write=gettext_lazy("Report an accident"),
    empty=Emptiness(
        gettext_lazy("No report yet"),
        gettext_lazy(
            "Every accident begins with a report. It is checked by the operator, by "
            "operations and by information management before it counts."
        ),
    ),
    editor=AccidentEditor,
    read=_report_context,
    steps_at="",
    saves_whole=True,
    fault_status=200,
    takes_offered=True,
)


@never_cache
@require_http_methods(["GET", "POST"])
def victim_reveal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask why, then open a victim's identity once; nothing is kept in the browser."""
    actor = actor_of(request)
    actor.require("victim.reveal")
    rows = Victim.objects.select_related("country", "accident")
    victim: Victim = rows.get_for(actor, uid=uid)
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {"victim": victim, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            known = reveal_victim(victim, form.cleaned_data["reason"], by=actor)
        except SafelaneError as fault:
            add_fault(form, fault)
        else:
            facts = facts_of(VictimIdentity)
            labelled = [(facts.label(name), known[name]) for name in IDENTITY_FIELDS]
            context["identity"] = labelled
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
    named = [country for country in countries if country.code == wanted]
    country = next(iter([*named, *countries]), None)
    context: dict[str, Any] = {"countries": countries, "country": country}
    if country is not None:
        context |= _counts(request, actor, country)
    return render(request, "accidents/statistics.html", context)


def _counts(request: HttpRequest, actor: Actor, country: Country) -> dict[str, Any]:
    pairs = tables_for(actor, country)
    row, _dash, column = str(request.GET.get("table", "")).partition("-")
    if (row, column) not in pairs:
        row, column = pairs[0]
    titles = [(f"{r}-{c}", FEATURES[r].title, FEATURES[c].title) for r, c in pairs]
    known: dict[str, Any] = {"pairs": titles, "pair": f"{row}-{column}"}
    try:
        return known | {"table": cross_table(actor, country, row, column)}
    except NothingPublished as fault:
        return known | {"nothing_yet": fault.message}


urlpatterns = [
    path("", accident_list, name="list"),
    path("statistics/", statistics, name="statistics"),
    *report_pages(REPORT_PAGES),
    path("victims/<uuid:uid>/", victim_reveal, name="victim"),
    path("<uuid:uid>/", accident_detail, name="detail"),
]
