"""The pages: reading, writing, and what readers with a coarse view get."""

from dataclasses import replace
from datetime import date

import pytest

from safelane.accidents.actions import VictimInput
from safelane.accidents.models import Accident, AccidentReport, Victim, VictimIdentity
from safelane.accidents.pages import shown_victim
from safelane.accidents.tests.steps import NAME, approved, claims, draft
from safelane.core.scope import Actor, Grant, Precision, system_actor
from safelane.hazards.testing import register_area
from safelane.organisations.actions import grant_membership
from safelane.organisations.models import LocalCode, Role
from safelane.organisations.packs import forget_packs, pack_of
from safelane.organisations.testing import add_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast, clients):
    """Return a client of somebody who reads Lao data at 1 km."""
    role = Role.objects.get(code="reader")
    home = cast.organisations["laa"]
    grant_membership(cast.users["eve"], home, role, by=system_actor())
    return clients["eve"]


def test_reader_sees_a_cell_a_year_and_a_district(reader, laos):
    page = reader.get(f"/accidents/{laos.uid}/").content.decode()
    assert "1 km cell" in page and "2025" in page
    for secret in ("103.1", "19.4", "2025-05-01", "Village", "Area laos-100", NAME):
        assert secret not in page
    answer = reader.get(f"/api/v1/accidents/{laos.uid}").json()
    assert answer["is_exact"] is False
    assert answer["geometry"]["type"] == "Polygon"
    assert answer["area"] == "Area laos-10"
    assert answer["facts"]["occurred_year"] == 2025
    assert "occurred_on" not in answer["facts"]


def test_reader_cannot_narrow_the_day_by_filters(reader, laos):
    for query in ("date_from=2025-06-01", "date_to=2025-04-01"):
        assert reader.get(f"/api/v1/accidents?{query}").json()["count"] == 1
    assert reader.get("/api/v1/accidents?date_from=2026-01-01").json()["count"] == 0


def test_manager_narrows_by_the_day(clients, azerbaijan):
    ask = clients["aysel"].get
    assert ask("/api/v1/accidents?date_from=2025-06-01").json()["count"] == 0
    assert ask("/api/v1/accidents?date_to=2025-05-01&kind=mine").json()["count"] == 1
    assert ask("/api/v1/accidents?q=none").json()["count"] == 0


@pytest.mark.parametrize("query", ["date_from=soon", "date_from=2025-02-31", "q=%00"])
def test_unreadable_filter_is_a_fault(clients, query):
    assert clients["aysel"].get(f"/api/v1/accidents?{query}").status_code == 422
    assert clients["aysel"].get(f"/accidents/?{query}").status_code == 422


def test_no_page_shows_a_name(clients, azerbaijan):
    report = azerbaijan.reports.get()
    for path in (
        "/accidents/",
        f"/accidents/{azerbaijan.uid}/",
        "/accidents/reports/",
        f"/accidents/reports/{report.uid}/",
        "/accidents/statistics/",
        f"/accidents/victims/{Victim.objects.get().uid}/",
    ):
        answer = clients["aysel"].get(path)
        assert answer.status_code == 200, path
        assert NAME not in answer.content.decode()


def test_opened_identity_is_not_kept_by_the_browser(clients, azerbaijan):
    path = f"/accidents/victims/{Victim.objects.get().uid}/"
    answer = clients["aysel"].post(path, {"reason": "Referral to the workshop."})
    assert NAME in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def form(**more):
    return {
        "reference": "NEW-1",
        "date_of_information": "2025-05-02",
        "position_text": "19.45, 103.15",
        "position_accuracy": "handheld",
        "kind": "cluster",
        "occurred_on": "2025-05-01",
        "victim-TOTAL_FORMS": "2",
        "victim-0-number": "1",
        "victim-0-sex": "male",
        "victim-0-age": "12",
        "victim-0-outcome": "injured",
        "victim-0-wgss_seeing": "cannot",
        "victim-0-identity_name": "Khamla",
        "then": "draft",
    } | more


def edited(client, url, **more):
    """Open a draft and send its form."""
    version = client.get(url).context["version"]
    return client.post(url, form(version=version, **more))


