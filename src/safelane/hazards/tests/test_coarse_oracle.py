"""Coarse readers ask at random, and learn no more than what is published to them."""

import random
import re
from datetime import date

import pytest
import shapely
from django.test import Client
from shapely.affinity import translate

from safelane.core.collections.rows import forget
from safelane.core.geo.cells import cell_of
from safelane.core.geo.fields import bbox_columns
from safelane.core.history import kept
from safelane.core.scope import Precision
from safelane.core.scope.precision import rounded_area
from safelane.core.tiles import views as tiles
from safelane.exchange.exports import export_records
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.testing import area_at, register_area

pytestmark = pytest.mark.django_db
SIDES = (0.0005, 0.05)  # 50 m, and 5 km across many cells
COLLECTIONS = ("hazardous-areas", "evidence", "ordnance", "survey-boxes")
HIDDEN = {
    "name": ("Behind the old school", "Below the new mill"),
    "comment": ("told by the widow", "seen from the bridge"),
    "depth_cm": (20, 130),
    "people_affected": (7, 4000),
    "slope": ("flat", "steep"),
}
# What differs between two answers to the same question, whatever they tell.
PASSING = re.compile(
    rb'"timeStamp":"[^"]*"|csrf[^>]*?(?:value|content)="[^"]*"|nonce="[^"]*"'
    rb'|"X-CSRFToken": "[^"]*"|[?&amp;]?csrf=[^"&]*'
    rb"|As shown on [^<]*"  # a page for paper says the minute
)
# Person -> where the areas lie of which the person sees something.
READERS = {"chan": "cambodia", "sevda": "azerbaijan", "mina": "azerbaijan"}


@pytest.fixture
def readers(cast):
    found = {}
    for name in READERS:
        found[name] = Client()
        found[name].force_login(cast.users[name])
    return found


def register(cast, country, owner=""):
    """Register six areas, small and large, with all that hangs on them."""
    rng = random.Random(f"ground of {owner}")  # no box of a grid is in two registers
    for number in range(6):
        shape = area_at(country, SIDES[number % 2])
        shape = translate(shape, rng.uniform(-0.09, 0.19), rng.uniform(-0.05, 0.25))
        facts = {name: values[0] for name, values in HIDDEN.items()}
        facts |= {"kind": rng.choice(("sha", "cha")), "geometry": shape}
        register_area(cast, country, f"{country[:2]}-{owner}{number}", owner, **facts)


def turn(country, level, owners=None):
    """Change everything that is not published at ``level``, and nothing that is."""
    rng = random.Random(5)
    for model in (HazardousArea, HazardPeriod, Evidence, OrdnanceFound, SurveyBox):
        path = "hazard__organisation" if model is HazardPeriod else "organisation"
        rows = model.objects.filter(**{f"{path}__country__code": country})
        if owners:
            rows = rows.filter(**{f"{path}__short_name__in": owners})
        for row in rows.order_by("pk"):
            row.geometry = moved(row.geometry, level, rng)
            if model in (HazardousArea, HazardPeriod):
                shown = rounded_area(row.area_m2, Precision.CELL)
                row.area_m2 = shown * rng.uniform(0.996, 1.004)
                assert rounded_area(row.area_m2, Precision.CELL) == shown
                for name, values in HIDDEN.items():
                    setattr(row, name, values[1])
            else:
                row.description = "another"
                turn_find(row)
            row.save()


def turn_find(row):
    changed = {
        "count": 19,
        "accuracy_m": 3.5,
        "ordnance_model": "other",
        "model": "other",
        "searched_percent": 11,
        "result": "nothing_found",
        "grid_number": f"9-{row.pk}",
    }
    for name, value in changed.items():
        if hasattr(row, name):
            setattr(row, name, value)


def moved(shape, level, rng):
    """Return a shape elsewhere in the same cell, or anywhere near for a district."""
    west, south, east, north = shape.bounds
    if level == Precision.DISTRICT:
        return translate(shape, rng.uniform(-0.01, 0.01), rng.uniform(-0.01, 0.01))
    cell = cell_of(shape.bounds)
    x = rng.uniform(cell[0] + 1e-6, cell[2] - 1e-6)
    y = rng.uniform(cell[1] + 1e-6, cell[3] - 1e-6)
    there = translate(shape, x - (west + east) / 2, y - (south + north) / 2)
    assert cell_of(there.bounds) == cell
    return there


