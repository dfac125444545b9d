"""The pages of reports, by both kinds of the house: one set of answers."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from safelane.accidents.actions import REPORTS as ACCIDENTS
from safelane.accidents.actions import AccidentInput
from safelane.core.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted
from safelane.core.pages.subjects import Subject, can_report, chosen_subject
from safelane.core.review import stages, steps, versions, writing
from safelane.core.review.errors import ReferenceTaken
from safelane.core.scope import system_actor
from safelane.hazards.actions import REPORTS as HAZARDS
from safelane.hazards.inputs import ReportInput
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, Role

pytestmark = pytest.mark.django_db
KINDS = {"accidents": (ACCIDENTS, AccidentInput), "hazards": (HAZARDS, ReportInput)}


@pytest.fixture(params=list(KINDS))
def kind(request: Any) -> Any:
    return KINDS[request.param][0]


@pytest.fixture
def draft(kind: Any, cast: Any) -> Any:
    claims = KINDS[kind.app][1](
        date_of_information=date(2025, 5, 2),
        reference="A-1",
        facts={"kind": "mine" if kind is ACCIDENTS else "sha"},
    )
    home, by = cast.organisations["lao"], cast.actor("bounmy")
    return writing.create_report(kind, claims, organisation=home, by=by)


def subject(kind: Any, rf: Any, actor: Any, **asked: Any) -> Subject:
    return chosen_subject(kind, rf.get("/", asked), actor)


def test_a_report_is_written_in_the_name_of_one_of_ones_own(kind, rf, cast):
    found = subject(kind, rf, cast.actor("bounmy"))
    assert (found.organisation, found.record) == (cast.organisations["lao"], None)
    other = cast.organisations["aza"].pk  # out of reach: not taken
    found = subject(kind, rf, cast.actor("bounmy"), organisation=other)
    assert found.organisation == cast.organisations["lao"]
    with pytest.raises(NotPermitted):
        subject(kind, rf, cast.actor("chan"))


@pytest.mark.parametrize("uid", ["no-uid", "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_record_is_not_found(kind, rf, cast, uid):
    for name in (kind.record, "report"):
        with pytest.raises(NotFound):
            subject(kind, rf, cast.actor("bounmy"), **{name: uid})


def test_an_organisation_without_a_country_says_so(cast):
    home = cast.organisations["lao"]
    home.country = None
    with pytest.raises(InvalidInput):
        assert Subject(home).country


def test_the_list_goes_by_stage_word_and_author(kind, draft, clients):
    url = f"/{kind.app}/reports/"
    for query, is_found in (
        ("", True),
        ("?stage=draft", True),
        ("?stage=approved", False),
        ("?q=a-1", True),
        ("?q=nobody", False),
        ("?mine=yes", True),
    ):
        page = clients["bounmy"].get(url + query)
        assert (draft in page.context["page"]) is is_found, query
    assert list(clients["keo"].get(f"{url}?mine=yes").context["page"]) == []
    assert clients["eve"].get(url).status_code == 403


def answers_to_omar(kind, cast):
    """Return what his own report of AZO answers at each page, and whether it is listed.

    He is signed in anew: what he may do is asked with every request.
    """
    report, client = kind.reports.get(), Client()
    client.force_login(cast.users["omar"])
    one = f"/{kind.app}/reports/{report.uid}/"
    codes = [client.get(url).status_code for url in (one, f"{one}edit/")]
    listed = client.get(f"/{kind.app}/reports/")
    shown = listed.status_code == 200 and report in listed.context["page"]
    return *codes, shown


@pytest.fixture
def left(kind, draft, cast):
    """Return Omar's draft for an organisation whose role he has no longer."""
    draft.organisation, draft.country = (
        cast.organisations["azo"],
        cast.countries["azerbaijan"],
    )
    draft.entered_by = cast.users["omar"]
    draft.save()
    return draft


def test_who_has_left_reads_the_own_report_no_more(kind, left, cast):
    assert answers_to_omar(kind, cast) == (404, 404, False)
    cast.users["omar"].memberships.update(ends=date(2025, 5, 2))
    assert answers_to_omar(kind, cast) == (403, 403, False)
    donor = Role.objects.get(code="donor")
    by = system_actor("tests")
    grant_membership(cast.users["omar"], cast.organisations["aza"], donor, by=by)
    assert answers_to_omar(kind, cast) == (403, 403, False)


def test_who_comes_back_goes_on_with_the_own_draft(kind, left, cast):
    leader, by = Role.objects.get(code="team_leader"), system_actor("tests")
    grant_membership(cast.users["omar"], cast.organisations["azo"], leader, by=by)
    assert answers_to_omar(kind, cast) == (200, 200, True)


def test_ones_own_draft_outside_the_area_of_the_role_is_read(kind, left, cast):
    leader, by = Role.objects.get(code="team_leader"), system_actor("tests")
    area = AdminArea.objects.get(code="azerbaijan-100")
    home, term = cast.organisations["azo"], Term(area=area)
    grant_membership(cast.users["omar"], home, leader, term, by=by)
    assert answers_to_omar(kind, cast) == (200, 200, True)


