"""Accidents in files: which fields come in and go out. Victims are never exported.

A row tells of an accident and, in the columns of a victim, of one person harmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from safelane.accidents.display import place_name
from safelane.accidents.facts import (
    FACT_LISTS,
    IDENTITY_FIELDS,
    VICTIM_FACTS,
    VICTIM_LISTS,
)
from safelane.accidents.inputs import AccidentInput, IdentityInput, VictimInput
from safelane.accidents.models import (
    Accident,
    AccidentReport,
    Victim,
    VictimIdentity,
)
from safelane.accidents.queries import is_exact, published
from safelane.countries import CountryPack
from safelane.exchange.mapping import Choice, Target, TargetField

IMPORTED = (
    "kind",
    "occurred_on",
    "cause",
    "activity",
    "ordnance_category",
    "ordnance_model",
    "stated_killed",
    "stated_injured",
    "animals_killed",
    "information_source",
    "information_grade",
    "description",
    "accuracy_m",
)
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "reference": ("accident_id", "accident_localid", "local_id", "id", "imsma_id"),
    "date_of_information": ("report_date", "dateofreport", "date_of_report"),
    "occurred_on": ("accident_date", "date_of_accident", "dateofaccident"),
    "kind": ("accident_type", "accidenttype", "device_type"),
    "cause": ("accident_cause", "accidentcause", "how"),
    "activity": ("activity_at_accident", "victim_activity"),
    "ordnance_category": ("device_category", "ordnance", "device"),
    "ordnance_model": ("device_model", "ordnance_type"),
    "stated_killed": ("killed", "number_killed", "dead"),
    "stated_injured": ("injured", "number_injured", "wounded"),
    "animals_killed": ("animals",),
    "description": ("narrative", "comment", "remarks"),
    "accuracy_m": ("gps_accuracy", "accuracy"),
}
VICTIM = "victim_"
IDENTITY = IDENTITY_FIELDS
VICTIM_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "number": ("victim_no", "victim_nr", "victimnumber"),
    "sex": ("gender", "sex", "victim_gender"),
    "age": ("age", "age_at_accident"),
    "outcome": ("injury_outcome", "killed_or_injured", "casualty_type"),
    "status": ("victim_type", "civilian_status", "victimstatus"),
    "occupation": ("occupation", "job", "profession"),
    "knew_danger": ("aware_of_danger", "knew_of_danger"),
    "eore_received": ("mre_received", "risk_education", "eore"),
    "tampered": ("handled_item", "handled"),
    "consent": ("consent_given", "consent"),
    "name": ("victim_full_name", "full_name", "fullname", "first_name"),
    "document": ("id_card", "identity_card", "passport"),
    "birth_date": ("date_of_birth", "dob", "birthdate"),
    "address": ("home_address", "address"),
    "telephone": ("phone", "mobile", "telephone"),
    "contact": ("guardian", "next_of_kin"),
    "notes": ("assistance_notes", "help_needed"),
}
KINDS: Mapping[str, Any] = {
    "PositiveIntegerField": "integer",
    "FloatField": "number",
    "DateField": "date",
}
EXPORTED = (
    "uid",
    "reference",
    "country",
    "organisation",
    "area",
    "exact",
    "occurred_on",
    "occurred_year",
    "kind",
    "cause",
    "activity",
    "ordnance_category",
)


def accident_target(pack: CountryPack) -> Target:
    """Return what can be imported of an accident in a country."""
    fields = [
        TargetField(
            "reference",
            _("Reference"),
            required=True,
            synonyms=SYNONYMS["reference"],
            max_length=80,
        ),
        TargetField(
            "date_of_information",
            _("Date of information"),
            "date",
            required=True,
            synonyms=SYNONYMS["date_of_information"],
        ),
        *(_field(name, pack) for name in IMPORTED),
        *(_victim_field(name, pack) for name in ("number", *VICTIM_FACTS)),
        *(_identity_field(name) for name in IDENTITY),
    ]
    return Target("accidents", _("Accidents"), tuple(fields), "optional")


def _field(name: str, pack: CountryPack) -> TargetField:
    source: Any = AccidentReport._meta.get_field(name)
    choices: tuple[Choice, ...] = ()
    kind = KINDS.get(source.get_internal_type(), "text")
    if name in FACT_LISTS:
        kind = "choice"
        choices = tuple(
            Choice(code.code, tuple(code.labels.values()))
            for code in pack.codes(FACT_LISTS[name])
        )
    return TargetField(
        name,
        source.verbose_name,
        kind,
        choices=choices,
        synonyms=SYNONYMS.get(name, ()),
        max_length=source.max_length or 0,
        minimum=0.0 if kind in ("integer", "number") else None,
    )


def _victim_field(name: str, pack: CountryPack) -> TargetField:
    source: Any = Victim._meta.get_field(name)
    codes = pack.codes(VICTIM_LISTS[name]) if name in VICTIM_LISTS else ()
    kind = KINDS.get(source.get_internal_type(), "text")
    return TargetField(
        VICTIM + name,
        _("Victim: %(fact)s") % {"fact": source.verbose_name},
        "choice" if codes else kind,
        choices=tuple(Choice(c.code, tuple(c.labels.values())) for c in codes),
        synonyms=VICTIM_SYNONYMS.get(name, ()),
        max_length=source.max_length or 0,
        minimum=0.0 if kind == "integer" else None,
    )


def _identity_field(name: str) -> TargetField:
    source: Any = VictimIdentity._meta.get_field(name)
    label = _("Victim: %(fact)s (sealed)") % {"fact": source.verbose_name}
    return TargetField(VICTIM + name, label, synonyms=VICTIM_SYNONYMS.get(name, ()))


def victim_of(row: Mapping[str, Any]) -> VictimInput | None:
    """Return the victim that a mapped row tells of; None when it tells of none.

    ``number`` is 0 where the row does not count its victims.
    """
    said = {n.removeprefix(VICTIM): v for n, v in row.items() if n.startswith(VICTIM)}
    if not said:
        return None
    identity = {n: str(said[n]) for n in IDENTITY if n in said}
    facts = {n: said[n] for n in VICTIM_FACTS if n in said}
    return VictimInput(
        number=said.get("number", 0),
        identity=IdentityInput(**identity) if identity else None,
        **facts,
    )


def claims_of(row: Mapping[str, Any], **identity: str) -> AccidentInput:
    """Return a report from a mapped row.

    Args:
        row: Names of the target's fields and ``geometry`` -> value; None is not stated.
        identity: ``external_id``, ``content_hash`` and ``batch`` of the import.
    """
    names = (*IMPORTED, "geometry")
    facts = {n: row[n] for n in names if row.get(n) not in (None, "")}
    return AccidentInput(
        date_of_information=row["date_of_information"],
        reference=str(row["reference"]),
        facts=facts,
        **identity,  # type: ignore[arg-type]
    )


def export_row(row: Accident) -> dict[str, Any]:
    """Return an accident of ``visible_to`` as a flat row, at the row's precision."""
    facts = published(row)
    shown = {name: facts.get(name) for name in EXPORTED}
    return shown | {
        "uid": str(row.uid),
        "reference": row.reference,
        "country": row.country.code,
        "organisation": str(row.organisation),
        "area": place_name(row),
        "exact": is_exact(row),
        "geometry": facts.get("geometry"),
    }
