"""Countries, their admin areas, their places, and codes of their own."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from safelane.core.geo.fields import GeometryField
from safelane.core.geo.rtree import GeometryIndex
from safelane.core.links import Link
from safelane.organisations.facts import AREA, PLACE


class LocalNames(models.Model):
    """A name with spellings in other languages."""

    name = models.CharField(_("name"), max_length=200)
    names = models.JSONField(_("names by language"), default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """Return the name in the reader's language, else ``name``."""
        language = (get_language() or "en").split("-")[0]
        return str(self.names.get(language) or self.name)

    @classmethod
    def named(cls, words: str) -> models.Q:
        """Return the condition that the name holds the words, in any language."""
        found = models.Q(name__icontains=words)
        for language, _name in settings.LANGUAGES:
            found |= models.Q(**{f"names__{language}__icontains": words})
        return found


class Country(LocalNames):
    """A country; ``code`` is ISO 3166-1 alpha-3 and names its country pack."""

    code = models.CharField(_("code"), max_length=3, unique=True)
    pack = models.CharField(_("country pack"), max_length=40)
    geometry = GeometryField(null=True, blank=True)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["name"]


class AdminArea(LocalNames):
    """A province, district or village; levels are named by the country pack.

    ``path`` is the materialised path of primary keys, ``"/3/17/240/"``, so that "all
    below" is a prefix. ``code`` is the official code (P-code) where there is one.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    country = Link(Country, _("country"), related_name="areas")
    level = models.PositiveSmallIntegerField(_("level"))
    code = models.CharField(_("official code"), max_length=60)
    parent = Link("self", _("part of"), related_name="children", null=True, blank=True)
    path = models.CharField(max_length=200, editable=False, db_index=True)
    geometry = GeometryField(null=True, blank=True)
    source = models.CharField(_("source and licence"), max_length=300, blank=True)

    @property
    def full_name(self) -> str:
        """Return the name with that of the area around: names stand several times."""
        return f"{self}, {self.parent}" if self.parent else str(self)

    @property
    def keys_on_path(self) -> list[int]:
        """Return the keys of the areas around and of this one, from the top down."""
        return [int(key) for key in self.path.split("/") if key]

    declares = AREA

    class Meta:
        verbose_name = _("admin area")
        verbose_name_plural = _("admin areas")
        ordering = ["level", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "level", "code"], name="adminarea_code"
            )
        ]
        indexes = [GeometryIndex(fields=["geometry"], name="adminarea_geometry")]


class Place(LocalNames):
    """A village, town or other named point."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    country = Link(Country, _("country"), related_name="places")
    admin_area = Link(
        AdminArea, _("admin area"), related_name="places", null=True, blank=True
    )
    code = models.CharField(_("code"), max_length=60)
    kind = models.CharField(_("kind"), max_length=40, default="village")
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    geometry = GeometryField(geom_type="point")
    source = models.CharField(_("source and licence"), max_length=300, blank=True)

    declares = PLACE

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="place_code")
        ]
        indexes = [GeometryIndex(fields=["geometry"], name="place_geometry")]


class NearPlace(models.Model):
    """Where a record with a position lies, told from the nearest named place.

    Distance in metres, true bearing from the place in degrees; see
    ``organisations.whereabouts``.
    """

    nearest_place = Link(Place, _("nearest place"), null=True, blank=True)
    nearest_place_m = models.FloatField(
        _("distance from it (m)"), null=True, blank=True
    )
    nearest_place_bearing = models.FloatField(
        _("bearing from it (°)"), null=True, blank=True
    )

    class Meta:
        abstract = True


class LocalCode(models.Model):
    """One code added here, beside those of the pack; retired, never deleted."""

    country = Link(Country, _("country"))
    list_name = models.CharField(_("code list"), max_length=60)
    code = models.SlugField(_("code"), max_length=60)
    labels = models.JSONField(_("labels by language"), default=dict)
    source = models.CharField(_("decided by"), max_length=200)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("local code")
        verbose_name_plural = _("local codes")
        ordering = ["list_name", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "list_name", "code"], name="localcode_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.code}"
