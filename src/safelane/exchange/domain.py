"""Import and export as a part of the house."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from safelane.core.domain import Domain, Group, MapKind, NavItem
from safelane.core.history.models import Change
from safelane.core.history.queries import Subject
from safelane.core.jobs.recurring import Recurring
from safelane.exchange import policies
from safelane.exchange.imports.outcome import expire_imports
from safelane.exchange.kinds import exportable, importable
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
        NavItem(
            _("Import"), "exchange:imports", "upload",
            group=Group.LAND, shown_if=importable,
        ),
        NavItem(
            _("Export"), "exchange:exports", "download",
            group=Group.LAND, shown_if=exportable,
        ),
    ),
    urls="safelane.exchange.pages",
    prefix="exchange/",
    subjects={
        "import": Subject(ImportRun, ImportPolicy.rows),
        "export": Subject(Change, policies.exports_told, key="object_id"),
    },
    recurring=(Recurring("exchange.expire", timedelta(hours=1), expire_imports),),
    file_doors=(policies.files_of,),
)  # fmt: skip
