"""Reports on hazardous areas, evidence and ordnance."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.review.models import ReviewedReport
from safelane.core.scope import ScopedQuerySet
from safelane.hazards.facts import REPORT
from safelane.hazards.models.areas import HazardousArea
from safelane.hazards.models.facts import HazardFacts
from safelane.hazards.policies import ReportPolicy


class HazardReport(ReviewedReport, HazardFacts):
    """A claim about one area, with the evidence, finds and points that go with it.

    ``hazard`` is empty while a new area is only proposed; approval creates it under
    ``reference``. A report without any fact about an area carries evidence or finds
    alone (a survey sheet). ``retracts`` names facts that the report says are wrong, so
    that "unknown" can replace a value.
    """

    hazard = models.ForeignKey(
        HazardousArea,
        on_delete=models.PROTECT,
        related_name="reports",
        null=True,
        blank=True,
        verbose_name=_("hazardous area"),
        db_index=False,  # the first column of report_hazard
    )
    reference = models.CharField(_("reference of the area"), max_length=80, blank=True)
    retracts = models.JSONField(_("facts retracted"), default=list, blank=True)

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
            models.Index(fields=["content_hash"], name="report_content"),
        ]

    @property
    def is_about_area(self) -> bool:
        """Say whether the report claims anything about an area itself."""
        return bool(self.hazard_id or self.reference)
