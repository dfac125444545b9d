"""Burmese: day/month/year, Latin digits, and 1,234.5 as in CLDR."""

from safelane.core.i18n.formats.lo.formats import *  # noqa: F403 - but for the marks

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
