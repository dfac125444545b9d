"""Saved views of lists as a part of the house."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import Domain

DOMAIN = Domain(
    app="safelane.core.pages",
    title=_("Pages"),
    urls="safelane.core.pages.saved",
    prefix="views/",
)
