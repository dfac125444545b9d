"""What may be asked of a list: one reading of a query string for every door."""

from safelane.core.filters.records import RecordFilter as RecordFilter
