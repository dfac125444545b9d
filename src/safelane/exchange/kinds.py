"""The kinds of record that come in from files and go out to them.

A part says here what its records are in a file, and how its rows are judged, then
written; runs, mapping, pages, jobs and commands are the same for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar
from uuid import UUID

import numpy as np
import shapely
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from safelane.core.domain import house
from safelane.core.errors import InvalidInput, NotFound, SafelaneError
from safelane.core.geo.values import to_wkb
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.exchange.files.errors import ERROR
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.mapping.model import Target
from safelane.exchange.writers import ExportField, Row

if TYPE_CHECKING:
    from safelane.core.review.kind import ReportKind
    from safelane.exchange.models import ImportRun


Where = tuple[float, float] | None
_MULTI = (4, 5, 6)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with one row; ``level`` error keeps the row out.

    ``is_open`` says that it follows from the file alone: whoever sees the import may
    read it. All else was worded for who had it judged.
    """

    row: int
    code: str
    message: str
    level: str = ERROR
    column: str = ""
    where: Where = None
    is_open: bool = True

    @property
    def blocks(self) -> bool:
        return self.level == ERROR

    @staticmethod
    def of(row: int, error: SafelaneError, *, is_open: bool = False) -> Complaint:
        """Return why a row was refused, which may hang on what is recorded."""
        said = error.message, ERROR, error.field or ""
        return Complaint(row, error.code, *said, is_open=is_open)


@dataclass
class Prepared:
    """Rows that can be judged: input by row number, and what is wrong so far.

    ``rows`` are all rows of the batch, ``nowhere`` those without a geometry. ``known``
    is what the database knew of them when it was asked; ``ready`` is what the intake
    has made of them beforehand, so that writing takes less time. ``keys`` are those of
    the records in an own export.
    """

    items: dict[int, Any] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    unchanged: int = 0
    known: Any = None
    ready: Any = None
    rows: Sequence[int] = ()
    nowhere: frozenset[int] = frozenset()
    progress: float = 0.0
    keys: Mapping[int, UUID] = field(default_factory=dict)
    mapped: MappedBatch | None = None

    @staticmethod
    def of(mapped: MappedBatch) -> Prepared:
        """Return no rows yet, and what reading and mapping found wrong with them."""
        prepared = Prepared(rows=mapped.rows, nowhere=mapped.nowhere, mapped=mapped)
        prepared.progress, prepared.keys = mapped.progress, mapped.keys
        for f in mapped.faults:
            found = Complaint(f.row, f.code, f.message, f.level, f.column)
            prepared.complaints.append(found)
        return prepared

    def drop_faulty(self) -> None:
        """Leave out the rows with a fault that blocks."""
        for complaint in self.complaints:
            if complaint.blocks:
                self.items.pop(complaint.row, None)


class Intake:
    """What an import of one kind of record does with a batch.

    Rows are begun, looked up, judged and written. Where an intake works ahead, only
    looking up and writing use the database, and it does the rest of a batch while the
    one before is written.
    """

    works_ahead = False

    def prepare(self, mapped: MappedBatch) -> Prepared:
        """Return the rows that can come in, and what is wrong with the others."""
        prepared = self.begin(mapped)
        self.look_up(prepared)
        self.judge(prepared)
        return prepared

    def begin(self, mapped: MappedBatch) -> Prepared:
        """Return rows and faults as far as the file alone tells."""
        raise NotImplementedError

    def look_up(self, prepared: Prepared) -> None:
        """Ask the database about the rows; leave out those that it has already."""

    def judge(self, prepared: Prepared) -> None:
        """Ask the rules about rows that are looked up."""

    def subjects(self, prepared: Prepared) -> set[str]:
        """Return what the rows are about: looking up and writing touch no other."""
        return set()

    def try_out(self, prepared: Prepared, *, by: Actor) -> None:
        """Judge rows that are judged only as they are written; leave nothing behind."""

    def write(self, prepared: Prepared, *, by: Actor) -> Counter[str]:
        """Write rows in the caller's transaction; return how many of which.

        A row that is refused only now becomes a complaint.
        """
        raise NotImplementedError


