"""From bearings and distances to positions, an outline and its closure error.

Point kinds are those of the field (IMSMA geopoints): a reference point, benchmark,
start point, turning points with intermediate points between, an end point, and
evidence or usage points measured from any of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _
from pygeomag import GeoMag, decimal_year_from_date
from shapely.geometry import Polygon

from safelane.core.geo.checks import WARN, Fault, check_geometry
from safelane.core.geo.errors import InvalidTraverse
from safelane.core.geo.measure import GEOD
from safelane.core.i18n.localize import date_text

_MODELS = (
    (2010.0, "WMM-2010", "wmm/WMM_2010.COF"),
    (2015.0, "WMM-2015v2", "wmm/WMM_2015v2.COF"),
    (2020.0, "WMM-2020", "wmm/WMM_2020.COF"),
    (2025.0, "WMM-2025", "wmm/WMM_2025.COF"),
)
FIRST_YEAR, LAST_YEAR = 2010.0, 2030.0


@dataclass(frozen=True, slots=True)
class Declination:
    """The angle from true to magnetic north, east positive.

    Args:
        degrees: Add it to a magnetic bearing to get the true bearing.
        model: Such as ``"WMM-2025"``.
        warning: Empty, or that the date is outside the model (translated).
    """

    degrees: float
    model: str
    warning: str = ""


@lru_cache(maxsize=len(_MODELS))
def _model(path: str) -> GeoMag:
    return GeoMag(coefficients_file=path)


def declination_at(lon: float, lat: float, on: date) -> Declination:
    """Return the declination at a place (WGS 84, sea level) on a day.

    Outside 2010 to 2029 the nearest valid day is used, and ``warning`` says so: the
    error then grows by about 0.1° a year.
    """
    year = float(decimal_year_from_date(on))
    used = min(max(year, FIRST_YEAR), LAST_YEAR - 0.001)
    _start, name, path = [model for model in _MODELS if model[0] <= used][-1]
    degrees = float(_model(path).calculate(glat=lat, glon=lon, alt=0, time=used).d)
    warning = _(
        "%(date)s is outside the magnetic models (2010 to 2029): the declination of "
        "the nearest year was used. Give the declination if you know it."
    ) % {"date": date_text(on)}
    return Declination(degrees, name, "" if used == year else warning)


REFERENCE, LANDMARK, BENCHMARK = "reference_point", "landmark", "benchmark"
START, TURNING, END = "start_point", "turning_point", "end_point"
INTERMEDIATE = "intermediate_point"
EVIDENCE, USAGE = "evidence_point", "usage_point"
KINDS = (
    REFERENCE, LANDMARK, BENCHMARK, START, TURNING, INTERMEDIATE, END, EVIDENCE, USAGE,
)  # fmt: skip
OUTLINE = frozenset({START, TURNING, INTERMEDIATE, END})
# How far a measured point may lie from its fixed position: metres, share of the leg.
MISFIT_M, MISFIT_SHARE = 5.0, 0.01


@dataclass(frozen=True, slots=True)
class TraversePoint:
    """One row of the field table: a position, a bearing and distance, or both.

    Args:
        kind: One of :data:`KINDS`.
        label: Name of the point, unique where ``from_label`` refers to it.
        lon, lat: Position in WGS 84 degrees, if it was fixed.
        bearing: Degrees clockwise from north, as read.
        magnetic: Whether ``bearing`` is from magnetic north.
        distance_m: From the previous point, or from ``from_label``.
        from_label: Name of the point measured from; "" means the previous row.
    """

    kind: str
    label: str = ""
    lon: float | None = None
    lat: float | None = None
    bearing: float | None = None
    magnetic: bool = True
    distance_m: float | None = None
    from_label: str = ""

    @property
    def is_fixed(self) -> bool:
        return self.lon is not None and self.lat is not None

    @property
    def is_measured(self) -> bool:
        return self.bearing is not None and self.distance_m is not None


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A point with its position and how it was reached.

    ``declination`` is None for points with a fixed position only; ``misfit_m`` is how
    far the measured position is from the fixed one.
    """

    kind: str
    label: str
    lon: float
    lat: float
    declination: Declination | None = None
    distance_m: float | None = None
    misfit_m: float | None = None
    closes: bool = False

    @property
    def where(self) -> tuple[float, float]:
        return self.lon, self.lat


@dataclass(frozen=True, slots=True)
class TraverseResult:
    """What a field table amounts to.

    Args:
        points: Every point with its raw position.
        polygon: The outline as measured, or None with fewer than three corners.
        closure_m: Distance between the start and where the last leg arrives.
        closure_ratio: n of 1:n, the length of the traverse over the closure error.
        length_m: Length of the measured legs of the outline.
        warnings: Faults with their places.
    """

    points: tuple[PlacedPoint, ...]
    polygon: Polygon | None
    closure_m: float | None = None
    closure_ratio: float | None = None
    length_m: float = 0.0
    warnings: tuple[Fault, ...] = field(default=())


def traverse_polygon(
    points: Sequence[TraversePoint], *, on: date | None = None
) -> TraverseResult:
    """Return positions, outline and closure error of a field table.

    A last row that leads back to the start point (kind start point again, or the
    start's label) closes the traverse.

    Args:
        points: Rows in the order of the table.
        on: Day of the measurement; needed for magnetic bearings.

    Raises:
        InvalidTraverse: A row has neither position nor bearing and distance, refers
            to an unknown point, or has a number out of range.
    """
    placed = _place_all(points, on)
    outline = [point for point in placed if point.kind in OUTLINE]
    corners = [p for p in outline if p.kind != INTERMEDIATE and not p.closes]
    result = TraverseResult(
        points=tuple(placed),
        polygon=_polygon(corners),
        length_m=sum(p.distance_m or 0.0 for p in outline[1:]),
    )
    result = _with_closure(result, outline)
    return replace(result, warnings=tuple(_warnings(result)))


