"""Victims and, apart from them, their identities."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.accidents.facts import IDENTITY, RESPONDENT, VICTIM, VICTIM_NUMBER
from safelane.accidents.models.accidents import Accident, AccidentReport
from safelane.accidents.policies import VictimPolicy
from safelane.core.protect.fields import EncryptedJSONField
from safelane.core.protect.rowkeys import RowSealedTextField, SealedRow
from safelane.core.scope import ScopedQuerySet


class Victim(models.Model):
    """One person harmed in an accident, as one report tells it, without identity.

    ``number`` counts the victims of an accident; a later report on the same number
    replaces the whole record, and ``is_current`` marks the one that holds. Injuries and
    the answers to the Washington Group questions are health data and sealed;
    ``has_disability`` is derived from the answers (None: not asked) and ``age_group``
    from the age, so that people can be counted without opening a record.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    report = models.ForeignKey(
        AccidentReport, on_delete=models.PROTECT, related_name="victims"
    )
    accident = models.ForeignKey(
        Accident,
        on_delete=models.PROTECT,
        related_name="victims",
        null=True,
        blank=True,
    )
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

    declares = (VICTIM_NUMBER, *VICTIM, RESPONDENT)
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

    @property
    def subject(self) -> str:
        return str(self.victim.uid)

    class Meta:
        verbose_name = _("identity of a victim")
        verbose_name_plural = _("identities of victims")

    def __str__(self) -> str:
        return f"#{self.victim_id}"
