"""The form of a report: what a rule blocks stands beside its field; room for all."""

import pytest

from safelane.accidents.actions import VictimInput
from safelane.accidents.models import AccidentReport, Victim, VictimIdentity
from safelane.accidents.tests.steps import claims, draft
from safelane.accidents.tests.test_pages import form

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"occurred_on": "2025-06-01"}, "occurred_on"),
        ({"stated_injured": "0"}, "stated_injured"),
        ({"position_text": "39.4567, 47.1234"}, "position_text"),
    ],
)
def test_what_a_rule_blocks_is_marked_on_the_form_of_a_draft(clients, written, field):
    clients["bounmy"].post("/accidents/reports/new/", form(**written))
    url = f"/accidents/reports/{AccidentReport.objects.get().uid}/edit/"
    assert clients["bounmy"].get(url).context["editor"].form[field].errors


def test_an_age_that_nobody_has_is_marked_in_the_block_of_the_victim(clients):
    said = {"victim-0-age": "200", "victim-1-number": "2", "victim-1-age": "20"}
    clients["bounmy"].post("/accidents/reports/new/", form(**said))
    url = f"/accidents/reports/{AccidentReport.objects.get().uid}/edit/"
    first, second, *_rest = clients["bounmy"].get(url).context["victim_forms"]
    assert "nobody is 200 years old" in first["age"].errors[0]
    assert not second.errors


def test_blocks_for_victims_are_added_without_scripts_as_many_as_are_needed(clients):
    client, url = clients["bounmy"], "/accidents/reports/new/"
    sent = form(then="more", date_of_information="", **{"victim-1-sex": "female"})
    for count in (3, 4, 5):
        answer = client.post(url, sent)
        assert answer.status_code == 200 and not AccidentReport.objects.exists()
        page = answer.content.decode()
        assert f'name="victim-TOTAL_FORMS" value="{count}"' in page
        assert "required." not in page and "Give this victim" not in page
        assert 'value="Khamla"' in page and 'value="19.45, 103.15"' in page
        sent["victim-TOTAL_FORMS"] = str(count)
    five = {f"victim-{n}-number": str(n + 1) for n in range(5)}
    whole = {"victim-TOTAL_FORMS": "5", "victim-4-identity_name": "Somsy"}
    assert client.post(url, form(**five, **whole)).status_code == 302
    assert sorted(Victim.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert VictimIdentity.objects.get(victim__number=5).name == "Somsy"


def test_a_form_offers_no_more_blocks_than_it_can_send(clients, monkeypatch):
    monkeypatch.setattr("safelane.accidents.forms.MOST_VICTIMS", 3)
    page = clients["bounmy"].post("/accidents/reports/new/", form(then="more"))
    assert 'value="more"' not in page.content.decode()
    assert len(page.context["victim_forms"]) == 3


def test_what_rules_find_of_a_victim_is_told_to_who_sees_the_victim(cast, clients):
    odd = claims("AZ-ODD", victims=(VictimInput(number=1, facts={"age": 140}),))
    report = draft(cast, "azo", odd)
    url = f"/accidents/reports/{report.uid}/"
    told = {name: clients[name].get(url).content.decode() for name in ("gunay", "rauf")}
    assert "Victim 1: nobody is 140 years old." not in told["gunay"]
    assert "Victim 1: nobody is 140 years old." in told["rauf"]


def test_enter_in_a_field_keeps_a_draft(clients):
    page = clients["bounmy"].get("/accidents/reports/new/").content.decode()
    first = page.split('<form method="post" novalidate>')[1].split("<button")[1]
    assert 'value="draft" hidden' in first


def test_a_past_day_without_rows_says_reach_to_who_sees_a_part(cast, clients):
    page = clients["bounmy"].get("/accidents/?as_of=1999-01-01").content.decode()
    assert "within your reach" in page and "Nothing matches" not in page


def test_what_is_known_stands_beside_the_place_and_the_victims(clients, laos):
    page = clients["bounmy"].get(f"/accidents/reports/new/?accident={laos.uid}")
    told = page.context["editor"].form.fields
    assert told["admin_area"].known == str(laos.admin_area)
    point = laos.geometry
    assert told["position_text"].known in (
        laos.position_text,
        f"{point.y:.6f}, {point.x:.6f}",
    )
    assert told["hazard"].known == str(laos.hazard or "")
    numbers = laos.victims.filter(is_current=True).values_list("number", flat=True)
    told_numbers = ", ".join(map(str, sorted(numbers)))
    assert numbers
    blocks = [*page.context["victim_forms"], page.context["new_victim"]]
    assert {block.fields["number"].known for block in blocks} == {told_numbers}
