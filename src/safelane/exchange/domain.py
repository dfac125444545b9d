"""Import and export as a part of the house."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import Domain, Group, MapKind, NavItem
from safelane.core.history.queries import Subject, if_may
from safelane.core.jobs.recurring import Recurring
from safelane.exchange import policies
from safelane.exchange.imports.outcome import expire_imports
from safelane.exchange.models import ImportRun
from safelane.exchange.policies import ImportPolicy

DOMAIN = Domain(
    app="safelane.exchange",
    title=_("Import and export"),
    said={
        "import.begin": _("uploaded a file to import"),
        "import.import": _("imported a file"),
        "import.keep_mapping": _("kept a mapping of columns"),
        "import.discard": _("discarded an uploaded file"),
        "import.withdraw": _("took an import back"),
    },
    map_kinds=(MapKind("fault", {"fault": _("Fault in the geometry")}),),
    navigation=(
        NavItem(_("Import"), "exchange:imports", "upload", "hazard.import", Group.LAND),
        NavItem(
            _("Export"), "exchange:exports", "download", "hazard.export", Group.LAND
        ),
    ),
    urls="safelane.exchange.urls",
    prefix="exchange/",
    subjects={
        "import": Subject(ImportRun, ImportPolicy.rows),
        "export": Subject(None, if_may("hazard.export")),
    },
    recurring=(Recurring("exchange.expire", timedelta(hours=1), expire_imports),),
    file_doors=(policies.files_of,),
)
