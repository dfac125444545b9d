"""Files as a part of the house."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import DataClass, Domain
from safelane.core.files.expiry import remove_expired
from safelane.core.jobs.recurring import Recurring

DOMAIN = Domain(
    app="safelane.core.files",
    title=_("Files"),
    data_classes=(DataClass("file", _("Files")),),
    recurring=(Recurring("files.expire", timedelta(hours=1), remove_expired),),
    urls="safelane.core.files.urls",
    prefix="files/",
)
