"""Words of the history on pages."""

from __future__ import annotations

from django import template

from safelane.core.history.queries import said

register = template.Library()
register.filter("said", said)
