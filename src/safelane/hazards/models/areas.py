"""The hazardous area as known now and at any time, and the reports that say so."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact
from safelane.core.geo.fields import GeometryField, bbox_columns
from safelane.core.geo.rtree import GeometryIndex
from safelane.core.links import Link
from safelane.core.review.models import ReportedFacts, ReviewedRecord, ReviewedReport
from safelane.core.scope import ScopedQuerySet
from safelane.hazards.facts import HAZARD, PERIOD, REPORT, STATED
from safelane.hazards.policies import HazardPeriodPolicy, HazardPolicy, ReportPolicy

BOX = bbox_columns("geometry")
OF_SOURCE = ~Q(external_id=models.F("reference"))  # an identifier of another system


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


class HazardousArea(HazardFacts, ReviewedRecord):  # noqa: DJ008
    """A suspected or confirmed hazardous area, or another land item of IMSMA.

    The facts are the current state, computed from approved reports ordered by date of
    information.
    """

    organisation = Link(
        "organisations.Organisation",
        db_index=False,  # the first column of the unique reference
    )
    country = Link(
        "organisations.Country",
        db_index=False,  # the first column of hazard_kind
    )

    declares = HAZARD
    policy = HazardPolicy
    objects = ScopedQuerySet["HazardousArea"].as_manager()

    class Meta:
        verbose_name = _("hazardous area")
        verbose_name_plural = _("hazardous areas")
        ordering = ["-last_information", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reference"], name="hazard_reference"
            )
        ]
        indexes = [
            GeometryIndex(fields=["geometry"], name="hazard_geometry"),
            models.Index(fields=["country", "kind", "status"], name="hazard_kind"),
            models.Index(fields=["-last_information", "-id"], name="hazard_recent"),
            models.Index(
                fields=["country", "-last_information", "-id"], name="hazard_newest"
            ),
            # Counts, sums and the extent of the register, read from the index alone.
            models.Index(
                fields=["country", "is_withdrawn", "status", "area_m2", *BOX],
                name="hazard_sums",
            ),
            models.Index(fields=["updated_at"], name="hazard_updated"),
        ]

    @property
    def area(self) -> HazardousArea:
        """Return the area of a row of the register, whether of now or of then."""
        return self

    @property
    def informed_on(self) -> date | None:
        """Return the day of the newest information."""
        return self.last_information


class HazardPeriod(HazardFacts):
    """What was held true of an area for some time, and when that was held.

    Bitemporal: the facts hold for dates of information in [valid_from, valid_to), and
    stood in the register from known_from until known_to. An open end is null. Rows are
    closed, never changed or deleted.
    """

    hazard = Link(HazardousArea, related_name="periods")
    admin_area = Link("organisations.AdminArea", null=True, blank=True)
    valid_from = models.DateField(_("true from"))
    valid_to = models.DateField(_("true until"), null=True)
    known_from = models.DateTimeField(_("known from"))
    known_to = models.DateTimeField(_("known until"), null=True)
    sources = models.JSONField(_("fact by report"), default=dict)

    declares = PERIOD
    policy = HazardPeriodPolicy
    objects = ScopedQuerySet["HazardPeriod"].as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["hazard", "valid_from", "known_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard", "valid_from"],
                condition=Q(known_to__isnull=True),
                name="period_current",
            )
        ]
        indexes = [
            GeometryIndex(fields=["geometry"], name="period_geometry"),
            models.Index(fields=["valid_from", "valid_to"], name="period_valid"),
            models.Index(fields=["known_from", "known_to"], name="period_known"),
        ]

    def __str__(self) -> str:
        return f"{self.hazard}: {self.valid_from}–{self.valid_to or ''}"

    @property
    def area(self) -> HazardousArea:
        return self.hazard

    @property
    def informed_on(self) -> date:
        return self.valid_from


class HazardReport(ReviewedReport, HazardFacts):
    """A claim about one area, with the evidence, finds and points that go with it.

    ``hazard`` is empty while a new area is only proposed; approval creates it under
    ``reference``. A report without any fact about an area carries evidence or finds
    alone (a survey sheet). ``retracts`` names facts that the report says are wrong, so
    that "unknown" can replace a value.
    """

    hazard = Link(
        HazardousArea,
        _("hazardous area"),
        related_name="reports",
        null=True,
        blank=True,
        db_index=False,  # the first column of report_hazard
    )
    reference = models.CharField(_("reference of the area"), max_length=80, blank=True)

    declares = REPORT
    policy = ReportPolicy
    objects = ScopedQuerySet["HazardReport"].as_manager()

    class Meta(ReviewedReport.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [
            models.Index(fields=["stage", "organisation"], name="report_stage"),
            models.Index(
                fields=["hazard", "date_of_information"], name="report_hazard"
            ),
            models.Index(fields=["-date_of_information", "-id"], name="report_recent"),
            models.Index(fields=["batch", "external_id"], name="report_batch"),
            models.Index(
                fields=["external_id"], name="report_source", condition=OF_SOURCE
            ),
            models.Index(fields=["content_hash"], name="report_content"),
        ]
