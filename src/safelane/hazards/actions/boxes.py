"""Boxes of the survey grid: which one is meant, and the rows they become."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.geo.entry.grid import GridBox, fit, squares
from safelane.core.geo.errors import OffGrid
from safelane.countries import CountryPack
from safelane.hazards.inputs import BoxInput
from safelane.hazards.models import HazardReport, SurveyBox

TOLERANCE_PARAMETER = "box_grid_tolerance_m"
MOST_PERCENT = 100


def find_boxes(
    shapes: Sequence[Any], sizes: Sequence[int], pack: CountryPack
) -> list[GridBox | OffGrid]:
    """Return, per outline or middle, its box, or why it is none.

    Args:
        shapes: Polygons and points, WGS 84, not empty.
        sizes: Side of the box of each shape, metres.
    """
    near_m = float(pack.parameter(TOLERANCE_PARAMETER))
    found = fit(shapes, sizes, pack.utm_zones, near_m)
    return [
        box if off <= near_m and box.exists else _off_grid(box, off, near_m)
        for box, off in found
    ]


def find_box(shape: Any, size_m: int, pack: CountryPack) -> GridBox:
    """Return the box whose outline or middle ``shape`` is.

    Raises:
        OffGrid: It is farther from every box than the country allows.
    """
    (found,) = find_boxes([shape], [size_m], pack)
    if isinstance(found, OffGrid):
        raise found
    return found


def _off_grid(box: GridBox, off_m: float, near_m: float) -> OffGrid:
    return OffGrid(
        _(
            "This is no box of the %(size)s m grid: it is %(off)s m away from box "
            "%(box)s, and %(near)s m are allowed. Give the outline or the middle of a "
            "box, or its grid number."
        )
        % {
            "size": box.size_m,
            "off": f"{off_m:.0f}",
            "box": box.number,
            "near": f"{near_m:g}",
        },
        field="geometry",
    )


def check_boxes(items: Sequence[BoxInput]) -> None:
    """Refuse boxes that a report cannot hold.

    Raises:
        InvalidInput: A box stands twice, is none, or was searched to more than all.
    """
    seen: set[GridBox] = set()
    for item in items:
        said = {"box": item.box.number, "share": item.searched_percent}
        if not item.box.exists:
            message = _("There is no box %(box)s: check zone, column and row.")
            raise InvalidInput(message % said, field="boxes")
        if item.box in seen:
            message = _("Box %(box)s stands twice in this report. Keep one of the two.")
            raise InvalidInput(message % said, field="boxes")
        if not 0 <= (item.searched_percent or 0) <= MOST_PERCENT:
            message = _("Box %(box)s: %(share)s %% is no share of a box.")
            raise InvalidInput(message % said, field="boxes")
        seen.add(item.box)


def box_rows(
    pairs: Iterable[tuple[HazardReport, BoxInput]],
) -> list[SurveyBox]:
    """Return unsaved boxes of saved reports, with their outlines."""
    listed = list(pairs)
    outlines = squares([item.box for _report, item in listed])
    return [
        SurveyBox(
            grid_number=item.box.number,
            zone=item.box.zone,
            column=item.box.column,
            row=item.box.row,
            size_m=item.box.size_m,
            geometry=outline,
            result=item.result,
            searched_percent=item.searched_percent,
            searched_on=item.searched_on,
            **shared(report, item),
        )
        for (report, item), outline in zip(listed, outlines, strict=True)
    ]


def shared(report: HazardReport, item: Any) -> dict[str, Any]:
    """Return what every fact inside a report takes from it and from its input."""
    return {
        "report": report,
        "hazard_id": report.hazard_id,
        "organisation_id": report.organisation_id,
        "country_id": report.country_id,
        "admin_area_id": report.admin_area_id,
        "description": item.description,
        "position_text": item.position_text,
        "external_id": item.external_id,
    }
