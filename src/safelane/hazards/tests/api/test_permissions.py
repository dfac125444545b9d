import pytest

from safelane.core.testing.permissions import Door, PermissionTests, Sight
from safelane.hazards.testing import hazard_subject

EXACT, COARSE, EMPTY = Sight.EXACT, Sight.COARSE, Sight.EMPTY
HIDDEN, REFUSED, SIGN_IN = Sight.HIDDEN, Sight.REFUSED, Sight.SIGN_IN
ROLELESS = {"dara": REFUSED, "eve": REFUSED, "nobody": SIGN_IN}
DETAILS = ("", "/periods")
MOVE = {"method": "post", "data": {"reason": "no"}, "json": True}


class TestAzerbaijaniArea(PermissionTests):
    """Of Aysel's country: nobody else of the cast works there."""

    doors = {
        "list": Door("/api/v1/hazards", aysel=EXACT, others=EMPTY, **ROLELESS),
        "past": Door(
            "/api/v1/hazards?as_of=2025-01-01", aysel=EXACT, others=EMPTY, **ROLELESS
        ),
        "record": Door("/api/v1/hazards/{uid}", aysel=EXACT, **ROLELESS),
        "periods": Door("/api/v1/hazards/{uid}/periods", aysel=EXACT, **ROLELESS),
        "reports": Door(
            "/api/v1/reports", aysel=EXACT, bounmy=EMPTY, others=REFUSED, nobody=SIGN_IN
        ),
        "report": Door(
            "/api/v1/reports/{report}",
            aysel=EXACT,
            bounmy=HIDDEN,
            others=REFUSED,
            nobody=SIGN_IN,
        ),
        "withdraw": Door(
            "/api/v1/reports/{report}/withdraw",
            **MOVE,
            aysel=Sight.DONE,
            bounmy=HIDDEN,
            others=REFUSED,
            nobody=SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, cast):
        return hazard_subject(cast, "azerbaijan")


class TestCambodianArea(PermissionTests):
    """Of Chan's country: he reads at 1 km and sees no reports."""

    doors = {
        "list": Door("/api/v1/hazards", chan=COARSE, others=EMPTY, **ROLELESS),
        "past": Door(
            "/api/v1/hazards?as_of=2025-01-01", chan=COARSE, others=EMPTY, **ROLELESS
        ),
        "record": Door("/api/v1/hazards/{uid}", chan=COARSE, **ROLELESS),
        "hidden name": Door(
            "/api/v1/hazards?q=old+school", chan=EMPTY, others=EMPTY, **ROLELESS
        ),
        "reports": Door(
            "/api/v1/hazards/{uid}/reports",
            bounmy=HIDDEN,
            aysel=HIDDEN,
            others=REFUSED,
            nobody=SIGN_IN,
        ),
        "changes": Door(
            "/api/v1/hazards/{uid}/changes",
            aysel=HIDDEN,
            others=REFUSED,
            nobody=SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, cast):
        return hazard_subject(cast, "cambodia")


class TestCambodianFinds(PermissionTests):
    doors = {
        "evidence": Door("/api/v1/evidence", chan=COARSE, others=EMPTY, **ROLELESS),
        "one": Door("/api/v1/evidence/{evidence}", chan=COARSE, **ROLELESS),
        "ordnance": Door("/api/v1/ordnance", chan=COARSE, others=EMPTY, **ROLELESS),
        "find": Door("/api/v1/ordnance/{ordnance}", chan=COARSE, **ROLELESS),
    }

    @pytest.fixture
    def subject(self, cast):
        subject = hazard_subject(cast, "cambodia")
        subject.shown = "KHA"
        return subject


@pytest.mark.django_db
def test_a_misspelt_parameter_is_refused_and_the_others_are_named(cast, clients):
    assert clients["nobody"].get("/api/v1/hazards?statuss=open").status_code == 401
    answer = clients["noy"].get("/api/v1/hazards?statuss=open")
    assert answer.status_code == 422
    assert "“statuss”" in answer.json()["detail"]
    assert " q, status." in answer.json()["detail"]
    assert clients["noy"].get("/api/v1/hazards?status=open&q=x").status_code == 200
