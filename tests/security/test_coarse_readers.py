"""Planted values must not leave by any door, for whoever sees places roughly."""

import re
from datetime import date

import pytest
import shapely
from django.test import Client

from safelane.accidents.models import Accident
from safelane.core.geo.cells import cell_of
from safelane.core.tiles.tests.test_tiles import tile_at
from safelane.exchange.exports import export_records
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.testing import area_at, register_area
from safelane.organisations.models import AdminArea

pytestmark = pytest.mark.django_db
READERS = ("rena", "sevda", "mina")  # 1 km, district, exact for its own rows only
TEXTS = {
    "name": "Zaqafqaziya orchard",
    "comment": "behind the widow's gate",
    "status_reason": "seen by the shepherd",
    "geometry_text": "39T 4711 0815",
}
NUMBERS = {"depth_cm": 31337, "people_affected": 40961}
FOUND = {
    "description": "under the walnut tree",
    "position_text": "39T 1234 5678",
    "external_id": "secret-guid-77",
}
COLLECTIONS = (
    "hazardous-areas", "hazardous-area-positions", "evidence", "ordnance",
    "survey-boxes", "accidents",
)  # fmt: skip


@pytest.fixture(params=(0.0005, 0.05), ids=("50 m", "5 km"))
def planted(cast, request):
    """Register an area with all that hangs on it and plant values in each."""
    shape = area_at("azerbaijan", request.param)
    hazard = register_area(cast, "azerbaijan", "AZ-7", geometry=shape)
    HazardousArea.objects.filter(pk=hazard.pk).update(**TEXTS, **NUMBERS)
    HazardPeriod.objects.filter(hazard=hazard).update(**TEXTS, **NUMBERS)
    for model in (Evidence, OrdnanceFound, SurveyBox):
        model.objects.filter(hazard=hazard).update(**FOUND)
    Evidence.objects.update(ordnance_model="BLU-97-evidence", accuracy_m=13.579)
    OrdnanceFound.objects.update(model="PMN-2-found", depth_cm=24680, count=86420)
    Accident.objects.create(
        organisation=hazard.organisation,
        country=hazard.country,
        admin_area=hazard.admin_area,
        reference="AZ-ACC-7",
        kind="mine",
        hazard=hazard,
        occurred_on=date(2024, 3, 17),
        description="the goat ran ahead",
        position_text="39T 2468 1357",
        damage="a red tractor",
        geometry=shape.centroid,
        updated_at=hazard.updated_at,
    )
    return hazard


def secrets(hazard):
    """Return what nobody of the readers may find in any answer."""
    box, village = hazard.boxes.get(), hazard.admin_area
    shown = {f"{side:.4f}" for side in cell_of(hazard.geometry.bounds)}
    places = (hazard.geometry, hazard.geometry.centroid, box.geometry)
    points = shapely.get_coordinates(list(places)).ravel()
    digits = {f"{number:.6f}"[:-1] for number in points}
    numbers = {str(n) for n in (*NUMBERS.values(), 24680, 86420, "13.579")}
    exact = {f"{hazard.area_m2:.1f}"}
    texts = {*TEXTS.values(), *FOUND.values(), "BLU-97-evidence", "PMN-2-found"}
    accident = {"the goat ran ahead", "39T 2468 1357", "a red tractor", "2024-03-17"}
    names = {village.name, f'"{village.code}"', box.grid_number}
    assert village.level == 3 and not digits & shown
    return digits | numbers | exact | texts | accident | names


def doors(hazard):
    """Return the addresses of everything that can show the records."""
    uid, accident = hazard.uid, Accident.objects.get().uid
    finds = Evidence.objects.get().uid, OrdnanceFound.objects.get().uid
    around = ",".join(str(n) for n in hazard.geometry.buffer(0.2).bounds)
    found = ["/", "/hazards/", f"/hazards/{uid}/", "/hazards/overlaps/"]
    found += [f"/hazards/?as_of=2024-06-01&bbox={around}", "/hazards/reports/"]
    found += [f"/hazards/{uid}/?as_of=2024-06-01", "/hazards/?q=AZ-7&sort=area"]
    found += ["/accidents/", f"/accidents/{accident}/", "/accidents/?as_of=2025-01-01"]
    api = "/api/v1"
    found += [f"{api}/hazards", f"{api}/hazards/{uid}", f"{api}/hazards/{uid}/periods"]
    found += [f"{api}/hazards/{uid}/changes", f"{api}/hazards?as_of=2024-06-01"]
    found += [f"{api}/evidence", f"{api}/evidence/{finds[0]}", f"{api}/ordnance"]
    found += [f"{api}/ordnance/{finds[1]}", f"{api}/survey-boxes", f"{api}/reports"]
    found += [f"{api}/survey-boxes/{hazard.boxes.get().uid}", f"{api}/accidents"]
    found += [f"{api}/accidents/{accident}", f"{api}/accidents?as_of=2025-01-01"]
    middle = hazard.geometry.centroid
    for name in COLLECTIONS:
        found += [f"/ogc/collections/{name}/items{q}" for q in ("", "?f=html")]
        for z in (5, 10, 14, 17):
            tile = tile_at(z, middle.x, middle.y)
            found.append(f"/tiles/{name}/{z}/{tile.x}/{tile.y}.mvt")
    return found


