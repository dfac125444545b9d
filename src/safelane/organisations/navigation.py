"""Where the pages on people and access stand in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.ui.navigation import ADMINISTRATION, NavItem, register

PAGES = (
    (_("Organisations and people"), "list", "building", "organisation.view"),
    (_("Agreements"), "agreements", "file-certificate", "agreement.view"),
    (_("Roles"), "roles", "shield", "membership.view"),
    (_("Admin areas"), "areas", "map", "area.view"),
    (_("Code lists"), "codes", "list-details", "codes.view"),
    (_("History"), "history", "history", "history.view"),
)


def register_items() -> None:
    """Add the pages of this app."""
    for order, (label, name, icon, verb) in enumerate(PAGES):
        url_name = f"organisations:{name}"
        register(NavItem(label, url_name, icon, verb, 10 + order, ADMINISTRATION))
