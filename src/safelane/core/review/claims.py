"""What a report of any kind says when it comes in, by whichever door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What every report states; each kind adds the record it speaks of and more.

    Args:
        date_of_information: The day on which the facts were true.
        reference: Reference of the record to register, when none is named.
        facts: Name of a fact -> value; what is absent is not stated.
        retracts: Names of facts that are now held to be unknown.
        external_id: Identifier of the row in its source, for idempotent imports.
        content_hash: Digest of the source row; an equal one is not imported again.
    """

    date_of_information: date
    reference: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    retracts: tuple[str, ...] = ()
    external_id: str = ""
    content_hash: str = ""
    batch: str = ""
    device_time: datetime | None = None
