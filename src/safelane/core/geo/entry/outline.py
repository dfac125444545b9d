"""The outline of an area: drawn, typed, measured by traverse, or from a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import InvalidInput, SafelaneError
from safelane.core.geo.checks import BLOCK, Fault, check_geometry, places_of
from safelane.core.geo.entry.coordinates import WGS84, parse_point
from safelane.core.geo.entry.traverse import (
    TraversePoint,
    TraverseResult,
    traverse_polygon,
)
from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.geo.measure import Bounds

KEEP, DRAWN, TYPED, TRAVERSE, FILE = "", "drawn", "typed", "traverse", "file"
METHODS = (
    (KEEP, gettext_lazy("This report says nothing about the outline")),
    (DRAWN, gettext_lazy("Draw it on the map")),
    (TYPED, gettext_lazy("Type the coordinates of the corners")),
    (TRAVERSE, gettext_lazy("Bearings and distances from a field table")),
    (FILE, gettext_lazy("Take it from a file")),
)
FORMATS = (
    ("", gettext_lazy("Find out by itself")),
    ("dd", gettext_lazy("Decimal degrees: 19.4512, 103.2034")),
    ("dms", gettext_lazy("Degrees, minutes, seconds: 19°27'04\"N 103°12'12\"E")),
    ("utm", gettext_lazy("UTM: 48Q 311452 2151876")),
    ("mgrs", gettext_lazy("MGRS: 48QUG 11452 51876")),
)
MAX_CORNERS = 2_000
Read = Callable[["UploadedFile[Any]"], tuple[list[BaseGeometry], str]]


@dataclass(frozen=True, slots=True)
class Outline:
    """What the person gave, read and checked.

    Args:
        geometry: WGS 84; None when the report says nothing about the outline or it
            could not be read.
        faults: What is wrong with it and where; some may be mere warnings.
        rows, traverse: The field table and what it amounts to.
    """

    geometry: BaseGeometry | None = None
    method: str = KEEP
    crs: str = ""
    text: str = ""
    faults: tuple[Fault, ...] = ()
    rows: tuple[TraversePoint, ...] = ()
    traverse: TraverseResult | None = None

    @property
    def blocks(self) -> bool:
        """Say whether it cannot be saved as it is."""
        return any(fault.severity == BLOCK for fault in self.faults)

    def places(self) -> list[dict[str, Any]]:
        """Return the faults that have a place, for the map."""
        return places_of((fault.where, fault.message) for fault in self.faults)


def stated_outline(report: Any) -> dict[str, Any]:
    """Return what :class:`OutlineForm` begins with for a report, if it states one."""
    if report is None or report.geometry is None:
        return {}
    method, text, crs = (
        getattr(report, f"geometry_{name}") for name in ("method", "text", "crs")
    )
    as_it_came = None if method == TRAVERSE else Outline(None, method, crs, text)
    return {
        # What came otherwise is shown, and edited, on the map.
        "method": method if method in (TYPED, TRAVERSE) else DRAWN,
        "drawn": shapely.to_geojson(report.geometry),
        "typed": text,
        "crs": crs,
        "as_it_came": as_it_came,
    }


def drawn_from(known: BaseGeometry | None) -> str | None:
    """Return what a map begins with that draws a known shape on, as GeoJSON.

    None where nothing is known, "" for a shape with holes: the map draws none.
    """
    if known is None:
        return None
    holes = len(shapely.get_rings(known)) - shapely.get_num_geometries(known)
    return "" if holes > 0 else str(shapely.to_geojson(known))


class OutlineForm(forms.Form):
    """How the outline is given, and the outline itself."""

    method = forms.ChoiceField(
        label=gettext_lazy("Outline"),
        choices=METHODS,
        required=False,
        widget=forms.RadioSelect(attrs={"data-method": "yes"}),
    )
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    typed = forms.CharField(
        label=gettext_lazy("Corners, one per line"),
        help_text=gettext_lazy(
            "Latitude before longitude, unless letters say otherwise. One line alone is"
            " a single point. What you type is kept beside the converted position."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
    )
    typed_format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=FORMATS, required=False
    )
    crs = forms.CharField(
        label=gettext_lazy("Coordinate system"),
        help_text=gettext_lazy("EPSG code; leave WGS 84 for GPS and phones."),
        initial=WGS84,
        required=False,
        max_length=80,
    )
    file = forms.FileField(
        label=gettext_lazy("File with one area"),
        help_text=gettext_lazy(
            "GeoJSON, KML, KMZ, GeoPackage or zipped Shapefile, in any coordinate"
            " system. All its polygons together become the outline."
        ),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an outline that is written and that nothing says to use."""
        data = super().clean() or self.cleaned_data
        is_given = any(
            data.get(name) for name in ("typed", "file") if name in self.changed_data
        )
        if is_given and data.get("method") == KEEP:
            self.refuse_unused()
        if "drawn" not in self.changed_data:  # nobody has drawn it here
            data["as_it_came"] = self.initial.get("as_it_came")
        return data

    def refuse_unused(self) -> None:
        said = _("An outline is written below: choose how it is given, or take it out.")
        self.add_error("method", said)


