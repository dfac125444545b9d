"""The cast at every door of accidents, reports and victims."""

import pytest

from safelane.accidents.models import Victim
from safelane.accidents.tests.steps import (
    NAME,
    PEOPLE,
    claims,
    draft,
    submit_report,
)
from safelane.core.testing.permissions import Door, PermissionTests, Sight, Subject

EXACT, EMPTY = Sight.EXACT, Sight.EMPTY
HIDDEN, REFUSED, SIGN_IN = Sight.HIDDEN, Sight.REFUSED, Sight.SIGN_IN
NOT_THEIRS = {"dara": REFUSED, "eve": REFUSED, "nobody": SIGN_IN}
LIST = {"aysel": EXACT, "others": EMPTY, **NOT_THEIRS}
RECORD = {"aysel": EXACT, "others": HIDDEN, **NOT_THEIRS}


@pytest.mark.django_db
class TestAccidentPermissions(PermissionTests):
    doors = {
        "list": Door("/accidents/", **LIST),
        "api": Door("/api/v1/accidents", **LIST),
        "record": Door("/accidents/{uid}/", **RECORD),
        "api record": Door("/api/v1/accidents/{uid}", **RECORD),
    }

    @pytest.fixture
    def subject(self, azerbaijan):
        return Subject("AZ-ACC-1", uid=azerbaijan.uid)


@pytest.mark.django_db
class TestReportPermissions(PermissionTests):
    """Readers see no reports; the team leader of another country sees none of these.

    The victims of a draft are open to its author alone, who so changes it alone.
    """

    doors = {
        "list": Door(
            "/accidents/reports/", aysel=EXACT, bounmy=EMPTY, others=REFUSED,
            nobody=SIGN_IN,
        ),
        "record": Door(
            "/accidents/reports/{uid}/", aysel=EXACT, bounmy=HIDDEN, others=REFUSED,
            nobody=SIGN_IN,
        ),
        "new": Door(
            "/accidents/reports/new/", aysel=EMPTY, bounmy=EMPTY, others=REFUSED,
            nobody=SIGN_IN,
        ),
        "edit": Door(
            "/accidents/reports/{uid}/edit/", bounmy=HIDDEN, others=REFUSED,
            nobody=SIGN_IN,
        ),
        "move": Door(
            "/accidents/reports/{uid}/step/submit/", method="post", data={},
            bounmy=HIDDEN, aysel=Sight.DONE, others=REFUSED, nobody=SIGN_IN,
        ),
    }  # fmt: skip

    @pytest.fixture
    def subject(self, cast):
        report = draft(cast, "azo", claims("AZ-DRAFT"))
        return Subject("AZ-DRAFT", uid=report.uid)


@pytest.mark.django_db
class TestVictimPermissions(PermissionTests):
    """Only a role that may open identities gets through, and only with a reason."""

    doors = {
        "ask": Door(
            "/accidents/victims/{uid}/", aysel=EMPTY, others=REFUSED, nobody=SIGN_IN
        ),
        "open": Door(
            "/accidents/victims/{uid}/",
            method="post",
            data={"reason": "Referral to the prosthetic workshop."},
            aysel=EXACT,
            others=REFUSED,
            nobody=SIGN_IN,
        ),
        "open without reason": Door(
            "/accidents/victims/{uid}/",
            method="post",
            data={"reason": ""},
            aysel=EMPTY,
            others=REFUSED,
            nobody=SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, azerbaijan):
        return Subject(NAME, uid=Victim.objects.get().uid)


def test_who_wrote_a_report_reads_the_victims_that_it_tells_of(cast, clients):
    report = draft(cast, "lao", claims("LA-OWN", lon=103.1, lat=19.4))
    page = clients["bounmy"].get(f"/accidents/reports/{report.uid}/").content.decode()
    assert "Not open to your role" not in page


def test_who_approves_and_may_see_victims_sees_those_of_a_waiting_report(cast, clients):
    report = draft(cast, "lao", claims("LA-WAIT", lon=103.1, lat=19.4))
    address = f"/accidents/reports/{report.uid}/"
    manager = PEOPLE["lao"][3]
    rows = Victim.objects.filter(report=report)
    assert not rows.visible_to(cast.actor(manager)).exists()  # a draft is its author's
    report = submit_report(report, by=cast.actor("bounmy"))
    assert rows.visible_to(cast.actor(manager)).exists()
    page = clients[manager].get(address).content.decode()
    assert "This report says more" not in page
    assert not rows.visible_to(cast.actor("aysel")).exists()  # of another country
