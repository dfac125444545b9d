"""Where accidents stand in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.ui.navigation import NavItem, register


def register_items() -> None:
    """Add the pages of this app."""
    register(NavItem(_("Accidents"), "accidents:list", "activity", "accident.view", 30))
    register(
        NavItem(
            _("Accident statistics"),
            "accidents:statistics",
            "chart-bar",
            "statistics.view",
            35,
        )
    )
