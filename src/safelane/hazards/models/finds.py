"""Evidence and ordnance, each where it was found."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import facts_of
from safelane.core.geo.fields import GeometryField
from safelane.core.geo.indexes import GeometryIndex
from safelane.core.scope import ScopedQuerySet
from safelane.hazards.facts import EVIDENCE, ORDNANCE
from safelane.hazards.models.areas import HazardousArea
from safelane.hazards.models.reports import HazardReport
from safelane.hazards.policies import EvidencePolicy, OrdnancePolicy


class ReportedFact(models.Model):
    """Something with a place that a report states beside the facts of an area."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
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
    description = models.TextField(_("description"), blank=True)
    position_text = models.CharField(
        _("position as entered"), max_length=200, blank=True
    )
    external_id = models.CharField(
        _("identifier in the source"), max_length=200, blank=True
    )

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
    photo = models.ForeignKey(
        "files.StoredFile",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("photo"),
    )

    class Meta:
        abstract = True


class Evidence(ReportedFind):
    """A direct or indirect sign of explosive ordnance (IMAS 08.10), graded M1 to M4."""

    report = models.ForeignKey(
        HazardReport, on_delete=models.PROTECT, related_name="evidence"
    )
    hazard = models.ForeignKey(
        HazardousArea,
        on_delete=models.PROTECT,
        related_name="evidence",
        null=True,
        blank=True,
    )
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
        indexes = [GeometryIndex(fields=["geometry"], name="evidence_geometry")]

    def __str__(self) -> str:
        return f"{self.directness} {self.kind} {self.pk}"


class OrdnanceFound(ReportedFind):
    """One find of explosive ordnance: identification and reporting facts only."""

    report = models.ForeignKey(
        HazardReport, on_delete=models.PROTECT, related_name="ordnance"
    )
    hazard = models.ForeignKey(
        HazardousArea,
        on_delete=models.PROTECT,
        related_name="ordnance",
        null=True,
        blank=True,
    )
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
        indexes = [GeometryIndex(fields=["geometry"], name="ordnance_geometry")]

    def __str__(self) -> str:
        return f"{self.category} {self.model} × {self.count}"
