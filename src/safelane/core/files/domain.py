"""Files as a part of the house."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import DataClass, Domain

DOMAIN = Domain(
    app="safelane.core.files",
    title=_("Files"),
    data_classes=(DataClass("file", _("Files")),),
    urls="safelane.core.files.views",
    prefix="files/",
)
