"""Fill the register's own table with many areas of one organisation."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import shapely

BOX = (100.5, 14.0, 107.5, 22.0)
CORNERS = 7
CHUNK = 20_000


def shapes(count: int, seed: int = 1) -> Any:
    """Return ``count`` convex polygons with the sizes of real suspected areas."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(BOX[:2], BOX[2:], (count, 2))
    # Median 4.4 ha, a tenth above 25 ha (Bosnian suspected areas).
    radius = np.sqrt(rng.lognormal(np.log(4.4), 1.35, count) * 1e4 / np.pi) / 111_000
    turn = np.sort(rng.uniform(0, 2 * np.pi, (count, CORNERS)), axis=1)
    x = centres[:, :1] + radius[:, None] * np.cos(turn)
    y = centres[:, 1:] + radius[:, None] * np.sin(turn)
    rings = np.stack([x, y], axis=2)
    rings = np.concatenate([rings, rings[:, :1]], axis=1)
    return shapely.polygons(rings)


def workspace() -> tuple[str, Any]:
    """Make the country, an organisation and an information manager with a token."""
    from django.utils import timezone

    from safelane.core.scope import system_actor
    from safelane.organisations import actions
    from safelane.organisations.inputs import Term
    from safelane.organisations.models import Membership, Role, User
    from safelane.organisations.signin.actions import create_token

    by = system_actor("benchmark")
    actions.sync_roles(by=by)
    country = actions.create_country("laos", by=by)
    authority = actions.create_organisation(
        name="Authority", short_name="NRA", kind="authority", country=country, by=by
    )
    user = actions.create_user("bench", name="Benchmark", language="en", by=by)
    actions.grant_membership(
        user,
        authority,
        Role.objects.get(code="information_manager"),
        Term(country=country, starts=timezone.localdate()),
        by=by,
    )
    membership = Membership.objects.get(user=User.objects.get(pk=user.pk))
    until = timezone.now() + timedelta(days=30)
    _token, secret = create_token(membership, "benchmark", until, by=by)
    return secret, authority


def fill(authority: Any, count: int) -> list[str]:
    """Insert ``count`` areas; return their ids (UUIDs) in order of the primary key."""
    from django.db import connection
    from django.utils import timezone

    from safelane.hazards.models import HazardousArea

    template = HazardousArea(
        organisation=authority, country=authority.country, reference="template",
        kind="sha", status="open", geometry=shapely.box(101, 15, 101.01, 15.01),
        updated_at=timezone.now(), area_m2=44_000.0,
        first_information=timezone.localdate(), last_information=timezone.localdate(),
    )  # fmt: skip
    template.save()
    table = HazardousArea._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
    HazardousArea.objects.all().delete()
    row.pop("id")
    ids = [str(uuid.UUID(int=n + (4 << 76) + (8 << 62))) for n in range(1, count + 1)]
    rows = _rows(row, shapes(count), ids, connection.vendor)
    if connection.vendor == "postgresql":
        _copy(connection, table, list(row), rows)
    else:
        _insert(connection, table, list(row), rows)
    return ids


def _rows(
    row: dict[str, Any], areas: Any, ids: list[str], vendor: str
) -> Iterator[Any]:
    bounds = shapely.bounds(areas)
    wkb = shapely.to_wkb(areas, hex=vendor == "postgresql", byte_order=1)
    if vendor == "postgresql":
        areas = shapely.set_srid(areas, 4326)
        wkb = shapely.to_wkb(areas, hex=True, include_srid=True)
    kinds = itertools.cycle(["sha", "sha", "sha", "cha"])
    plain = {k: v if not isinstance(v, dict | list) else "[]" for k, v in row.items()}
    for n, (shape, box, uid, kind) in enumerate(
        zip(wkb, bounds, ids, kinds, strict=False)
    ):
        own = {
            "uid": uid if vendor == "postgresql" else uid.replace("-", ""),
            "reference": f"LA-{n}", "kind": kind, "geometry": shape,
            "geometry_xmin": box[0], "geometry_ymin": box[1],
            "geometry_xmax": box[2], "geometry_ymax": box[3],
        }  # fmt: skip
        yield tuple((plain | own).values())


def _copy(connection: Any, table: str, names: list[str], rows: Iterator[Any]) -> None:
    connection.ensure_connection()
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {table}")


def _insert(connection: Any, table: str, names: list[str], rows: Iterator[Any]) -> None:
    marks = ", ".join("?" * len(names))
    columns = ", ".join(f'"{name}"' for name in names)
    raw = connection.connection
    sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
    for chunk in (
        itertools.batched(rows, CHUNK)
        if hasattr(itertools, "batched")
        else (iter(lambda: list(itertools.islice(rows, CHUNK)), []))
    ):
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(sql, [_plain(row) for row in chunk])
        raw.execute("COMMIT")
    raw.execute("ANALYZE")


def _plain(row: Any) -> Any:
    return tuple(float(v) if isinstance(v, np.floating) else v for v in row)
