"""Writing, reading and moving accident reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from safelane.accidents.actions import (
    create_report,
    move_report,
    submit_report,
    update_report,
)
from safelane.accidents.display import shown_victim
from safelane.accidents.forms import AccidentReportForm, VictimForm, victim_forms
from safelane.accidents.inputs import AccidentInput
from safelane.accidents.models import Accident, AccidentReport
from safelane.accidents.queries import report_queue, steps_for, victims_in
from safelane.core.errors import InvalidInput, NotPermitted, SafelaneError
from safelane.core.facts import facts_of
from safelane.core.facts.words import shown_facts
from safelane.core.pages import Action, Column, Emptiness, Listing, list_page, text
from safelane.core.review.findings import tell
from safelane.core.review.stages import Step
from safelane.core.scope import Actor
from safelane.core.scope.linked import with_record
from safelane.core.ui.context import actor_of
from safelane.organisations.models import Organisation
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import organisations_in_reach

NOTHING_WAITS = Emptiness(
    gettext_lazy("Nothing waits for your check"),
    gettext_lazy(
        "Reports appear here when they reach your step of the review. Those that you "
        "wrote yourself wait for somebody else."
    ),
)
SPARE_VICTIMS = 2
MOST_VICTIMS = 30


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports that the actor may see; ``?waiting=1`` those to be checked."""
    actor = actor_of(request)
    actor.require("accident_report.view")
    waiting = request.GET.get("waiting") == "1"
    rows = (
        report_queue(actor) if waiting else AccidentReport.objects.visible_to(actor)
    ).select_related("organisation")
    named = (
        (_("All reports"), "?", False),
        (_("Waiting for my check"), "?waiting=1", True),
    )
    tabs = [{"label": n, "url": u, "is_current": w == waiting} for n, u, w in named]
    nothing = NOTHING_WAITS if waiting else None
    return list_page(
        request,
        _listing(),
        with_record(rows, actor, "accident"),
        template="accidents/reports.html",
        tabs=tabs,
        nothing=nothing,
    )


def _listing() -> Listing:
    return Listing(
        name="accident-reports",
        title=_("Accident reports"),
        verb="accident_report.view",
        columns=(
            text(
                "number", _("Report"),
                url=lambda row: reverse("accidents:report", args=[row.uid]),
            ),
            Column(
                "accident", _("Accident"), lambda row: row.linked or row.reference
            ),
            text(
                "date_of_information", _("Date of information"),
                order="date_of_information",
            ),
            Column("stage", _("Stage"), lambda row: row.get_stage_display()),
            text("organisation", _("Organisation")),
        ),
        actions=(
            Action(
                _("Report an accident"), reverse("accidents:report-new"), "plus",
                "accident_report.report", main=True,
            ),
        ),
        empty=Emptiness(
            _("No report yet"),
            _(
                "Every accident begins with a report. It is checked by the operator, "
                "by operations and by information management before it counts."
            ),
        ),
    )  # fmt: skip


@require_safe
def report_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one report, what the rules found, and the steps that the actor may take."""
    actor = actor_of(request)
    report = _report(actor, uid)
    pack = pack_of(report.country)
    context = {
        "report": report,
        "facts": shown_facts(facts_of(AccidentReport), report.stated_facts(), pack),
        "victims": [shown_victim(v, pack) for v in victims_in(report, actor)],
        "steps": steps_for(report, actor),
        "findings": tell(report.findings, actor),
    }
    return render(request, "accidents/report.html", context)


@require_POST
def report_move(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Take one step of the review."""
    actor = actor_of(request)
    report = _report(actor, uid)
    wanted = _step(report, actor, step)
    try:
        move_report(report, wanted, reason=request.POST.get("reason", ""), by=actor)
    except SafelaneError as fault:
        messages.error(request, fault.message)
    else:
        messages.success(request, _("Done."))
    return redirect("accidents:report", uid=uid)


def _step(report: AccidentReport, actor: Actor, name: str) -> Step:
    for step in steps_for(report, actor):
        if step.name == name:
            return step
    raise NotPermitted(_("You cannot take this step with the report as it is now."))


