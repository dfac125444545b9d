"""Words of the history on pages."""

from __future__ import annotations

from django import template

from safelane.core.history.queries import said
from safelane.core.i18n.localize import told_day

register = template.Library()
register.filter("said", said)
register.filter("told_day", told_day)
