"""Dated records: reading the bombing data and accounting for every line."""
