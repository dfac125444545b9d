"""Typed points with bearing and distance, as a survey team records them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.geo.fields import GeometryField
from safelane.hazards.facts import POINT
from safelane.hazards.models.reports import HazardReport


class GeoPoint(models.Model):
    """One surveyed point of a report (IMSMA geopoint; kinds in the country pack).

    ``bearing_deg`` is as read in the field; ``bearing_is_magnetic`` and
    ``declination_deg`` (east positive, by date and place) turn it into a true bearing.
    ``from_point`` is empty when it was measured from the point before. ``geometry`` is
    the computed or entered position.
    """

    report = models.ForeignKey(
        HazardReport, on_delete=models.CASCADE, related_name="points"
    )
    order = models.PositiveIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=30)
    label = models.CharField(_("label"), max_length=40, blank=True)
    geometry = GeometryField(geom_type="point")
    elevation_m = models.FloatField(_("elevation (m)"), null=True, blank=True)
    from_point = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    bearing_deg = models.FloatField(_("bearing (°)"), null=True, blank=True)
    bearing_is_magnetic = models.BooleanField(_("magnetic bearing"), default=True)
    declination_deg = models.FloatField(_("declination (°)"), null=True, blank=True)
    distance_m = models.FloatField(_("distance (m)"), null=True, blank=True)
    position_text = models.CharField(_("as entered"), max_length=200, blank=True)
    position_format = models.CharField(_("format"), max_length=20, blank=True)
    position_crs = models.CharField(_("coordinate system"), max_length=80, blank=True)
    fixed_by = models.CharField(_("fixed by"), max_length=60, blank=True)
    description = models.TextField(_("description"), blank=True)

    declares = POINT

    class Meta:
        verbose_name = _("surveyed point")
        verbose_name_plural = _("surveyed points")
        ordering = ["report", "order"]
        constraints = [
            models.UniqueConstraint(fields=["report", "order"], name="geopoint_order")
        ]

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.order}"
