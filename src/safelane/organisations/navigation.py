"""Where the pages on people and access stand in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.ui.navigation import ADMINISTRATION, NavItem, register


def register_items() -> None:
    """Add the pages of this app."""
    items = (
        NavItem(
            _("Organisations and people"),
            "organisations:list",
            "building",
            "organisation.view",
            10,
            ADMINISTRATION,
        ),
        NavItem(
            _("Agreements"),
            "organisations:agreements",
            "file-certificate",
            "agreement.view",
            20,
            ADMINISTRATION,
        ),
        NavItem(
            _("Roles"),
            "organisations:roles",
            "shield",
            "membership.view",
            30,
            ADMINISTRATION,
        ),
        NavItem(
            _("Admin areas"),
            "organisations:areas",
            "map",
            "area.view",
            40,
            ADMINISTRATION,
        ),
        NavItem(
            _("Code lists"),
            "organisations:codes",
            "list-details",
            "codes.view",
            50,
            ADMINISTRATION,
        ),
        NavItem(
            _("History"),
            "organisations:history",
            "history",
            "history.view",
            60,
            ADMINISTRATION,
        ),
    )
    for item in items:
        register(item)
