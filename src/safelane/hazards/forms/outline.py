"""The outline of an area: drawn, typed, measured by traverse, or from a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import InvalidInput, SafelaneError
from safelane.core.geo.checks import BLOCK, Fault, check_geometry
from safelane.core.geo.entry.coordinates import WGS84, parse_point
from safelane.core.geo.entry.traverse import (
    TraversePoint,
    TraverseResult,
    traverse_polygon,
)
from safelane.core.geo.errors import InvalidCoordinates, InvalidTraverse
from safelane.countries import CountryPack
from safelane.exchange.files.faults import ERROR
from safelane.exchange.files.source import Source
from safelane.hazards.choices import (
    GEOMETRY_DRAWN,
    GEOMETRY_FILE,
    GEOMETRY_TRAVERSE,
    GEOMETRY_TYPED,
)

KEEP = ""
METHODS = (
    (KEEP, gettext_lazy("This report says nothing about the outline")),
    (GEOMETRY_DRAWN, gettext_lazy("Draw it on the map")),
    (GEOMETRY_TYPED, gettext_lazy("Type the coordinates of the corners")),
    (GEOMETRY_TRAVERSE, gettext_lazy("Bearings and distances from a field table")),
    (GEOMETRY_FILE, gettext_lazy("Take it from a file")),
)
FORMATS = (
    ("", gettext_lazy("Find out by itself")),
    ("dd", gettext_lazy("Decimal degrees: 19.4512, 103.2034")),
    ("dms", gettext_lazy("Degrees, minutes, seconds: 19°27'04\"N 103°12'12\"E")),
    ("utm", gettext_lazy("UTM: 48Q 311452 2151876")),
    ("mgrs", gettext_lazy("MGRS: 48QUG 11452 51876")),
)
MAX_CORNERS = 2_000
MAX_FILE_ROWS = 500
Bounds = tuple[float, float, float, float]


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
    traverse: TraverseResult | None = field(default=None)

    @property
    def blocks(self) -> bool:
        """Say whether it cannot be saved as it is."""
        return any(fault.severity == BLOCK for fault in self.faults)

    def places(self) -> list[dict[str, Any]]:
        """Return the faults that have a place, for the map."""
        return [
            {"lon": fault.where[0], "lat": fault.where[1], "message": fault.message}
            for fault in self.faults
            if fault.where is not None
        ]


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


def read_outline(
    facts: dict[str, Any],
    rows: Sequence[TraversePoint],
    pack: CountryPack,
    on: date,
) -> Outline:
    """Return the outline that cleaned form data give; faults instead of exceptions.

    Args:
        facts: ``cleaned_data`` of :class:`OutlineForm`.
        rows: The field table, for the method "traverse".
        on: Day of measurement, for the magnetic declination.
    """
    method = facts.get("method") or KEEP
    if method == GEOMETRY_DRAWN:
        return _drawn(facts["drawn"], pack.bounds)
    if method == GEOMETRY_TYPED:
        return _typed(facts, pack.bounds)
    if method == GEOMETRY_TRAVERSE:
        return _measured(tuple(rows), pack.bounds, on)
    if method == GEOMETRY_FILE:
        return _from_file(facts.get("file"), pack.bounds)
    return Outline()


def _checked(shape: Any, bounds: Bounds, **about: Any) -> Outline:
    faults = tuple(check_geometry(shape, bounds=bounds))
    found = Outline(faults=faults, **about)
    if found.blocks:
        return found
    geometry = (
        shape if isinstance(shape, BaseGeometry) else shapely.geometry.shape(shape)
    )
    return Outline(geometry=geometry, faults=faults, **about)


def _unusable(message: str, **about: Any) -> Outline:
    return Outline(faults=(Fault("unreadable", message),), **about)


def _drawn(text: str, bounds: Bounds) -> Outline:
    if not text.strip():
        return _unusable(
            _("Nothing is drawn yet. Click the corners on the map."),
            method=GEOMETRY_DRAWN,
        )
    try:
        shape = json.loads(text)
    except ValueError:
        return _unusable(_("The drawing cannot be read."), method=GEOMETRY_DRAWN)
    return _checked(shape, bounds, method=GEOMETRY_DRAWN, crs=WGS84)


def _typed(facts: dict[str, Any], bounds: Bounds) -> Outline:
    text, crs = facts["typed"], facts["crs"] or WGS84
    about = {"method": GEOMETRY_TYPED, "crs": crs, "text": text}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > MAX_CORNERS:
        message = _("Type between 1 and %(most)s lines.") % {"most": MAX_CORNERS}
        return _unusable(message, **about)
    corners: list[list[float]] = []
    for number, line in enumerate(lines, start=1):
        try:
            point = parse_point(
                line, facts["typed_format"] or None, bounds=bounds, crs=crs
            )
        except InvalidCoordinates as error:
            message = _("Line %(number)s: %(message)s")
            return _unusable(
                message % {"number": number, "message": error.message}, **about
            )
        corners.append([point.lon, point.lat])
    return _checked(_shape_of(corners), bounds, **about)


def _shape_of(corners: list[list[float]]) -> dict[str, Any]:
    if len(corners) == 1:
        return {"type": "Point", "coordinates": corners[0]}
    closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
    return {"type": "Polygon", "coordinates": [closed]}


def _measured(rows: tuple[TraversePoint, ...], bounds: Bounds, on: date) -> Outline:
    about: dict[str, Any] = {"method": GEOMETRY_TRAVERSE, "crs": WGS84, "rows": rows}
    try:
        result = traverse_polygon(rows, on=on)
    except InvalidTraverse as error:
        return _unusable(error.message, **about)
    about["traverse"] = result
    if result.polygon is None:
        message = _(
            "The field table needs a start point and at least two more corners."
        )
        return _unusable(message, **about)
    found = _checked(result.polygon, bounds, **about)
    known = {(fault.code, fault.where) for fault in found.faults}
    more = [w for w in result.warnings if (w.code, w.where) not in known]
    return Outline(geometry=found.geometry, faults=(*found.faults, *more), **about)


def _from_file(file: UploadedFile[Any] | None, bounds: Bounds) -> Outline:
    if file is None:
        return _unusable(_("Choose a file."), method=GEOMETRY_FILE)
    about = {"method": GEOMETRY_FILE, "text": str(file.name)[:200]}
    try:
        shapes, crs = _shapes_in(file)
    except SafelaneError as error:
        return _unusable(error.message, **about)
    polygons = [s for s in shapes if s.geom_type in ("Polygon", "MultiPolygon")]
    if not polygons:
        return _unusable(_("The file holds no polygon."), crs=crs, **about)
    parts = [part for shape in polygons for part in getattr(shape, "geoms", [shape])]
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return _checked(whole, bounds, crs=crs, **about)


def _shapes_in(file: UploadedFile[Any]) -> tuple[list[BaseGeometry], str]:
    """Return the geometries of an uploaded file in WGS 84, and its own CRS."""
    name = Path(str(file.name)).name
    with TemporaryDirectory(prefix="safelane-outline-") as folder:
        copy = Path(folder) / f"outline{Path(name).suffix}"
        with copy.open("wb") as target:
            target.writelines(file.chunks())
        with Source(copy, name=name) as source:
            batch = source.sample(MAX_FILE_ROWS)
            wrong = [fault for fault in batch.faults if fault.level == ERROR]
            if wrong:
                raise InvalidInput(wrong[0].message)
            wkb = [value for value in batch.geometry or [] if value]
            return list(shapely.from_wkb(wkb)), source.info.crs or WGS84
