"""Where an accident was: a district by name, or a hazardous area by reference."""

from datetime import date

import pytest
import shapely

from safelane.accidents.actions import REPORTS, AccidentInput
from safelane.accidents.models import AccidentReport
from safelane.accidents.tests.test_pages import edited
from safelane.core.review.queries import findings_of
from safelane.core.review.registration import register_approved
from safelane.core.scope import system_actor
from safelane.hazards.testing import register_area

pytestmark = pytest.mark.django_db


def saved_with(clients, cast, who="bounmy", **more):
    sent = {
        "reference": "ACC-PLACE",
        "date_of_information": "2025-05-02",
        "kind": "mine",
        "then": "draft",
    } | more
    answer = clients[who].post("/accidents/reports/new/", sent)
    return answer, AccidentReport.objects.filter(reference="ACC-PLACE").first()


def test_a_district_is_enough_where_no_position_can_be_taken(clients, cast):
    answer, report = saved_with(clients, cast, admin_area="area LAOS-110")
    assert answer.status_code == 302, answer.content.decode()
    assert (report.geometry, report.admin_area.code) == (None, "laos-110")
    page = clients["bounmy"].get(f"/accidents/reports/{report.uid}/").content.decode()
    assert "<dt>Where</dt><dd>Area laos-110</dd>" in page
    url = f"/accidents/reports/{report.uid}/edit/"
    assert (
        'value="Area laos-110, Area laos-11"'
        in clients["bounmy"].get(url).content.decode()
    )
    kept = edited(
        clients["bounmy"],
        url,
        position_text="",
        admin_area="Area laos-110, Area laos-11",
    )
    report.refresh_from_db()
    assert (kept.status_code, report.admin_area.code) == (302, "laos-110")
    edited(clients["bounmy"], url, position_text="", admin_area="")
    report.refresh_from_db()
    assert report.admin_area is None


def test_at_once_an_accident_lies_where_it_lies_today(cast):
    """An accident keeps no past: a report about a day before follows it as well."""
    home, areas = cast.organisations["laa"], cast.countries["laos"].areas
    here, there = (areas.get(code=code) for code in ("laos-100", "laos-110"))
    told = [(5, here), (7, there), (6, None)]
    claims = [
        AccidentInput(
            date_of_information=date(2025, month, 1),
            reference="ACC-ONCE",
            facts={"kind": "mine"},
            admin_area=area,
        )
        for month, area in told
    ]
    why = {"organisation": home, "country": home.country, "reason": "Register"}
    reports = register_approved(REPORTS, claims, **why, by=system_actor())
    assert [report.admin_area for report in reports] == [here, there, there]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Atlantis", "is no admin area of"),
        ("Area laos-110, Nowhere", "is no admin area"),
    ],
)
def test_a_district_that_is_not_known_is_named(clients, cast, text, said):
    answer, report = saved_with(clients, cast, admin_area=text)
    assert (answer.status_code, report) == (422, None)
    assert said in answer.content.decode() and text in answer.content.decode()


def test_of_two_districts_with_one_name_the_area_around_it_says_which(clients, cast):
    areas = cast.countries["laos"].areas
    areas.filter(code__in=["laos-100", "laos-110"]).update(name="Ban Nam")
    answer, report = saved_with(clients, cast, admin_area="Ban Nam")
    assert (answer.status_code, report) == (422, None)
    assert (
        "Ban Nam, Area laos-10 (laos-100), Ban Nam, Area laos-11 (laos-110)"
        in answer.content.decode()
    )
    around = areas.get(code="laos-110").parent.name
    _answer, report = saved_with(clients, cast, admin_area=f"Ban Nam, {around}")
    assert report.admin_area.code == "laos-110"


def test_a_position_and_a_district_beside_it_are_refused(clients, cast):
    more = {"admin_area": "laos-110", "position_text": "19.45, 103.15"}
    answer, report = saved_with(clients, cast, **more)
    assert (answer.status_code, report) == (422, None)
    assert "The position says it" in answer.content.decode()


def test_an_accident_is_linked_to_a_hazardous_area_by_its_reference(clients, cast):
    hazard = register_area(cast, "laos", "LA-77")
    _answer, report = saved_with(clients, cast, hazard="la-77")
    assert report.hazard == hazard
    url = f"/accidents/reports/{report.uid}/edit/"
    assert 'value="LA-77"' in clients["bounmy"].get(url).content.decode()
    edited(clients["bounmy"], url, hazard="")
    report.refresh_from_db()
    assert report.hazard is None


