"""What can be said of a hazardous area: shared by reports, periods and the area."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact
from safelane.core.geo.fields import GeometryField
from safelane.core.review.models import ReportedFacts
from safelane.hazards.facts import STATED


class HazardFacts(ReportedFacts):
    """Facts of a hazardous area (IMAS 05.10 minimum data and IMSMA land fields).

    Codes come from the country pack's lists. ``area_m2`` is
    geodesic, computed from the polygon; ``stated_area_m2`` is the number that the
    person gave, kept beside it.
    """

    kind = models.CharField(_("type"), max_length=30, blank=True)
    status = models.CharField(_("status"), max_length=30, blank=True)
    status_reason = models.TextField(_("reason for the status"), blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    priority = models.CharField(_("priority"), max_length=30, blank=True)
    contamination = models.JSONField(_("contamination"), default=list, blank=True)
    information_source = models.CharField(
        _("source of information"), max_length=60, blank=True
    )
    source_reliability = models.CharField(
        _("reliability of the source"), max_length=30, blank=True
    )
    information_grade = models.CharField(_("grade"), max_length=10, blank=True)
    terrain = models.CharField(_("terrain"), max_length=60, blank=True)
    vegetation = models.CharField(_("vegetation"), max_length=60, blank=True)
    slope = models.CharField(_("slope"), max_length=60, blank=True)
    soil = models.CharField(_("soil"), max_length=60, blank=True)
    difficulty = models.CharField(_("clearance difficulty"), max_length=60, blank=True)
    marking = models.CharField(_("marking"), max_length=60, blank=True)
    land_use = models.CharField(_("intended land use"), max_length=60, blank=True)
    blockages = models.JSONField(_("what it blocks"), default=list, blank=True)
    depth_cm = models.PositiveIntegerField(_("depth (cm)"), null=True, blank=True)
    people_affected = models.PositiveIntegerField(
        _("people affected"), null=True, blank=True
    )
    comment = models.TextField(_("comment"), blank=True)
    stated_area_m2 = models.FloatField(_("stated area (m²)"), null=True, blank=True)
    geometry = GeometryField(null=True, blank=True)
    area_m2 = models.FloatField(_("area (m²)"), null=True, blank=True, editable=False)
    geometry_method = models.CharField(_("entered as"), max_length=20, blank=True)
    geometry_crs = models.CharField(_("coordinate system"), max_length=80, blank=True)
    geometry_text = models.TextField(_("coordinates as entered"), blank=True)
    extra = models.JSONField(_("further fields"), default=dict, blank=True)

    declares: ClassVar[tuple[Fact, ...]] = STATED

    class Meta:
        abstract = True
