def test_one_reads_who_one_is(clients):
    answer = clients["bounmy"].get("/api/v1/me").json()
    assert answer["name"] == "Bounmy Phommachan"
    (grant,) = answer["grants"]
    assert (grant["role"], grant["organisation"]) == ("team_leader", "LAO")
    assert "hazard_report.report" in grant["verbs"]


def test_nobody_is_told_to_sign_in(clients):
    answer = clients["nobody"].get("/api/v1/me")
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]


def test_organisations_in_reach_are_listed(clients):
    answer = clients["aysel"].get("/api/v1/organisations").json()
    assert {item["short_name"] for item in answer["items"]} == {"AZA", "AZO"}


def test_areas_are_filtered_by_country_level_and_parent(clients):
    found = clients["chan"].get("/api/v1/areas?country=lao&level=2").json()["items"]
    assert [item["code"] for item in found] == ["laos-10", "laos-11"]
    inside = f"/api/v1/areas?parent={found[0]['uid']}"
    assert clients["chan"].get(inside).json()["count"] == 2


def test_one_area_comes_with_its_outline(clients):
    uid = clients["chan"].get("/api/v1/areas?level=1").json()["items"][0]["uid"]
    answer = clients["chan"].get(f"/api/v1/areas/{uid}").json()
    assert answer["geometry"]["type"] == "Polygon"


def test_a_stranger_reads_no_areas(clients):
    assert clients["eve"].get("/api/v1/areas").status_code == 403
    assert clients["eve"].get("/api/v1/organisations").status_code == 403
    assert clients["eve"].get("/api/v1/countries").status_code == 403
