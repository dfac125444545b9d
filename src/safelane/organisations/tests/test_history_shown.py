"""The history is shown as far as its records are, on every door."""

import json
from datetime import date

import pytest
from django.urls import reverse

from safelane.accidents.tests import steps as accident_steps
from safelane.core.history.models import Change
from safelane.core.scope import Precision
from safelane.hazards.inputs import ReportInput
from safelane.hazards.testing import HIDDEN_NAME, create_report, register_area
from safelane.organisations.models import Membership, Role

pytestmark = pytest.mark.django_db
SECRET = "Behind the well of Ban Nam"


@pytest.fixture
def register(cast):
    """Return the cast with an area, an accident and a report with a reason."""
    area = register_area(cast, "laos", "LA-0001")
    said = ReportInput(
        date_of_information=date(2025, 1, 2), hazard=area, facts={"comment": SECRET}
    )
    home = cast.organisations["lao"]
    create_report(said, organisation=home, by=cast.actor("bounmy"))
    accident_steps.approved(cast, "lao", accident_steps.claims("LA-X1", 103.1, 19.35))
    return cast


def told(client, **query):
    """Return the text of the history and of each change in it."""
    listed = client.get(reverse("organisations:history"), query)
    assert listed.status_code == 200
    texts = [listed.content.decode()]
    for change in Change.objects.all():
        answer = client.get(reverse("organisations:change", args=[change.pk]))
        if answer.status_code == 200:
            texts.append(answer.content.decode())
    return "\n".join(texts)


def test_the_address_of_a_change_counts_nobodys_changes(cast, clients):
    change = Change.objects.latest("pk")
    url = reverse("organisations:change", args=[change.pk])
    assert f"/{change.pk}/" not in url
    assert clients["petra"].get(url).status_code == 200
    assert (
        clients["petra"].get(f"/organisations/history/{change.pk}/").status_code == 404
    )


def secrets(cast):
    """Return what stands in the history of the register and is nobody's business."""
    area = register_change = Change.objects.filter(
        verb="hazard_report.register"
    ).first()
    assert area is not None
    wkb = '"geometry":"'
    shape = register_change.after.partition(wkb)[2].partition('"')[0]
    assert len(shape) > 60
    numbers = Change.objects.filter(object_type__endswith="_report")
    labels = set(numbers.values_list("object_label", flat=True))
    return {SECRET, HIDDEN_NAME, shape[:60], *labels}


def test_an_administrator_reads_nothing_of_hazards_and_accidents(register, clients):
    text = told(clients["petra"])
    for secret in secrets(register):
        assert secret not in text
    assert "wrote the report" in text  # who, what, when stay
    assert "Bounmy" in text
    change = Change.objects.filter(verb="hazard_report.create").first()
    page = clients["petra"].get(reverse("organisations:change", args=[change.pk]))
    assert change.hash in page.content.decode()
    # What is the administrator's own stays open.
    assert "memberships" in text or "gave a role" in text
    assert "team_leader" in text


def test_who_sees_the_records_reads_what_was_written_of_them(register, clients):
    text = told(clients["noy"])
    assert SECRET in text
    assert HIDDEN_NAME in text


@pytest.mark.parametrize("words", [SECRET, "LAO-HA", "LAO-ACC"])
def test_a_search_finds_only_what_is_open(register, clients, words):
    def count(who):
        address = reverse("organisations:history")
        answer = clients[who].get(address, {"q": words})
        return len(answer.context["page"].object_list)

    assert count("petra") == 0
    if words != SECRET:  # labels are searched, not contents
        assert count("noy") > 0


@pytest.fixture
def coarse(cast, clients):
    """Return a client who sees the land of Laos in 1 km cells, reports and history."""
    role = Role.objects.create(
        code="coarse",
        name="Coarse",
        reach="country",
        verbs=["hazard.view", "hazard_report.view", "history.view"],
        precision={"hazard": "cell", "evidence": "cell"},
    )
    home = cast.organisations["laa"]
    Membership.objects.create(
        user=cast.users["eve"], organisation=home, role=role, country=home.country
    )
    return clients["eve"]


def test_a_coarse_reader_reads_no_exact_facts(register, coarse):
    assert register.actor("eve").grants[0].precision_of("hazard") == Precision.CELL
    text = told(coarse)
    for secret in secrets(register):
        assert secret not in text


def test_finds_in_a_report_are_shown_only_to_who_sees_finds(register, cast, clients):
    role = Role.objects.get(code="information_manager")
    role.precision = dict.fromkeys(("evidence", "ordnance", "survey_box"), "cell")
    role.save()
    text = told(clients["noy"])
    assert SECRET in text
    finds = json.loads(Change.objects.get(verb="hazard_report.register").after)
    point = finds["evidence"][0]["geometry"]
    assert len(point) == 42
    assert point not in text


def test_the_api_tells_no_reason_of_what_is_closed(register, coarse):
    from safelane.hazards.models import HazardousArea

    area = HazardousArea.objects.get(reference="LA-0001")
    answer = coarse.get(f"/api/v1/hazards/{area.uid}/changes")
    assert answer.status_code == 200
    for item in answer.json()["items"]:
        assert item["fields"] == []
        assert item["reason"] == ""
        assert item["hash"]


def test_an_undeclared_kind_of_record_stays_closed(register, clients):
    change = Change.objects.filter(object_type="role").first()
    Change.objects.filter(pk=change.pk).update(object_type="unheard")
    page = clients["petra"].get(reverse("organisations:change", args=[change.pk]))
    assert "not open to your role" in page.content.decode()


def test_the_check_on_the_page_does_not_claim_what_it_did_not_look_at(
    register, clients
):
    page = clients["petra"].post(reverse("organisations:history-verify"))
    text = page.content.decode()
    assert "join their chains" in text
    assert "Not looked at" in text
    Change.objects.filter(verb="hazard_report.create").update(reason="x")
    text = clients["petra"].post(reverse("organisations:history-verify")).content
    assert b"altered" in text
    assert b"LAO-HA" not in text
