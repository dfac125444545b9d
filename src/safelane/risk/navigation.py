"""Where survey priors stand in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.ui.navigation import NavItem, register


def register_items() -> None:
    """Add the list of runs."""
    register(NavItem(_("Survey first"), "risk:list", "target", "prior.view", 40))
