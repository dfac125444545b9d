"""A small Laos: one operator, one authority, and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import shapely

from safelane.core.scope import Actor, system_actor
from safelane.hazards.inputs import EvidenceInput, ReportInput
from safelane.organisations.actions import (
    create_country,
    create_organisation,
    create_user,
    grant_membership,
    import_admin_areas,
    sync_roles,
)
from safelane.organisations.inputs import AreaRow, Term
from safelane.organisations.models import Country, Organisation, Role
from safelane.organisations.queries import actor_for_user

SYSTEM = system_actor()


@dataclass(frozen=True)
class Field:
    """The people are actors; each holds one role."""

    country: Country
    operator: Organisation
    authority: Organisation
    bounmy: Actor  # team leader, operator
    checker: Actor  # quality officer, operator
    operations: Actor  # operations officer, authority
    manager: Actor  # information manager, authority
    other_manager: Actor  # a second one
    reader: Actor  # sees 1 km cells


def actor(name: str, organisation: Organisation, role: str, *terms: Term) -> Actor:
    user = create_user(name.lower(), name, by=SYSTEM)
    held = Role.objects.get(code=role)
    grant_membership(user, organisation, held, *terms, by=SYSTEM)
    return actor_for_user(user)


@pytest.fixture
def field(db: Any) -> Field:
    sync_roles(by=SYSTEM)
    country = create_country("laos", by=SYSTEM)
    box = shapely.box(102, 19, 104, 20)
    area = AreaRow(1, "XK", "Xiangkhouang", box)
    import_admin_areas([area], country=country, source="test", by=SYSTEM)
    operator = create_organisation(
        "Field Operator", "FO", "operator", country=country, by=SYSTEM
    )
    authority = create_organisation(
        "Authority", "NA", "authority", country=country, by=SYSTEM
    )
    return Field(
        country=country,
        operator=operator,
        authority=authority,
        bounmy=actor("Bounmy", operator, "team_leader"),
        checker=actor("Checker", operator, "operator_checker"),
        operations=actor("Operations", authority, "operations_officer"),
        manager=actor("Manager", authority, "information_manager"),
        other_manager=actor("Other", authority, "information_manager"),
        reader=actor("Reader", authority, "reader"),
    )


def square(x: float = 103.2, y: float = 19.4, side: float = 0.002) -> Any:
    return shapely.box(x, y, x + side, y + side)


def claims(
    reference: str = "XK-1", day: date = date(2024, 5, 1), **facts: Any
) -> ReportInput:
    """A report that proposes or describes an area."""
    facts = {"kind": "sha", "status": "open", "geometry": square()} | facts
    return ReportInput(date_of_information=day, reference=reference, facts=facts)


def later(hazard: Any, day: date, **facts: Any) -> ReportInput:
    """A report on an area that exists."""
    return ReportInput(date_of_information=day, hazard=hazard, facts=facts)


def submunition(x: float = 103.201, y: float = 19.401) -> EvidenceInput:
    return EvidenceInput(
        geometry=shapely.Point(x, y), directness="direct", kind="item", grade="m1"
    )
