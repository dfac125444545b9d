"""Review: who sees what waits, and each step from its page."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from shapely.geometry import Point

from safelane.core.files.store import store_file
from safelane.core.files.tests.photos import jpeg
from safelane.core.review import stages
from safelane.core.scope import Actor, Grant, Precision, system_actor
from safelane.hazards.inputs import EvidenceInput, ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.testing import area_at, create_report, submit_report
from safelane.organisations.actions import grant_membership
from safelane.organisations.models import Role


@pytest.fixture
def report(cast: Any) -> HazardReport:
    facts = {
        "kind": "sha",
        "status": "open",
        "information_source": "community",
        "geometry": area_at("laos"),
    }
    claims = ReportInput(
        date_of_information=date(2024, 5, 1), reference="L-7", facts=facts
    )
    by = cast.actor("bounmy")
    draft = create_report(claims, organisation=cast.organisations["lao"], by=by)
    return submit_report(draft, by=by)


def step(client: Client, report: HazardReport, name: str, **data: str) -> Any:
    return client.post(f"/hazards/reports/{report.uid}/step/{name}/", data)


def test_each_role_sees_its_own_queue(report: HazardReport, clients: Any) -> None:
    way = (("keo", "check_operator"), ("vanh", "check_operations"), ("noy", "approve"))
    for person, name in way:
        page = clients[person].get("/hazards/review/")
        assert [row.pk for row in page.context["page"]] == [report.pk], person
        assert "L-7" in page.content.decode()
        assert step(clients[person], report, name).status_code == 302
    assert HazardousArea.objects.get(reference="L-7").kind == "sha"
    assert (
        "Nothing waits for your check"
        in clients["noy"].get("/hazards/review/").content.decode()
    )


def test_an_old_page_rejects_nothing_that_was_passed_on(
    report: HazardReport, clients: Any
) -> None:
    page = clients["vanh"].get("/hazards/review/").content.decode()
    shown = {"stage": stages.SUBMITTED, "reason": "Wrong village"}
    assert step(clients["keo"], report, "check_operator", stage="submitted").url
    assert page and step(clients["vanh"], report, "reject", **shown).status_code == 409
    report.refresh_from_db()
    assert report.stage == stages.OPERATOR_CHECKED


def test_the_author_reads_that_somebody_else_approves(
    report: HazardReport, cast: Any, clients: Any
) -> None:
    said = "You wrote or changed this report: somebody else approves it."
    cast.with_role("second", ("laa", "country", "exact", "approve"), ["hazard_report"])
    url = f"/hazards/reports/{report.uid}/"
    for person, name in (("keo", "check_operator"), ("vanh", "check_operations")):
        step(clients[person], report, name)
    assert said not in clients["noy"].get(url).content.decode()
    HazardReport.objects.filter(pk=report.pk).update(entered_by=cast.users["noy"])
    assert said in clients["noy"].get(url).content.decode()


def test_rejecting_needs_a_reason(report: HazardReport, clients: Any) -> None:
    assert step(clients["keo"], report, "reject", reason=" ").status_code == 422
    answer = step(
        clients["keo"], report, "reject", reason="Wrong village", **{"from": "review"}
    )
    assert answer["Location"] == "/hazards/review/"
    report.refresh_from_db()
    assert (report.stage, report.reason) == (stages.REJECTED, "Wrong village")
    home = clients["bounmy"].get("/").content.decode()
    assert "Hazard reports sent back to me" in home
    assert "L-7" in home


def test_a_step_out_of_turn_says_so(report: HazardReport, clients: Any) -> None:
    assert step(clients["noy"], report, "approve").status_code == 409
    assert step(clients["noy"], report, "explode").status_code == 404


def test_the_author_has_no_button_to_approve(
    report: HazardReport, clients: Any
) -> None:
    page = clients["bounmy"].get(f"/hazards/reports/{report.uid}/")
    assert page.context["steps"] == []


def test_the_queue_loads_a_report_as_a_part(report: HazardReport, clients: Any) -> None:
    headers = {"HX-Request": "true", "HX-Target": "review-detail"}
    part = clients["keo"].get(f"/hazards/reports/{report.uid}/", headers=headers)
    text = part.content.decode()
    assert "<html" not in text
    assert 'data-step="forward"' in text


def test_the_list_of_reports_goes_by_stage(report: HazardReport, clients: Any) -> None:
    submitted = clients["keo"].get("/hazards/reports/?stage=submitted")
    drafts = clients["keo"].get("/hazards/reports/?stage=draft")
    assert list(submitted.context["page"]) == [report]
    assert list(drafts.context["page"]) == []


def test_who_checks_a_report_sees_its_photos(cast: Any, clients: Any) -> None:
    """What is checked is seen: also the picture, on both pages of the report."""
    by = cast.actor("bounmy")
    verb = "hazard_report.report"
    photo = store_file(io.BytesIO(jpeg()), "sign.jpg", kind="photo", verb=verb, by=by)
    place = Point(103.15, 19.45)
    sign = EvidenceInput(geometry=place, directness="direct", kind="item", photo=photo)
    said = ReportInput(
        date_of_information=date(2024, 5, 1),
        reference="LA-PHOTO",
        facts={"kind": "sha", "status": "open"},
        evidence=(sign,),
    )
    home = cast.organisations["lao"]
    report = create_report(said, organisation=home, by=cast.actor("bounmy"))
    submit_report(report, by=cast.actor("bounmy"))
    page = clients["keo"].get(f"/hazards/reports/{report.uid}/").content.decode()
    assert f'src="/files/{photo.uid}/"' in page
    answer = clients["keo"].get(f"/files/{photo.uid}/")
    assert answer.status_code == 200 and b"".join(answer.streaming_content)
    for stranger in ("aysel", "eve"):
        assert clients[stranger].get(f"/files/{photo.uid}/").status_code in (403, 404)
    for person, name in (("keo", "check_operator"), ("vanh", "check_operations")):
        step(clients[person], report, name)
    step(clients["noy"], report, "approve")
    reader = Role.objects.get(code="reader")
    laa = cast.organisations["laa"]
    grant_membership(cast.users["eve"], laa, reader, by=system_actor())
    area = HazardousArea.objects.get(reference="LA-PHOTO")
    assert clients["eve"].get(f"/hazards/{area.uid}/").status_code == 200
    assert clients["eve"].get(f"/files/{photo.uid}/").status_code == 404


def test_who_sees_areas_roughly_reads_no_report(
    report: HazardReport, cast: Any
) -> None:
    """A report is read exactly or not at all, whatever its own class allows."""
    country = cast.countries["laos"].pk
    verbs = frozenset({"hazard_report.view", "hazard.view"})
    for level, count in ((Precision.EXACT, 1), (Precision.CELL, 0)):
        shown = (("hazard", level),)
        grant = Grant(verbs, "country", None, country, precision=shown)
        actor = Actor(kind="person", user_id=1, name="Reader", grants=(grant,))
        assert HazardReport.objects.visible_to(actor).count() == count
