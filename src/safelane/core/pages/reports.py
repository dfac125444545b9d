"""The pages of a kind of report: list, entry, one report, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from safelane.core.errors import ChangedMeanwhile, SafelaneError
from safelane.core.pages.listing import (
    Action,
    Column,
    Listing,
    Text,
    list_page,
    state,
    tabs,
    text,
)
from safelane.core.pages.record import add_fault
from safelane.core.pages.subjects import (
    Kind,
    Subject,
    can_report,
    chosen_subject,
    known_today,
    one_report,
    organisations_of,
    subject_of,
    wants_more,
)
from safelane.core.review import stages
from safelane.core.review.errors import NotADraft
from safelane.core.review.findings import BLOCK
from safelane.core.review.queries import findings_of, report_queue
from safelane.core.review.steps import (
    move_report,
    needs_other_eyes,
    step_named,
    steps_for,
)
from safelane.core.review.versions import version_of
from safelane.core.review.writing import create_report, update_report
from safelane.core.scope import Actor
from safelane.core.scope.precision import own_area, with_record
from safelane.core.ui.context import actor_of
from safelane.core.ui.reach import Emptiness
from safelane.core.ui.resend import LEFT_OUT

LACKING = gettext_lazy(
    "Who a person is, or a file, was left out when this form was sent again. It is "
    "saved as a draft only: see that all of it is there again before you submit."
)
NOTHING_WAITS = Emptiness(
    gettext_lazy("Nothing waits for your check"),
    gettext_lazy(
        "Reports appear here when they reach your step of the review. Those that you "
        "wrote yourself wait for somebody else."
    ),
)


class Editor(Protocol):
    """The forms of a report on one page, bound to what was sent or filled from it.

    Where ``wants_more`` says so, with one row more and without faults.
    """

    form: Any

    def is_valid(self) -> bool:
        """Say whether all can be saved; every form shows its own faults."""

    def claims(self) -> Any:
        """Return what the report says."""

    def context(self) -> dict[str, Any]:
        """Return what the template shows of record and forms, as far as it is open."""

    def spot(self, finding: dict[str, Any]) -> tuple[Any, str]:
        """Return the form, and the name of its field, beside which a finding stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPages:
    """The pages of one kind of report, as its part declares them.

    The part has the templates ``<app>/report.html`` and ``<app>/report_edit.html``.

    Args:
        write: What the button says that leads to a new report.
        editor: Makes the forms of a report from a request, for an actor.
        read: What the page of one report shows, as far as the actor may see it.
        excerpt: Template of the page without its frame, for a list beside it.
        review: Name of the page to which a step taken there returns; without one, the
            list has a tab with what waits for one's check.
    """

    kind: Kind
    title: Text
    write: Text
    empty: Emptiness
    editor: Callable[[HttpRequest, Subject, Actor], Editor]
    read: Callable[[Any, Actor], dict[str, Any]]
    excerpt: str = ""
    review: str = ""

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.kind.app}:{name}", args=args)

    @property
    def write_button(self) -> Action:
        """Return the button that leads to a new report."""
        url, may = self.url("report-new"), partial(can_report, self.kind)
        return Action(self.write, url, "plus", main=True, shown_if=may)


def report_pages(pages: ReportPages) -> list[URLPattern]:
    """Return the addresses of the pages: ``reports``, ``report``, ``report-new``, …"""
    reads, writes = ("GET", "HEAD"), ("GET", "HEAD", "POST")
    one = "reports/<uuid:uid>/"
    views: tuple[tuple[str, str, Any, tuple[str, ...]], ...] = (
        ("reports", "reports/", _list, reads),
        ("report-new", "reports/new/", _new, writes),
        ("report", one, _detail, reads),
        ("report-edit", f"{one}edit/", _edit, writes),
        ("report-step", f"{one}step/<slug:name>/", _step, ("POST",)),
    )
    return [
        path(route, require_http_methods(methods)(partial(view, pages)), name=name)
        for name, route, view, methods in views
    ]


