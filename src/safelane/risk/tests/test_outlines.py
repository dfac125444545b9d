"""Rankings made from exact outlines are open to who sees these exactly."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from shapely.geometry import box

from safelane.core.domain import house
from safelane.core.history.queries import changes_of, shown
from safelane.core.scope import system_actor
from safelane.engines.surveyprior.lattice import to_wgs84
from safelane.engines.surveyprior.tests.toy import EPSG, X0, Y0
from safelane.hazards.models import HazardousArea
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, Role
from safelane.risk.actions import reweigh_prior

DOORS = (
    "/priorities/{uid}/",
    "/priorities/{uid}/?level=unit",
    "/priorities/{uid}/map.geojson?level=unit",
    "/priorities/{uid}/survey-first.csv",
    "/priorities/{uid}/survey-first.geojson",
    "/priorities/{uid}/survey-first.pdf",
    "/api/v1/priors/{uid}",
    "/api/v1/priors/{uid}/units?level=unit",
    "/api/v1/priors/{uid}/units?level=community",
)


@pytest.fixture
def surveyed(cast: Any, prior: Any) -> Any:
    """Return a run of the information manager that takes an area off."""
    HazardousArea.objects.create(
        reference="LA-1",
        organisation=cast.organisations["lao"],
        country=cast.countries["laos"],
        kind="cha",
        geometry=to_wgs84(box(X0, Y0, X0 + 200, Y0 + 200), EPSG),
        updated_at=timezone.now(),
    )
    run = reweigh_prior(prior, prior.weights, "After survey", by=cast.actor("noy"))
    assert run.surveyed
    return run


def who(cast: Any, kind: str) -> str:
    """Give eve a role, and return her name."""
    home, by = cast.organisations["laa"], system_actor()
    if kind == "cells":
        role = Role.objects.get(code="reader")
        grant_membership(cast.users["eve"], home, role, by=by)
    elif kind == "one district":
        role = Role.objects.get(code="operations_officer")
        area = AdminArea.objects.filter(country=home.country, level=2).first()
        grant_membership(cast.users["eve"], home, role, Term(area=area), by=by)
    else:
        home = cast.organisations["lao"]
        role = Role.objects.get(code="analyst")
        role.verbs = [*role.verbs, "prior.view", "prior.export"]
        role.reach = "organisation"
        role.save()
        grant_membership(cast.users["eve"], home, role, by=by)
    return "eve"


@pytest.mark.parametrize("kind", ["cells", "one district", "own areas only"])
@pytest.mark.parametrize("door", DOORS)
def test_no_door_shows_it_to_who_sees_less(
    cast: Any, surveyed: Any, clients: Any, kind: str, door: str
) -> None:
    address = door.format(uid=surveyed.uid)
    assert clients[who(cast, kind)].get(address).status_code in (403, 404)
    assert clients["noy"].get(address).status_code == 200


def test_no_list_names_it(cast: Any, surveyed: Any, clients: Any) -> None:
    client = clients[who(cast, "cells")]
    runs = client.get("/api/v1/priors").json()["items"]
    assert str(surveyed.uid) not in [run["uid"] for run in runs]
    assert str(surveyed.uid) not in client.get("/priorities/").content.decode()


def test_a_run_without_surveyed_ground_is_shared(
    cast: Any, surveyed: Any, clients: Any
) -> None:
    """The ranks of two worlds that differ in outlines only are the same."""
    by = cast.actor("noy")
    shared = reweigh_prior(surveyed, surveyed.weights, "For all", shared=True, by=by)
    client = clients[who(cast, "cells")]
    rows = client.get(f"/api/v1/priors/{shared.uid}/units?level=unit").json()["items"]
    assert rows and not any("surveyed" in row["facts"] for row in rows)
    page = client.get(f"/priorities/{shared.uid}/")
    assert page.status_code == 200
    assert str(surveyed.uid) not in page.content.decode()
    before = {row.code: row.rank for row in surveyed.rerun_of.ranked.all()}
    assert {row.code: row.rank for row in shared.ranked.all()} == before


def test_the_history_shows_it_to_nobody_who_sees_less(
    cast: Any, surveyed: Any, clients: Any
) -> None:
    changes = changes_of("survey_prior", [surveyed.uid])
    less, all_of_it = cast.actor(who(cast, "cells")), cast.actor("noy")
    assert [c.is_open for c in shown(changes, less, house().subjects)] == [False]
    assert [c.is_open for c in shown(changes, all_of_it, house().subjects)] == [True]
