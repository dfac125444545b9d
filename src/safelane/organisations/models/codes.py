"""Codes that an authority adds to the lists of its country pack."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.organisations.models.places import Country


class LocalCode(models.Model):
    """One code added here, beside those of the pack; retired, never deleted."""

    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, related_name="+", verbose_name=_("country")
    )
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
