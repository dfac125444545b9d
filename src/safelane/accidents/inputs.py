"""What an accident report says when it comes in, by whichever door."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from safelane.accidents.models import Accident
from safelane.core.review.kind import Claims


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
class AccidentInput(Claims):
    """A whole report: claims about one accident and its victims.

    Args:
        accident: The accident it speaks of; None for a new one.
        hazard_uid: The hazardous area in which it happened.
    """

    accident: Accident | None = None
    victims: tuple[VictimInput, ...] = ()
    hazard_uid: UUID | None = None