@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Write a report on a new accident, or with ``?accident=`` on one that exists."""
    actor = actor_of(request)
    actor.require("accident_report.report")
    organisation = _own_organisation(actor, request)
    accident = _accident(request, actor)
    return _edit(request, actor, organisation, accident, None)


@require_http_methods(["GET", "POST"])
def report_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    actor.require("accident_report.report")
    report = _report(actor, uid)
    return _edit(request, actor, report.organisation, report.accident, report)


def _edit(
    request: HttpRequest,
    actor: Actor,
    organisation: Organisation,
    accident: Accident | None,
    report: AccidentReport | None,
) -> HttpResponse:
    place = (report or accident or organisation).country
    if place is None:
        raise InvalidInput(_("Your organisation has no country."))
    pack, data = pack_of(place), request.POST or None
    form = AccidentReportForm(
        data, pack=pack, is_new=accident is None, initial=_initial(report)
    )
    known = list(victims_in(report, actor)) if report else []
    count = min(max(len(known) + SPARE_VICTIMS, _asked(request)), MOST_VICTIMS)
    forms = victim_forms(data, known, pack, count - len(known))
    if data and form.is_valid() and all([f.is_valid() for f in forms]):
        claims = _claims(form, forms, accident)
        try:
            saved = _save(claims, organisation, report, request, actor)
        except SafelaneError as fault:
            form.add_error(
                fault.field if fault.field in form.fields else None, fault.message
            )
        else:
            messages.success(request, _("Saved."))
            return redirect("accidents:report", uid=saved.uid)
    context: dict[str, Any] = {
        "form": form,
        "victim_forms": forms,
        "organisation": organisation,
        "accident": accident,
        "report": report,
        "victim_count": count,
    }
    return render(request, "accidents/report_edit.html", context)


def _asked(request: HttpRequest) -> int:
    text = request.POST.get("victim_count") or request.GET.get("victims") or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _claims(
    form: AccidentReportForm, forms: list[VictimForm], accident: Accident | None
) -> AccidentInput:
    return AccidentInput(
        date_of_information=form.cleaned_data["date_of_information"],
        accident=accident,
        reference=form.cleaned_data.get("reference", ""),
        facts=form.facts(),
        victims=tuple(f.victim() for f in forms if f.is_stated),
    )


@transaction.atomic
def _save(
    claims: AccidentInput,
    organisation: Organisation,
    report: AccidentReport | None,
    request: HttpRequest,
    actor: Actor,
) -> AccidentReport:
    if report is None:
        saved = create_report(claims, organisation=organisation, by=actor)
    else:
        saved = update_report(report, claims, by=actor)
    if request.POST.get("then") == "submit":
        return submit_report(saved, by=actor)
    return saved


def _initial(report: AccidentReport | None) -> dict[str, Any]:
    if report is None:
        return {}
    named = {
        "reference": report.reference,
        "date_of_information": report.date_of_information,
    }
    return named | report.stated_facts()


def _report(actor: Actor, uid: UUID) -> AccidentReport:
    rows = AccidentReport.objects.select_related("organisation", "country", "accident")
    known = with_record(rows, actor, "accident")
    report: AccidentReport = known.get_for(actor, uid=uid)
    return report


def _accident(request: HttpRequest, actor: Actor) -> Accident | None:
    text = request.GET.get("accident")
    if not text:
        return None
    try:
        uid = UUID(text)
    except ValueError as error:
        raise InvalidInput(_("This is not an accident's identifier.")) from error
    found: Accident = Accident.objects.get_for(actor, uid=uid)
    return found


def _own_organisation(actor: Actor, request: HttpRequest) -> Organisation:
    """Return the organisation asked for, else the actor's own."""
    reach = organisations_in_reach(actor, "accident_report.report")
    asked = request.GET.get("organisation", "")
    own = [int(asked)] if asked.isascii() and asked.isdigit() else []
    own += [pk for pk in sorted(actor.organisation_ids) if pk in reach]
    for pk in own:
        if pk in reach:
            return Organisation.objects.get_for(actor, pk=pk)
    raise NotPermitted(_("You have no organisation in whose name you may report."))
