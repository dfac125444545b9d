"""Formats of one language; names are those of Django's format settings."""
