"""Faults of geometries and coordinates."""

from __future__ import annotations

from typing import ClassVar

from safelane.core.errors import SafelaneError

Where = tuple[float, float] | None


class InvalidGeometry(SafelaneError):
    """The geometry cannot be stored or computed with.

    Args:
        message: What is wrong and what to do, with the place if there is one.
        reason: The fault without the place, such as ``"Self-intersection"``.
        where: Longitude and latitude of the fault (WGS 84), if it has a place.
    """

    http_status: ClassVar[int] = 422
    code: ClassVar[str] = "invalid-geometry"

    def __init__(
        self,
        message: object,
        *,
        reason: str = "",
        where: Where = None,
        field: str | None = None,
    ) -> None:
        place = {} if where is None else {"where": [where[0], where[1]]}
        super().__init__(message, field=field, **place)
        self.reason = reason or str(message)
        self.where = where


class UnsafeGeometryUpdate(SafelaneError):
    """The write would leave the bounding box columns behind the geometry."""

    http_status: ClassVar[int] = 500
    code: ClassVar[str] = "unsafe-geometry-update"


class InvalidCoordinates(SafelaneError):
    """The typed coordinates cannot be read as one place."""

    http_status: ClassVar[int] = 422
    code: ClassVar[str] = "invalid-coordinates"


class InvalidTraverse(SafelaneError):
    """The typed points do not make a traverse that can be computed."""

    http_status: ClassVar[int] = 422
    code: ClassVar[str] = "invalid-traverse"


class OffGrid(SafelaneError):
    """The outline is no box of the survey grid."""

    http_status: ClassVar[int] = 422
    code: ClassVar[str] = "off-grid"