@pytest.mark.parametrize("precision", ["cell", "district"])
def test_what_others_write_is_not_read_more_exactly_than_places(
    kind, left, cast, precision
):
    classes = {"hazard", "accident"}
    verbs = [f"{kind.name}.view", f"{kind.name}.report", "hazard.view", "accident.view"]
    role = Role.objects.create(
        code="rough",
        name="rough",
        reach="organisation",
        verbs=verbs,
        precision=dict.fromkeys(classes, precision),
    )
    by = system_actor("tests")
    grant_membership(cast.users["omar"], cast.organisations["azo"], role, by=by)
    assert answers_to_omar(kind, cast) == (404, 404, False)


def test_only_who_reports_sees_the_form_and_only_of_drafts(kind, draft, cast, clients):
    url = f"/{kind.app}/reports/{draft.uid}/edit/"
    assert clients["bounmy"].get(url).status_code == 200
    assert clients["chan"].get(url).status_code == 403
    steps.move_report(kind, draft, stages.WITHDRAW, reason="x", by=cast.actor("bounmy"))
    assert clients["bounmy"].get(url).status_code == 409


def opened(client, url, **typed):
    """Open a draft to change it, and return what the page would send."""
    page = client.get(url)
    version = page.context["version"]
    assert f'name="version" value="{version}"' in page.content.decode()
    named = {"reference": "A-1", "date_of_information": "2025-05-02"}
    counts = ("TOTAL_FORMS", "INITIAL_FORMS")
    rows = ("evidence", "ordnance", "boxes", "points")
    none = {f"{name}-{count}": "0" for name in rows for count in counts}
    return none | named | {"version": version} | typed


def test_a_second_tab_says_who_saved_what_and_keeps_what_was_typed(
    kind, draft, clients
):
    url = f"/{kind.app}/reports/{draft.uid}/edit/"
    client, text = clients["bounmy"], "description"
    text = text if kind is ACCIDENTS else "comment"
    first = opened(client, url, kind=draft.kind, **{text: "Seen from the road"})
    second = opened(client, url, kind=draft.kind, **{text: "Near the stream"})
    assert client.post(url, first).status_code == 302
    refused = client.post(url, second)
    page = refused.content.decode()
    label = kind.label_of(text)
    assert f"{draft.entered_by} changed the draft on" in page and f"({label})" in page
    assert (
        "Near the stream" in page and f'href="/{kind.app}/reports/{draft.uid}/"' in page
    )
    draft.refresh_from_db()
    assert getattr(draft, text) == "Seen from the road"
    again = second | {"version": refused.context["version"]}
    assert client.post(url, again).status_code == 302
    draft.refresh_from_db()
    assert getattr(draft, text) == "Near the stream"


@pytest.mark.parametrize("version", [None, "", "nine", "²", "9" * 30, "-1"])
def test_a_page_that_does_not_say_what_it_was_opened_on_replaces_nothing(
    kind, draft, clients, version
):
    url = f"/{kind.app}/reports/{draft.uid}/edit/"
    sent = opened(clients["bounmy"], url) | {"version": version}
    sent = {name: value for name, value in sent.items() if value is not None}
    page = clients["bounmy"].post(url, sent).content.decode()
    assert "was saved after you opened it" in page
    draft.refresh_from_db()
    assert draft.kind


def test_a_fault_of_another_kind_does_not_take_a_page_for_newer(kind, draft, clients):
    url = f"/{kind.app}/reports/{draft.uid}/edit/"
    client = clients["bounmy"]
    wrong = opened(client, url, kind=draft.kind, date_of_information="soon")
    client.post(url, opened(client, url, kind=draft.kind))
    assert client.post(url, wrong).context["version"] == wrong["version"]


def test_what_was_typed_for_a_draft_that_was_submitted_meanwhile_is_shown(
    kind, draft, cast, clients
):
    url = f"/{kind.app}/reports/{draft.uid}/edit/"
    typed = opened(clients["bounmy"], url, kind=draft.kind, depth_cm="37")
    steps.move_report(kind, draft, stages.WITHDRAW, reason="x", by=cast.actor("bounmy"))
    page = clients["bounmy"].post(url, typed).content.decode()
    assert "is no longer a draft" in page and 'value="37"' in page
    draft.refresh_from_db()
    assert draft.depth_cm is None


def test_two_who_save_at_once_are_told_apart(kind, draft, cast):
    seen = versions.version_of(kind, draft.uid)
    by, claims = (
        cast.actor("bounmy"),
        KINDS[kind.app][1](
            date_of_information=date(2025, 5, 2),
            reference="A-2",
            facts={"kind": draft.kind},
        ),
    )
    writing.update_report(kind, draft, claims, by=by, seen=seen)
    with pytest.raises(ChangedMeanwhile) as refused:
        writing.update_report(kind, draft, claims, by=by, seen=seen)
    assert refused.value.details == {"version": versions.version_of(kind, draft.uid)}


