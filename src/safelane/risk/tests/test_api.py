import pytest

pytestmark = pytest.mark.django_db


def test_runs_and_units_come_by_page(prior, clients):
    listed = clients["noy"].get("/api/v1/priors").json()
    assert listed["count"] == 1 and listed["items"][0]["country"] == "LAO"
    assert "never evidence" in listed["items"][0]["read_this"]
    answer = clients["noy"].get(f"/api/v1/priors/{prior.uid}/units?level=unit&limit=2")
    assert answer.json()["count"] == 8
    first, second = answer.json()["items"]
    assert (first["rank"], second["rank"]) == (1, 2)
    assert first["code"] == "TY-48N-0500-2000" and "number 1 of 8" in first["why"]
    assert first["geometry"]["type"] == "Polygon"


def test_another_country_gets_nothing(prior, clients):
    assert clients["aysel"].get("/api/v1/priors").json()["count"] == 0
    answer = clients["aysel"].get(f"/api/v1/priors/{prior.uid}/units")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