def _place_all(points: Sequence[TraversePoint], on: date | None) -> list[PlacedPoint]:
    if not points:
        raise InvalidTraverse(_("Enter at least one point."))
    placed: list[PlacedPoint] = []
    start = next((p for p in points if p.kind == START), None)
    for row, point in enumerate(points, start=1):
        _check_row(point, row)
        closes = start is not None and point is not start and _returns(point, start)
        origin = _origin(point, placed, row) if point.is_measured else None
        placed.append(replace(_place(point, origin, on, row), closes=closes))
    return placed


def _returns(point: TraversePoint, start: TraversePoint) -> bool:
    same_label = bool(point.label) and point.label == start.label
    return point.kind == START or (same_label and point.kind in OUTLINE)


def _check_row(point: TraversePoint, row: int) -> None:
    if point.kind not in KINDS:
        text = _("“%(kind)s” is not a kind of point.") % {"kind": point.kind}
        raise _row_error(row, text)
    if not point.is_fixed and not point.is_measured:
        raise _row_error(
            row, _("Give a position, or a bearing and a distance from another point.")
        )
    if point.bearing is not None and not 0 <= point.bearing <= 360:
        raise _row_error(row, _("A bearing is from 0 to 360 degrees."))
    if point.distance_m is not None and not 0 < point.distance_m <= 100_000:
        raise _row_error(row, _("A distance is in metres, above 0."))
    on_earth = abs(point.lon or 0) <= 180 and abs(point.lat or 0) <= 90
    if point.is_fixed and not on_earth:
        raise _row_error(row, _("The position is not a longitude and latitude."))


def _row_error(row: int, message: str) -> InvalidTraverse:
    return InvalidTraverse(
        _("Row %(row)s: %(message)s") % {"row": row, "message": message}, row=row
    )


def _origin(
    point: TraversePoint, placed: Sequence[PlacedPoint], row: int
) -> PlacedPoint:
    if point.from_label:
        named = [p for p in placed if p.label == point.from_label and not p.closes]
        if not named:
            raise _row_error(
                row,
                _("There is no point “%(label)s” above this row.")
                % {"label": point.from_label},
            )
        return named[0]
    before = [p for p in placed if p.kind not in (EVIDENCE, USAGE)]
    if not before:
        raise _row_error(row, _("The first point needs a position."))
    return before[-1]


def _place(
    point: TraversePoint, origin: PlacedPoint | None, on: date | None, row: int
) -> PlacedPoint:
    if origin is None:
        return PlacedPoint(
            point.kind, point.label, float(point.lon or 0), float(point.lat or 0)
        )
    used = _declination(point, origin, on, row)
    bearing = (float(point.bearing or 0) + used.degrees) % 360
    metres = float(point.distance_m or 0)
    lon, lat, _back = GEOD.fwd(origin.lon, origin.lat, bearing, metres)
    misfit = None
    if point.is_fixed:
        misfit = float(GEOD.inv(lon, lat, point.lon, point.lat)[2])
        lon, lat = float(point.lon or 0), float(point.lat or 0)
    return PlacedPoint(point.kind, point.label, lon, lat, used, metres, misfit)


def _declination(
    point: TraversePoint, origin: PlacedPoint, on: date | None, row: int
) -> Declination:
    if not point.magnetic:
        return Declination(0.0, "")
    if on is None:
        raise _row_error(row, _("A magnetic bearing needs the day of the measurement."))
    return declination_at(origin.lon, origin.lat, on)


def _polygon(corners: Sequence[PlacedPoint]) -> Polygon | None:
    if len(corners) < 3:
        return None
    return Polygon([(point.lon, point.lat) for point in corners])


def _with_closure(
    result: TraverseResult, outline: Sequence[PlacedPoint]
) -> TraverseResult:
    """Add the closure error, where a row closes."""
    last = outline[-1] if outline else None
    if last is None or not last.closes or len(outline) < 4 or last.distance_m is None:
        return result
    start = outline[0]
    metres = last.misfit_m
    if metres is None:
        metres = float(GEOD.inv(last.lon, last.lat, start.lon, start.lat)[2])
    ratio = result.length_m / metres if metres > 0 else None
    return replace(result, closure_m=metres, closure_ratio=ratio)


def _warnings(result: TraverseResult) -> Iterator[Fault]:
    for point in result.points:
        if point.declination and point.declination.warning:
            yield Fault("declination", point.declination.warning, point.where, WARN)
            break
    yield from _misfit_warnings(result)
    if result.polygon is not None:
        yield from check_geometry(result.polygon)


def _misfit_warnings(result: TraverseResult) -> Iterator[Fault]:
    for point in result.points:
        allowed = max(MISFIT_M, (point.distance_m or 0.0) * MISFIT_SHARE)
        if point.misfit_m is None or point.misfit_m <= allowed or point.closes:
            continue
        message = _(
            "%(label)s: bearing and distance end %(metres)s m from the fixed position."
        ) % {"label": point.label or point.kind, "metres": f"{point.misfit_m:.1f}"}
        yield Fault("position_misfit", message, point.where, WARN)
