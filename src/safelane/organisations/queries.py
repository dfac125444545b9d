"""Reading scope: who an actor is, and which area or place a point belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry import Point

from safelane.core.errors import NotPermitted
from safelane.core.scope import Actor, Grant, Precision
from safelane.organisations.models import (
    AdminArea,
    Agreement,
    Country,
    Membership,
    Organisation,
    Role,
    User,
)
from safelane.organisations.models.access import in_force

PRECISIONS = {
    "exact": Precision.EXACT,
    "cell": Precision.CELL,
    "district": Precision.DISTRICT,
}
AGREEMENT_REACH = "organisation"
DISTRICTS = 2  # level of admin areas
MOST_AREAS = 400


def actor_for_user(user: User, on: date | None = None) -> Actor:
    """Return the actor of an account with what is in force on a day (today)."""
    day = on or timezone.localdate()
    memberships = Membership.objects.filter(in_force(day), user=user)
    return actor_for_memberships(user, memberships, day, kind="person")


def actor_for_memberships(
    user: User, memberships: Any, day: date, *, kind: str
) -> Actor:
    """Return an actor limited to some memberships, such as a token's one."""
    rows = list(memberships.select_related("role", "area"))
    if not user.is_active:
        rows = []
    grants = (*map(_grant, rows), *_agreement_grants(rows, day))
    about: dict[str, Any] = {"name": str(user), "language": user.language, "on": day}
    return Actor(kind=kind, user_id=user.pk, grants=grants, **about)


def public_actor() -> Actor:
    """Return the actor of somebody who has not signed in: the public role's grant."""
    roles = Role.objects.filter(code="public")[:1]
    grants = tuple(_opened(r, organisation_id=None, country_id=None) for r in roles)
    return Actor(kind="public", name="public", grants=grants)


def _grant(membership: Membership) -> Grant:
    organisation_id = membership.organisation_id
    return _opened(
        membership.role,
        organisation_id=organisation_id,
        country_id=membership.country_id,
        area_path=_area_path(membership),
        home_organisation_id=organisation_id,
    )


def _area_path(membership: Membership) -> str:
    return membership.area.path if membership.area else ""


def _opened(role: Role, **where: Any) -> Grant:
    """Return the grant of a role somewhere."""
    levels = sorted((name, PRECISIONS[said]) for name, said in role.precision.items())
    verbs, precision = frozenset(role.verbs), tuple(levels)
    return Grant(
        verbs=verbs, reach=role.reach, precision=precision, role=role.code, **where
    )


def _agreement_grants(memberships: Sequence[Membership], day: date) -> list[Grant]:
    """Open a partner's data to those whose own role may view that data class.

    A role for one area opens no more of the partner's data than lies there; one for
    another country counts only where there is no other, in each country by itself.
    """
    homes = {row.organisation_id for row in memberships}
    agreements = Agreement.objects.filter(
        in_force(day), partner__in=homes, revoked_at__isnull=True
    )
    grants = []
    for agreement in agreements:
        rows = [r for r in memberships if r.organisation_id == agreement.partner_id]
        for land in [agreement.country_id] if agreement.country_id else _countries():
            held: dict[str, list[Role]] = {}
            for row in [r for r in rows if _counts_in(r, land)] or rows:
                held.setdefault(_area_path(row), []).append(row.role)
            grants += [
                _agreement_grant(agreement, land, roles, path)
                for path, roles in held.items()
            ]
    return [grant for grant in grants if grant.verbs]


def _countries() -> list[int]:
    return list(Country.objects.order_by("pk").values_list("pk", flat=True))


def _counts_in(row: Membership, country: int) -> bool:
    return row.role.reach != "country" or row.country_id in (None, country)


def _agreement_grant(
    agreement: Agreement, country: int, roles: Sequence[Role], area_path: str
) -> Grant:
    """Return what an agreement opens, no more exactly than roles would show it."""
    agreed = PRECISIONS[agreement.place_precision]
    levels = {
        name: max(agreed, own)
        for name in agreement.data_classes
        if (own := _finest(roles, name)) is not None
    }
    return Grant(
        verbs=frozenset(f"{name}.view" for name in levels),
        reach=AGREEMENT_REACH,
        organisation_id=agreement.owner_id,
        country_id=country,
        area_path=area_path,
        precision=tuple(sorted(levels.items())),
        role="agreement",
        home_organisation_id=agreement.partner_id,
        from_agreement=True,
    )


def _finest(roles: Sequence[Role], name: str) -> Precision | None:
    """Return how exactly roles show a data class; None where none may view it."""
    seen = {f"{name}.view", f"{name}.*", "*"}
    said = (r.precision.get(name, "exact") for r in roles if seen & set(r.verbs))
    return min((PRECISIONS[level] for level in said), default=None)


def organisations_in_reach(actor: Actor, verb: str) -> set[int]:
    """Return the organisations whose records ``verb`` opens to ``actor``."""
    rows, grants = Organisation.objects.all(), actor.grants_for(verb)
    if not actor.is_system and not any(g.reach == "all" for g in grants):
        own = [g.organisation_id or 0 for g in grants if g.reach == "organisation"]
        lands = [g.country_id or 0 for g in grants if g.reach == "country"]
        rows = rows.filter(Q(pk__in=own) | Q(country_id__in=lands))
    return set(rows.values_list("pk", flat=True))


