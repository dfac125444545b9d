"""Fixtures for every test: the cast of people, their clients, and reference data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from safelane.core.testing.network import network_blocked

if TYPE_CHECKING:
    from django.test import Client

    from safelane.core.scope import Actor
    from safelane.organisations.testing import Cast

ROOT = Path(__file__).parent
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


# A loaded machine is no fault of the code.
hypothesis.settings.register_profile("safelane", deadline=None)
hypothesis.settings.load_profile("safelane")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that use no database",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep SQLite's test database in memory, one per process."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = ":memory:"


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if not config.getoption("--database-only"):
        return
    chosen = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=[i for i in items if not uses_database(i)])
    items[:] = chosen


def uses_database(item: pytest.Item) -> bool:
    wanted = set(getattr(item, "fixturenames", ()))
    marked = {"django_db", "postgres"} & set(item.keywords)
    return bool(marked or wanted & DATABASE_FIXTURES)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Fail any test that reaches for another machine."""
    with network_blocked():
        yield


@pytest.fixture(autouse=True)
def fresh_packs() -> Iterator[None]:
    """Let no test see the codes that another one added."""
    yield
    from safelane.organisations.packs import forget_packs

    forget_packs()


@pytest.fixture
def cast(db: None) -> Cast:
    """Register the cast: countries, areas, organisations and people."""
    from safelane.organisations.testing import cast_of_this_test

    return cast_of_this_test()


class Asked(dict[str, Any]):
    """Makes what is asked for by name, once; most tests need few of the cast."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> Any:
        self[name] = self._make(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("nobody is made before being asked for: use cast.users")


@pytest.fixture
def actors(cast: Cast) -> dict[str, Actor]:
    """Return name -> actor for the cast, and ``nobody``."""
    return Asked(cast.actor)


@pytest.fixture
def clients(cast: Cast) -> dict[str, Client]:
    """Return name -> signed-in test client for the cast, and ``nobody``.

    A person signs in when first asked for.
    """
    from django.test import Client

    def sign_in(name: str) -> Client:
        client = Client()
        if name != "nobody":
            client.force_login(cast.users[name])
        return client

    return Asked(sign_in)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of published reference data, or skip."""
    named = os.environ.get("SAFELANE_REFERENCE_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(
            f"no reference data at {folder}: set SAFELANE_REFERENCE_DATA to its folder"
        )
    return folder
