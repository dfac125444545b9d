"""How one link is hashed: pure, and the same on every database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from safelane.core.history.models import Change

HASHED_FIELDS = (
    "organisation_id",
    "seq",
    "verb",
    "object_type",
    "object_id",
    "object_label",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "before",
    "after",
    "reason",
    "source",
)


def canonical_json(value: Mapping[str, Any] | None) -> str:
    """Return ``value`` as JSON text with sorted keys; geometries become WKB hex."""
    if value is None:
        return ""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=_plain,
    )


def _plain(value: object) -> object:
    if isinstance(value, BaseGeometry):
        return to_wkb(value, hex=True)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def moment(value: datetime | None) -> str:
    """Return a moment as UTC text with microseconds: what both databases keep."""
    return "" if value is None else value.astimezone(UTC).isoformat()


def link_hash(change: Change) -> str:
    """Return the SHA-256 (hex) of ``change`` and the hash before it."""
    parts = [change.previous_hash]
    parts += [str(getattr(change, name)) for name in HASHED_FIELDS]
    parts += [moment(change.device_time), moment(change.server_time)]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
