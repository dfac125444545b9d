"""What reports state beside the facts of an area: finds, survey boxes and points."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import facts_of
from safelane.core.geo.entry.grid import GridBox
from safelane.core.geo.fields import GeometryField
from safelane.core.geo.rtree import GeometryIndex
from safelane.core.links import Link
from safelane.core.review.models import PlacedRow
from safelane.core.scope import ScopedQuerySet
from safelane.hazards.facts import BOX, EVIDENCE, ORDNANCE, POINT
from safelane.hazards.models.areas import HazardousArea, HazardReport
from safelane.hazards.policies import EvidencePolicy, OrdnancePolicy, SurveyBoxPolicy


def source_index(name: str) -> models.Index:
    """Return the index by which a row of another system is found again."""
    return models.Index(fields=["external_id"], name=name, condition=~Q(external_id=""))


class ReportedFact(PlacedRow):
    """Something with a place that a report states beside the facts of an area."""

    description = models.TextField(_("description"), blank=True)
    position_text = models.CharField(
        _("position as entered"), max_length=200, blank=True
    )
    external_id = models.CharField(
        _("identifier in the source"), max_length=200, blank=True
    )
    extra = models.JSONField(_("further fields"), default=dict, blank=True)

    class Meta:
        abstract = True

    def stated_facts(self) -> dict[str, Any]:
        """Return the facts of its own, stated or not: name -> value."""
        facts = facts_of(type(self))
        own = (n for n in facts if not facts[n].path and not facts.field(n).is_relation)
        return {name: getattr(self, name) for name in own}


class ReportedFind(ReportedFact):
    """A point that a report states: where it was *found*, not where it was destroyed.

    ``accuracy_m`` is the position's 95 % radius in metres; it decides how far fade-out
    is measured.
    """

    found_on = models.DateField(_("found on"), null=True, blank=True)
    count = models.PositiveIntegerField(_("count"), default=1)
    accuracy_m = models.FloatField(_("position accuracy (m)"), null=True, blank=True)
    geometry = GeometryField(geom_type="point")
    photo = Link("files.StoredFile", _("photo"), null=True, blank=True)

    class Meta:
        abstract = True


class Evidence(ReportedFind):
    """A direct or indirect sign of explosive ordnance (IMAS 08.10), graded M1 to M4."""

    report = Link(HazardReport, related_name="evidence")
    hazard = Link(HazardousArea, related_name="evidence", null=True, blank=True)
    directness = models.CharField(_("directness"), max_length=10)
    kind = models.CharField(_("kind"), max_length=40)
    grade = models.CharField(_("grade"), max_length=10, blank=True)
    information_source = models.CharField(
        _("source of information"), max_length=60, blank=True
    )
    ordnance_category = models.CharField(_("ordnance"), max_length=40, blank=True)
    ordnance_model = models.CharField(_("model"), max_length=60, blank=True)

    declares = EVIDENCE
    policy = EvidencePolicy
    objects = ScopedQuerySet["Evidence"].as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-pk"]
        indexes = [
            GeometryIndex(fields=["geometry"], name="evidence_geometry"),
            source_index("evidence_source"),
        ]

    def __str__(self) -> str:
        return f"{self.directness} {self.kind} {self.pk}"


class OrdnanceFound(ReportedFind):
    """One find of explosive ordnance: identification and reporting facts only."""

    report = Link(HazardReport, related_name="ordnance")
    hazard = Link(HazardousArea, related_name="ordnance", null=True, blank=True)
    category = models.CharField(_("category"), max_length=40)
    subcategory = models.CharField(_("sub-category"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    condition = models.CharField(_("condition"), max_length=40, blank=True)
    depth_cm = models.PositiveIntegerField(_("depth (cm)"), null=True, blank=True)

    declares = ORDNANCE
    policy = OrdnancePolicy
    objects = ScopedQuerySet["OrdnanceFound"].as_manager()

    class Meta:
        verbose_name = _("ordnance found")
        verbose_name_plural = _("ordnance found")
        ordering = ["-pk"]
        indexes = [
            GeometryIndex(fields=["geometry"], name="ordnance_geometry"),
            source_index("ordnance_source"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.model} × {self.count}"


class SurveyBox(ReportedFact):
    """A square of the survey grid and what the search of it found (IMAS 08.20/02).

    ``zone`` is the EPSG code of the UTM zone; ``column`` and ``row`` count boxes of
    ``size_m`` metres from its origin, and ``grid_number`` says the same as people
    write it. The outline follows from the number. Several reports may speak of one
    box: which of them holds is asked of ``queries.current_boxes``.
    """

    report = Link(
        HazardReport,
        related_name="boxes",
        db_index=False,  # the first column of box_in_report
    )
    hazard = Link(HazardousArea, related_name="boxes", null=True, blank=True)
    grid_number = models.CharField(_("grid number"), max_length=24)
    zone = models.PositiveIntegerField(_("UTM zone (EPSG code)"))
    column = models.PositiveIntegerField(_("column of the grid"))
    row = models.PositiveIntegerField(_("row of the grid"))
    size_m = models.PositiveIntegerField(_("size of the box (m)"))
    result = models.CharField(_("result"), max_length=40)
    searched_percent = models.PositiveIntegerField(
        _("searched share (%)"), null=True, blank=True
    )
    searched_on = models.DateField(_("searched on"), null=True, blank=True)
    geometry = GeometryField(geom_type="polygon")

    declares = BOX
    policy = SurveyBoxPolicy
    objects = ScopedQuerySet["SurveyBox"].as_manager()

    class Meta:
        verbose_name = _("survey box")
        verbose_name_plural = _("survey boxes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "grid_number", "size_m"], name="box_in_report"
            )
        ]
        indexes = [
            GeometryIndex(fields=["geometry"], name="box_geometry"),
            models.Index(fields=["grid_number", "size_m"], name="box_number"),
        ]

    def __str__(self) -> str:
        return self.grid_number

    @property
    def box(self) -> GridBox:
        return GridBox(self.zone, self.size_m, self.column, self.row)


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
