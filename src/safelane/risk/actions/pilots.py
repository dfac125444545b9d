"""Making the workspace ready for a pilot: country, admin areas, places, authority."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.engines.surveyprior import PriorInputs
from safelane.organisations.actions import (
    create_country,
    create_organisation,
    import_admin_areas,
    import_places,
)
from safelane.organisations.models import Country, Organisation
from safelane.risk.pilots import Pilot, place_rows

AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class PilotGround:
    """Where a pilot's results belong; ``district_ids`` run over the inputs' areas."""

    country: Country
    organisation: Organisation
    district_ids: list[int]


@transaction.atomic
def register_pilot(
    pilot: Pilot, data: Path, inputs: PriorInputs, *, by: Actor
) -> PilotGround:
    """Create or update the pilot's country, admin areas, places and authority.

    Running twice changes nothing. Needs ``area.manage`` and ``organisation.manage``.
    """
    country = create_country(pilot.name, by=by)
    source = "; ".join(f"{s.name}: {s.detail} ({s.licence})" for s in inputs.sources)
    rows = pilot.area_rows(data, inputs)
    areas = import_admin_areas(rows, country=country, source=source[:300], by=by)
    import_places(place_rows(inputs), country=country, source=source[:300], by=by)
    districts = areas[len(rows) - len(inputs.areas) :]
    authority = _authority(pilot, country, by)
    return PilotGround(country, authority, [area.pk for area in districts])


def _authority(pilot: Pilot, country: Country, by: Actor) -> Organisation:
    """Return the country's authority, registered if there is none yet."""
    found = Organisation.objects.filter(country=country, kind=AUTHORITY).first()
    if found is not None:
        return found
    name = load_pack(pilot.name).authority["en"]
    return create_organisation(
        name, pilot.short_name, AUTHORITY, country=country, by=by
    )
