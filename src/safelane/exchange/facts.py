"""Columns of files, read off the facts of a model, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Facts, facts_of
from safelane.core.scope import Precision
from safelane.core.scope.precision import shown_area
from safelane.countries import CountryPack
from safelane.exchange.mapping.model import Choice, TargetField, TargetKind
from safelane.exchange.writers import ExportField

Columns = tuple[tuple["type[models.Field[Any, Any]]", Any], ...]
TARGET_KINDS: Columns = (
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.FloatField, "number"),
    (models.DateField, "date"),
    (models.JSONField, "json"),
)
EXPORT_KINDS: Columns = (
    *TARGET_KINDS[1:3],
    (models.DateTimeField, "datetime"),  # before DateField, from which it comes
    TARGET_KINDS[3],
)

BESIDE = (
    ExportField("organisation", _("Organisation")),
    ExportField("country", _("Country")),
    ExportField("admin_area", _("Admin area")),
    ExportField("admin_code", _("Code of the admin area")),
)
UNITS = ("m2", "cm", "m", "percent")
APART = frozenset({"organisation", "country", "reference", "date_of_information"})


def imported(model: type[models.Model]) -> tuple[str, ...]:
    """Return the facts of a model that files bring in."""
    return tuple(f.name for f in facts_of(model).values() if f.files == "both")


def exported(model: type[models.Model]) -> tuple[str, ...]:
    """Return the facts of a model that files take out."""
    return tuple(f.name for f in facts_of(model).values() if f.files != "none")


def target_fields(
    model: type[models.Model],
    pack: CountryPack,
    names: Iterable[str] = (),
    *,
    prefix: str = "",
    called: str = "%(fact)s",
) -> list[TargetField]:
    """Return what a row of a file can fill of a model, with the codes in force.

    Args:
        names: Facts; all that files bring in when none is given.
        prefix: Before the names, where a row fills two models.
        called: Label of the column around that of its fact.
    """
    facts = facts_of(model)
    fields = [_target(facts, n, pack) for n in names or imported(model)]
    return [
        replace(field, name=prefix + field.name, label=called % {"fact": field.label})
        for field in fields
    ]


def _target(facts: Facts, name: str, pack: CountryPack) -> TargetField:
    fact, column = facts[name], facts.field(name)
    kind: TargetKind = _kind(TARGET_KINDS, column)
    choices: tuple[Choice, ...] = ()
    if fact.codes:
        kind = "choices" if fact.several else "choice"
        choices = _choices(pack, fact.codes)
    return TargetField(
        name,
        facts.label(name),
        kind,
        required=fact.required,
        choices=choices,
        synonyms=fact.other_names,
        max_length=(kind == "text" and column.max_length) or 0,
        minimum=(fact.least or 0) if kind in ("integer", "number") else None,
        maximum=fact.most,
        is_name=kind == "text" and fact.required,
        unit=next((u for u in UNITS if name.endswith(f"_{u}")), ""),
    )


def _choices(pack: CountryPack, name: str) -> tuple[Choice, ...]:
    """Return the codes of a list with every label and other name."""
    return tuple(
        Choice(
            code.code,
            (*code.labels.values(), *code.data.get("names", ())),
            bool(code.data.get("exact")),
        )
        for code in pack.codes(name)
    )


def export_fields(
    model: type[models.Model], names: Iterable[str] = ()
) -> list[ExportField]:
    """Return the columns of a model's facts; of all that files take out by default."""
    facts = facts_of(model)
    return [
        ExportField(name, facts.name_of(name), _kind(EXPORT_KINDS, facts.field(name)))
        for name in names or exported(model)
    ]


def _kind(kinds: Columns, column: models.Field[Any, Any]) -> Any:
    return next((kind for field, kind in kinds if isinstance(column, field)), "text")


def record_fields(model: type[models.Model]) -> tuple[ExportField, ...]:
    """Return the columns of a kind of record, between what all kinds have."""
    names = [name for name in exported(model) if name not in APART]
    return (
        ExportField("uid", _("Identifier")),
        ExportField("reference", _("Reference")),
        *BESIDE,
        *export_fields(model, names),
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
