"""The pages of reports on hazards, and the check of an outline before it is saved."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from shapely.geometry import Polygon

from safelane.core.domain import house
from safelane.core.facts import facts_of
from safelane.core.facts.words import fact_text, shown_facts
from safelane.core.geo.checks import places_of
from safelane.core.geo.entry.coordinates import format_point
from safelane.core.geo.entry.outline import Outline
from safelane.core.geo.measure import area_m2
from safelane.core.history.models import Change
from safelane.core.history.queries import (
    FieldDifference,
    changes_of,
    differences,
    shown,
)
from safelane.core.pages import Emptiness
from safelane.core.pages.reports import ReportPages
from safelane.core.pages.subjects import chosen_subject
from safelane.core.review.projection import state_without
from safelane.core.review.queries import MOST_CHANGES, findings_of
from safelane.core.scope import Actor
from safelane.core.scope.precision import EXACTLY, is_exact
from safelane.core.ui.context import actor_of
from safelane.core.ui.layers import data_layer, feature
from safelane.countries import CountryPack
from safelane.hazards import maps
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.display import box_counts
from safelane.hazards.forms.editor import ReportEditor
from safelane.hazards.models import HazardousArea, HazardPeriod, HazardReport
from safelane.hazards.policies import ReportPolicy
from safelane.hazards.queries import (
    PARTS,
    area_seen_exactly,
    of_open_parts,
    others_are_open,
    overlapping,
    parts_of,
)
from safelane.hazards.traverses import field_table
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import role_names


def report_context(report: HazardReport, actor: Actor) -> dict[str, Any]:
    """Return what the page of a report needs."""
    pack, facts = pack_of(report.country), facts_of(HazardReport)
    parts = parts_of(report, actor)
    evidence, ordnance, boxes = ([*filter(is_exact, parts[n])] for n in PARTS)
    boxes.sort(key=lambda box: box.grid_number)
    closed = [n for n, rows in parts.items() if not all(map(is_exact, rows))]
    points = list(report.points.select_related("from_point"))
    hazard = area_seen_exactly(actor, report.hazard_id)
    before = {} if hazard is None else _before(report, hazard, actor)
    findings = findings_of(REPORTS, report, actor)
    findings = of_open_parts(findings) if closed else findings
    shape, own = report.geometry, report.hazard_id
    return {
        "report": report,
        "hazard": hazard,
        "pack": pack,
        "facts": shown_facts(facts, report.stated_facts(), pack, before),
        "retracted": [facts.label(name) for name in report.retracts],
        "findings": findings,
        "evidence": evidence,
        "ordnance": ordnance,
        "boxes": boxes,
        "photos": [find for find in (*evidence, *ordnance) if find.photo],
        "closed": [REPORTS.label_of(name) for name in closed],
        "box_counts": box_counts((box.result for box in boxes), pack),
        "points": points,
        "traverse": field_table(points),
        "overlaps": [] if shape is None else overlapping(actor, shape, exclude=own),
        "map": _map(report, before, (evidence, ordnance, boxes), findings),
        "changes": _changes(report, hazard, actor),
        "roles": role_names(),
    }


def _before(
    report: HazardReport, hazard: HazardousArea, actor: Actor
) -> dict[str, Any]:
    """Return what would be held of an area without a report, where its place is open.

    It is put together from the other approved reports: only for those who may open
    each of them.

    Args:
        hazard: Seen exactly; so is what lies in the same admin area.
    """
    if not others_are_open(report, actor):
        return {}
    state = state_without(REPORTS, hazard, report)
    if state is None:
        return {}
    place, seen = state.admin_area_id, HazardPeriod.objects.visible_to(actor)
    same = seen.filter(EXACTLY, hazard=hazard, admin_area=place)
    is_open = place == hazard.admin_area_id or same.exists()
    return dict(state.stated_facts()) if is_open else {}


def _map(
    report: HazardReport,
    before: dict[str, Any],
    found: tuple[list[Any], list[Any], list[Any]],
    findings: list[dict[str, Any]],
) -> dict[str, Any]:
    layers = [
        data_layer("shape", [feature(before.get("geometry"))]),
        data_layer("pending", [feature(report.geometry)]),
        *maps.found_layers(*found, pack_of(report.country)),
    ]
    shapes = [report.geometry, *(row.geometry for listed in found for row in listed)]
    known = [s for s in shapes if s is not None] or [before.get("geometry")]
    edges = [shape.bounds for shape in known if shape is not None]
    return {
        "layers": layers,
        "bounds": maps.around(edges or [pack_of(report.country).bounds]),
        "faults": places_of((f["where"], f["message"]) for f in findings),
    }


def _changes(
    report: HazardReport, hazard: HazardousArea | None, actor: Actor
) -> list[dict[str, Any]]:
    if not (actor.may("history.view") or ReportPolicy.owns(actor, report)):
        return []
    # Of a report on an area, the history holds reference and key of that area.
    naming = {"reference", REPORTS.record, REPORTS.record_uid}
    hidden = naming if report.hazard_id and hazard is None else set()
    rows = changes_of(REPORTS.name, [report.uid])[:MOST_CHANGES]
    return told(rows, pack_of(report.country), actor, leave_out=hidden)


def told(
    changes: Iterable[Change],
    pack: CountryPack,
    actor: Actor,
    leave_out: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return each change with the fields that differ, labelled and in words.

    What of a change is not open to the actor is left out, and the fields named.
    """
    return [
        {
            "change": row,
            "fields": [
                _in_words(d, pack) for d in differences(row) if d.name not in leave_out
            ],
        }
        for row in shown(changes, actor, house().subjects)
    ]


def _in_words(difference: FieldDifference, pack: CountryPack) -> FieldDifference:
    name, facts = difference.name, facts_of(HazardReport)
    values = (difference.before, difference.after)
    before, after = (fact_text(facts, name, value, pack) or None for value in values)
    return FieldDifference(REPORTS.label_of(name), before, after)


PAGES = ReportPages(
    kind=REPORTS,
    title=_("Reports"),
    write=_("New report"),
    empty=Emptiness(
        _("No report here"),
        _(
            "Every change of the register arrives as a report: it is written as a "
            "draft, submitted, checked by the operator and by operations, and "
            "approved by information management."
        ),
        "report",
    ),
    editor=ReportEditor,
    read=report_context,
    excerpt="hazards/parts/review_detail.html",
    review="review",
)


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Return area, faults, closure and overlaps of the outline in the form."""
    actor = actor_of(request)
    subject = chosen_subject(REPORTS, request, actor)
    editor = ReportEditor(request, subject, actor)
    editor.form.is_valid()
    found, record = editor.outline, subject.record
    shape, own = found.geometry, None if record is None else record.pk
    context = {
        "outline": found,
        "points": editor.points if editor.points.is_bound else None,
        "area": None if shape is None else area_m2(shape),
        "known": editor.known.get("area_m2"),
        "overlaps": [] if shape is None else overlapping(actor, shape, exclude=own),
        "corners": corners_of(found),
        "bounds": editor.pack.bounds if shape is None else shape.bounds,
        "layers": [data_layer("shape", [feature(shape)])],
    }
    return render(request, "hazards/parts/outline_check.html", context)


def corners_of(found: Outline) -> list[dict[str, str]]:
    """Return the corners in degrees and UTM, to compare with the paper."""
    geometry = found.geometry
    if not isinstance(geometry, Polygon):
        return []
    points = list(geometry.exterior.coords)[:-1]
    return [
        {"dd": format_point(x, y, "dd"), "utm": format_point(x, y, "utm")}
        for x, y, *_z in points[:100]
    ]