def countries_in_reach(actor: Actor, verb: str) -> set[int]:
    """Return the countries in which ``verb`` opens records to ``actor``."""
    rows, grants = Country.objects.all(), actor.grants_for(verb)
    if not actor.is_system and all(g.reach == "country" for g in grants):
        rows = rows.filter(pk__in={g.country_id or 0 for g in grants})
    return set(rows.values_list("pk", flat=True))


def countries_reached(actor: Actor, verb: str) -> QuerySet[Country]:
    """Return the countries that roles for a country, or for all, open ``verb`` in."""
    rows, grants = Country.objects.all(), actor.grants_for(verb)
    if actor.is_system or any(grant.reach == "all" for grant in grants):
        return rows
    lands = {grant.country_id or 0 for grant in grants if grant.reach == "country"}
    return rows.filter(pk__in=lands)


def covers_country(actor: Actor, verb: str, country: Country) -> bool:
    """Say whether ``verb`` is open to the actor in the whole of a country.

    Its codes and admin areas hold everywhere in it: a role in one organisation, for one
    area or in another country does not decide on them.
    """
    return actor.is_system or any(
        not grant.area_path and (grant.reach == "all" or _is_of(grant, country))
        for grant in actor.grants_for(verb)
    )


def home_countries(actor: Actor, verb: str) -> QuerySet[Country]:
    """Return the countries that the actor works in: all, for roles without borders."""
    ids = {grant.country_id for grant in actor.grants_for(verb)}
    rows = Country.objects.all()
    if actor.is_system or None in ids:
        return rows
    return rows.filter(pk__in=[pk for pk in ids if pk is not None])


def may_register(actor: Actor) -> bool:
    """Say whether a role reaches a whole country, to register organisations in it."""
    whole = actor.for_whole_reach().grants_for("organisation.manage")
    return actor.is_system or any(g.reach in ("all", "country") for g in whole)


def areas_within(actor: Actor, verb: str, country: Country) -> list[AdminArea]:
    """Return the admin areas to which ``verb`` is limited in a country; else none."""
    grants = [] if covers_country(actor, verb, country) else actor.grants_for(verb)
    paths = {grant.area_path for grant in grants if grant.area_path}
    rows = AdminArea.objects.filter(country=country, path__in=paths)
    return list(rows.select_related("parent").defer("geometry", "parent__geometry"))


def _is_of(grant: Grant, country: Country) -> bool:
    return grant.reach == "country" and grant.country_id == country.pk


class AreaFinder:
    """The deepest admin area at each of many points; loads one country once.

    Args:
        country: Whose admin areas.
    """

    def __init__(self, country: Country) -> None:
        areas = AdminArea.objects.filter(country=country, geometry__isnull=False)
        # As in area_at: of two areas of one level, the one registered first.
        levels = areas.order_by("level", "-pk").values_list("pk", "geometry")
        self._keys = np.array([pk for pk, _geometry in levels], dtype=object)
        outlines: list[Any] = [geometry for _pk, geometry in levels]
        self._tree = shapely.STRtree(outlines)

    def at(self, points: npt.NDArray[np.object_]) -> list[int | None]:
        """Return the primary key of the deepest area at each point, or None."""
        found: list[int | None] = [None] * len(points)
        if not len(self._keys):
            return found
        indices, areas = self._tree.query(points, predicate="intersects")
        # Deeper levels come later in the tree's order and so win.
        order = np.argsort(areas, kind="stable")
        for index, area in zip(indices[order], areas[order], strict=True):
            found[index] = self._keys[area]
        return found


def own_organisation(actor: Actor, verb: str) -> Organisation:
    """Return the actor's own organisation in whose name ``verb`` may be done.

    Raises:
        NotPermitted: There is none.
    """
    own = organisations_in_reach(actor, verb) & set(actor.organisation_ids)
    found = Organisation.objects.filter(pk__in=own).order_by("pk").first()
    if found is None:
        raise NotPermitted(_("You have no organisation in whose name you may do this."))
    return found


def area_at(country: Country, point: Point) -> AdminArea | None:
    """Return the deepest admin area that holds ``point`` (WGS 84)."""
    return (
        AdminArea.objects.filter(country=country, geometry__intersects=point)
        .order_by("-level", "pk")
        .first()
    )


def offered_areas(
    countries: Iterable[Country], chosen: int | None
) -> tuple[QuerySet[AdminArea], bool]:
    """Return the admin areas that a list offers, and whether they are all.

    Provinces and districts; where these are more than a list can hold, provinces. What
    lies in a chosen area is offered too, and what it lies in: step by step, every area
    can be reached.
    """
    rows = AdminArea.objects.filter(country__in=countries)
    usual, on_path = Q(level__lte=DISTRICTS), Q(pk__in=())
    is_whole = rows.filter(usual).count() <= MOST_AREAS
    if not is_whole:
        usual = Q(level=1)
    if chosen and (found := rows.filter(pk=chosen).first()):
        keys = found.keys_on_path
        on_path = Q(pk__in=keys) | Q(parent__in=keys)
    offered = rows.filter(usual | on_path).select_related("parent")
    return offered.defer("geometry", "parent__geometry"), is_whole


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return a person's memberships, newest first."""
    rows = Membership.objects.filter(user=user).order_by("-pk")
    return rows.select_related("role", "organisation", "area", "country")


def role_names() -> dict[str, str]:
    """Return role code -> name in the reader's language; roles are open to all."""
    return {role.code: role.local_name for role in Role.objects.all()}
