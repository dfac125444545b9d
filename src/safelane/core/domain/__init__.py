"""How the house knows its parts: each declares itself once in ``<app>/domain.py``."""

from safelane.core.domain.declaration import (
    DataClass,
    DocumentKind,
    Domain,
    Group,
    MapKind,
    NavItem,
)
from safelane.core.domain.house import house

__all__ = [
    "DataClass",
    "DocumentKind",
    "Domain",
    "Group",
    "MapKind",
    "NavItem",
    "house",
]
