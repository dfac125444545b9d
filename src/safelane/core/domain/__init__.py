"""How the house knows its parts: each declares itself once in ``<app>/domain.py``."""

from safelane.core.domain.declaration import DataClass as DataClass
from safelane.core.domain.declaration import DocumentKind as DocumentKind
from safelane.core.domain.declaration import Domain as Domain
from safelane.core.domain.declaration import Group as Group
from safelane.core.domain.declaration import MapKind as MapKind
from safelane.core.domain.declaration import NavItem as NavItem
from safelane.core.domain.house import house as house