def _list(pages: ReportPages, request: HttpRequest) -> HttpResponse:
    """Show the reports that the actor may see, by stage; ``?waiting=1`` the queue."""
    kind, actor, asked = pages.kind, actor_of(request), request.GET
    actor.require(kind.verb("view"))
    waiting = asked.get("waiting") == "1"
    visible = kind.reports.visible_to(actor)
    rows = report_queue(kind, actor) if waiting else visible
    return list_page(
        request,
        _listing(pages),
        _filtered(with_record(rows, actor, kind.record), request, actor),
        template="pages/reports.html",
        nothing=NOTHING_WAITS if waiting else None,
        tabs=_tabs(pages, request),
        mine=asked.get("mine") == "yes",
        q=asked.get("q", ""),
        stage=asked.get("stage", ""),
        waiting=waiting,
    )


def _filtered(rows: QuerySet[Any], request: HttpRequest, actor: Actor) -> QuerySet[Any]:
    asked = request.GET
    if (stage := asked.get("stage", "")) in stages.LABELS:
        rows = rows.filter(stage=stage)
    if asked.get("mine") == "yes":
        rows = rows.filter(entered_by_id=actor.user_id)
    if words := asked.get("q", ""):
        named = Q(number__icontains=words) | Q(reference__icontains=words)
        rows = rows.filter(named | Q(linked__icontains=words))
    return rows.select_related("organisation", "admin_area", "entered_by")


def _tabs(pages: ReportPages, request: HttpRequest) -> list[dict[str, Any]]:
    query = request.GET.copy()
    for name in ("after", "before", "waiting"):
        query.pop(name, None)
    chosen = "waiting" if request.GET.get("waiting") == "1" else query.get("stage", "")
    made = []
    for code, label in (("", _("All")), *stages.STAGES):
        query["stage"] = code
        made.append((code, label, f"?{query.urlencode()}"))
    if not pages.review:
        made.append(("waiting", _("Waiting for my check"), "?waiting=1"))
    return tabs([(*tab, None) for tab in made], chosen)


def _listing(pages: ReportPages) -> Listing:
    kind = pages.kind
    return Listing(
        name=f"{kind.name}s".replace("_", "-"),
        title=pages.title,
        verb="",  # asked before
        narrowed_by=("waiting", "stage", "mine", "q"),
        columns=(
            Column(
                "number", _("Report"), str, url=lambda r: pages.url("report", r.uid)
            ),
            Column(
                kind.record,
                capfirst(kind.record_name),
                lambda row: row.linked or row.reference,
            ),
            Column("place", _("Where"), lambda row: own_area(row, kind.record)),
            text(
                "date_of_information",
                _("Date of information"),
                order="date_of_information",
            ),
            state("stage", _("Stage"), _stage_of),
            text("organisation", _("Organisation")),
            text("entered_by", _("Entered by")),
        ),
        actions=(pages.write_button,),
        empty=pages.empty,
    )


def _stage_of(row: Any) -> tuple[Text, str, str]:
    return stages.LABELS[row.stage], *stages.TONES[row.stage]


def _detail(pages: ReportPages, request: HttpRequest, uid: str) -> HttpResponse:
    """Show one report with its findings and the steps that the actor may take."""
    actor = actor_of(request)
    report = one_report(pages.kind, actor, uid)
    shown = {"report": report, "steps": steps_for(pages.kind, report, actor)}
    shown["other_eyes"] = needs_other_eyes(pages.kind, report, actor)
    is_part = pages.excerpt and request.headers.get("HX-Target") == "review-detail"
    template = pages.excerpt if is_part else f"{pages.kind.app}/report.html"
    return render(request, template, pages.read(report, actor) | shown)


def _new(pages: ReportPages, request: HttpRequest) -> HttpResponse:
    """Write a new report, on a record (such as ``?area=``) or on something new."""
    actor = actor_of(request)
    subject = chosen_subject(pages.kind, request, actor)
    return _entry(pages, request, actor, subject)


def _edit(pages: ReportPages, request: HttpRequest, uid: str) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    actor.require(pages.kind.verb("report"))
    version = version_of(pages.kind, uid)
    subject = subject_of(pages.kind, one_report(pages.kind, actor, uid), actor)
    # What was typed for a draft that was submitted meanwhile is shown with the fault.
    if subject.report.stage != stages.DRAFT and request.method != "POST":
        raise NotADraft(_("Only a draft can be changed. Write a new report instead."))
    return _entry(pages, request, actor, subject, version)


