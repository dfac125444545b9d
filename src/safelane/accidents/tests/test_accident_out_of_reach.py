"""An open report on an accident that its reader does not see, or sees coarsely.

Aysel, of the authority, reports on the authority's accident in the name of the
operator. Gunay sees the report and not the accident; Mina sees it at 1 km.
"""

from __future__ import annotations

from datetime import date

import pytest

from safelane.accidents.models import Accident
from safelane.accidents.tests.steps import (
    claims,
    create_report,
    move_report,
    submit_report,
)
from safelane.core.review import stages

pytestmark = pytest.mark.django_db
SECRET = "AZ-ACC-1"


@pytest.fixture
def report(cast, azerbaijan):
    Accident.objects.update(organisation=cast.organisations["aza"])
    azerbaijan.reports.update(organisation=cast.organisations["aza"])
    azerbaijan.refresh_from_db()
    said = claims(accident=azerbaijan, day=date(2025, 6, 1), kind="uxo")
    by = cast.actor("aysel")
    return create_report(said, organisation=cast.organisations["azo"], by=by)


def text_of(client, url):
    page = client.get(url)
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize(
    ("name", "is_told"), [("aysel", True), ("gunay", False), ("mina", False)]
)
def test_list_and_page_name_the_accident_where_it_is_open(
    clients, report, name, is_told
):
    for url in ("/accidents/reports/", f"/accidents/reports/{report.uid}/"):
        text = text_of(clients[name], url)
        assert report.number in text
        assert (SECRET in text) is is_told, url


def test_the_queue_and_the_home_page_do_not_name_it(cast, clients, report):
    submit_report(report, by=cast.actor("aysel"))
    for url in ("/accidents/reports/?waiting=1", "/"):
        text = text_of(clients["gunay"], url)
        assert report.number in text
        assert SECRET not in text, url
    move_report(report, stages.CHECK_OPERATOR, by=cast.actor("gunay"))
    for url in ("/accidents/reports/?waiting=1", "/"):
        text = text_of(clients["farid"], url)
        assert report.number in text
        assert SECRET in text, url
