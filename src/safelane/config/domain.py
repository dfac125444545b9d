"""What organisations bring in from files, which know nothing of imports themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.config.areas import IMPORTS
from safelane.core.domain import Domain

DOMAIN = Domain(app="safelane.config", title=_("Admin areas"), imports=IMPORTS)
