import json

import pytest

from safelane.hazards.models import HazardReport
from safelane.hazards.testing import area_at, register_area


@pytest.fixture
def body(cast):
    return {
        "organisation": str(cast.organisations["lao"].uid),
        "date_of_information": "2026-03-01",
        "reference": "LA-9",
        "facts": {
            "kind": "sha",
            "status": "open",
            "geometry": area_at("laos").__geo_interface__,
        },
        "evidence": [
            {
                "geometry": area_at("laos").centroid.__geo_interface__,
                "directness": "direct",
                "kind": "item",
            }
        ],
    }


def send(client, path, body, method="post"):
    ask = getattr(client, method)
    return ask(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_a_report_goes_from_draft_to_the_register(clients, body):
    report = send(clients["bounmy"], "/reports", body).json()
    assert (report["stage"], report["source"]) == ("draft", "api")
    steps = (
        ("bounmy", "submit"),
        ("keo", "check_operator"),
        ("vanh", "check_operations"),
        ("noy", "approve"),
    )
    for who, step in steps:
        answer = send(clients[who], f"/reports/{report['uid']}/{step}", {})
        assert answer.status_code == 200, answer.json()
    assert answer.json()["stage"] == "approved"
    found = clients["bounmy"].get("/api/v1/hazards").json()["items"]
    assert [item["reference"] for item in found] == ["LA-9"]


def test_a_draft_can_be_replaced(clients, body):
    uid = send(clients["bounmy"], "/reports", body).json()["uid"]
    body["facts"]["status"] = "suspended"
    answer = send(clients["bounmy"], f"/reports/{uid}", body, "put")
    assert answer.json()["facts"]["status"] == "suspended"


def test_rejection_needs_a_reason(clients, body):
    uid = send(clients["bounmy"], "/reports", body).json()["uid"]
    send(clients["bounmy"], f"/reports/{uid}/submit", {})
    answer = send(clients["keo"], f"/reports/{uid}/reject", {})
    assert (answer.status_code, answer.json()["field"]) == (422, "reason")
    answer = send(clients["keo"], f"/reports/{uid}/reject", {"reason": "No photo."})
    assert (answer.json()["stage"], answer.json()["reason"]) == (
        "rejected",
        "No photo.",
    )


def test_several_reports_move_together_or_not_at_all(clients, body):
    first = send(clients["bounmy"], "/reports", body).json()["uid"]
    second = send(clients["bounmy"], "/reports", body | {"reference": "LA-8"}).json()
    move = {"reports": [first, second["uid"]], "step": "submit"}
    assert send(clients["bounmy"], "/reports/move", move).status_code == 200
    send(clients["keo"], f"/reports/{first}/check_operator", {})
    move["step"] = "check_operator"
    assert send(clients["keo"], "/reports/move", move).status_code == 409
    assert HazardReport.objects.get(uid=second["uid"]).stage == "submitted"


def test_nobody_reports_for_another_organisation(clients, cast, body):
    body["organisation"] = str(cast.organisations["aza"].uid)
    assert send(clients["bounmy"], "/reports", body).status_code == 404
    assert send(clients["chan"], "/reports", body).status_code == 403
    assert send(clients["nobody"], "/reports", body).status_code == 401
    assert not HazardReport.objects.exists()


def test_a_self_crossing_outline_says_where(clients, body):
    x, y = 103.1, 19.4
    ring = [[x, y], [x + 0.1, y + 0.1], [x + 0.1, y], [x, y + 0.1], [x, y]]
    body["facts"]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    answer = send(clients["bounmy"], "/reports", body)
    assert answer.status_code == 422
    assert "19.45" in json.dumps(answer.json())


def test_a_misspelt_fact_is_named(clients, body):
    body["facts"]["statuss"] = "open"
    answer = send(clients["bounmy"], "/reports", body)
    assert answer.status_code == 422
    assert "statuss" in answer.json()["detail"]


def test_a_page_of_another_site_cannot_write(cast, body):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.users["bounmy"])
    assert send(client, "/reports", body).status_code == 403
    assert not HazardReport.objects.exists()


def test_reports_on_an_area_are_listed(clients, cast):
    hazard = register_area(cast, "laos", "LA-1")
    answer = clients["noy"].get(f"/api/v1/hazards/{hazard.uid}/reports").json()
    assert [item["hazard"] for item in answer["items"]] == [str(hazard.uid)]
    assert answer["items"][0]["stage"] == "approved"