def test_team_leader_reports_by_form(clients):
    answer = clients["bounmy"].post("/accidents/reports/new/", form())
    report = AccidentReport.objects.get()
    assert answer.status_code == 302 and str(report.uid) in answer["Location"]
    assert (report.geometry.x, report.geometry.y) == pytest.approx((103.15, 19.45))
    assert report.accuracy_m == 10 and report.position_text == "19.45, 103.15"
    assert report.admin_area.code == "laos-100"
    assert report.victims.get().has_disability is True
    assert VictimIdentity.objects.get().name == "Khamla"
    page = clients["bounmy"].get(f"/accidents/reports/{report.uid}/edit/")
    assert "Khamla" not in page.content.decode()
    assert "NEW-1" in page.content.decode()


@pytest.mark.parametrize(
    "written",
    [
        {"sex": "female"},
        {"age": "0"},
        {"injuries": "legs"},
        {"wgss_seeing": "cannot"},
        {"identity_name": "Khamla"},
    ],
)
def test_what_is_written_of_a_victim_without_number_is_not_dropped(clients, written):
    said = {f"victim-1-{name}": value for name, value in written.items()}
    answer = clients["bounmy"].post("/accidents/reports/new/", form(**said))
    page = answer.content.decode()
    assert "Give this victim a number" in page
    assert not AccidentReport.objects.exists()
    assert page.count('value="Khamla"') == 1 + ("identity_name" in written)
    answer = clients["bounmy"].post(
        "/accidents/reports/new/", form(**said, **{"victim-1-number": "2"})
    )
    assert answer.status_code == 302 and Victim.objects.count() == 2


def test_each_line_of_an_identity_stays_until_it_is_written_anew_or_removed(clients):
    """Nobody sees what is kept: one line more must not lose the others."""
    ask, said = clients["bounmy"].post, {"victim-0-identity_address": "House 4"}
    ask("/accidents/reports/new/", form(**said))
    url = f"/accidents/reports/{AccidentReport.objects.get().uid}/edit/"

    def kept(**more):
        empty = {"victim-0-identity_name": "", "victim-0-identity_address": ""}
        said = {f"victim-0-{name}": value for name, value in more.items()}
        assert edited(clients["bounmy"], url, **empty | said).status_code == 302
        found = VictimIdentity.objects.get()
        return found.name, found.address, found.telephone

    assert kept(identity_telephone="020 55") == ("Khamla", "House 4", "020 55")
    assert kept(identity_address="House 5") == ("Khamla", "House 5", "020 55")
    assert kept() == ("Khamla", "House 5", "020 55")
    assert kept(forget="on", identity_name="Noy") == ("Noy", "", "")
    assert kept(forget="on") == ("", "", "")


def test_a_victim_of_a_draft_stays_with_its_identity_until_left_out(clients):
    ask = clients["bounmy"].post
    ask("/accidents/reports/new/", form())
    url = f"/accidents/reports/{AccidentReport.objects.get().uid}/edit/"
    for number in ("", "3"):
        said = {"victim-0-number": number, "victim-0-identity_name": ""}
        edited(clients["bounmy"], url, **said)
        assert Victim.objects.get().number == 1
        assert VictimIdentity.objects.get().name == "Khamla"
    edited(clients["bounmy"], url, **{"victim-0-leave_out": "on"})
    assert not Victim.objects.exists()


def test_another_person_never_gets_a_sealed_identity(clients):
    """Not under the number of who is left out, nor by a page opened before a change."""
    ask = clients["bounmy"].post
    two = {"victim-1-number": "2", "victim-1-identity_name": "Somsy"}
    ask("/accidents/reports/new/", form(**two))
    url = f"/accidents/reports/{AccidentReport.objects.get().uid}/edit/"

    def names():
        rows = VictimIdentity.objects.all()
        return {row.victim.number: row.name for row in rows}

    kept = {"victim-1-number": "2", "victim-0-identity_name": ""}
    other = {"victim-2-number": "1", "victim-2-sex": "female"}
    said = {"victim-0-leave_out": "on"} | kept | other
    assert edited(clients["bounmy"], url, **said).status_code == 422
    assert names() == {1: "Khamla", 2: "Somsy"}
    edited(clients["bounmy"], url, **{"victim-0-leave_out": "on"} | kept)
    assert names() == {2: "Somsy"}
    answer = edited(clients["bounmy"], url, **kept)  # a page on which both still stood
    assert "have changed since the page was opened" in answer.content.decode()
    assert names() == {2: "Somsy"}


