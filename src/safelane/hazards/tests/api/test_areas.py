import pytest

from safelane.hazards.testing import area_at, register_area


@pytest.fixture
def hazard(cast):
    return register_area(cast, "laos", "LA-1")


def test_a_team_leader_reads_the_polygon(clients, hazard):
    answer = clients["bounmy"].get(f"/api/v1/hazards/{hazard.uid}").json()
    assert answer["reference"] == "LA-1"
    assert answer["precision"] == "exact"
    assert answer["admin_area"]["code"] == "laos-100"
    assert answer["facts"]["geometry"]["type"] == "Polygon"
    assert answer["facts"]["area_m2"] == pytest.approx(hazard.area_m2)


def test_lists_are_pages_with_a_count(clients, cast):
    for number in range(3):
        register_area(cast, "laos", f"LA-{number}")
    answer = clients["bounmy"].get("/api/v1/hazards?limit=2&offset=1").json()
    assert answer["count"] == 3
    assert len(answer["items"]) == 2


def test_filters_are_those_of_the_register(clients, cast):
    register_area(cast, "laos", "LA-1", kind="sha")
    register_area(cast, "laos", "LA-2", kind="cha")
    found = clients["bounmy"].get("/api/v1/hazards?kind=cha").json()["items"]
    assert [item["reference"] for item in found] == ["LA-2"]
    west, south, east, north = area_at("laos").bounds
    near = f"/api/v1/hazards?bbox={west},{south},{east},{north}"
    assert clients["bounmy"].get(near).json()["count"] == 2
    assert clients["bounmy"].get("/api/v1/hazards?bbox=0,0,1,1").json()["count"] == 0


def test_before_its_first_information_an_area_was_unknown(clients, hazard):
    address = f"/api/v1/hazards/{hazard.uid}"
    assert clients["bounmy"].get(f"{address}?as_of=2024-05-01").status_code == 200
    answer = clients["bounmy"].get(f"{address}?as_of=2024-04-30")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_periods_say_from_when_and_until_when(clients, hazard):
    address = f"/api/v1/hazards/{hazard.uid}/periods"
    (period,) = clients["bounmy"].get(address).json()["items"]
    assert (period["valid_from"], period["valid_to"]) == ("2024-05-01", None)


def test_a_filter_that_cannot_be_read_is_named(clients):
    answer = clients["bounmy"].get("/api/v1/hazards?bbox=1,2,3")
    assert answer.status_code == 422
    assert answer.json()["field"] == "bbox"
    assert "1,2,3" in answer.json()["detail"]


def test_a_page_of_a_thousand_is_refused(clients):
    answer = clients["bounmy"].get("/api/v1/hazards?limit=1000")
    assert answer.status_code == 422
    assert answer.json()["field"] == "limit"
