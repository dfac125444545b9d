"""A served site with rows in every collection, for other people's clients."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.utils import timezone

from safelane.accidents.tests.steps import approved, claims
from safelane.core.collections.catalogue import Collection, collections_for
from safelane.core.collections.rows import forget
from safelane.core.ogc.tests.conftest import valid
from safelane.core.review.stages import SUBMIT
from safelane.core.scope import Actor
from safelane.core.testing.leaving import left_out
from safelane.hazards.inputs import ReportInput
from safelane.hazards.testing import area_at, create_report, move_report, register_area
from safelane.organisations.signin.actions import create_token

__all__ = ["valid"]
CLIENT_SECONDS = 120
# Filtered by, and one value that some rows have and others lack.
FILTERS = {
    "accidents": ("kind", "mine"),
    "admin-areas": ("level", 2),
    "evidence": ("hazard", "LA-2"),
    "hazardous-area-positions": ("kind", "cha"),
    "hazardous-areas": ("kind", "cha"),
    "ordnance": ("hazard", "LA-2"),
    "places": ("code", "laos-100"),
    "reports-pending": ("reference", "LA-W2"),
    "survey-boxes": ("hazard", "LA-2"),
}


@dataclass(frozen=True)
class Site:
    """A served site, and what somebody's token must find there."""

    url: str
    token: str
    actor: Actor

    @property
    def collections(self) -> list[Collection]:
        return collections_for(self.actor)

    def rows(self, collection: Collection) -> Any:
        """Return what the collection holds for the reader, straight from the store."""
        return collection.queryset(self.actor, {})

    def filtered(self, collection: Collection) -> tuple[str, Any, int]:
        """Return an attribute, a value, and how many rows have it: some, not all."""
        name, value = FILTERS[collection.name]
        path = collection.by_name[name].path
        found = self.rows(collection).filter(**{path: value}).count()
        assert 0 < found < self.rows(collection).count(), collection.name
        return name, value, found

    def corner(self, collection: Collection) -> tuple[list[float], int]:
        """Return a box around one row, and how many rows meet it: some, not all."""
        shapes = [row.geometry for row in self.rows(collection)]
        box = shapely.box(*shapes[0].representative_point().buffer(0.0005).bounds)
        found = int(shapely.intersects(shapes, box).sum())
        assert 0 < found < len(shapes), collection.name
        return list(box.bounds), found


def digits(shape: Any) -> tuple[str, str]:
    """Return how any exact text of the south-western corner begins: no cell has it."""
    west, south, _east, _north = shape.bounds
    return f"{west:.7f}"[:8], f"{south:.7f}"[:8]


@pytest.fixture
def token(cast, actors):
    """Return a function: person -> API token."""

    def make(name: str) -> str:
        membership = cast.users[name].memberships.get()
        expires = timezone.now() + timedelta(days=1)
        _row, secret = create_token(membership, "interop", expires, by=actors[name])
        return secret

    return make


@pytest.fixture
def filled(cast) -> None:
    """Put at least three rows into every collection of Laos, and one into Cambodia."""
    forget()
    for number, kind in enumerate(("sha", "cha", "sha"), start=1):
        shape, place = moved(number), moved(number + 20).centroid
        register_area(cast, "laos", f"LA-P{number}", kind=kind, geometry=place)
        register_area(cast, "laos", f"LA-{number}", kind=kind, geometry=shape)
        wait_for_approval(cast, f"LA-W{number}", moved(number + 10))
    for number, kind in enumerate(("mine", "uxo", "mine"), start=1):
        lon, lat = 103.1 + number / 100, 19.4
        day = date(2025, 5, 1 + number)
        approved(cast, "lao", claims(f"ACC-{number}", lon, lat, day=day, kind=kind))
    register_area(cast, "cambodia", "KH-1")


def moved(steps: int) -> Any:
    return shapely.transform(area_at("laos"), lambda points: points + steps * 0.003)


def wait_for_approval(cast, reference: str, geometry: Any) -> None:
    """Submit a report and leave it waiting."""
    facts = {"kind": "sha", "status": "open", "geometry": geometry}
    said = ReportInput(
        date_of_information=date(2024, 6, 1), reference=reference, facts=facts
    )
    by, owner = cast.actor("bounmy"), cast.organisations["lao"]
    move_report(create_report(said, organisation=owner, by=by), SUBMIT, by=by)


@pytest.fixture
def site(live_server, cast, filled, token) -> Site:
    """Serve the site to the information manager of Laos, who sees all of it there."""
    return Site(f"{live_server.url}/ogc", token("noy"), cast.actor("noy"))


@pytest.fixture
def run_client():
    """Return a function that runs a foreign client and gives its output."""

    def run(*command: str) -> str:
        if shutil.which(command[0]) is None:
            left_out(f"{command[0]} is not installed")
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "ERROR" not in done.stderr, done.stderr
        return done.stdout

    return run