def test_a_draft_keeps_codes_of_its_day_that_are_retired_since(cast, clients):
    laos = cast.countries["laos"]
    add_code(laos, "accident_kind", "old_mine", "Old mine")
    add_code(laos, "sex", "not_said", "Not said")
    said = claims("OLD", victims=(VictimInput(number=1, facts={"sex": "not_said"}),))
    report = draft(cast, "lao", replace(said, facts={"kind": "old_mine"}))
    LocalCode.objects.update(valid_to=date(2025, 6, 1))
    forget_packs()
    page = clients["bounmy"].get(f"/accidents/reports/{report.uid}/edit/")
    form, victim = page.context["form"], page.context["victim_forms"][0]
    assert "old_mine" in dict(form.fields["kind"].choices)
    assert "not_said" in dict(victim.fields["sex"].choices)


def test_a_draft_keeps_its_accuracy_and_answers_when_their_codes_are_retired(
    cast, clients, monkeypatch
):
    clients["bounmy"].post("/accidents/reports/new/", form())
    report = AccidentReport.objects.get()
    pack = pack_of(cast.countries["laos"])
    lists = dict(pack.lists)
    for name in ("position_accuracy", "wgss_question", "wgss_answer"):
        codes = [replace(c, valid_to=date(2025, 6, 1)) for c in lists[name].codes]
        lists[name] = replace(lists[name], codes=tuple(codes))
    later = replace(pack, lists=lists)
    monkeypatch.setattr("safelane.accidents.forms.pack_of", lambda _country: later)
    answer = edited(clients["bounmy"], f"/accidents/reports/{report.uid}/edit/")
    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.position_accuracy, report.accuracy_m) == ("handheld", 10)
    assert report.victims.get().wgss == {"seeing": "cannot"}


def test_an_accuracy_of_the_country_s_own_says_no_metres(cast, clients):
    add_code(cast.countries["laos"], "position_accuracy", "theodolite", "Theodolite")
    clients["bounmy"].post(
        "/accidents/reports/new/", form(position_accuracy="theodolite")
    )
    report = AccidentReport.objects.get()
    assert (report.position_accuracy, report.accuracy_m) == ("theodolite", None)


