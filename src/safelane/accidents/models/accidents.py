"""The accident as known now, and the reports on it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.accidents.facts import ACCIDENT, REPORT
from safelane.accidents.models.facts import AccidentFacts
from safelane.accidents.policies import AccidentPolicy, AccidentReportPolicy
from safelane.core.geo.indexes import GeometryIndex
from safelane.core.review.models import ReviewedReport
from safelane.core.scope import ScopedQuerySet


class LinkedHazard(models.Model):
    """A link to the hazardous area in which an accident happened."""

    hazard = models.ForeignKey(
        "hazards.HazardousArea",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("hazardous area"),
    )

    class Meta:
        abstract = True


class Accident(AccidentFacts, LinkedHazard):
    """An accident with explosive ordnance.

    The facts are the current state, computed from approved reports ordered by date of
    information; only the approval of a report writes them. The nearest place, its
    distance in metres and the true bearing from it are found automatically.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=80)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    country = models.ForeignKey(
        "organisations.Country", on_delete=models.PROTECT, related_name="+"
    )
    admin_area = models.ForeignKey(
        "organisations.AdminArea",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    nearest_place = models.ForeignKey(
        "organisations.Place",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("nearest place"),
    )
    nearest_place_m = models.FloatField(
        _("distance from it (m)"), null=True, blank=True
    )
    nearest_place_bearing = models.FloatField(
        _("bearing from it (°)"), null=True, blank=True
    )
    first_information = models.DateField(_("first information"), null=True)
    last_information = models.DateField(_("last information"), null=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    created_at = models.DateTimeField(_("registered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"))

    declares = ACCIDENT
    policy = AccidentPolicy
    objects = ScopedQuerySet["Accident"].as_manager()

    class Meta:
        verbose_name = _("accident")
        verbose_name_plural = _("accidents")
        ordering = ["-occurred_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reference"], name="accident_reference"
            )
        ]
        indexes = [
            GeometryIndex(fields=["geometry"], name="accident_geometry"),
            models.Index(fields=["country", "occurred_on"], name="accident_when"),
            models.Index(fields=["-occurred_on", "-id"], name="accident_recent"),
        ]

    def __str__(self) -> str:
        return self.reference


class AccidentReport(ReviewedReport, AccidentFacts, LinkedHazard):
    """A claim about one accident, with the victims that it tells of.

    ``accident`` is empty while a new accident is only proposed; approval creates it
    under ``reference``. ``retracts`` names facts that the report says are wrong.
    """

    accident = models.ForeignKey(
        Accident,
        on_delete=models.PROTECT,
        related_name="reports",
        null=True,
        blank=True,
        verbose_name=_("accident"),
    )
    reference = models.CharField(
        _("reference of the accident"), max_length=80, blank=True
    )
    retracts = models.JSONField(_("facts retracted"), default=list, blank=True)

    declares = REPORT
    policy = AccidentReportPolicy
    objects = ScopedQuerySet["AccidentReport"].as_manager()

    class Meta(ReviewedReport.Meta):
        verbose_name = _("accident report")
        verbose_name_plural = _("accident reports")
        indexes = [
            GeometryIndex(fields=["geometry"], name="accreport_geometry"),
            models.Index(fields=["stage", "organisation"], name="accreport_stage"),
            models.Index(
                fields=["accident", "date_of_information"], name="accreport_accident"
            ),
            models.Index(fields=["batch", "external_id"], name="accreport_batch"),
            models.Index(
                fields=["-date_of_information", "-id"], name="accreport_recent"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.uid)