def shapes_of(mapped: MappedBatch) -> Any:
    """Return the geometries, a multi-part of one part as that part."""
    shapes = shapely.from_wkb(mapped.places.geometry)
    single = np.isin(shapely.get_type_id(shapes), _MULTI)
    single &= shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of record, and how its rows come in.

    Attributes:
        verb: What a role must allow to bring rows in.
        approve_verb: Who may do this as well takes rows over as approved.
        target: Country pack -> fields with the codes in force.
        intake: Import run -> its way in.
        page: URL name of the list in which the records stand afterwards.
        is_whole: The file is taken at once, since its rows hang together.
        is_placed_by_facts: Rows without a geometry may say where they are otherwise.
        moved: Rules that find a known record elsewhere, or another person under a known
            number: such a row is at fault unless the mapping says that it may be.
        is_shared: The records belong to no organisation: whoever may, may for all.
        sealed: Fields that hold identities and are kept sealed. A file of such a kind
            is sealed too, and only the person who brought it sees the import.
        reports: The kind of report that the rows become, and as which an import can be
            taken back.
    """

    name: str
    label: str | Promise
    verb: str
    approve_verb: str
    target: Callable[[CountryPack], Target]
    intake: Callable[[ImportRun], Intake]
    page: str
    is_whole: bool = False
    is_shared: bool = False
    is_placed_by_facts: bool = False
    moved: tuple[str, ...] = ()
    sealed: frozenset[str] = frozenset()
    reports: ReportKind[Any, Any] | None = None


class Filters(Protocol):
    """What narrows an export down."""

    def querystring(self) -> str:
        """Return the filters as they stand in an address."""
        ...


@dataclass(frozen=True, slots=True)
class ExportKind:
    """One kind of record that can be exported.

    Attributes:
        verb: What a role must allow.
        family: The usual kind of geometry.
        lists: Field -> code list of the country pack, for the flat view's labels.
        parse: Address -> filters.
        rows: Actor and filters -> the records, never more than the actor sees.
        values: Record -> its values and its shape, as exact as they may be shown.
        home: Record -> whose country's words its codes have.
        narrowed_by: Names of the filters that apply; None where all do.
    """

    name: str
    label: str | Promise
    verb: str
    family: Literal["polygon", "point"]
    fields: tuple[ExportField, ...]
    lists: dict[str, str]
    parse: Callable[[Mapping[str, Any]], Filters]
    rows: Callable[[Actor, Any], QuerySet[Any]]
    values: Callable[[Any], tuple[dict[str, Any], Any]]
    home: Callable[[Any], Any]
    narrowed_by: frozenset[str] | None = None

    def narrowed(self, query: str) -> Filters:
        """Return the filters that stand in an address.

        Raises:
            InvalidInput: One does not apply to these records, or cannot be read.
        """
        asked = QueryDict(query)
        filters = self.parse(asked)
        known = set(QueryDict(filters.querystring()))
        if self.narrowed_by is not None:
            known &= self.narrowed_by
        foreign = sorted({name for name in asked if asked[name]} - known)
        if foreign:
            message = _(
                "“%(records)s” cannot be narrowed by: %(filters)s. Take that away, or "
                "choose other records."
            )
            said = {"records": self.label, "filters": ", ".join(foreign)}
            raise InvalidInput(message % said, field="filter")
        return filters

    def read(self, actor: Actor, filters: Filters) -> Iterator[tuple[Any, Row]]:
        """Yield each visible record with its row, exact or as coarse as it must be."""
        for record in self.rows(actor, filters).iterator(chunk_size=2000):
            values, shape = self.values(record)
            yield record, Row(values, None if shape is None else to_wkb(shape))


def import_kinds() -> tuple[ImportKind, ...]:
    """Return all that can be imported."""
    return tuple(house().imports.values())


def export_kinds() -> tuple[ExportKind, ...]:
    """Return all that can be exported."""
    return tuple(house().exports.values())


def importable(actor: Actor) -> tuple[ImportKind, ...]:
    """Return what an actor may bring in."""
    return tuple(kind for kind in import_kinds() if actor.may(kind.verb))


def exportable(actor: Actor) -> tuple[ExportKind, ...]:
    """Return what an actor may take out."""
    return tuple(kind for kind in export_kinds() if actor.may(kind.verb))


def import_kind(name: str) -> ImportKind:
    """Return what is imported under a name.

    Raises:
        NotFound: Nothing has this name.
    """
    message = _("Nothing called “%(name)s” can be imported. Choose one of: %(all)s.")
    return _named(house().imports, name, message)


def export_kind(name: str) -> ExportKind:
    """Return what is exported under a name.

    Raises:
        NotFound: Nothing has this name.
    """
    message = _("Nothing called “%(name)s” can be exported. Choose one of: %(all)s.")
    return _named(house().exports, name, message)


def exported_columns(name: str) -> tuple[frozenset[str], ...]:
    """Return what each column is called in our own exports of a kind, in any format."""
    kind = house().exports.get(name)
    fields = kind.fields if kind else ()
    return tuple(frozenset((f.name, f.name[:10], str(f.label))) for f in fields)


def _named(kinds: Mapping[str, Kind], name: str, message: str) -> Kind:
    if name not in kinds:
        raise NotFound(message % {"name": name, "all": ", ".join(kinds)})
    return kinds[name]
