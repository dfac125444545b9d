"""Form field for a geometry: GeoJSON text in, checked shapely geometry out."""

from __future__ import annotations

from typing import Any

import shapely
from django import forms
from django.core.exceptions import ValidationError
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.errors import InvalidGeometry
from safelane.core.geo.values import prepare_geometry


class GeometryFormField(forms.Field):
    """Accept GeoJSON or WKT text in longitude and latitude.

    Args:
        geom_type: As :class:`safelane.core.geo.GeometryField`.
    """

    widget = forms.Textarea

    def __init__(self, *, geom_type: str = "geometry", **kwargs: Any) -> None:
        self.geom_type = geom_type
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, BaseGeometry):
            return shapely.to_geojson(value)
        return value

    def to_python(self, value: Any) -> BaseGeometry | None:
        try:
            return prepare_geometry(value, self.geom_type)
        except InvalidGeometry as error:
            raise ValidationError(
                error.message, code="invalid_geometry", params={"where": error.where}
            ) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return not _same(
                prepare_geometry(initial, self.geom_type),
                prepare_geometry(data, self.geom_type),
            )
        except InvalidGeometry:
            return True


def _same(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(one.equals_exact(other, 0.0))
