"""What the steps of building share: the world, who acts, and what exists already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from safelane.core.scope import Actor
from safelane.demo.world import World
from safelane.organisations.models import Country, Organisation, User
from safelane.organisations.queries import actor_for_user

PACKS = {"LA": "laos", "AZ": "azerbaijan"}
MANAGERS = {"LA": "somchai", "AZ": "aysel"}
OPERATIONS = {"LA": "keo", "AZ": "vugar"}
CHUNK = 400
T = TypeVar("T")


class Progress(Protocol):
    """Show how far a step has come."""

    def start(self, total: int | None, message: str = "", *, done: int = 0) -> None: ...

    def advance(self, count: int = 1, message: str | None = None) -> None: ...

    def done(self, message: str) -> None: ...


class Silent:
    """Show nothing."""

    def start(self, total: int | None, message: str = "", *, done: int = 0) -> None:
        pass

    def advance(self, count: int = 1, message: str | None = None) -> None:
        pass

    def done(self, message: str) -> None:
        pass


@dataclass
class Workspace:
    """A workspace while the demo is built into it."""

    world: World
    by: Actor
    progress: Progress = field(default_factory=Silent)

    @cached_property
    def countries(self) -> dict[str, Country]:
        """Return the countries by ISO code of two letters."""
        by_pack = {country.pack: country for country in Country.objects.all()}
        return {code: by_pack[pack] for code, pack in PACKS.items()}

    @cached_property
    def organisations(self) -> dict[str, Organisation]:
        """Return the organisations by their key in the world."""
        by_name = {row.name: row for row in Organisation.objects.all()}
        return {o.key: by_name[o.name] for o in self.world.organisations()}

    @cached_property
    def actors(self) -> dict[str, Actor]:
        """Return what each person of the world may do, by key."""
        users = {user.username: user for user in User.objects.all()}
        return {p.key: actor_for_user(users[p.key]) for p in self.world.people()}

    def manager(self, country: str) -> Actor:
        """Return the information manager of a country."""
        return self.actors[MANAGERS[country]]

    def shown(self, title: str, items: Sequence[T]) -> Iterator[T]:
        """Yield ``items`` while the progress display follows."""
        self.progress.start(len(items), title)
        for item in items:
            yield item
            self.progress.advance()
        self.progress.done(f"{title}: {len(items):,}")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield ``items`` in lists of at most ``size``."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
