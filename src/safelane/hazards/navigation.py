"""Where the hazards pages stand in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.ui.navigation import NavItem, register


def register_items() -> None:
    """Add the pages of this app."""
    register(NavItem(_("Home"), "home", "home", order=0))
    register(NavItem(_("Register"), "hazards:register", "map-2", "hazard.view", 10))
    register(
        NavItem(_("Reports"), "hazards:reports", "report", "hazard_report.view", 20)
    )
    register(
        NavItem(
            _("Review"), "hazards:review", "clipboard-check", "hazard_report.view", 25
        )
    )
