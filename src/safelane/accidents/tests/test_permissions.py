"""The cast at every door of accidents, reports and victims."""

import pytest

from safelane.accidents.models import Victim
from safelane.accidents.tests.steps import NAME, claims, draft
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
