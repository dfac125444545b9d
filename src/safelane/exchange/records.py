"""Exports of records: whose they are, where, and their facts as they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.scope import Precision
from safelane.core.scope.coarse import shown_area
from safelane.exchange.facts import export_fields
from safelane.exchange.writers import ExportField

BESIDE = (
    ExportField("organisation", _("Organisation")),
    ExportField("country", _("Country")),
    ExportField("admin_area", _("Admin area")),
    ExportField("admin_code", _("Code of the admin area")),
)
APART = frozenset({"organisation", "country", "reference", "date_of_information"})


def record_fields(
    model: type[models.Model], names: Iterable[str]
) -> tuple[ExportField, ...]:
    """Return the columns of a kind of record, between what all kinds have."""
    return (
        ExportField("uid", _("Identifier")),
        ExportField("reference", _("Reference")),
        *BESIDE,
        *export_fields(model, [name for name in names if name not in APART]),
        ExportField("date_of_information", _("Date of information"), "date"),
        ExportField("precision", _("Precision of the position")),
    )


def beside(record: Any, home: Any = None) -> dict[str, Any]:
    """Return who and where in words; the area's name as deep as the row shows it.

    Args:
        record: From ``visible_to``, with its ``precision``.
        home: Whose organisation and country it has; its own when None.
    """
    shown = shown_area(record)
    return {
        "organisation": str((home or record).organisation),
        "country": (home or record).country.code,
        "admin_area": shown.name if shown else None,
        "admin_code": shown.code if shown else None,
        "precision": Precision(int(record.precision)).name.lower(),
    }
