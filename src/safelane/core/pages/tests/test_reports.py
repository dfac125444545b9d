"""The pages of reports, by both kinds of the house: one set of answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from safelane.accidents.actions import REPORTS as ACCIDENTS
from safelane.accidents.inputs import AccidentInput
from safelane.core.errors import InvalidInput, NotFound, NotPermitted
from safelane.core.pages.reports import Subject, chosen_subject
from safelane.core.review import stages, steps, writing
from safelane.hazards.actions import REPORTS as HAZARDS
from safelane.hazards.inputs import ReportInput

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


def test_ones_own_reports_stay_open_without_the_role(kind, draft, cast, clients):
    draft.entered_by = cast.users["chan"]
    draft.save()
    assert draft in clients["chan"].get(f"/{kind.app}/reports/").context["page"]


def test_only_who_reports_sees_the_form_and_only_of_drafts(kind, draft, cast, clients):
    url = f"/{kind.app}/reports/{draft.uid}/edit/"
    assert clients["bounmy"].get(url).status_code == 200
    assert clients["chan"].get(url).status_code == 403
    steps.move_report(kind, draft, stages.WITHDRAW, reason="x", by=cast.actor("bounmy"))
    assert clients["bounmy"].get(url).status_code == 409