def _entry(
    pages: ReportPages,
    request: HttpRequest,
    actor: Actor,
    subject: Subject,
    version: str = "",
) -> HttpResponse:
    editor, sent = pages.editor(request, subject, actor), request.method == "POST"
    editor.form.tell_known(known_today(subject, actor, editor.form.pack))
    meanwhile, findings = False, []
    if sent:
        version = request.POST.get("version", "")
    elif subject.report is not None:
        findings = findings_of(pages.kind, subject.report, actor)
        _mark(editor, findings)
    more = wants_more(request)
    if sent and not more and editor.is_valid():
        try:
            saved = _saved(pages.kind, editor.claims(), subject, actor, version)
        except SafelaneError as fault:
            add_fault(editor.form, fault)
            meanwhile = isinstance(fault, ChangedMeanwhile | NotADraft)
            version = fault.details.get("version", version)
        else:
            return _done(pages, request, saved, actor)
    context = {
        "editor": editor,
        "version": version,
        "meanwhile": meanwhile,
        "findings": findings,
        "lacking": request.POST.getlist(LEFT_OUT),
        "lacking_said": LACKING,
        "report": subject.report,
        "organisation": subject.organisation,
        "organisations": [subject.organisation]
        if subject.report is not None
        else list(organisations_of(pages.kind, actor)),
        **editor.context(),
    }
    template = f"{pages.kind.app}/report_edit.html"
    return render(request, template, context, status=422 if sent and not more else 200)


def _saved(kind: Kind, claims: Any, subject: Subject, actor: Actor, seen: str) -> Any:
    """Save a draft, new or as it was seen on the page."""
    if subject.report is not None:
        return update_report(kind, subject.report, claims, by=actor, seen=seen)
    return create_report(kind, claims, organisation=subject.organisation, by=actor)


def _mark(editor: Editor, findings: list[dict[str, Any]]) -> None:
    """Show beside the fields of a draft what keeps it from being submitted."""
    for finding in findings:
        if finding["severity"] == BLOCK:
            form, name = editor.spot(finding)
            faults = form.errors.setdefault(name, form.error_class())
            faults.append(finding["message"])


def _done(
    pages: ReportPages, request: HttpRequest, report: Any, actor: Actor
) -> HttpResponse:
    """Submit a saved draft where that is asked, and lead to it.

    What would be refused is said at once, on the form: the draft stays.
    """
    lacking = LEFT_OUT in request.POST
    asked = request.POST.get("then") == "submit" and not lacking
    if lacking:
        messages.warning(request, LACKING)
    told = findings_of(pages.kind, report, actor)
    if any(finding["severity"] == BLOCK for finding in told):
        said = _("Saved as a draft, but not submitted: correct what is marked below.")
        if not asked:
            said = _("Saved as a draft. To submit it, correct what is marked below.")
        messages.error(request, said)
        return redirect(pages.url("report-edit", report.uid))
    said = _("Draft %(number)s is saved.")
    if asked:
        move_report(pages.kind, report, stages.SUBMIT, by=actor)
        said = _("%(number)s is submitted.")
    messages.success(request, said % {"number": report})
    return redirect(pages.url("report-edit" if lacking else "report", report.uid))


def _step(
    pages: ReportPages, request: HttpRequest, uid: str, name: str
) -> HttpResponse:
    """Move a report by one step; from the review, answer with the review."""
    kind, actor = pages.kind, actor_of(request)
    report = one_report(kind, actor, uid)
    step = step_named(name, report, request.POST.get("stage", ""))
    reason = request.POST.get("reason", "")
    moved = move_report(kind, report, step, reason=reason, by=actor)
    said = {"number": moved, "stage": stages.LABELS[moved.stage]}
    messages.success(request, _("%(number)s: %(stage)s.") % said)
    if pages.review and request.POST.get("from") == "review":
        return redirect(pages.url(pages.review))
    return redirect(pages.url("report", report.uid))
