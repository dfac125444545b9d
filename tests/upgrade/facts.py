"""Print as JSON what a workspace holds, asked of the database itself, not of the code.

Run by version 0.1.0 it made ``expected.json``; run by later versions it must say the
same. Only identities and second factors are asked of the code, which opens them.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from safelane.cli.workspace import set_up

set_up()

from django.db import connection  # noqa: E402

AREAS = "id, reference, kind, status, is_withdrawn, first_information, geometry"
PERIODS = "id, hazard_id, valid_from, valid_to, known_from, known_to, status, geometry"
REPORTS = "id, number, stage, date_of_information, approved_at, withdrawn_at, reason"
IDENTITY = (
    "name",
    "document",
    "birth_date",
    "address",
    "telephone",
    "contact",
    "notes",
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?$")
TABLES = {
    "areas": ("hazards_hazardousarea", AREAS),
    "periods": ("hazards_hazardperiod", PERIODS),
    "reports": ("hazards_hazardreport", REPORTS),
    "evidence": ("hazards_evidence", "id, report_id, kind, grade, photo_id, geometry"),
    "ordnance": ("hazards_ordnancefound", "id, report_id, category, count, geometry"),
    "boxes": ("hazards_surveybox", "id, report_id, grid_number, result, geometry"),
    "points": ("hazards_geopoint", "id, report_id"),
    "accidents": ("accidents_accident", "id, reference, occurred_on, is_withdrawn"),
    "accident reports": ("accidents_accidentreport", REPORTS),
    "victims": ("accidents_victim", "id, report_id, number, sex, age, outcome"),
    "changes": ("history_change", "organisation_id, seq, verb, actor_name, hash"),
    "memberships": (
        "organisations_membership",
        "id, user_id, organisation_id, role_id",
    ),
    "accounts": ("organisations_user", "id, username, is_active, password"),
    "agreements": ("organisations_agreement", "id, owner_id, partner_id, starts"),
    "tokens": ("signin_apitoken", "id, token_hash"),
    "places": ("organisations_place", "id, name, geometry"),
    "imports": ("exchange_importrun", "id, target, stage"),
}


def plain(value: Any) -> Any:
    """Return a value as both databases mean it."""
    if isinstance(value, memoryview | bytes):
        return hashlib.sha256(bytes(value)).hexdigest()[:16]
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, str) and MOMENT.match(value):
        value = datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if isinstance(value, int | type(None)) else str(value)


def rows(table: str, columns: str) -> list[list[Any]]:
    wanted = columns
    if connection.vendor == "postgresql":
        wanted = columns.replace("geometry", "ST_AsBinary(geometry)")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {table}")  # noqa: S608
        found = cursor.fetchall()
    names = [name.strip() for name in columns.split(",")]
    flags = {names.index(n) for n in names if n.startswith("is_")}
    return sorted(
        [
            [bool(v) if i in flags else plain(v) for i, v in enumerate(row)]
            for row in found
        ],
        key=str,
    )


def identities() -> list[list[str]]:
    from safelane.accidents.models import VictimIdentity

    found = VictimIdentity.objects.order_by("victim_id")
    return [
        [str(row.victim_id), *(getattr(row, name) for name in IDENTITY)]
        for row in found
    ]


def sealed() -> list[str]:
    """Return what only the secret opens besides identities."""
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator

    from safelane.accidents.models import Victim

    factors = [get_adapter().decrypt(a.data["secret"]) for a in
               Authenticator.objects.filter(type="totp")]  # fmt: skip
    health = [f"{v.pk} {v.wgss} {v.injuries}" for v in Victim.objects.order_by("pk")]
    return factors + health


def photos() -> list[list[str]]:
    """Return name and digest of the content of each photo."""
    from safelane.core.files.models import StoredFile
    from safelane.core.files.store import open_file

    found = []
    for stored in StoredFile.objects.filter(kind="photo").order_by("pk"):
        with open_file(stored) as file:
            found.append([stored.name, hashlib.sha256(file.read()).hexdigest()])
    return found


said = {name: rows(*what) for name, what in TABLES.items()}
said |= {"identities": identities(), "sealed": sealed(), "photos": photos()}
print(json.dumps(said, ensure_ascii=False, indent=0, sort_keys=True))
