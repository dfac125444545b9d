"""Reports: list, entry, reading, and moving on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from safelane.core.errors import InvalidInput, NotPermitted, RuleBroken, SafelaneError
from safelane.core.pages.keyset import page_of
from safelane.core.review import stages
from safelane.core.review.errors import NotADraft
from safelane.core.review.steps import step_named
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.hazards import maps
from safelane.hazards.actions import (
    create_report,
    move_report,
    submit_report,
    update_report,
)
from safelane.hazards.filters import HazardFilter
from safelane.hazards.forms.editor import ReportEditor, Subject
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.queries import is_exact, published, with_link
from safelane.hazards.reading import report_context, steps_for
from safelane.organisations.models import Organisation
from safelane.organisations.queries import organisations_in_reach

WRITE = "hazard_report.report"


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports that the actor may see, by stage."""
    actor = actor_of(request)
    rows = HazardReport.objects.visible_to(actor)
    if not rows.exists():
        actor.require("hazard_report.view")
    chosen = request.GET.get("stage", "")
    mine = request.GET.get("mine") == "yes"
    shown = _filtered(
        with_link(rows, actor), chosen, request.GET.get("q", ""), mine, actor
    )
    page = page_of(shown, request.GET)
    context = {
        "page": page,
        "tabs": _stage_tabs(request, chosen),
        "mine": mine,
        "q": request.GET.get("q", ""),
        "stage": chosen,
    }
    return render(request, "hazards/reports.html", context)


def _filtered(
    rows: QuerySet[HazardReport], stage: str, words: str, mine: bool, actor: Actor
) -> QuerySet[HazardReport]:
    if stage in stages.LABELS:
        rows = rows.filter(stage=stage)
    if mine:
        rows = rows.filter(entered_by_id=actor.user_id)
    if words:
        named = Q(number__icontains=words) | Q(reference__icontains=words)
        rows = rows.filter(named | Q(linked__icontains=words))
    return rows.select_related("organisation", "admin_area", "entered_by")


