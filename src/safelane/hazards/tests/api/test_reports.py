import json
from uuid import uuid4

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


def send(client, path, body, method="post", **head):
    ask = getattr(client, method)
    text, kind = json.dumps(body), "application/json"
    return ask(f"/api/v1{path}", text, content_type=kind, headers=head)


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


def test_a_number_does_not_tell_how_much_others_have_written(clients, body, cast):
    send(clients["bounmy"], "/reports", body)
    register_area(cast, "azerbaijan", "AZ-1")
    send(clients["bounmy"], "/reports", body | {"reference": "LA-10"})
    numbers = HazardReport.objects.order_by("pk").values_list("number", flat=True)
    (first, *_day), (other, *_), (second, *_) = (n.split("-") for n in numbers)
    assert first == second != other
    marks = [number.rsplit("-", 1)[1] for number in numbers]
    assert all(len(mark) == 8 and mark.isalpha() for mark in marks)
    assert len({mark[:4] for mark in marks}) == 3


def test_a_draft_can_be_replaced(clients, body):
    made = send(clients["bounmy"], "/reports", body)
    body["facts"]["status"] = "suspended"
    path, head = f"/reports/{made.json()['uid']}", {"If-Match": made["ETag"]}
    answer = send(clients["bounmy"], path, body, "put", **head)
    assert answer.json()["facts"]["status"] == "suspended"


def test_a_draft_is_replaced_only_as_it_was_read(clients, body):
    """Two programs, or a program and a page: the second save hides no other."""
    path = f"/reports/{send(clients['bounmy'], '/reports', body).json()['uid']}"
    read = clients["bounmy"].get(f"/api/v1{path}")["ETag"]
    body["facts"]["status"] = "suspended"
    without = send(clients["bounmy"], path, body, "put")
    assert (without.status_code, without.json()["field"]) == (422, "If-Match")
    first = send(clients["bounmy"], path, body, "put", **{"If-Match": read})
    assert first.status_code == 200 and first["ETag"] != read
    body["facts"]["status"] = "worked_on"
    for old in (read, f"W/{read}", "*", '"nine"'):
        late = send(clients["bounmy"], path, body, "put", **{"If-Match": old})
        assert late.status_code == 409
        assert "Bounmy" in late.json()["detail"]
    shown = clients["bounmy"].get(f"/api/v1{path}")
    assert shown.json()["facts"]["status"] == "suspended"
    again = send(clients["bounmy"], path, body, "put", **{"If-Match": shown["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("name", ["laa", "aza", None])
def test_a_draft_is_not_given_to_another_organisation(clients, cast, body, name):
    made = send(clients["bounmy"], "/reports", body)
    path, head = f"/reports/{made.json()['uid']}", {"If-Match": made["ETag"]}
    other = cast.organisations[name].uid if name else uuid4()
    body |= {"organisation": str(other), "facts": {"status": "suspended"}}
    answer = send(clients["bounmy"], path, body, "put", **head)
    assert (answer.status_code, answer.json()["field"]) == (422, "organisation")
    assert made.json()["organisation"] in answer.json()["detail"]
    assert HazardReport.objects.get().status == "open"


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
