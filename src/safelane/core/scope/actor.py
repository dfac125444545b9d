"""Who acts: a person with memberships, a token, a job, or the public.

The core knows no domain. ``organisations`` builds actors from memberships; every query
and every action takes one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.errors import NotPermitted, SignInNeeded


class Precision(IntEnum):
    """How exactly a place may be shown; larger is coarser."""

    EXACT = 0
    CELL = 1  # 1 km cell
    DISTRICT = 2
    NONE = 3


def common_verbs(one: Iterable[str], other: Iterable[str]) -> frozenset[str]:
    """Return what two sets of verbs both allow; ``"job.*"`` covers its class."""
    first, second = frozenset(one), frozenset(other)
    return frozenset(
        verb
        for verbs, others in ((first, second), (second, first))
        for verb in verbs
        if {verb, f"{verb.partition('.')[0]}.*", "*"} & others
    )


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership in force, or one agreement seen from the partner's side.

    Args:
        verbs: What it allows, as ``"<data class>.<verb>"`` or ``"<data class>.*"``.
        reach: ``"all"``, ``"country"`` or ``"organisation"``: whose rows.
        organisation_id: The organisation of the membership; for an agreement, the
            organisation that opens its data.
        country_id: With the reach of a country, and from an agreement: rows of this
            country only. A role of an organisation reaches its rows in any country.
        area_path: Rows under this admin area only (materialised path), or "".
        precision: Per data class, how exactly places may be shown.
        home_organisation_id: In whose name the person acts.
    """

    verbs: frozenset[str]
    reach: str
    organisation_id: int | None
    country_id: int | None
    area_path: str = ""
    precision: tuple[tuple[str, Precision], ...] = ()
    role: str = ""
    home_organisation_id: int | None = None
    from_agreement: bool = False

    def allows(self, verb: str) -> bool:
        data_class = verb.partition(".")[0]
        return bool({verb, f"{data_class}.*", "*"} & self.verbs)

    @property
    def shows(self) -> list[Any]:
        """Return what it lets somebody see, as plain JSON that can be compared."""
        whose = self.reach, self.organisation_id, self.country_id, self.area_path
        classes = sorted(verb for verb in self.verbs if verb.endswith((".view", "*")))
        levels = sorted([name, int(level)] for name, level in self.precision)
        return [*whose, self.from_agreement, classes, levels]

    def precision_of(self, data_class: str) -> Precision:
        return dict(self.precision).get(data_class, Precision.EXACT)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks. Deny by default: no grants, no rows, no writes.

    Args:
        kind: ``"person"``, ``"token"``, ``"system"`` or ``"public"``.
        user_id: The account, if a person or a token acts.
        name: Name written into the history; kept after the account is closed.
        grants: Memberships and agreements in force on ``on``.
        on: The day on which the grants were read.
    """

    kind: str
    user_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = field(default=())
    on: date | None = None
    language: str = ""

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def is_public(self) -> bool:
        return self.kind == "public"

    def grants_for(self, verb: str) -> tuple[Grant, ...]:
        """Return the grants that allow ``verb`` (``"job.view"``)."""
        return tuple(grant for grant in self.grants if grant.allows(verb))

    def may(self, verb: str) -> bool:
        """Say whether any grant allows ``verb`` on some row."""
        return self.is_system or bool(self.grants_for(verb))

    def within(self, verb: str) -> Actor:
        """Return the actor with the grants alone that allow ``verb``.

        What such an actor sees is what those grants open, and as exactly as they do:
        a row that another grant opens for viewing only is not among it.
        """
        return replace(self, grants=self.grants_for(verb))

    def for_whole_reach(self, within: str = "") -> Actor:
        """Return the actor with the grants alone that are not limited to one area.

        For what holds rows of many areas and says of none in which it lies.

        Args:
            within: Path of an area: grants for it, or for one that holds it, stay too.
        """
        grants = tuple(g for g in self.grants if within.startswith(g.area_path))
        return replace(self, grants=grants)

    def beyond_areas(self) -> Actor:
        """Return the actor as if no grant were limited to one area."""
        grants = tuple(replace(grant, area_path="") for grant in self.grants)
        return replace(self, grants=grants)

    def require(self, *verbs: str) -> None:
        """Raise unless some grant allows one of ``verbs``.

        Raises:
            SignInNeeded: Nobody is signed in.
            NotPermitted: No membership allows it.
        """
        if any(map(self.may, verbs)):
            return
        if self.is_public:
            raise SignInNeeded(_("Sign in first."))
        raise NotPermitted(
            _("None of your roles opens this. Ask your administrator."),
            verb=", ".join(verbs),
        )

    def role_for(self, verb: str) -> str:
        """Return the name of the role under which ``verb`` is done.

        History verbs that are no role's verb fall under "manage" of their class.
        """
        grants = self.grants_for(verb)
        if not grants:
            grants = self.grants_for(f"{verb.partition('.')[0]}.manage")
        return grants[0].role if grants else self.kind

    def require_in_person(self) -> None:
        """Raise NotPermitted if a token asks: people decide on accounts and access."""
        if self.kind == "token":
            raise NotPermitted(_("A token cannot do this. Sign in as a person."))

    @property
    def organisation_ids(self) -> frozenset[int]:
        """Return the organisations in whose name the actor can act."""
        ids: Iterable[int | None] = (g.home_organisation_id for g in self.grants)
        return frozenset(i for i in ids if i is not None)


PUBLIC = Actor(kind="public", name="public")


def system_actor(name: str = "Safelane") -> Actor:
    """Return the actor for work that nobody asked for in person."""
    return Actor(kind="system", name=name)
