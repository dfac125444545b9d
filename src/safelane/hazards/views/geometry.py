"""Looking at an outline before the report is saved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from shapely.geometry import Polygon

from safelane.core.geo.areas import area_m2
from safelane.core.geo.entry.coordinates import format_point
from safelane.core.geo.entry.outline import Outline
from safelane.core.pages.reports import chosen_subject
from safelane.core.ui.context import actor_of
from safelane.hazards import maps
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.forms.editor import ReportEditor
from safelane.hazards.queries import overlapping


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Return area, faults, closure and overlaps of the outline in the form."""
    actor = actor_of(request)
    subject = chosen_subject(REPORTS, request, actor)
    editor = ReportEditor(request, subject, actor)
    editor.form.is_valid()
    found = editor.outline
    overlaps = []
    if found.geometry is not None:
        exclude = None if subject.record is None else subject.record.pk
        overlaps = overlapping(actor, found.geometry, exclude=exclude)
    context = {
        "outline": found,
        "points": editor.points if editor.points.is_bound else None,
        "area": area_m2(found.geometry) if found.geometry is not None else None,
        "overlaps": overlaps,
        "corners": corners_of(found),
        "bounds": _bounds(found, editor),
        "layers": [maps.data_layer("shape", [maps.feature(found.geometry)])],
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


def _bounds(found: Outline, editor: ReportEditor) -> tuple[float, float, float, float]:
    if found.geometry is not None:
        west, south, east, north = found.geometry.bounds
        return west, south, east, north
    return editor.pack.bounds
