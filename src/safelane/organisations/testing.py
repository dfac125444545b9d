"""The fixed cast of people that tests play with, registered by the usual actions."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone
from shapely.geometry import box

from safelane.core.history.models import ChainHead, Change
from safelane.core.scope import PUBLIC, Actor, system_actor
from safelane.organisations.actions import (
    add_local_code,
    create_country,
    create_organisation,
    create_user,
    grant_membership,
    import_admin_areas,
    import_places,
    make_agreement,
    sync_roles,
)
from safelane.organisations.actions.access import sync_role
from safelane.organisations.inputs import AreaRow, Opening, PlaceRow, Term
from safelane.organisations.models import (
    AdminArea,
    Agreement,
    Country,
    Membership,
    Organisation,
    Place,
    Role,
    User,
)
from safelane.organisations.queries import actor_for_user

PACKS = ("azerbaijan", "laos")
COUNTRY_NAMES = {"AZE": "azerbaijan", "LAO": "laos", "KHM": "cambodia"}
ORGANISATIONS = (
    ("aza", "Azerbaijani Authority", "authority", "azerbaijan"),
    ("azo", "Azerbaijani Operator", "operator", "azerbaijan"),
    ("laa", "Lao Authority", "authority", "laos"),
    ("lao", "Lao Operator", "operator", "laos"),
    ("kha", "Cambodian Authority", "authority", "cambodia"),
    ("don", "Donor", "donor", ""),
    ("par", "Partner", "operator", "cambodia"),
)
# Roles of the tests' own: what no built-in role is.
ROLES = {
    "one_verb": {"reach": "country", "verbs": ["hazard.view"]},
    "analyst": {
        "reach": "organisation",
        "verbs": ["hazard.view", "hazard.export", "area.view"],
    },
}
PEOPLE = (
    ("aysel", "Aysel Mammadova", "aza", "information_manager"),
    ("farid", "Farid Guliyev", "aza", "operations_officer"),
    ("gunay", "Gunay Aliyeva", "azo", "operator_checker"),
    ("rauf", "Rauf Hasanov", "azo", "team_leader"),
    ("noy", "Noy Sisavath", "laa", "information_manager"),
    ("vanh", "Vanh Keola", "laa", "operations_officer"),
    ("keo", "Keo Vongsa", "lao", "operator_checker"),
    ("bounmy", "Bounmy Phommachan", "lao", "team_leader"),
    ("chan", "Chan Sophea", "kha", "reader"),
    ("dara", "Dara Lindqvist", "don", "donor"),
    ("petra", "Petra Novak", "aza", "administrator"),
    # Whom a permission is easily forgotten for: 1 km cells, districts, both exact and
    # 1 km, one verb, what an agreement opens in one country, a draft left elsewhere.
    ("rena", "Rena Abbasova", "aza", "reader"),
    ("sevda", "Sevda Karimli", "aza", "regional_coordinator"),
    ("mina", "Mina Aslanova", "azo", "team_leader"),
    ("vera", "Vera Ismayil", "aza", "one_verb"),
    ("agata", "Agata Sok", "par", "analyst"),
    ("omar", "Omar Vongdala", "lao", "team_leader"),
)
MIXED = ("mina", "aza", "reader")
LEFT = ("omar", "azo", "team_leader")  # until the day before yesterday
OPENED = ("azo", "par", "azerbaijan")  # owner, partner, country of the agreement
STRANGER = ("eve", "Eve Outside")
DONOR_COUNTRY = "laos"
# Two districts of two communes each per country: boxes of our own, (west, south) of
# the lower left commune; each is 0.2 degrees wide.
CORNERS = {"azerbaijan": (47.0, 39.4), "laos": (103.0, 19.3), "cambodia": (104.9, 14.0)}
STEP = 0.2


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that the cast needs, by short name."""

    countries: dict[str, Country]
    organisations: dict[str, Organisation]
    users: dict[str, User]

    def actor(self, name: str, on: date | None = None) -> Actor:
        """Return somebody's actor as it is in force on a day (today)."""
        if name == "nobody":
            return PUBLIC
        return actor_for_user(self.users[name], on or timezone.localdate())

    def with_role(
        self, name: str, role: tuple[str, str, str, str] | None, data_classes: list[str]
    ) -> User:
        """Add an account with one role on some data classes.

        Args:
            role: Short name of the organisation, reach, precision, and the verb on each
                data class; None makes an account without a membership.
        """
        by = system_actor("tests")
        user = self.users[name] = create_user(f"test_{name}", name.capitalize(), by=by)
        if role is None:
            return user
        home, reach, precision, verb = role
        made = Role.objects.create(
            code=f"test-{name}",
            name=name,
            reach=reach,
            verbs=[f"{item}.{verb}" for item in data_classes],
            precision=dict.fromkeys(data_classes, precision),
        )
        grant_membership(user, self.organisations[home], made, by=by)
        return user