def box(rng, shapes):
    """Return a box around a place of interest: a corner, or the edge of a cell."""
    shape = rng.choice(shapes)
    west, south, east, north = rng.choice((shape.bounds, cell_of(shape.bounds)))
    x = rng.choice((west, east, (west + east) / 2)) + rng.gauss(0, 0.0005)
    y = rng.choice((south, north, (south + north) / 2)) + rng.gauss(0, 0.0005)
    wide, high = 10 ** rng.uniform(-6, -1), 10 ** rng.uniform(-6, -1)
    return tuple(round(n, 7) for n in (x, y, x + wide, y + high))


def tile_of(rng, bounds):
    z = rng.choice((6, 10, 13, 15, 17, 19))
    point = shapely.Point(bounds[0], bounds[1])
    from safelane.core.tiles.tests.test_tiles import tile_at

    tile = tile_at(z, point.x, point.y)
    name = rng.choice(COLLECTIONS)
    return f"/tiles/{name}/{z}/{tile.x}/{tile.y}.mvt"


def spatial(rng, bounds):
    west, south, east, north = bounds
    shape = rng.choice(
        (
            f"BBOX({west},{south},{east},{north})",
            f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {south}))",
            f"POINT({west} {south})",
        )
    )
    name = rng.choice(("S_INTERSECTS", "S_WITHIN", "S_CONTAINS", "S_DISJOINT"))
    turned = rng.choice(("", "NOT "))
    return f"{turned}{name}(geometry,{shape})"


def telling(rng):
    number = round(10 ** rng.uniform(3, 7))
    return rng.choice(
        (
            f"area_m2 {rng.choice(('<', '<=', '>', '>=', '=', '<>'))} {number}",
            f"area_m2 BETWEEN {number} AND {2 * number}",
            "name LIKE 'Behind%'",
            "NOT name LIKE '%mill'",
            f"depth_cm {rng.choice(('<', '>'))} 100",
            "depth_cm IS NULL",
            "depth_cm IS NOT NULL",
            "name = 'Below the new mill'",
            f"kind = 'sha' AND NOT area_m2 > {number}",
        )
    )


def question(rng, shapes):
    """Return the address of one random question."""
    bounds = box(rng, shapes)
    asked = f"{bounds[0]},{bounds[1]},{bounds[2]},{bounds[3]}"
    items = f"/ogc/collections/{rng.choice(COLLECTIONS)}/items"
    areas = "/ogc/collections/hazardous-areas/items"
    day = date(2024, rng.randint(4, 6), rng.randint(1, 28)).isoformat()
    sort = rng.choice(("area", "-area", "reference", "kind", "date"))
    words = rng.choice(("Behind", "mill", "KH", "widow", "cam"))
    return rng.choice(
        (
            f"{items}?bbox={asked}&limit={rng.randint(1, 4)}",
            f"{items}?bbox={asked}",
            f"{items}?filter={spatial(rng, bounds)}",
            f"{areas}?filter={telling(rng)}",
            f"{areas}?filter={telling(rng)} AND {spatial(rng, bounds)}",
            f"{areas}?filter={telling(rng)} OR {telling(rng)}&bbox={asked}",
            f"{areas}?bbox={asked}&datetime={day}/..",
            f"/api/v1/hazards?bbox={asked}",
            f"/api/v1/hazards?bbox={asked}&as_of={day}",
            f"/api/v1/hazards?q={words}",
            f"/api/v1/hazards?area={rng.randint(1, 30)}",
            f"/api/v1/evidence?bbox={asked}",
            f"/api/v1/survey-boxes?bbox={asked}&result=nothing_found",
            f"/hazards/?bbox={asked}&sort={sort}",
            f"/hazards/?q={words}&sort={sort}",
            f"/hazards/?as_of={day}&bbox={asked}",
            tile_of(rng, bounds),
            tile_of(rng, bounds),
        )
    )


def answers(client, asked):
    forget()
    kept._kept.clear()
    tiles._cache.clear()
    found = []
    for address in asked:
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        found.append((address, answer.status_code, PASSING.sub(b"", body)))
    return found


