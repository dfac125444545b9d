"""What a check tells follows from what its reader may see, now and row by row."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from safelane.core.jobs.models import JobRun
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.core.review.newrecords import Registration
from safelane.exchange.actions import begin_import, start_check
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import register_approved
from safelane.hazards.exchange.tests.conftest import bow_tie, feature, file_of
from safelane.hazards.exchange.tests.test_boxes import OUTLINE, box
from safelane.hazards.exchange.tests.test_pages import client_of
from safelane.hazards.exchange.tests.test_whose_eyes import ELSEWHERE
from safelane.hazards.inputs import OrdnanceInput, ReportInput
from safelane.hazards.tests.conftest import SYSTEM, actor, claims, square
from safelane.organisations.actions import grant_membership
from safelane.organisations.models import Membership, Role, User
from safelane.organisations.queries import actor_for_user

pytestmark = pytest.mark.django_db
BRINGS = ["hazard.view", "hazard.import", "hazard_report.view", "hazard_report.report"]
BRINGS += ["evidence.view", "survey_box.view", "file.*", "job.*", "organisation.view"]


def role(code: str, reach: str, *more: str) -> str:
    Role.objects.create(code=code, name=code, reach=reach, verbs=[*BRINGS, *more])
    return code


def register(field: Any, home: Any, *items: ReportInput) -> None:
    where = Registration(home, field.country, "", "made for tests")
    register_approved(list(items), where, by=field.manager)


def check(field: Any, by: Any, *rows: Any, target: str = "hazards") -> ImportRun:
    given = {"target": target, "organisation": field.operator}
    run = begin_import(file_of(*rows), "r.geojson", **given, by=by)
    start_check(run, by=by)
    run_waiting_jobs()
    run.refresh_from_db()
    return run


def report_of(run: ImportRun, reader: Any) -> list[list[str]]:
    answer = client_of(reader).get(reverse("exchange:import-report", args=[run.uid]))
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("reach", "home", "more", "is_asked"),
    [
        ("country", "authority", (), True),
        ("organisation", "authority", ("ordnance.view",), False),
        ("organisation", "operator", ("ordnance.view",), True),
        ("country", "authority", ("ordnance.view",), False),
    ],
)
def test_boxes_tell_of_a_submunition_as_far_as_it_is_open(
    field, reach, home, more, is_asked
):
    """Else each box without the sentence would be where a hidden one lies."""
    find = OrdnanceInput(geometry=OUTLINE.centroid, category="submunition", count=1)
    day = date(2024, 4, 1)
    said = ReportInput(date_of_information=day, facts={}, ordnance=(find,))
    register(field, field.authority, said)
    by = actor("Bouala", getattr(field, home), role("bring", reach, *more))
    where = {"target": "survey-boxes", "organisation": getattr(field, home)}
    run = begin_import(file_of(box(colour="red")), "b.geojson", **where, by=by)
    start_check(run, by=by)
    run_waiting_jobs()
    assert run.faults.filter(code="box-needs-find").exists() is is_asked


def test_rows_that_meet_hidden_land_read_for_others_as_any_row(field):
    """Not even what is *not* told of a row may say whether it meets something."""
    register(field, field.authority, claims("HIDDEN-77", geometry=square(103.8)))
    brings = role("bring", "organisation")
    one, other = (actor(name, field.operator, brings) for name in ("Bouala", "Khamla"))
    on, off = (square(x).__geo_interface__ for x in (103.8, 103.9))
    rows = [feature(n, place) for n, place in enumerate((on, on, off, off), start=1)]
    for by in (one, field.manager):
        run = check(field, by, *rows)
        assert run.faults.filter(code="overlap-shown").count() >= 4
        assert report_of(run, other)[1:] == []


def test_others_are_told_the_faults_of_the_file_and_no_count_that_hangs_on_more(field):
    register(field, field.authority, claims("HIDDEN-77", geometry=square(103.8)))
    other = actor("Bouala", field.operator, role("bring", "organisation"))
    over = feature(7, square(103.8).__geo_interface__)
    run = check(field, field.manager, over, bow_tie(2))
    url = reverse("exchange:import-run", args=[run.uid])
    own, less = (client_of(who).get(url) for who in (field.manager, other))
    assert own.context["counts"]["faulty"] == own.context["counts"]["good"] == 1
    assert less.context["counts"] == {"rows": 2}
    assert ELSEWHERE in less.content.decode() and "cross" in less.content.decode()
    assert ELSEWHERE not in own.content.decode()
    assert all(set(job.result) == {"links"} for job in JobRun.objects.all())


def test_who_had_a_file_checked_reads_on_only_while_the_role_lasts(field):
    register(field, field.authority, claims("HIDDEN-77", geometry=square(103.8)))
    run = check(field, field.manager, feature(7, square(103.8).__geo_interface__))
    assert "HIDDEN-77" in str(report_of(run, field.manager))
    person = User.objects.get(pk=field.manager.user_id)
    brings = Role.objects.get(code=role("bring", "organisation"))
    grant_membership(person, field.operator, brings, by=SYSTEM)
    assert "HIDDEN-77" in str(report_of(run, field.manager))  # a further role
    Membership.objects.filter(user=person).exclude(role=brings).delete()
    assert report_of(run, field.manager)[1:] == []
    assert run.counts_told(actor_for_user(person)) == {"rows": 1}


def test_the_same_roles_show_less_precisely_tells_no_more(field):
    run = check(field, field.manager, feature(1))
    coarse = tuple(
        replace(grant, precision=(("hazard", 1),)) for grant in field.manager.grants
    )
    assert run.tells_all(field.manager)
    assert not run.tells_all(replace(field.manager, grants=coarse))
    assert not run.tells_all(replace(field.manager, grants=()))


@pytest.mark.parametrize("name", ["code", "level", "column"])
def test_a_kind_of_fault_that_no_database_takes_is_refused(field, name):
    run = check(field, field.manager, bow_tie(2))
    url = reverse("exchange:import-run", args=[run.uid])
    assert client_of(field.manager).get(f"{url}?{name}=%00").status_code == 422


def test_what_is_said_of_records_is_for_who_had_the_file_judged(field):
    """That no such area is seen, or one by which name, hangs on who asked."""
    other = actor("Bouala", field.operator, role("bring", "organisation"))
    middle = square(103.8).centroid.__geo_interface__
    said = {"kind": "item", "directness": "direct", "reference": "NOWHERE"}
    find = feature(1, middle, date="2024-04-01", **said)
    alike = [feature(1, hazard_id="XK-1"), feature(2, hazard_id="\u0425K-1")]
    for target, rows in (("evidence", [find]), ("hazards", alike)):
        run = check(field, field.manager, *rows, target=target)
        assert run.counts["faulty"] == 1, report_of(run, field.manager)
        assert "error" not in {row[2] for row in report_of(run, other)[1:]}
