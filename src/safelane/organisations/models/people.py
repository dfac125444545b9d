"""Organisations, people, and the accounts of those who use the system."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact
from safelane.core.links import Link
from safelane.core.scope import ScopedQuerySet
from safelane.organisations.models.places import Country
from safelane.organisations.policies import OrganisationPolicy, PersonPolicy

SEXES = (("female", _("Female")), ("male", _("Male")))


class Organisation(models.Model):
    """An authority, operator, NGO, UN body, donor or regional centre."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=30)
    country = Link(
        Country, _("country"), related_name="organisations", null=True, blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)

    policy = OrganisationPolicy
    declares = (
        Fact("name", group="main"),
        Fact("short_name", group="main"),
        Fact("kind", codes="organisation_kind", group="main"),
        Fact("country", group="main"),
        Fact("is_active", group="main"),
    )
    objects = ScopedQuerySet["Organisation"].as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.short_name

    @property
    def chain_id(self) -> int:
        """Return the organisation whose chain tells of it: itself."""
        return int(self.pk)


class User(AbstractUser):
    """An account. What it may do comes from memberships alone, never from flags."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Person(models.Model):
    """A member of staff or a contact, with or without an account."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = Link(Organisation, _("organisation"), related_name="people")
    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        related_name="person",
        null=True,
        blank=True,
        verbose_name=_("account"),
    )
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    sex = models.CharField(_("sex"), max_length=10, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"), null=True, blank=True
    )
    position = models.CharField(_("position"), max_length=100, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    policy = PersonPolicy
    declares = (
        Fact("given_name", group="main"),
        Fact("family_name", group="main"),
        Fact("sex", group="main", words=SEXES),
        Fact("birth_year", group="main", least=1900, most=2100),
        Fact("position", group="main"),
        Fact("phone", group="main"),
        Fact("email", group="main"),
        Fact("is_active"),
    )
    # The history is for ever, so it never takes telephone numbers or addresses in.
    private = frozenset({"phone", "email", "birth_year"})
    objects = ScopedQuerySet["Person"].as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class SavedView(models.Model):
    """Filters of a register page that somebody kept under a name."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(_("page"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters"), max_length=2000)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["page", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"], name="savedview_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
