"""Tables that everybody sees from one fixed date to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.counts import tables
from safelane.core.counts.tables import (
    Counted,
    CrossTable,
    Feature,
    agreed,
    counted,
    in_words,
    people_moved,
)
from safelane.core.links import Link

Rows = models.QuerySet[Any]


class Pack(tables.Pack, Protocol):
    """What publications ask of a country's pack."""

    def parameter(self, key: str) -> Any: ...


class PublishedTables(models.Model):
    """The tables of one country for one fixed date; it is never written again.

    Counts that changed with every approval would tell of the one person in between.
    ``tables`` holds, per ``"<row>-<column>"``, the keys of rows and columns, the cells
    with their totals (null where a small number is hidden), the smallest number shown,
    and what was counted, with which the next ones are compared and which nobody sees.
    """

    country = Link("organisations.Country", _("country"))
    due_on = models.DateField(_("date of publication"))
    cut_off = models.DateField(_("counted up to"))
    published_at = models.DateTimeField(_("published"))
    tables = models.JSONField(_("tables"), default=dict)

    class Meta:
        abstract = True
        ordering = ["-due_on"]

    def __str__(self) -> str:
        return f"{self.country} {self.due_on}"


@dataclass(frozen=True, slots=True)
class Publication:
    """What is counted of one kind of rows, and what of it everybody sees.

    Args:
        model: Keeps what was published.
        features: Name -> feature.
        shown: The (row, column) pairs that everybody sees: one table per question, so
            that tables cannot be laid over each other at will.
        verb: What publishes it, as ``"<what>.publish"``.
    """

    model: type[PublishedTables]
    features: Mapping[str, Feature]
    shown: Sequence[tuple[str, str]]
    verb: str = "statistics.publish"

    def live(self, rows: Rows, row: str, column: str, pack: Pack) -> CrossTable:
        """Return rows counted as they are now; small numbers are hidden."""
        return self._words(self._counted(rows, row, column, pack), row, column, pack)

    def newest(
        self, country: Any, row: str, column: str, pack: Pack
    ) -> CrossTable | None:
        """Return a table of the newest publication for a country, if there is one."""
        newest = self._of(country).first()
        if newest is None:
            return None
        found = Counted.from_json(newest.tables[f"{row}-{column}"])
        table = self._words(found, row, column, pack)
        return replace(table, published_on=newest.due_on, cut_off=newest.cut_off)

    def due(self, rows: Rows, country: Any, pack: Pack) -> dict[str, Counted] | None:
        """Return the tables that everybody may see next.

        None while fewer people than the smallest number shown came or went since the
        newest publication: what changed would tell of them.
        """
        published, found = self._of(country), {}
        for row, column in self.shown:
            name = f"{row}-{column}"
            earlier = [Counted.from_json(counts.tables[name]) for counts in published]
            table = self._counted(rows, row, column, pack, earlier)
            found[row, column] = table
            if earlier and 0 < people_moved(table, earlier[0]) < table.minimum:
                return None
        return {f"{row}-{column}": t for (row, column), t in agreed(found).items()}

    def _of(self, country: Any) -> models.QuerySet[PublishedTables]:
        """Return what was published for a country, the newest first."""
        rows: models.QuerySet[PublishedTables] = self.model._default_manager.all()
        return rows.filter(country=country)

    def _counted(
        self,
        rows: Rows,
        row: str,
        column: str,
        pack: Pack,
        earlier: Sequence[Counted] = (),
    ) -> Counted:
        minimum = int(pack.parameter("small_cell_minimum"))
        pair = self.features[row], self.features[column]
        return counted(rows, *pair, pack, minimum, earlier)

    def _words(self, found: Counted, row: str, column: str, pack: Pack) -> CrossTable:
        return in_words(found, self.features[row], self.features[column], pack)
