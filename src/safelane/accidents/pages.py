"""Pages on accidents, reports on them, victims and statistics."""

from __future__ import annotations

from types import SimpleNamespace
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

from safelane.accidents import counts, queries
from safelane.accidents.actions import REPORTS, reveal_victim
from safelane.accidents.facts import IDENTITY_FIELDS, VICTIM_FACTS
from safelane.accidents.forms import AccidentEditor, RevealForm
from safelane.accidents.models import Accident, AccidentReport, Victim, VictimIdentity
from safelane.core.domain import house
from safelane.core.errors import SafelaneError
from safelane.core.facts import facts_of
from safelane.core.facts.words import day_text, shown_facts
from safelane.core.history.queries import shown
from safelane.core.pages import Action, Emptiness, Listing, add_fault, list_page, text
from safelane.core.pages.reports import ReportPages, report_pages
from safelane.core.pages.subjects import can_report
from safelane.core.review.queries import (
    MOST_CHANGES,
    changes_on_record,
    findings_of,
    first_rows,
    past_words,
    reports_on_record,
    state_then,
)
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, own_area, published, shown_area
from safelane.core.scope.precision import shown_facts as shown_to
from safelane.core.ui.context import actor_of
from safelane.core.ui.reach import OWN
from safelane.countries import CountryPack
from safelane.hazards.queries import area_seen_exactly
from safelane.organisations.forms import FilterForm
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import areas_within, role_names
from safelane.organisations.whereabouts import nearest_text

app_name = "accidents"


def line(row: Accident) -> SimpleNamespace:
    """Return a row of ``queries.accidents`` as one line."""
    pack, facts = pack_of(row.country), published(row)
    rough = "" if is_exact(row) else _("(roughly)")
    return SimpleNamespace(
        uid=row.uid,
        reference=row.reference,
        when=day_text(facts.get("occurred_on") or facts.get("occurred_year")),
        kind=pack.label("accident_kind", row.kind) if row.kind else "",
        place=f"{shown_area(row) or ''} {rough}".strip(),
        organisation=str(row.organisation),
    )


def shown_victim(victim: Victim, pack: CountryPack) -> dict[str, Any]:
    """Return a victim of ``queries.victims_of`` in words, without identity.

    Injuries, answers and disability only on exact rows.
    """
    exact, facts = is_exact(victim), facts_of(Victim)
    said = {name: getattr(victim, name) for name in VICTIM_FACTS}
    stated = {name: value for name, value in said.items() if value not in (None, "")}
    shown = shown_to(stated, facts, int(victim.precision))  # type: ignore[attr-defined]
    known = {"uid": victim.uid, "number": victim.number}
    known["facts"] = shown_facts(facts, shown, pack)
    if not exact:
        closed = [facts.label(n) for n in VICTIM_FACTS if facts.coarse(n) == "hide"]
        closed += [_("Disability"), _("Injuries"), _("Difficulties in doing things")]
        return known | {"closed": ", ".join(closed)}
    flag = counts.disability_code(victim.has_disability)
    return known | {
        "injuries": [pack.label("injury", code) for code in victim.injuries],
        "answers": [
            (pack.label("wgss_question", q), pack.label("wgss_answer", a))
            for q, a in victim.wgss.items()
        ],
        "disability": pack.label("disability", flag),
    }


class AccidentFilters(FilterForm):
    """The filters of the list of accidents."""

    asks = queries.AccidentFilter
    usual = ("q", "kind", "date_from", "date_to")


@require_safe
def accident_list(request: HttpRequest) -> HttpResponse:
    """Show the accidents that the actor may see."""
    actor = actor_of(request)
    actor.require("accident.view")
    filters = queries.AccidentFilter.parse(request.GET)
    related = Accident.objects.select_related(*queries.RELATED)
    rows: Any = (
        queries.accidents_as_of(actor, filters, related)
        if filters.is_past
        else queries.accidents(actor, filters).select_related(*queries.RELATED)
    )
    return list_page(
        request,
        _listing(filters),
        rows,
        past=past_words(REPORTS, actor, filters),
        template="accidents/list.html",
        form=AccidentFilters(request.GET, actor=actor),
    )


