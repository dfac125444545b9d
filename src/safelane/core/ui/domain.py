"""What the interface brings by itself: the home page, and shapes on maps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import Domain, MapKind, NavItem

DOMAIN = Domain(
    app="safelane.core.ui",
    title=_("Interface"),
    navigation=(NavItem(_("Home"), "home", "home"),),
    map_kinds=(MapKind("shape"),),
)
