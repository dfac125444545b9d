"""Counts of victims as they were published."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublishedCounts(models.Model):
    """The tables of one country that everybody sees from one fixed date to the next.

    Counts that changed with every approval would tell of the one person in between.
    ``tables`` holds, per ``"<row>-<column>"``, the keys of rows and columns, the cells
    with their totals (null where a small number is hidden) and the smallest number
    shown. It is never written again.
    """

    country = models.ForeignKey(
        "organisations.Country",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("country"),
    )
    due_on = models.DateField(_("date of publication"))
    cut_off = models.DateField(_("counted up to"))
    published_at = models.DateTimeField(_("published"))
    tables = models.JSONField(_("tables"), default=dict)

    class Meta:
        verbose_name = _("published counts")
        verbose_name_plural = _("published counts")
        ordering = ["-due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "due_on"], name="published_counts_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.due_on}"
