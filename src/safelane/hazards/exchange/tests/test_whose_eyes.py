"""What rules find in a file is worded for who had it judged, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from safelane.core.jobs.progress import Progress
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.exchange.actions import begin_import, start_check
from safelane.exchange.imports.runner import check_file
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import register_approved
from safelane.hazards.exchange.tests.conftest import bow_tie, feature, file_of
from safelane.hazards.exchange.tests.test_pages import client_of
from safelane.hazards.rules.evaluation import MAY_OVERLAP
from safelane.hazards.tests.conftest import actor, claims, square
from safelane.organisations.models import Role

pytestmark = pytest.mark.django_db
SECRET, SHARED = "HIDDEN-77", "of the ground is shared"
ELSEWHERE = "Only the person who had this file checked"
CODES = ("overlap-shown", "recorded-nearby")


@pytest.fixture
def importer(field: Any) -> Any:
    """Return somebody of the operator, who may not see the authority's area."""
    where = Registration(field.authority, field.country, "", "made for tests")
    item = claims(SECRET, geometry=square(103.8))
    register_approved([item], where, by=field.manager)
    verbs = ["hazard.view", "hazard.import", "hazard_report.view", "file.*", "job.*"]
    verbs += ["hazard_report.report", "organisation.view"]
    Role.objects.create(code="bring", name="Bring", reach="organisation", verbs=verbs)
    return actor("Bouala", field.operator, "bring")


def begun(field: Any, by: Any) -> ImportRun:
    over = feature(7, square(103.8).__geo_interface__)
    file, home = file_of(over, bow_tie(2)), field.operator
    return begin_import(file, "r.geojson", target="hazards", organisation=home, by=by)


def checked(run: ImportRun, by: Any) -> ImportRun:
    start_check(run, by=by)
    run_waiting_jobs()
    return run


def told(run: ImportRun, reader: Any) -> str:
    """Return all that somebody is told of an import, by every door."""
    client, names = client_of(reader), ("run", "report", "rows", "faults")
    urls = [reverse(f"exchange:import-{name}", args=[run.uid]) for name in names]
    answers = [client.get(url) for url in urls]
    assert [answer.status_code for answer in answers] == [200] * 4
    return "".join(answer.content.decode() for answer in answers)


def test_what_its_maker_sees_is_not_told_to_who_sees_less(field, importer) -> None:
    run = checked(begun(field, field.manager), field.manager)
    whole, less = told(run, field.manager), told(run, importer)
    assert SECRET in whole and SHARED in whole and ELSEWHERE not in whole
    assert SECRET not in less and SHARED not in less and ELSEWHERE in less
    assert not [code for code in CODES if code in less]
    assert less.count("cross") >= 3  # what is wrong with the file itself


def test_a_command_judges_with_all_eyes_and_tells_none(field, importer) -> None:
    run = begun(field, importer)
    check_file(run, Progress(system_actor()))
    assert run.faults.filter(message__contains=SECRET).exists()
    for reader in (importer, field.manager):
        said = told(run, reader)
        assert SHARED not in said and ELSEWHERE in said


@pytest.mark.parametrize("starts_less", [True, False])
def test_who_starts_a_check_is_told_with_the_own_eyes(
    field, importer, starts_less
) -> None:
    makers = (field.manager, importer) if starts_less else (importer, field.manager)
    maker, starter = makers
    run = checked(begun(field, maker), starter)
    own, other = told(run, starter), told(run, maker)
    assert (SECRET in own) is not starts_less
    assert (str(MAY_OVERLAP) in own) is starts_less
    assert SHARED not in other and str(MAY_OVERLAP) not in other
    assert ELSEWHERE in other and ELSEWHERE not in own