def test_save_and_submit_moves_the_report_on(clients):
    clients["bounmy"].post("/accidents/reports/new/", form(then="submit"))
    report = AccidentReport.objects.get()
    assert report.stage == "submitted"
    path = f"/accidents/reports/{report.uid}/step/check_operator/"
    assert clients["keo"].post(path).status_code == 302
    report.refresh_from_db()
    assert report.stage == "operator_checked"
    assert clients["keo"].post(path).status_code == 409
    queue = clients["vanh"].get("/accidents/reports/?waiting=1").content.decode()
    assert report.number in queue


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"position_text": "nowhere"}, "nowhere"),
        ({"date_of_information": ""}, "required"),
        ({"reference": ""}, "required"),
    ],
)
def test_fault_is_shown_and_nothing_is_saved(clients, wrong, words):
    answer = clients["bounmy"].post("/accidents/reports/new/", form(**wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AccidentReport.objects.exists()


def test_what_a_rule_blocks_stays_a_draft(clients):
    sent = form(then="submit", occurred_on="2025-07-01")
    answer = clients["bounmy"].post("/accidents/reports/new/", sent, follow=True)
    page = answer.content.decode()
    assert "Saved as a draft, but not submitted" in page and "does not fit" in page
    assert AccidentReport.objects.get().stage == "draft"
    assert VictimIdentity.objects.get().name == "Khamla"


def test_report_on_an_accident_that_exists(cast, clients, laos):
    facts = form(date_of_information="2025-06-02", kind="uxo")
    del facts["reference"]
    page = clients["bounmy"].get(f"/accidents/reports/new/?accident={laos.uid}")
    known = page.context["editor"].form.fields["kind"].known
    assert known and f"<strong>{known}</strong>" in page.content.decode()
    clients["bounmy"].post(f"/accidents/reports/new/?accident={laos.uid}", facts)
    assert AccidentReport.objects.filter(accident=laos, stage="draft").count() == 1


def test_empty_list_teaches(clients):
    assert (
        "Nothing here within your reach"
        in clients["aysel"].get("/accidents/").content.decode()
    )


def test_rounding_is_the_policys_not_the_pages(cast, laos):
    noy = cast.actor("noy")
    row = Accident.objects.visible_to(noy).get()
    assert row.precision == Precision.EXACT


def test_area_without_a_position_is_kept(cast):
    area = cast.countries["laos"].areas.get(code="laos-100")
    from safelane.accidents.tests.steps import create_report

    report = create_report(
        replace(claims("NOPOS", day=date(2025, 5, 2)), admin_area=area),
        organisation=cast.organisations["lao"],
        by=cast.actor("bounmy"),
    )
    assert report.admin_area == area


def test_hazard_link_is_in_scope_only(cast):
    from uuid import uuid4

    from safelane.core.errors import InvalidInput

    said = claims("HZ")
    with pytest.raises(InvalidInput, match="hazardous area"):
        approved(cast, "lao", replace(said, hazard_uid=uuid4()))


def test_a_page_that_does_not_ask_for_the_hazard_keeps_the_link(clients, cast):
    hazard = register_area(cast, "laos", "LA-77")
    said = replace(claims("HZ"), hazard_uid=hazard.uid)
    report = draft(cast, "lao", said)
    assert report.hazard_id == hazard.pk
    url = f"/accidents/reports/{report.uid}/edit/"
    assert edited(clients["bounmy"], url).status_code == 302
    report.refresh_from_db()
    assert report.hazard_id == hazard.pk


def test_what_is_closed_of_a_victim_is_named_and_never_shown_as_empty(cast, azerbaijan):
    home = cast.countries["azerbaijan"]
    grant = Grant(
        frozenset({"victim.view"}), "country", None, home.pk,
        precision=(("victim", Precision.CELL),),
    )  # fmt: skip
    actor = Actor(kind="person", user_id=1, name="Coarse", grants=(grant,))
    victim = Victim.objects.visible_to(actor).get()
    shown = shown_victim(victim, pack_of(home))
    for name in ("Age", "Consent", "Disability", "Injuries"):
        assert name in shown["closed"]
    assert not {"injuries", "answers", "disability"} & shown.keys()


def test_who_left_reads_no_victim_of_the_own_report(cast, clients):
    report = draft(cast, "azo", claims("AZ-LEFT", lon=47.1234, lat=39.4567))
    url, rauf = f"/accidents/reports/{report.uid}/", cast.users["rauf"]
    assert "Victim 1" in clients["rauf"].get(url).content.decode()
    assert clients["rauf"].get(f"{url}edit/").status_code == 200
    rauf.memberships.update(ends=date(2025, 5, 2))
    donor, by = Role.objects.get(code="donor"), system_actor()
    grant_membership(rauf, cast.organisations["don"], donor, by=by)
    victims = Victim.objects.visible_to(cast.actor("rauf"))
    assert not victims.exists()
    for path in (url, f"{url}edit/", "/accidents/reports/"):
        answer = clients["rauf"].get(path)
        assert answer.status_code == 403
        assert "47.12" not in answer.content.decode()
    leader = Role.objects.get(code="team_leader")
    grant_membership(rauf, cast.organisations["lao"], leader, by=by)
    assert clients["rauf"].get(url).status_code == 404
    assert not Victim.objects.visible_to(cast.actor("rauf")).exists()


def test_a_role_without_victims_gives_no_reach_over_those_of_drafts(cast):
    """Victims of a draft open to who sees victims in that organisation's name."""
    draft(cast, "azo", claims("AZ-DRAFT"))
    donor = Role.objects.get(code="donor")
    home = cast.organisations["azo"]
    grant_membership(cast.users["aysel"], home, donor, by=system_actor())
    assert not Victim.objects.visible_to(cast.actor("aysel")).exists()


@pytest.mark.parametrize("who", ["gunay", "aysel"])
def test_victims_out_of_sight_are_said_and_not_lost(cast, clients, who):
    report = draft(cast, "azo", claims("AZ-DRAFT"))
    url = f"/accidents/reports/{report.uid}/"
    page = clients[who].get(url).content.decode()
    assert "Not open to your role" in page
    assert "Victim 1" not in page.split("Not open to your role")[1]
    sent = {"reference": "AZ-DRAFT", "date_of_information": "2025-05-02"}
    answer = clients[who].post(f"{url}edit/", sent | {"kind": "mine"})
    assert answer.status_code == 403
    assert VictimIdentity.objects.filter(victim__report=report).exists()


@pytest.mark.parametrize("end", ["after", "before"])
def test_an_endless_number_in_an_address_is_refused(clients, end):
    answer = clients["bounmy"].get("/accidents/", {end: "[1e400,5]"})
    assert answer.status_code in (400, 422)
