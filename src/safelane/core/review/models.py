"""What every report carries, whatever it reports on."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact
from safelane.core.geo.fields import BBoxField
from safelane.core.geo.measure import distance_m
from safelane.core.links import Link
from safelane.core.review import stages


class ReportedFacts(models.Model):
    """Facts that reports state and that a record holds; each domain adds its columns.

    In a report, an empty field means "not stated"; in a record or a period it means
    "nobody has stated it".
    """

    declares: ClassVar[tuple[Fact, ...]] = ()

    class Meta:
        abstract = True

    def stated_facts(self) -> dict[str, Any]:
        """Return the facts that are stated: name -> value."""
        return {
            name: value
            for name in fact_names(type(self))
            if (value := getattr(self, name)) not in (None, "", [], {})
        }


@cache
def fact_names(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of the facts that a model of facts, or one made of it, has."""
    declared = next(
        base
        for base in reversed(model.__mro__)
        if issubclass(base, ReportedFacts) and base is not ReportedFacts
    )
    fields = declared._meta.local_fields
    return tuple(f.name for f in fields if not isinstance(f, BBoxField))


def default_of(model: type[models.Model], name: str) -> Any:
    """Return what a fact holds while nobody has stated it."""
    field: Any = model._meta.get_field(name)
    return field.get_default()


class PlacedRow(models.Model):
    """Whose a row is and where it lies, as far as it is known."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = Link("organisations.Organisation")
    country = Link("organisations.Country")
    admin_area = Link("organisations.AdminArea", null=True, blank=True)

    class Meta:
        abstract = True


def apart_m(one: Any, other: Any) -> float | None:
    """Return the metres between two placed rows; None where one has no place.

    A row without a position lies anywhere in its admin area.
    """
    here, there = (
        row.geometry or (row.admin_area and row.admin_area.geometry)
        for row in (one, other)
    )
    return distance_m(here, there) if here and there else None


class ReviewedRecord(PlacedRow):
    """What reports speak of, as it is known now; each domain adds its facts.

    Only the approval of a report writes it. ``reference`` is unique within the
    organisation that answers for it.
    """

    reference = models.CharField(_("reference"), max_length=80)
    first_information = models.DateField(_("first information"), null=True)
    last_information = models.DateField(_("last information"), null=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    created_at = models.DateTimeField(_("registered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference


class ReviewedReport(models.Model):
    """A claim about the world with its date of information and its review.

    ``date_of_information`` is the day on which the facts were true, not the day of
    entry (IMAS 05.10; IMSMA information model). Nothing is deleted: a report is
    rejected or withdrawn with a reason. ``retracts`` names facts that it says are
    wrong, so that "unknown" can replace a value. ``findings`` and ``pack_version``
    keep what the rules in force said when it was submitted.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("report number"), max_length=60, blank=True)
    organisation = Link("organisations.Organisation", _("reporting organisation"))
    country = Link(
        "organisations.Country",
        _("country"),
        db_index=False,  # a few values in very many rows find nothing quickly
    )
    admin_area = Link("organisations.AdminArea", _("admin area"), null=True, blank=True)
    # False where the area is that in which the record lay: who may see the report goes
    # by it, but it says nothing of where the record lies.
    knows_area = models.BooleanField(default=True, editable=False)
    stage = models.CharField(
        _("stage"), max_length=20, choices=stages.STAGES, default=stages.DRAFT
    )
    date_of_information = models.DateField(_("date of information"))
    retracts = models.JSONField(_("facts retracted"), default=list, blank=True)
    source = models.CharField(_("came in by"), max_length=40, default="page")
    external_id = models.CharField(
        _("identifier in the source"), max_length=200, blank=True
    )
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    batch = models.CharField(_("import"), max_length=40, blank=True)
    device_time = models.DateTimeField(_("device time"), null=True, blank=True)
    entered_by = Link(settings.AUTH_USER_MODEL, _("entered by"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered"), auto_now_add=True)
    stage_at = models.DateTimeField(_("at this stage since"), null=True, blank=True)
    stage_by = Link(
        settings.AUTH_USER_MODEL,
        _("moved on by"),
        null=True,
        blank=True,
        db_index=False,
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True)
    findings = models.JSONField(_("findings"), default=list, blank=True)
    pack_version = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-date_of_information", "-pk"]

    def __str__(self) -> str:
        return self.number or str(self.uid)
