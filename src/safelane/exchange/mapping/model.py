"""What a domain can take in: its fields, their kinds, codes and other names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise

from safelane.exchange.files.errors import MappingInvalid
from safelane.exchange.files.reading import SourceInfo
from safelane.exchange.files.wording import gettext_noop as _

TargetKind = Literal[
    "text", "integer", "number", "boolean", "date", "choice", "choices", "json"
]


@dataclass(frozen=True)
class Choice:
    """One code and every word by which people call it, in any language.

    Attributes:
        exact: It ends something, so that no slip of the pen is taken for it.
    """

    code: str
    names: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True)
class TargetField:
    """One field that a row can fill.

    Attributes:
        synonyms: Column names seen for it in other systems and languages.
        choices: For kinds ``choice`` and ``choices``: the codes in force.
        unit: Of a number: ``m2``, ``m``, ``cm``, ``percent``, or "" where it has none.
        is_name: It names the record: what nobody sees is no part of it.
    """

    name: str
    label: str | Promise
    kind: TargetKind = "text"
    required: bool = False
    choices: tuple[Choice, ...] = ()
    synonyms: tuple[str, ...] = ()
    max_length: int = 0
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    is_name: bool = False


@dataclass(frozen=True)
class Target:
    """A kind of record that can be imported.

    Attributes:
        geometry: Whether rows need a position: "required", "optional" or "none".
        bounds: Box of the country (west, south, east, north), if known.
        exported: What each column of our own exports of it is called.
    """

    name: str
    label: str | Promise
    fields: tuple[TargetField, ...]
    geometry: Literal["required", "optional", "none"] = "required"
    bounds: tuple[float, float, float, float] | None = None
    exported: tuple[frozenset[str], ...] = ()

    @property
    def by_name(self) -> dict[str, TargetField]:
        """Return its fields by their names."""
        return {field.name: field for field in self.fields}


PARTS = ("minutes", "seconds", "side")
GeometryKind = Literal["none", "source", "wkt", "lonlat", "point", "utm", "mgrs"]
# Which columns each kind of position needs.
ROLES: dict[str, tuple[str, ...]] = {
    "none": (),
    "source": (),
    "wkt": ("wkt",),
    "lonlat": ("lon", "lat"),
    "point": ("point",),
    "utm": ("easting", "northing"),
    "mgrs": ("mgrs",),
}
# Columns that say the rest of an angle, and those that each kind of position may have.
ANGLE = {axis: tuple(f"{axis}_{p}" for p in PARTS) for axis in ("lat", "lon")}
_MAY_HAVE: dict[str, tuple[str, ...]] = {
    "wkt": ("system",),
    "lonlat": (*ANGLE["lat"], *ANGLE["lon"], "system"),
    "point": ("system",),
    "utm": ("zone", "system"),
    "mgrs": ("system",),
}
VERSION = 1
# How a file is read, as a person chose it; the names of Mapping, ReadJob and the form.
READING = ("layer", "encoding", "crs", "separator")


def roles_of(kind: str) -> tuple[str, ...]:
    """Return the columns that a kind of position needs or may have."""
    return (*ROLES[kind], *_MAY_HAVE.get(kind, ()))


@dataclass
class FieldMapping:
    """Where one field comes from.

    Attributes:
        column: Column of the file; "" when ``constant`` or nothing fills the field.
        constant: One value for all rows.
        values: What words of the file mean: word -> code, or "" for "leave empty".
        date_format: strptime format; "" for ISO 8601.
        decimal_comma: Whether "1.234,5" is written with a decimal comma.
        unit_column: Column that says the unit of each number; "" for none. None: nobody
            has said so, as in mappings that were kept before it was asked.
        confidence: 0 to 1; 1 when a person chose it.
        reason: Why it was guessed: name, synonym, words, cut, person.
    """

    column: str = ""
    constant: str = ""
    values: dict[str, str] = field(default_factory=dict)
    date_format: str = ""
    decimal_comma: bool = False
    unit_column: str | None = None
    confidence: float = 0.0
    reason: str = ""


@dataclass
class GeometryMapping:
    """Where positions come from; ``zone`` is a UTM zone such as ``48N``.

    ``again`` holds the arguments of further ones, which say the same position in
    another manner: a row where they lie far apart is at fault.
    """

    kind: GeometryKind = "none"
    columns: dict[str, str] = field(default_factory=dict)
    crs: str = ""
    zone: str = ""
    again: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Mapping:
    """Everything needed to read files of one layout again without asking.

    Columns that fill no field are kept with the record when ``keep_rest`` is set; those
    ``withheld`` are not, since they look as if they held identities of people. A row
    that puts a known record elsewhere is at fault unless ``may_move`` is set.
    """

    target: str
    fields: dict[str, FieldMapping] = field(default_factory=dict)
    geometry: GeometryMapping = field(default_factory=GeometryMapping)
    layer: str = ""
    encoding: str = ""
    crs: str = ""
    separator: str = ""
    keep_rest: bool = True
    may_move: bool = False
    withheld: list[str] = field(default_factory=list)

    @property
    def not_kept(self) -> list[str]:
        """Return the columns that are left out, as no field takes them."""
        taken = {mapped.column for mapped in self.fields.values()}
        return [column for column in self.withheld if column not in taken]

    @property
    def unit_columns(self) -> dict[str, str]:
        """Return the columns of numbers whose units other columns say: and which."""
        both = ((m.column, m.unit_column) for m in self.fields.values())
        return {column: unit for column, unit in both if column and unit}

    @property
    def used_columns(self) -> set[str]:
        """Return the columns that say something of a field or of the position."""
        said = {mapped.column for mapped in self.fields.values()}
        return {*said, *self.unit_columns.values(), *self.geometry.columns.values()}

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as JSON values."""
        return asdict(self) | {"version": VERSION}

    @staticmethod
    def from_json(value: Any) -> Mapping:
        """Rebuild a mapping.

        Raises:
            MappingInvalid: It is not one, or of a later version.
        """
        try:
            data = dict(value)
            if data.pop("version", VERSION) > VERSION:
                raise MappingInvalid(reason=_("it was made by a later version"))
            fields = {n: FieldMapping(**f) for n, f in data.pop("fields", {}).items()}
            geometry = GeometryMapping(**data.pop("geometry", {}))
            mapping = Mapping(fields=fields, geometry=geometry, **data)
        except (TypeError, ValueError, AttributeError) as error:
            raise MappingInvalid(reason=_("it is no mapping")) from error
        if (kind := mapping.geometry.kind) not in ROLES:
            reason = _("it names a kind of position that is not known here: %(kind)s")
            raise MappingInvalid(reason=reason, kind=kind)
        return mapping

    def check(self, info: SourceInfo, target: Target) -> None:
        """Raise unless the mapping fits this file and target.

        Raises:
            MappingInvalid: A column or field does not exist, or a needed field is
                filled by nothing.
        """
        for reason, name in self._misfits(info, target):
            raise MappingInvalid(reason=reason, name=str(name))

    def _misfits(
        self, info: SourceInfo, target: Target
    ) -> Iterator[tuple[str, str | Promise]]:
        """Yield why it does not fit, and what is named in that."""
        place, columns = self.geometry, {c.name for c in info.columns}
        if self.target != target.name:
            yield _("it is for something else than “%(name)s”"), target.label
        for name, mapped in self.fields.items():
            if name not in target.by_name:
                yield _("there is no field “%(name)s”"), name
            for column in filter(None, (mapped.column, mapped.unit_column)):
                if column not in columns:
                    yield _("the file has no column “%(name)s”"), column
        if place.kind == "none" and target.geometry == "required":
            yield _("nothing gives the position"), ""
        if place.kind == "source" and not info.has_geometry:
            yield _("the file holds no geometries"), ""
        for role in ROLES[place.kind]:
            if place.columns.get(role) not in columns:
                yield _("the position needs a column for “%(name)s”"), role
        for wanted in target.fields:
            filled = self.fields.get(wanted.name)
            if wanted.required and not (filled and (filled.column or filled.constant)):
                yield _("nothing fills the needed field “%(name)s”"), wanted.label
