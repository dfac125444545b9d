"""The pilots: which pack, which files, which settings, which admin areas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shapely
from django.utils.translation import gettext as _

import safelane.countries
from safelane.core.errors import NotFound
from safelane.engines.surveyprior import Area, PriorConfig, PriorInputs, load_config
from safelane.engines.surveyprior.pilots import azerbaijan, laos
from safelane.organisations.inputs import AreaRow, PlaceRow

PACKS = Path(safelane.countries.__file__).parent
PROVINCE_LEVEL, DISTRICT_LEVEL = 1, 2


class UnknownPilot(NotFound):
    """No pilot has this name."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """One pilot country.

    Args:
        name: Name on the command line; also that of the country pack.
        short_name: Short name of its authority.
        read: Reads the inputs from a folder of reference data.
        provinces: Makes the upper level of admin areas.
    """

    name: str
    short_name: str
    read: Callable[[Path, PriorConfig], PriorInputs]
    provinces: Callable[[Path, PriorInputs], list[Area]]

    @property
    def config(self) -> PriorConfig:
        """Settings from the country pack."""
        return load_config(PACKS / self.name / "survey_prior.yaml")

    def area_rows(self, data: Path, inputs: PriorInputs) -> list[AreaRow]:
        """Return provinces and districts for the import of admin areas."""
        upper = self.provinces(data, inputs)
        code_of = {area.name: area.code for area in upper}
        rows = [_row(PROVINCE_LEVEL, area, None) for area in upper]
        return rows + [
            _row(DISTRICT_LEVEL, area, code_of.get(area.parent))
            for area in inputs.areas
        ]


def pilot_named(name: str) -> Pilot:
    """Return a pilot.

    Raises:
        UnknownPilot: No pilot has this name.
    """
    if name not in PILOTS:
        raise UnknownPilot(
            _("There is no pilot “%(name)s”. Known: %(known)s.")
            % {"name": name, "known": ", ".join(sorted(PILOTS))}
        )
    return PILOTS[name]


def place_rows(inputs: PriorInputs) -> list[PlaceRow]:
    """Return the listed places for the import of places."""
    return [
        PlaceRow(p.code, p.name, p.lon, p.lat, p.population, kind="populated_place")
        for p in inputs.places
    ]


def _row(level: int, area: Area, parent: str | None) -> AreaRow:
    return AreaRow(level, area.code, area.name, area.geometry, parent)


def _azerbaijan_inputs(data: Path, config: PriorConfig) -> PriorInputs:
    regions = azerbaijan.read_regions(PACKS / "azerbaijan" / "economic_regions.yaml")
    return azerbaijan.azerbaijan_inputs(data, regions)


def _regions(data: Path, inputs: PriorInputs) -> list[Area]:
    """Return economic regions as the union of their rayons."""
    names = sorted({area.parent for area in inputs.areas})
    return [
        Area(
            f"AZ-R{number:02d}",
            name,
            shapely.union_all([a.geometry for a in inputs.areas if a.parent == name]),
        )
        for number, name in enumerate(names, start=1)
    ]


PILOTS = {
    pilot.name: pilot
    for pilot in (
        Pilot(
            "laos", "NRA", laos.laos_inputs, lambda data, _i: laos.read_provinces(data)
        ),
        Pilot("azerbaijan", "ANAMA", _azerbaijan_inputs, _regions),
    )
}