def _stage_tabs(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    tabs = [("", _("All")), *stages.STAGES]
    made = []
    for code, label in tabs:
        query = request.GET.copy()
        for place in ("after", "before"):
            query.pop(place, None)
        query["stage"] = code
        tab = {"label": label, "url": f"?{query.urlencode()}", "count": None}
        made.append({**tab, "is_current": code == chosen})
    return made


@require_safe
def report_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Show one report with what it changes, its findings and its way so far."""
    actor = actor_of(request)
    report = _report(actor, uid)
    context = {**report_context(report, actor), "steps": steps_for(report, actor)}
    is_part = request.headers.get("HX-Target") == "review-detail"
    template = "hazards/parts/review_detail.html" if is_part else "hazards/report.html"
    return render(request, template, context)


def _report(actor: Actor, uid: str) -> HazardReport:
    rows = HazardReport.objects.select_related(
        "organisation",
        "country",
        "admin_area",
        "hazard__country",
        "entered_by",
        "stage_by",
    )
    return rows.get_for(actor, uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Write a new report, on an area (``?hazard=``) or on something new."""
    actor = actor_of(request)
    actor.require(WRITE)
    editor = ReportEditor(request, chosen_subject(request, actor), actor)
    if request.method == "POST" and editor.is_valid():
        answer = _save(request, editor, actor)
        if answer is not None:
            return answer
    return _entry_page(request, editor, list(_organisations(actor)))


@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    report = _report(actor, uid)
    if report.stage != stages.DRAFT:
        raise NotADraft(_("Only a draft can be changed. Write a new report instead."))
    subject = Subject(report.organisation, report.hazard, report)
    editor = ReportEditor(request, subject, actor)
    if request.method == "POST" and editor.is_valid():
        answer = _save(request, editor, actor)
        if answer is not None:
            return answer
    return _entry_page(request, editor, [report.organisation])


def chosen_subject(request: HttpRequest, actor: Actor) -> Subject:
    """Return what is written: ``?report=``, or ``?hazard=`` and ``?organisation=``.

    Raises:
        NotFound: The area is outside the actor's scope.
        NotPermitted: No organisation of the actor can report there.
    """
    actor.require(WRITE)
    if draft := request.GET.get("report"):
        report = _report(actor, draft)
        return Subject(report.organisation, report.hazard, report)
    hazard = _hazard(actor, request.GET.get("hazard", ""))
    wanted = request.GET.get("organisation", "")
    return Subject(_organisation(_organisations(actor), wanted, hazard), hazard)


def _organisations(actor: Actor) -> QuerySet[Organisation]:
    rows = Organisation.objects.visible_to(actor)
    return rows.filter(pk__in=organisations_in_reach(actor, WRITE))


def _hazard(actor: Actor, uid: str) -> HazardousArea | None:
    if not uid:
        return None
    return HazardousArea.objects.select_related("country").get_for(actor, uid=uid)


def _organisation(
    choices: QuerySet[Organisation], wanted: str, hazard: HazardousArea | None
) -> Organisation:
    """Return the wanted organisation, else that of the area, else the first."""
    rows = (
        choices.filter(is_active=True).exclude(country=None).select_related("country")
    )
    if hazard is not None:
        rows = rows.filter(country=hazard.country_id)
    chosen = rows.filter(pk=wanted).first() if wanted.isdecimal() else None
    if chosen is None and hazard is not None:
        chosen = rows.filter(pk=hazard.organisation_id).first()
    chosen = chosen or rows.first()
    if chosen is None:
        raise NotPermitted(_("None of your organisations can report here."))
    return chosen


def _save(
    request: HttpRequest, editor: ReportEditor, actor: Actor
) -> HttpResponse | None:
    """Save the draft and submit it if asked; None when a fault is to be shown."""
    try:
        report = _write(editor, actor)
    except SafelaneError as fault:
        field = fault.field if fault.field in editor.form.fields else None
        editor.form.add_error(field, fault.message)
        return None
    if request.POST.get("then") == "submit":
        return _submitted(request, report, actor)
    messages.success(request, _("Draft %(number)s is saved.") % {"number": report})
    return redirect("hazards:report", uid=report.uid)


def _write(editor: ReportEditor, actor: Actor) -> HazardReport:
    subject = editor.subject
    if subject.report is not None:
        return update_report(subject.report, editor.claims(), by=actor)
    organisation = subject.organisation
    return create_report(editor.claims(), organisation=organisation, by=actor)


def _submitted(
    request: HttpRequest, report: HazardReport, actor: Actor
) -> HttpResponse:
    try:
        submit_report(report, by=actor)
    except RuleBroken:
        text = _("Saved as a draft, but not submitted: correct what is marked below.")
        messages.error(request, text)
    else:
        messages.success(request, _("%(number)s is submitted.") % {"number": report})
    return redirect("hazards:report", uid=report.uid)


def _entry_page(
    request: HttpRequest, editor: ReportEditor, choices: list[Organisation]
) -> HttpResponse:
    hazard, pack = editor.seen, editor.subject.pack
    shown = {} if hazard is None else published(hazard)
    geometry = shown.get("geometry")
    context = {
        "editor": editor,
        "hazard": hazard,
        "begins_empty": editor.subject.hazard is not None and not _is_open(hazard),
        "report": editor.subject.report,
        "organisation": editor.subject.organisation,
        "organisations": choices,
        "bounds": geometry.bounds if geometry is not None else pack.bounds,
        "base_layers": _base_layers(request, hazard),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "hazards/report_edit.html", context, status=status)


def _is_open(hazard: HazardousArea | None) -> bool:
    return hazard is not None and is_exact(hazard)


def _base_layers(
    request: HttpRequest, hazard: HazardousArea | None
) -> list[dict[str, Any]]:
    layers = maps.register_layers(actor_of(request), HazardFilter())
    if hazard is None or hazard.geometry is None or not _is_open(hazard):
        return layers
    feature = maps.feature(hazard.geometry, reference=hazard.reference)
    return [*layers, maps.data_layer("shape", [feature])]


@require_POST
def report_step(request: HttpRequest, uid: str, name: str) -> HttpResponse:
    """Move a report by one step; from the queue, answer with the queue."""
    actor = actor_of(request)
    report = _report(actor, uid)
    step = step_named(name, report.stage)
    reason = request.POST.get("reason", "")
    if step.needs_reason and not reason.strip():
        raise InvalidInput(
            _("Give a reason that the author can act on."), field="reason"
        )
    moved = move_report(report, step, reason=reason, by=actor)
    text = _("%(number)s: %(stage)s.")
    stage = stages.LABELS[moved.stage]
    messages.success(request, text % {"number": moved, "stage": stage})
    if request.POST.get("from") == "review":
        return redirect("hazards:review")
    return redirect("hazards:report", uid=report.uid)
