"""What an accident report says when it comes in, by whichever door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from safelane.accidents.models import Accident


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityInput:
    """Who a victim is; every field is sealed. ``birth_date`` is YYYY-MM-DD."""

    name: str = ""
    document: str = ""
    birth_date: str = ""
    address: str = ""
    telephone: str = ""
    contact: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimInput:
    """One victim; codes from the country pack.

    Args:
        number: Which victim of the accident this is, from 1.
        wgss: Question of the Washington Group Short Set -> answer; raw answers.
        identity: None leaves the identity of a draft as it is.
    """

    number: int
    sex: str = ""
    age: int | None = None
    outcome: str = ""
    status: str = ""
    occupation: str = ""
    activity: str = ""
    knew_danger: str = ""
    eore_received: str = ""
    tampered: str = ""
    consent: str = ""
    purpose: str = ""
    wgss_respondent: str = ""
    wgss: dict[str, str] = field(default_factory=dict)
    injuries: tuple[str, ...] = ()
    identity: IdentityInput | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccidentInput:
    """A whole report: claims about one accident and its victims.

    Args:
        date_of_information: The day on which the facts were true.
        accident: The accident it speaks of; None for a new one.
        reference: Reference of the accident to register, when ``accident`` is None.
        facts: Names of ``FACT_FIELDS`` -> value; what is absent is not stated.
        hazard_uid: The hazardous area in which it happened.
        external_id: Identifier of the row in its source, for idempotent imports.
    """

    date_of_information: date
    accident: Accident | None = None
    reference: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    retracts: tuple[str, ...] = ()
    victims: tuple[VictimInput, ...] = ()
    hazard_uid: UUID | None = None
    external_id: str = ""
    content_hash: str = ""
    batch: str = ""
    device_time: datetime | None = None
