"""What the rules of several parts look for alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from safelane.countries.findings import Breach


def in_the_future(day: date, today: date) -> Iterator[Breach]:
    """Yield a breach for a date of information after today."""
    if day > today:
        message = _("The date of information, %(day)s, lies in the future.")
        yield Breach(message, {"day": day.isoformat()}, "date_of_information")
