"""Accidents, the reports on them, victims, and apart from these their identities."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.accidents.facts import (
    ACCIDENT,
    ACCIDENT_REPORT,
    IDENTITY,
    ON_HEALTH,
    STATED,
    VICTIM,
    VICTIM_NUMBER,
)
from safelane.accidents.policies import (
    AccidentPolicy,
    AccidentReportPolicy,
    VictimPolicy,
)
from safelane.core.counts.published import PublishedTables
from safelane.core.facts import Fact
from safelane.core.geo.fields import GeometryField
from safelane.core.geo.rtree import GeometryIndex
from safelane.core.links import Link
from safelane.core.protect.fields import EncryptedJSONField
from safelane.core.protect.rowkeys import RowSealedTextField, SealedRow
from safelane.core.review.models import (
    PlacedRow,
    ReportedFacts,
    ReviewedRecord,
    ReviewedReport,
)
from safelane.core.scope import ScopedQuerySet
from safelane.organisations.models import NearPlace


class AccidentFacts(ReportedFacts):
    """Facts of an accident (IMAS 05.10 minimum data, IMSMA fields); codes of a pack."""

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


class Accident(AccidentFacts, NearPlace, ReviewedRecord):  # noqa: DJ008
    """An accident with explosive ordnance.

    The facts are the current state, computed from approved reports ordered by date of
    information; the nearest place is found.
    """

    hazard = Link("hazards.HazardousArea", _("hazardous area"), null=True, blank=True)

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


class AccidentReport(ReviewedReport, AccidentFacts):  # noqa: DJ008
    """A claim about one accident, with the victims that it tells of.

    ``accident`` is empty while a new accident is only proposed; approval creates it
    under ``reference``.
    """

    accident = Link(
        Accident, _("accident"), related_name="reports", null=True, blank=True
    )
    hazard = Link("hazards.HazardousArea", _("hazardous area"), null=True, blank=True)
    reference = models.CharField(
        _("reference of the accident"), max_length=80, blank=True
    )

    declares = ACCIDENT_REPORT
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


class Victim(PlacedRow):
    """One person harmed in an accident, as one report tells it, without identity.

    ``number`` counts the victims of an accident; a later report on the same number
    replaces the whole record, and ``is_current`` marks the one that holds. Injuries and
    the answers to the Washington Group questions are health data and sealed;
    ``has_disability`` is derived from the answers (None: not asked) and ``age_group``
    from the age, so that people can be counted without opening a record.
    """

    report = Link(AccidentReport, related_name="victims")
    accident = Link(Accident, related_name="victims", null=True, blank=True)
    number = models.PositiveIntegerField(_("number"))
    is_current = models.BooleanField(_("current"), default=False, editable=False)
    sex = models.CharField(_("sex"), max_length=10, blank=True)
    age = models.PositiveIntegerField(_("age at the accident"), null=True, blank=True)
    age_group = models.CharField(
        _("age group"), max_length=20, blank=True, editable=False
    )
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    status = models.CharField(_("who the victim is"), max_length=20, blank=True)
    occupation = models.CharField(_("occupation"), max_length=30, blank=True)
    activity = models.CharField(_("activity at the time"), max_length=40, blank=True)
    knew_danger = models.CharField(_("knew of the danger"), max_length=10, blank=True)
    eore_received = models.CharField(_("had risk education"), max_length=10, blank=True)
    tampered = models.CharField(_("handled the item"), max_length=10, blank=True)
    consent = models.CharField(_("consent to keep the data"), max_length=20, blank=True)
    purpose = models.CharField(
        _("purpose for which the data is kept"), max_length=200, blank=True
    )
    has_disability = models.BooleanField(
        _("with disability"), null=True, editable=False
    )
    wgss_respondent = models.CharField(_("who answered"), max_length=20, blank=True)
    wgss = EncryptedJSONField(_("answers on functioning"), default=dict, blank=True)
    injuries = EncryptedJSONField(_("injuries"), default=list, blank=True)

    declares = (VICTIM_NUMBER, *VICTIM, *ON_HEALTH)
    policy = VictimPolicy
    objects = ScopedQuerySet["Victim"].as_manager()

    class Meta:
        verbose_name = _("victim")
        verbose_name_plural = _("victims")
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="victim_number")
        ]
        indexes = [
            models.Index(fields=["country", "is_current"], name="victim_counted")
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.number}"


class VictimIdentity(SealedRow):
    """Who a victim is. Sealed; opened only by ``reveal_victim`` with a reason.

    Each has a key of its own: destroying it destroys the identity in every copy.

    It has no scoped manager on purpose: no list, page, tile or export can reach it.
    """

    victim = models.OneToOneField(
        Victim, on_delete=models.CASCADE, related_name="identity"
    )
    name = RowSealedTextField(_("name"), blank=True)
    document = RowSealedTextField(_("identity document"), blank=True)
    birth_date = RowSealedTextField(_("date of birth"), blank=True)
    address = RowSealedTextField(_("address"), blank=True)
    telephone = RowSealedTextField(_("telephone"), blank=True)
    contact = RowSealedTextField(_("family or guardian"), blank=True)
    notes = RowSealedTextField(_("notes on help needed and given"), blank=True)

    declares = IDENTITY
    subject_from = "victim"

    @property
    def subject(self) -> str:
        return str(self.victim.uid)

    class Meta:
        verbose_name = _("identity of a victim")
        verbose_name_plural = _("identities of victims")

    def __str__(self) -> str:
        return f"#{self.victim_id}"


class PublishedCounts(PublishedTables):
    """How many people were harmed in one country, as everybody sees it."""

    class Meta(PublishedTables.Meta):
        verbose_name = _("published counts")
        verbose_name_plural = _("published counts")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "due_on"], name="published_counts_once"
            )
        ]
