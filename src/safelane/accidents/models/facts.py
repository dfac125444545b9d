"""What can be said of an accident: shared by reports and the accident."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.accidents.facts import STATED
from safelane.core.facts import Fact
from safelane.core.geo.fields import GeometryField
from safelane.core.review.models import ReportedFacts


class AccidentFacts(ReportedFacts):
    """Facts of an accident (IMAS 05.10 minimum data and IMSMA accident fields).

    Codes come from the country pack's lists.
    """

    kind = models.CharField(_("type"), max_length=30, blank=True)
    occurred_on = models.DateField(_("date of the accident"), null=True, blank=True)
    occurred_time = models.TimeField(_("time of the accident"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=40, blank=True)
    activity = models.CharField(_("activity at the time"), max_length=40, blank=True)
    moved_before = models.CharField(_("item moved before"), max_length=10, blank=True)
    area_marked = models.CharField(_("area marked"), max_length=10, blank=True)
    ordnance_category = models.CharField(_("ordnance"), max_length=40, blank=True)
    ordnance_model = models.CharField(_("model"), max_length=60, blank=True)
    depth_cm = models.PositiveIntegerField(_("depth (cm)"), null=True, blank=True)
    terrain = models.CharField(_("terrain"), max_length=60, blank=True)
    vegetation = models.CharField(_("vegetation"), max_length=60, blank=True)
    slope = models.CharField(_("slope"), max_length=60, blank=True)
    soil = models.CharField(_("soil"), max_length=60, blank=True)
    weather = models.CharField(_("weather"), max_length=30, blank=True)
    demining_asset = models.CharField(_("demining asset"), max_length=30, blank=True)
    corrective_action = models.TextField(_("corrective action"), blank=True)
    description = models.TextField(_("what happened"), blank=True)
    stated_killed = models.PositiveIntegerField(_("killed"), null=True, blank=True)
    stated_injured = models.PositiveIntegerField(_("injured"), null=True, blank=True)
    animals_killed = models.PositiveIntegerField(
        _("animals killed"), null=True, blank=True
    )
    damage = models.TextField(_("damage"), blank=True)
    information_source = models.CharField(
        _("source of information"), max_length=60, blank=True
    )
    information_grade = models.CharField(_("grade"), max_length=10, blank=True)
    geometry = GeometryField(geom_type="point", null=True, blank=True)
    accuracy_m = models.FloatField(_("position accuracy (m)"), null=True, blank=True)
    position_accuracy = models.CharField(
        _("how the position was found"), max_length=30, blank=True
    )
    position_text = models.CharField(
        _("position as entered"), max_length=200, blank=True
    )
    position_crs = models.CharField(_("coordinate system"), max_length=80, blank=True)

    declares: ClassVar[tuple[Fact, ...]] = STATED

    class Meta:
        abstract = True