def export(path, query, by):
    export_records(path / "out.csv", "hazards", "csv", query=query, by=by)
    return (path / "out.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "level", "many"),
    [
        ("chan", Precision.CELL, 120),
        ("sevda", Precision.DISTRICT, 60),
        ("mina", Precision.CELL, 60),
    ],
)
def test_random_questions_do_not_tell_apart_what_publishes_the_same(
    cast, readers, tmp_path, name, level, many
):
    country = READERS[name]
    register(cast, country)
    if name == "mina":
        register(cast, country, "azo")
    shapes = [row.geometry for row in HazardousArea.objects.order_by("pk")]
    rng = random.Random(f"asked by {name}")
    asked = ["/", *(question(rng, shapes) for _number in range(many))]
    actor, boxes = cast.actor(name), [box(rng, shapes) for _number in range(6)]
    queries = ["bbox=" + ",".join(map(str, one)) for one in boxes]
    queries = queries if name == "chan" else []
    before = answers(readers[name], asked)
    files = [export(tmp_path, query, actor) for query in queries]
    assert {status for _asked, status, _body in before} <= {200, 403}
    turn(cast.countries[country].code, level, ["AZA"] if name == "mina" else None)
    for one, other in zip(before, answers(readers[name], asked), strict=True):
        assert one == other
    assert files == [export(tmp_path, query, actor) for query in queries]


def test_the_two_registers_are_told_apart_by_who_may(cast):
    """The questions could tell: an exact reader gets other answers."""
    register(cast, "azerbaijan")
    client = Client()
    client.force_login(cast.users["aysel"])
    shapes = [row.geometry for row in HazardousArea.objects.order_by("pk")]
    rng = random.Random("asked by aysel")
    asked = [question(rng, shapes) for _number in range(60)]
    before = answers(client, asked)
    turn("AZE", Precision.CELL)
    after = answers(client, asked)
    differing = [a for a, b in zip(before, after, strict=True) if a != b]
    assert len(differing) > 12


def test_a_coarse_row_matches_if_and_only_if_its_cell_meets_the_box(cast, readers):
    register(cast, "cambodia")
    rows = {row.reference: row.geometry for row in HazardousArea.objects.all()}
    cells = {name: shapely.box(*cell_of(g.bounds)) for name, g in rows.items()}
    rng, client = random.Random(11), readers["chan"]
    met = 0
    for _number in range(60):
        bounds = box(rng, list(rows.values()))
        asked = ",".join(map(str, bounds))
        shape = shapely.box(*bounds)
        expected = {name for name, cell in cells.items() if cell.intersects(shape)}
        met += len(expected)
        page = client.get(f"/ogc/collections/hazardous-areas/items?bbox={asked}").json()
        assert {f["properties"]["reference"] for f in page["features"]} == expected
        assert page["numberMatched"] == len(expected)
        for when in ("", "&as_of=2024-06-01"):
            listed = client.get(f"/api/v1/hazards?bbox={asked}{when}").json()
            assert {item["reference"] for item in listed["items"]} == expected
    assert 15 < met < 250


@pytest.mark.parametrize("side", range(4))
def test_a_box_that_touches_the_cell_at_its_edge_meets_it(cast, readers, side):
    """Edges count, at each side and through each door, as those of exact areas do."""
    west, south, east, north = cell_of(area_at("cambodia").bounds)
    register_area(cast, "cambodia", "KH-1")
    step = 0.001
    asked = (
        (west - step, south, west, north),
        (west, south - step, east, south),
        (east, south, east + step, north),
        (west, north, east, north + step),
    )[side]
    bbox, client = ",".join(map(repr, asked)), readers["chan"]
    page = client.get(f"/ogc/collections/hazardous-areas/items?bbox={bbox}").json()
    assert page["numberMatched"] == 1
    for when in ("", "&as_of=2024-06-01"):
        assert client.get(f"/api/v1/hazards?bbox={bbox}{when}").json()["count"] == 1


def test_two_readers_ask_after_one_another_and_get_their_own_counts(cast, readers):
    """Kept totals, compiled statements and tiles are those of one reader."""
    register(cast, "cambodia")
    register(cast, "azerbaijan")
    address = "/ogc/collections/hazardous-areas/items"
    asked = [readers["chan"], readers["sevda"], readers["chan"], readers["mina"]]
    totals = [client.get(address).json()["numberMatched"] for client in asked]
    assert totals == [6, 12, 6, 6]
    bounds = shapely.union_all([r.geometry for r in HazardousArea.objects.all()]).bounds
    whole = f"{address}?bbox={','.join(map(str, bounds))}"
    matched = [client.get(whole).json()["numberMatched"] for client in asked]
    assert matched == [6, 0, 6, 6]


def test_bounding_boxes_follow_what_was_turned(cast):
    """``turn`` moves the columns that questions are answered from."""
    register(cast, "cambodia")
    before = list(HazardousArea.objects.values_list(*bbox_columns("geometry")))
    turn("KHM", Precision.CELL)
    after = list(HazardousArea.objects.values_list(*bbox_columns("geometry")))
    assert all(a != b for a, b in zip(before, after, strict=True))