# In the order in which they can be inserted.
TABLES: tuple[type[models.Model], ...] = (
    Country,
    AdminArea,
    Place,
    Role,
    Organisation,
    User,
    Membership,
    Agreement,
    Change,
    ChainHead,
)
_rows: list[list[models.Model]] = []
_statements: list[tuple[str, Any]] = []


def cast_of_this_test() -> Cast:
    """Return the cast in the test's own empty database.

    The first call of a process registers it by the usual actions and remembers the
    rows; the second one remembers how they are inserted, and the others only repeat
    that, which takes a hundredth of the time.
    """
    if not _rows:
        cast = register_cast()
        _rows.extend(list(table._default_manager.order_by("pk")) for table in TABLES)
        return cast
    if not _statements:
        with connection.execute_wrapper(_remember):
            for table, rows in zip(TABLES, deepcopy(_rows), strict=True):
                table._default_manager.bulk_create(rows)
        return read_cast()
    with connection.cursor() as cursor:
        for statement, values in _statements:
            cursor.execute(statement, values)
    return read_cast()


def _remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if sql.lstrip().upper().startswith("INSERT"):
        _statements.append((sql, params))
    return execute(sql, params, many, context)


def read_cast() -> Cast:
    """Return the cast that stands in the database."""
    return Cast(
        {COUNTRY_NAMES[row.code]: row for row in Country.objects.all()},
        {row.short_name.lower(): row for row in Organisation.objects.all()},
        {row.username: row for row in User.objects.all()},
    )


def register_cast() -> Cast:
    """Register countries, areas, organisations and people of the tests."""
    by = system_actor("tests")
    roles = {role.code: role for role in sync_roles(by=by)}
    for code, facts in ROLES.items():
        roles[code] = sync_role({"code": code, "name": code} | facts, by=by)
    countries = {pack: create_country(pack, by=by) for pack in PACKS}
    # Nobody has written Cambodia's pack yet; its reader only needs the country.
    countries["cambodia"] = Country.objects.create(
        code="KHM", name="Cambodia", pack="laos"
    )
    for pack, country in countries.items():
        register_areas(pack, country, by)
    organisations = {
        short: create_organisation(
            name, short.upper(), kind, country=countries.get(pack), by=by
        )
        for short, name, kind, pack in ORGANISATIONS
    }
    users = {STRANGER[0]: create_user(*STRANGER, by=by)}
    for username, name, organisation, role in PEOPLE:
        users[username] = create_user(username, name, by=by)
        term = Term(country=countries[DONOR_COUNTRY]) if role == "donor" else None
        home = organisations[organisation]
        grant_membership(users[username], home, roles[role], term, by=by)
    cast = Cast(countries, organisations, users)
    register_border_cases(cast, roles, by)
    return cast


def register_border_cases(cast: Cast, roles: dict[str, Role], by: Actor) -> None:
    """Give the mixed reader a second role, end a role, and make the agreement."""
    today = timezone.localdate()
    second = (MIXED, None), (LEFT, Term(ends=today - timedelta(days=2)))
    for (person, home, role), term in second:
        organisation = cast.organisations[home]
        grant_membership(cast.users[person], organisation, roles[role], term, by=by)
    owner, partner, country = OPENED
    opening = Opening(
        cast.organisations[owner],
        cast.organisations[partner],
        ("hazard",),
        "exact",
        "made for tests",
    )
    year = timedelta(days=365)
    term = Term(today - year, today + year, country=cast.countries[country])
    make_agreement(opening, term, by=by)


def register_areas(pack: str, country: Country, by: Actor) -> None:
    """Register two districts of two communes each, and a village in each commune."""
    west, south = CORNERS[pack]
    rows, places = [], []
    rows.append(area(1, f"{pack}-1", (west, south, 2 * STEP, 2 * STEP)))
    for i in (0, 1):
        district = f"{pack}-1{i}"
        corner = (west + i * STEP, south)
        rows.append(area(2, district, (*corner, STEP, 2 * STEP), f"{pack}-1"))
        for j in (0, 1):
            code = f"{district}{j}"
            left, low = corner[0], south + j * STEP
            rows.append(area(3, code, (left, low, STEP, STEP), district))
            spot = (left + STEP / 2, low + STEP / 2)
            places.append(PlaceRow(code, f"Village {code}", *spot, population=300))
    import_admin_areas(rows, country=country, source="made for tests", by=by)
    import_places(places, country=country, source="made for tests", by=by)


def area(
    level: int, code: str, ground: tuple[float, float, float, float], parent: str = ""
) -> AreaRow:
    """Return an admin area; ``ground`` is west, south, width, height in degrees."""
    west, south, width, height = ground
    shape = box(west, south, west + width, south + height)
    return AreaRow(level, code, f"Area {code}", shape, parent or None)


def add_code(country: Country, list_name: str, code: str, label: str) -> None:
    """Add a code of the country's own, in force since 2020."""
    add_local_code(
        country,
        list_name,
        code,
        labels={"en": label},
        source="Order 12",
        valid_from=date(2020, 1, 1),
        by=system_actor(),
    )
