"""Survey priors: one run of the ranking, and the units that it ranked."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from safelane.core.geo.fields import GeometryField
from safelane.core.geo.rtree import GeometryIndex
from safelane.core.links import Link
from safelane.core.scope import ScopedQuerySet
from safelane.risk.policies import RankedUnitPolicy, SurveyPriorPolicy

LEVELS = (
    ("district", _("Districts")),
    ("community", _("Communities")),
    ("unit", _("Survey units")),
)


class SurveyPrior(models.Model):
    """One ranking of where to survey first, with all that it was made from.

    A prior is never evidence for a hazardous area. The row is written once, when the
    run is complete, and is not changed: other weights make another run, whose
    ``rerun_of`` names this one and whose ``reason`` says why. ``surveyed``: its ranks
    and shares follow from the exact outlines of hazardous areas.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    country = Link("organisations.Country", _("country"))
    organisation = Link("organisations.Organisation", _("organisation"))
    created_by = Link(settings.AUTH_USER_MODEL, _("run by"), null=True)
    created_by_name = models.CharField(_("run by"), max_length=200)
    created_at = models.DateTimeField(_("run at"))
    reason = models.TextField(_("reason"), blank=True)
    rerun_of = Link("self", _("rerun of"), related_name="reruns", null=True, blank=True)
    kind = models.CharField(_("made from"), max_length=10)
    config = models.JSONField(_("settings"), default=dict)
    weights = models.JSONField(_("weights"), default=dict)
    missing_layers = models.JSONField(_("missing layers"), default=list)
    inputs = models.JSONField(_("inputs"), default=list)
    account = models.JSONField(_("account of records"), default=dict)
    sensitivity = models.JSONField(_("sensitivity"), default=dict)
    notes = models.JSONField(_("notes"), default=list)
    counts = models.JSONField(_("what stands in the result"), default=dict)
    versions = models.JSONField(_("versions"), default=dict)
    seconds = models.FloatField(_("seconds"), default=0)
    surveyed = models.BooleanField(_("takes surveyed ground off"), default=False)

    policy = SurveyPriorPolicy
    objects = ScopedQuerySet["SurveyPrior"].as_manager()

    class Meta:
        verbose_name = _("survey prior")
        verbose_name_plural = _("survey priors")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """Return the title in the reader's language; that kept is its maker's."""
        return gettext("Where to survey first: %(country)s") % {"country": self.country}


class RankedUnit(models.Model):
    """A district, community or survey unit with its place in one ranking.

    ``score`` lies in 0..1; ``rank_low`` and ``rank_high`` are the 5th and 95th
    percentile of the rank under other weights; ``top_share`` is the share of those
    weightings in which it stands in the top list. ``layers`` hold the raw values of
    the ranking, ``percentiles`` the same normalised, ``facts`` numbers to show beside
    them. ``context`` says where it lies: district, its parent, the nearest place.
    """

    prior = models.ForeignKey(
        SurveyPrior, on_delete=models.CASCADE, related_name="ranked"
    )
    level = models.CharField(_("level"), max_length=12, choices=LEVELS)
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    context = models.JSONField(_("where"), default=dict)
    admin_area = Link("organisations.AdminArea", _("admin area"), null=True)
    rank = models.PositiveIntegerField(_("rank"))
    score = models.FloatField(_("score"))
    rank_low = models.PositiveIntegerField(_("rank, 5th percentile"))
    rank_high = models.PositiveIntegerField(_("rank, 95th percentile"))
    top_share = models.FloatField(_("share of weightings in the top list"))
    top_tenth_share = models.FloatField(_("share of weightings in the top tenth"))
    partial = models.BooleanField(_("partial"), default=False)
    layers = models.JSONField(_("values"), default=dict)
    facts = models.JSONField(_("facts"), default=dict)
    percentiles = models.JSONField(_("percentiles"), default=dict)
    reasons = models.JSONField(_("reasons"), default=list)
    geometry = GeometryField(_("geometry"))

    policy = RankedUnitPolicy
    objects = ScopedQuerySet["RankedUnit"].as_manager()

    class Meta:
        verbose_name = _("ranked unit")
        verbose_name_plural = _("ranked units")
        ordering = ["prior", "level", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["prior", "level", "code"], name="rankedunit_code"
            )
        ]
        indexes = [
            GeometryIndex(fields=["geometry"], name="rankedunit_geometry"),
            models.Index(fields=["prior", "level", "rank"], name="rankedunit_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()
