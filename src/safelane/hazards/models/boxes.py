"""Boxes of a cluster munition survey, each as one report found it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.geo.fields import GeometryField
from safelane.core.geo.indexes import GeometryIndex
from safelane.core.scope import ScopedQuerySet
from safelane.hazards.facts import BOX
from safelane.hazards.models.areas import HazardousArea
from safelane.hazards.models.finds import ReportedFact
from safelane.hazards.models.reports import HazardReport
from safelane.hazards.policies import SurveyBoxPolicy


class SurveyBox(ReportedFact):
    """A square of the survey grid and what the search of it found (IMAS 08.20/02).

    ``zone`` is the EPSG code of the UTM zone; ``column`` and ``row`` count boxes of
    ``size_m`` metres from its origin, and ``grid_number`` says the same as people
    write it. The outline follows from the number. Several reports may speak of one
    box: which of them holds is asked of ``queries.current_boxes``.
    """

    report = models.ForeignKey(
        HazardReport,
        on_delete=models.PROTECT,
        related_name="boxes",
        db_index=False,  # the first column of box_in_report
    )
    hazard = models.ForeignKey(
        HazardousArea,
        on_delete=models.PROTECT,
        related_name="boxes",
        null=True,
        blank=True,
    )
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
