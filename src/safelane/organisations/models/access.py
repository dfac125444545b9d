"""Roles as data, memberships, and agreements between organisations."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safelane.core.links import Link
from safelane.core.scope import ScopedQuerySet
from safelane.organisations.models.people import Organisation, User
from safelane.organisations.models.places import AdminArea, Country, LocalNames
from safelane.organisations.policies import AgreementPolicy, MembershipPolicy


def in_force(on: date) -> Q:
    """Return the filter for dated rows in force on a day (both ends included)."""
    return (Q(starts__isnull=True) | Q(starts__lte=on)) & (
        Q(ends__isnull=True) | Q(ends__gte=on)
    )


class Role(LocalNames):
    """A named set of verbs with a precision per data class.

    ``reach`` says whose rows a membership with this role opens: ``organisation``,
    ``country`` or ``all``. ``precision`` maps data class -> ``exact``, ``cell`` (1 km)
    or ``district``.
    """

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    reach = models.CharField(_("reach"), max_length=15)
    verbs = models.JSONField(_("verbs"), default=list)
    precision = models.JSONField(_("precision"), default=dict, blank=True)
    is_built_in = models.BooleanField(_("built in"), default=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in an organisation, for an area and a time.

    ``country`` is that of the organisation on the day when the role was given, if none
    was chosen. It is None where the organisation had none: no country is opened then.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = Link(User, related_name="memberships")
    organisation = Link(Organisation, related_name="memberships")
    role = Link(Role, related_name="memberships")
    country = Link(Country, null=True, blank=True)
    area = Link(AdminArea, null=True, blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)

    policy = MembershipPolicy
    objects = ScopedQuerySet["Membership"].as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "role"]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}, {self.organisation}"

    @property
    def can_end(self) -> bool:
        """Say whether it goes on after today, or begins only then."""
        never = self.starts and self.ends and self.ends < self.starts
        return not never and (self.ends is None or self.ends > timezone.localdate())


class MembershipProposal(models.Model):
    """A role that somebody wants to give, until somebody else decides on it.

    Roles that were given by one person alone, before there were two, are kept here too,
    decided by nobody, so that the managers of the authority are told.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = Link(User)
    organisation = Link(Organisation)
    role = Link(Role)
    country = Link(Country, null=True)
    area = Link(AdminArea, null=True)
    starts = models.DateField(_("from"), null=True)
    ends = models.DateField(_("until"), null=True)
    proposed_by = Link(User, null=True)
    proposer = models.CharField(_("proposed by"), max_length=200)
    created = models.DateTimeField(_("proposed"), auto_now_add=True)
    decided = models.DateTimeField(_("decided"), null=True)
    decided_by = Link(User, null=True)
    accepted = models.BooleanField(_("confirmed"), null=True)

    policy = MembershipPolicy
    objects = ScopedQuerySet["MembershipProposal"].as_manager()

    class Meta:
        verbose_name = _("proposed membership")
        verbose_name_plural = _("proposed memberships")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}, {self.organisation}"


class Agreement(models.Model):
    """One organisation opens named data classes to another for a time."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    owner = Link(Organisation, _("owner of the data"), related_name="agreements_given")
    partner = Link(Organisation, _("partner"), related_name="agreements_received")
    data_classes = models.JSONField(_("data classes"), default=list)
    place_precision = models.CharField(_("precision"), max_length=10, default="cell")
    country = Link(Country, _("country"), null=True, blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    purpose = models.TextField(_("purpose"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    policy = AgreementPolicy
    objects = ScopedQuerySet["Agreement"].as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-starts"]

    def __str__(self) -> str:
        return f"{self.owner} → {self.partner}"