def read_outline(
    facts: dict[str, Any],
    rows: Sequence[TraversePoint],
    bounds: Bounds,
    on: date,
    read: Read,
) -> Outline:
    """Return the outline that cleaned form data give; faults instead of exceptions.

    Args:
        facts: ``cleaned_data`` of :class:`OutlineForm`.
        rows: The field table, for the method "traverse".
        bounds: Box of the country.
        on: Day of measurement, for the magnetic declination.
        read: What gives the shapes of an uploaded file in WGS 84, and its own CRS.
    """
    method = facts.get("method") or KEEP
    given = Outline(method=method, crs=WGS84)
    try:
        if method == DRAWN:
            given = facts.get("as_it_came") or given
            return _checked(given, _drawn(facts["drawn"]), bounds)
        if method == TYPED:
            given = replace(given, crs=facts["crs"] or WGS84, text=facts["typed"])
            form = facts["typed_format"] or None
            return _checked(given, _typed(given, form, bounds), bounds)
        if method == TRAVERSE:
            given = replace(given, rows=tuple(rows))
            return _measured(given, bounds, on)
        if method == FILE:
            return _from_file(given, facts.get("file"), bounds, read)
    except SafelaneError as error:
        return replace(given, faults=(Fault("unreadable", error.message),))
    return Outline()


def _checked(given: Outline, shape: Any, bounds: Bounds) -> Outline:
    found = replace(given, faults=tuple(check_geometry(shape, bounds=bounds)))
    if found.blocks:
        return found
    is_read = isinstance(shape, BaseGeometry)
    return replace(found, geometry=shape if is_read else shapely.geometry.shape(shape))


def _drawn(text: str) -> Any:
    if not text.strip():
        raise InvalidInput(_("Nothing is drawn yet. Click the corners on the map."))
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidInput(_("The drawing cannot be read.")) from error


def _typed(given: Outline, form: str | None, bounds: Bounds) -> dict[str, Any]:
    lines = [line.strip() for line in given.text.splitlines() if line.strip()]
    if not lines or len(lines) > MAX_CORNERS:
        message = _("Type between 1 and %(most)s lines.") % {"most": MAX_CORNERS}
        raise InvalidInput(message)
    corners: list[list[float]] = []
    for number, line in enumerate(lines, start=1):
        try:
            point = parse_point(line, form, bounds=bounds, crs=given.crs)
        except InvalidCoordinates as error:
            message = _("Line %(number)s: %(message)s")
            said = {"number": number, "message": error.message}
            raise InvalidInput(message % said) from error
        corners.append([point.lon, point.lat])
    if len(corners) == 1:
        return {"type": "Point", "coordinates": corners[0]}
    closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
    return {"type": "Polygon", "coordinates": [closed]}


def _measured(given: Outline, bounds: Bounds, on: date) -> Outline:
    result = traverse_polygon(given.rows, on=on)
    if result.polygon is None:
        raise InvalidInput(
            _("The field table needs a start point and at least two more corners.")
        )
    found = _checked(replace(given, traverse=result), result.polygon, bounds)
    known = {(fault.code, fault.where) for fault in found.faults}
    more = [w for w in result.warnings if (w.code, w.where) not in known]
    return replace(found, faults=(*found.faults, *more))


def _from_file(
    given: Outline, file: UploadedFile[Any] | None, bounds: Bounds, read: Read
) -> Outline:
    if file is None:
        raise InvalidInput(_("Choose a file."))
    shapes, crs = read(file)
    polygons = [s for s in shapes if s.geom_type in ("Polygon", "MultiPolygon")]
    if not polygons:
        raise InvalidInput(_("The file holds no polygon."))
    parts = [part for shape in polygons for part in getattr(shape, "geoms", [shape])]
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    found = replace(given, crs=crs, text=str(file.name)[:200])
    return _checked(found, whole, bounds)
