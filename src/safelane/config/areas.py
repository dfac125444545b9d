"""Admin areas and places from files: kinds of import of the organisations.

They stand here, since organisations know nothing of imports.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.scope import Actor
from safelane.countries import CountryPack, load_pack
from safelane.exchange.kinds import Complaint, ImportKind, Intake, Prepared, shapes_of
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.mapping.model import Target, TargetField
from safelane.organisations.actions import import_admin_areas, import_places
from safelane.organisations.inputs import AreaRow, PlaceRow
from safelane.organisations.models import Country

if TYPE_CHECKING:
    from safelane.exchange.models import ImportRun

AREAS, PLACES = "areas", "places"
SYNONYMS: dict[str, tuple[str, ...]] = {
    "level": ("adm_level", "admin_level", "уровень", "səviyyə"),
    "code": (
        "pcode",
        "adm3_pcode",
        "adm2_pcode",
        "adm1_pcode",
        "shapeiso",
        "shapeid",
        "geonameid",
        "gid_2",
        "gid_1",
        "код",
        "kod",
        "ລະຫັດ",
    ),
    "parent_code": ("parent", "parent_pcode", "adm0_pcode", "upper_code"),
    "area_name": (
        "name",
        "shapename",
        "adm3_en",
        "adm2_en",
        "adm1_en",
        "name_2",
        "name_1",
        "district",
        "province",
        "название",
        "ad",
        "ຊື່",
    ),
    "population": ("pop", "people", "residents", "население", "əhali", "ປະຊາກອນ"),
    "place_kind": ("type", "place", "fclass", "feature_code", "тип", "növ"),
}


class AreaIntake(Intake):
    """The whole file at once, since areas hang together."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run

    def begin(self, mapped: MappedBatch) -> Prepared:
        prepared = prepare_places(mapped, self._run.target, self._run.country)
        prepared.drop_faulty()
        return prepared

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        action: Any = import_admin_areas if self._run.target == AREAS else import_places
        saved = action(
            list(prepared.items.values()),
            country=self._run.country,
            source=self._run.name[:200],
            by=by,
        )
        return Counter(created=len(saved))


def prepare_places(mapped: MappedBatch, target: str, country: Country) -> Prepared:
    """Return one admin area or place per row."""
    prepared = Prepared.of(mapped)
    faulty = {c.row for c in prepared.complaints if c.blocks}
    shapes = shapes_of(mapped)
    for i, row in enumerate(mapped.rows):
        if row in faulty:
            continue
        values = {n: v[i] for n, v in mapped.values.items() if v[i] is not None}
        values["names"] = _names(values.pop("name_local", None), country)
        if target == AREAS:
            prepared.items[row] = AreaRow(geometry=shapes[i], **values)
        elif shapes[i].geom_type == "Point":
            point = shapes[i]
            prepared.items[row] = PlaceRow(lon=point.x, lat=point.y, **values)
        else:
            message = _("A place needs a point.")
            prepared.complaints.append(Complaint(row, "not-a-point", message))
    return prepared


def _names(local: Any, country: Country) -> dict[str, str]:
    languages = [n for n in load_pack(country.pack).languages if n != "en"]
    return {languages[0]: str(local)} if local and languages else {}


def _named() -> list[TargetField]:
    code, name = SYNONYMS["code"], SYNONYMS["area_name"]
    return [
        TargetField(
            "code", _("Code"), required=True, synonyms=code, max_length=40, is_name=True
        ),
        TargetField("name", _("Name"), required=True, synonyms=name, max_length=200),
        TargetField("name_local", _("Name in the national language"), max_length=200),
    ]


def areas_target(pack: CountryPack) -> Target:
    """Return what can be imported of admin areas."""
    level = TargetField(
        "level", _("Level"), "integer", True, synonyms=SYNONYMS["level"], minimum=1
    )
    parent = TargetField(
        "parent_code", _("Code of the area above"), synonyms=SYNONYMS["parent_code"]
    )
    fields = (level, *_named(), parent)
    return Target(AREAS, _("Admin areas"), fields, "required")


def places_target(pack: CountryPack) -> Target:
    """Return what can be imported of places."""
    people = TargetField(
        "population",
        _("Population"),
        "integer",
        synonyms=SYNONYMS["population"],
        minimum=0,
    )
    kind = TargetField(
        "kind", _("Kind"), synonyms=SYNONYMS["place_kind"], max_length=40
    )
    return Target(PLACES, _("Places"), (*_named(), people, kind), "required")


def _kind(name: str, label: Any, target: Any) -> ImportKind:
    return ImportKind(
        name,
        label,
        "area.manage",
        "area.manage",
        target,
        AreaIntake,
        "organisations:areas",
        is_whole=True,
        is_shared=True,
    )


IMPORTS = (
    _kind(AREAS, gettext_lazy("Admin areas"), areas_target),
    _kind(PLACES, gettext_lazy("Places"), places_target),
)