def test_a_hazardous_area_out_of_reach_is_as_unknown_as_one_that_is_not(clients, cast):
    register_area(cast, "azerbaijan", "AZ-77")
    for text in ("AZ-77", "AZ-78"):
        answer, report = saved_with(clients, cast, hazard=text)
        assert (answer.status_code, report) == (422, None)
        said = f"There is no hazardous area “{text}” in this country that you may see."
        assert said in answer.content.decode()


def test_of_two_hazardous_areas_with_one_reference_the_owner_says_which(clients, cast):
    register_area(cast, "laos", "LA-77")
    other = register_area(cast, "laos", "LA-77", owner="laa")
    answer, report = saved_with(clients, cast, "noy", hazard="LA-77")
    assert (answer.status_code, report) == (422, None)
    assert f"“LA-77, {other.organisation.short_name}”" in answer.content.decode()
    named = f"LA-77, {other.organisation.short_name}"
    _answer, report = saved_with(clients, cast, "noy", hazard=named)
    assert report.hazard == other


def test_the_district_follows_from_the_hazardous_area_where_nothing_else_says_it(
    clients, cast
):
    """It is shown in its field, and what the author says counts."""
    hazard = register_area(cast, "laos", "LA-77")
    assert hazard.admin_area.level == 3
    _answer, report = saved_with(clients, cast, hazard="LA-77")
    assert report.admin_area == hazard.admin_area.parent and report.knows_area
    url = f"/accidents/reports/{report.uid}/edit/"
    said = edited(clients["bounmy"], url, position_text="", admin_area="Area laos-11")
    assert said.status_code == 302, said.context["form"].errors
    report.refresh_from_db()
    assert (report.hazard, report.admin_area.code) == (hazard, "laos-11")
    edited(clients["bounmy"], url, admin_area="", position_text="19.45, 103.65")
    report.refresh_from_db()
    assert report.admin_area != hazard.admin_area.parent


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"position_text": "19.31, 103.9"}, "km from where the accident"),
        ({"admin_area": "Area laos-11"}, "km from where the accident"),
        ({"position_text": "19.391, 103.125"}, ""),
        ({"admin_area": "Area laos-10"}, ""),
        ({}, ""),
    ],
)
def test_a_hazardous_area_far_from_the_accident_is_told(clients, cast, place, said):
    """To who sees the area exactly, and to nobody else."""
    register_area(cast, "laos", "LA-77")
    _answer, report = saved_with(clients, cast, hazard="LA-77", **place)
    page = clients["bounmy"].get(f"/accidents/reports/{report.uid}/edit/")
    told = [f for f in page.context["findings"] if f["where"] == "hazard"]
    assert [f["severity"] for f in told] == (["warn"] if said else [])
    assert said in str(told) and bool(said) == ("LA-77" in str(told))
    cast.with_role("coarse", ("lao", "organisation", "cell", "view"), ["hazard"])
    assert "km from" not in str(findings_of(REPORTS, report, cast.actor("coarse")))


def test_a_district_goes_with_the_wrong_hazardous_area_that_it_followed_from(
    clients, cast
):
    near = register_area(cast, "laos", "LA-77")
    place = shapely.affinity.translate(near.geometry, 0.2, 0)
    far = register_area(cast, "laos", "LA-88", geometry=place)
    assert far.admin_area.parent != near.admin_area.parent
    _answer, report = saved_with(clients, cast, hazard="LA-77")
    url = f"/accidents/reports/{report.uid}/edit/"
    for hazard, district in (
        ("LA-88", far.admin_area.parent),
        ("LA-77", near.admin_area.parent),
        ("", None),
    ):
        edited(clients["bounmy"], url, hazard=hazard, position_text="")
        report.refresh_from_db()
        assert report.admin_area == district
    edited(clients["bounmy"], url, position_text="", admin_area="Area laos-11")
    edited(clients["bounmy"], url, position_text="", hazard="LA-77")
    edited(clients["bounmy"], url, position_text="", hazard="")
    report.refresh_from_db()
    assert report.admin_area.code == "laos-11"  # which the author said


def test_a_known_accident_taken_over_is_filed_by_its_hazardous_area(cast):
    hazard, home = register_area(cast, "laos", "LA-77"), cast.organisations["lao"]

    def bring(month, **said):
        day = date(2025, month, 1)
        item = AccidentInput(date_of_information=day, facts={"kind": "mine"}, **said)
        given = {"organisation": home, "reason": "x", "by": system_actor("tests")}
        return register_approved(REPORTS, [item], **given)[0]

    accident = bring(5, reference="ACC-1").accident
    assert accident.admin_area is None
    report = bring(6, accident=accident, hazard_uid=hazard.uid)
    accident.refresh_from_db()
    district = hazard.admin_area.parent
    assert (report.admin_area, accident.admin_area) == (district, district)
