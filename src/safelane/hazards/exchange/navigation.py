"""Where import and export stand in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.ui.navigation import NavItem, register


def register_items() -> None:
    """Add the pages of this app."""
    register(NavItem(_("Import"), "hazards:imports", "upload", "hazard.import", 60))
    register(NavItem(_("Export"), "hazards:exports", "download", "hazard.export", 65))
