"""The hazardous area as known now, and as it was known at any time."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from safelane.core.geo.fields import bbox_columns
from safelane.core.geo.indexes import GeometryIndex
from safelane.core.scope import ScopedQuerySet
from safelane.hazards.facts import HAZARD, PERIOD
from safelane.hazards.models.facts import HazardFacts
from safelane.hazards.policies import HazardPeriodPolicy, HazardPolicy

BOX = bbox_columns("geometry")


class HazardousArea(HazardFacts):
    """A suspected or confirmed hazardous area, or another land item of IMSMA.

    The facts are the current state, computed from approved reports ordered by date of
    information; only the approval of a report writes them. ``reference`` is unique
    within the organisation that answers for the area.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=80)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the first column of the unique reference
    )
    country = models.ForeignKey(
        "organisations.Country",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the first column of hazard_kind
    )
    admin_area = models.ForeignKey(
        "organisations.AdminArea",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    first_information = models.DateField(_("first information"), null=True)
    last_information = models.DateField(_("last information"), null=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    created_at = models.DateTimeField(_("registered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"))

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

    def __str__(self) -> str:
        return self.reference


class HazardPeriod(HazardFacts):
    """What was held true of an area for some time, and when that was held.

    Bitemporal: the facts hold for dates of information in [valid_from, valid_to), and
    stood in the register from known_from until known_to. An open end is null. Rows are
    closed, never changed or deleted.
    """

    hazard = models.ForeignKey(
        HazardousArea, on_delete=models.PROTECT, related_name="periods"
    )
    admin_area = models.ForeignKey(
        "organisations.AdminArea",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
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