@pytest.mark.parametrize("then", ["draft", "submit"])
def test_what_keeps_a_draft_from_being_submitted_is_said_when_it_is_saved(
    kind, draft, clients, then
):
    url, client = f"/{kind.app}/reports/{draft.uid}/edit/", clients["bounmy"]
    day = "2031-02-03"
    sent = opened(client, url, kind=draft.kind, date_of_information=day, then=then)
    answer = client.post(url, sent)
    draft.refresh_from_db()
    assert (draft.stage, str(draft.date_of_information)) == (stages.DRAFT, day)
    assert answer.status_code == 302 and answer["Location"] == url
    page = client.get(url)
    (fault,) = page.context["editor"].form["date_of_information"].errors
    assert "lies in the future" in fault
    text = page.content.decode()
    assert "correct what is marked below" in text and f'value="{day}"' in text
    right = opened(client, url, kind=draft.kind, then=then)
    assert client.post(url, right)["Location"] == url.replace("edit/", "")


def rival_of(kind, draft):
    """Return claims that propose the record of a draft as well."""
    return KINDS[kind.app][1](
        date_of_information=draft.date_of_information,
        reference=draft.reference,
        facts={"kind": draft.kind},
    )


def test_two_reports_that_propose_one_record_say_so_of_each_other(
    kind, draft, cast, clients
):
    claims = rival_of(kind, draft)
    home, by = cast.organisations["lao"], cast.actor("keo")
    other = writing.create_report(kind, claims, organisation=home, by=by)
    # References are unique within an organisation: that of another is no rival.
    apart = writing.create_report(
        kind, claims, organisation=cast.organisations["laa"], by=system_actor("tests")
    )
    url = f"/{kind.app}/reports/{{}}/edit/"
    said = "proposes the reference “A-1” too"
    for one, rival in ((draft, other), (other, draft)):
        text = clients["bounmy"].get(url.format(one.uid)).content.decode()
        assert f"Report {rival.number} {said}" in text
        assert apart.number not in text
    for who, step in (
        ("bounmy", stages.SUBMIT),
        ("keo", stages.CHECK_OPERATOR),
        ("vanh", stages.CHECK_OPERATIONS),
        ("noy", stages.APPROVE),
    ):
        steps.move_report(kind, draft, step, by=cast.actor(who))
    text = clients["bounmy"].get(url.format(other.uid)).content.decode()
    assert said not in text
    text = clients["bounmy"].get(f"/{kind.app}/reports/{draft.uid}/").content.decode()
    assert said not in text
    with pytest.raises(ReferenceTaken):
        steps.move_report(kind, other, stages.SUBMIT, by=by)


def test_who_checks_a_report_reads_of_one_that_proposes_the_same_since(
    kind, draft, cast, clients
):
    claims = rival_of(kind, draft)
    home, by = cast.organisations["lao"], cast.actor("keo")
    steps.move_report(kind, draft, stages.SUBMIT, by=cast.actor("bounmy"))
    doors = [f"/{kind.app}/reports/{draft.uid}/"]
    doors += ["/hazards/review/"] if kind is HAZARDS else []
    said = "proposes the reference “A-1” too"
    for door in doors:
        assert said not in clients["keo"].get(door).content.decode()
    other = writing.create_report(kind, claims, organisation=home, by=by)
    for door in doors:
        text = clients["keo"].get(door).content.decode()
        assert f"Report {other.number} {said}" in text


def test_ones_own_draft_outside_the_area_of_the_role_is_changed_and_sent(
    kind, left, cast
):
    leader, by = Role.objects.get(code="team_leader"), system_actor("tests")
    term = Term(area=AdminArea.objects.get(code="azerbaijan-100"))
    grant_membership(cast.users["omar"], cast.organisations["azo"], leader, term, by=by)
    client = Client()
    client.force_login(cast.users["omar"])
    url = f"/{kind.app}/reports/{left.uid}/edit/"
    sent = opened(client, url, kind=left.kind, then="submit")
    assert client.post(url, sent).status_code == 302
    left.refresh_from_db()
    assert left.stage == stages.SUBMITTED


def test_a_report_is_offered_where_one_of_ones_organisations_can_write_it(
    kind, cast, draft
):
    """Bounmy may report in Laos; what lies elsewhere he may see, not report on."""
    manager, by = Role.objects.get(code="information_manager"), system_actor("tests")
    assert can_report(kind, cast.actor("bounmy"))
    assert not can_report(kind, cast.actor("chan"))
    here = SimpleNamespace(country_id=cast.countries["laos"].pk)
    there = SimpleNamespace(country_id=cast.countries["azerbaijan"].pk)
    actor = cast.actor("bounmy")
    assert can_report(kind, actor, here) and not can_report(kind, actor, there)
    grant_membership(cast.users["bounmy"], cast.organisations["aza"], manager, by=by)
    assert can_report(kind, cast.actor("bounmy"), there)
