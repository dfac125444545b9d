"""Published counts of victims, small numbers hidden."""

from safelane.accidents.counts.tables import (
    FEATURES,
    PUBLIC_TABLES,
    CrossTable,
    countries_for,
    cross_table,
    tables_for,
)

__all__ = [
    "FEATURES",
    "PUBLIC_TABLES",
    "CrossTable",
    "countries_for",
    "cross_table",
    "tables_for",
]