def body_of(answer):
    raw = b"".join(answer) if answer.streaming else answer.content
    return raw.decode("utf-8", errors="replace")


def client_of(cast, name):
    client = Client()
    client.force_login(cast.users[name])
    return client


@pytest.mark.parametrize("name", READERS)
def test_no_door_tells_a_planted_value(cast, planted, name):
    client, hidden, seen = client_of(cast, name), secrets(planted), 0
    for address in doors(planted):
        answer = client.get(address)
        assert answer.status_code in (200, 403, 404), address
        text = body_of(answer)
        told = {value for value in hidden if value in text}
        assert not told, (address, told)
        seen += "AZ-7" in text or "AZ-ACC-7" in text
    assert seen >= 9, "the doors show the records themselves"


def test_the_planted_values_leave_by_the_doors_for_who_sees_exactly(cast, planted):
    """What the test looks for is really there."""
    client, api = client_of(cast, "aysel"), "/api/v1"
    addresses = (f"{api}/hazards/{planted.uid}", f"{api}/evidence", f"{api}/ordnance")
    text = "".join(body_of(client.get(address)) for address in addresses)
    told = {value for value in secrets(planted) if value in text}
    assert {*TEXTS.values(), FOUND["description"], "BLU-97-evidence"} <= told
    assert {planted.admin_area.name, "31337", "86420", "13.579"} <= told


@pytest.mark.parametrize("name", ["rena"])
@pytest.mark.parametrize("format_name", ["csv", "geojson", "kml"])
def test_no_export_tells_a_planted_value(cast, planted, tmp_path, name, format_name):
    path = tmp_path / f"out.{format_name}"
    export_records(path, "hazards", format_name, by=cast.actor(name))
    text = path.read_text(errors="replace")
    assert "AZ-7" in text
    assert not {value for value in secrets(planted) if value in text}


def test_what_an_agreement_opens_for_viewing_is_not_exported(cast, tmp_path):
    """Agata sees areas of the operator in one country, and takes none away."""
    register_area(cast, "azerbaijan", "AZ-OPEN", "azo")
    register_area(cast, "laos", "LA-CLOSED", "azo")
    client, path = client_of(cast, "agata"), tmp_path / "out.csv"
    page = body_of(client.get("/hazards/"))
    assert "AZ-OPEN" in page and "LA-CLOSED" not in page
    export_records(path, "hazards", "csv", by=cast.actor("agata"))
    assert not re.search("AZ-OPEN|LA-CLOSED", path.read_text())


def test_an_exact_agreement_shows_no_more_exactly_than_the_role(cast):
    role = cast.users["agata"].memberships.get().role
    role.precision = {"hazard": "cell"}
    role.save()
    hazard = register_area(cast, "azerbaijan", "AZ-OPEN", "azo")
    (item,) = client_of(cast, "agata").get("/api/v1/hazards").json()["items"]
    assert item["precision"] == "cell"
    west, south, _east, _north = cell_of(hazard.geometry.bounds)
    assert min(item["facts"]["geometry"]["coordinates"][0]) == pytest.approx(
        [west, south], abs=1e-6
    )


def test_a_village_finds_no_coarse_row_and_its_district_does(cast):
    hazard = register_area(cast, "azerbaijan", "AZ-1")
    village = hazard.admin_area
    assert isinstance(village, AdminArea)
    for name, by_village in (("rena", 0), ("sevda", 0), ("aysel", 1)):
        client = client_of(cast, name)
        for area, expected in ((village, by_village), (village.parent, 1)):
            answer = client.get(f"/api/v1/hazards?area={area.pk}").json()
            assert answer["count"] == expected, (name, area.level)