def _listing(filters: queries.AccidentFilter) -> Listing:
    """Return the list; its links keep the past day that is shown."""
    past = f"?{filters.dates_only.querystring()}" if filters.is_past else ""

    def url(row: SimpleNamespace) -> str:
        return reverse("accidents:detail", args=[row.uid]) + past

    return Listing(
        name="accidents",
        title=_("Accidents"),
        verb="accident.view",
        narrowed_by=queries.AccidentFilter.names(),
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
            REPORT_PAGES.write_button,
        ),
        empty=Emptiness(
            _("No accident here"),
            _(
                "Accidents appear once a report on them is approved. A report names "
                "the place, the day and the victims; who the victims are stays sealed."
            ),
            "activity",
        ),
    )  # fmt: skip


@require_safe
def accident_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one accident at the actor's precision, as it is now or was known then.

    People and reports are shown as they are known today only.
    """
    actor = actor_of(request)
    actor.require("accident.view")
    filters = queries.AccidentFilter.parse(request.GET, OWN)
    related, asked = queries.RELATED, filters.dates_only
    accident, state, elsewhere = state_then(REPORTS, actor, asked, uid, related)
    context = {
        "accident": accident,
        "filters": filters,
        "is_exact": is_exact(accident),
        "can_report": can_report(REPORTS, actor, accident),
        "missing": state is None,
        "elsewhere": elsewhere,
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
    pack = pack_of(accident.country)
    reports = reports_on_record(REPORTS, accident, actor)
    changes, more = first_rows(changes_on_record(REPORTS, reports, actor), MOST_CHANGES)
    victims = list(queries.victims_of(accident, actor))
    return {
        "nearest": nearest_text(accident),
        "victims": [shown_victim(v, pack) for v in victims],
        "revealable": queries.revealable(victims, actor),
        "reports": reports,
        "changes": shown(changes, actor, house().subjects),
        "more_changes": more,
        "roles": role_names(),
    }


def _report_context(report: AccidentReport, actor: Actor) -> dict[str, Any]:
    pack, facts = pack_of(report.country), facts_of(AccidentReport)
    victims = list(queries.victims_in(report, actor))
    return {
        "facts": shown_facts(facts, report.stated_facts(), pack),
        "victims": [shown_victim(v, pack) for v in victims],
        "revealable": queries.revealable(victims, actor),
        "closed": [_("Victims")] if REPORTS.is_closed(report, actor) else [],
        "findings": findings_of(REPORTS, report, actor),
        "place": own_area(report, REPORTS.record),
        "hazard": area_seen_exactly(actor, report.hazard_id),
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


NOTHING_YET = Emptiness(
    gettext_lazy("Nothing to count yet"),
    gettext_lazy(
        "Counts are open by country, to roles that reach the whole of it. They appear "
        "once reports on accidents are approved."
    ),
    "chart-bar",
)


@login_not_required
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show how many people were killed or injured, by two features.

    Open without signing in as far as the role ``public`` allows.
    """
    actor = actor_of(request)
    actor.require("statistics.view")
    countries = list(counts.countries_for(actor))
    wanted = str(request.GET.get("country", "")).upper()
    country = next((c for c in countries if c.code == wanted), (*countries, None)[0])
    context = dict[str, Any](countries=countries, country=country, nothing=NOTHING_YET)
    context |= {"emptiness": "reach" if Country.objects.exists() else "none"}
    if country is not None:
        context |= _counts(request, actor, country)
    return render(request, "accidents/statistics.html", context)


def _counts(request: HttpRequest, actor: Actor, country: Country) -> dict[str, Any]:
    pairs = counts.tables_for(actor, country)
    row, _dash, column = str(request.GET.get("table", "")).partition("-")
    if (row, column) not in pairs:
        row, column = pairs[0]
    title = {name: feature.title for name, feature in counts.FEATURES.items()}
    titles = [(f"{r}-{c}", title[r], title[c]) for r, c in pairs]
    known: dict[str, Any] = {"pairs": titles, "pair": f"{row}-{column}"}
    known["areas"] = areas_within(actor, "victim.view", country)
    try:
        return known | {"table": counts.cross_table(actor, country, row, column)}
    except counts.NothingPublished as fault:
        return known | {"nothing_yet": fault.message}


urlpatterns = [
    path("", accident_list, name="list"),
    path("statistics/", statistics, name="statistics"),
    *report_pages(REPORT_PAGES),
    path("victims/<uuid:uid>/", victim_reveal, name="victim"),
    path("<uuid:uid>/", accident_detail, name="detail"),
]
