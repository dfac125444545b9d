"""What is closed to a reader is not said to be empty, nor counted, on any page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from safelane.core.scope import system_actor
from safelane.hazards.policies import HazardPolicy
from safelane.hazards.testing import register_area
from safelane.organisations.actions import grant_membership
from safelane.organisations.models import Role
from safelane.organisations.queries import actor_for_user

REACH = "Nothing here within your reach"


def client_of(cast: Any, name: str, *role: Any) -> Client:
    """Sign in somebody with one more role: organisation, reach, precision, classes."""
    home, reach, precision, classes = role
    client = Client()
    client.force_login(
        cast.with_role(name, (home, reach, precision, "view"), classes.split())
    )
    return client


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("path", "classes", "denied"),
    [
        ("/hazards/", "hazard", ["The register is empty", "sl-count"]),
        ("/hazards/?kind=sha", "hazard", ["Nothing matches", "sl-count"]),
        ("/accidents/", "accident", ["No accident here"]),
        ("/accidents/statistics/", "statistics", ["Nothing to count", "is set up"]),
        ("/priorities/", "prior", ["No ranking yet"]),
        ("/organisations/agreements/", "agreement", ["No agreement yet"]),
    ],
)
def test_who_sees_a_part_is_not_told_that_there_is_nothing(
    cast: Any, path: str, classes: str, denied: list[str]
) -> None:
    register_area(cast, "laos", "L-1")
    text = text_of(
        client_of(cast, "guest", "kha", "organisation", "exact", classes), path
    )
    assert REACH in text or "Nothing within your reach matches" in text
    assert [words for words in denied if words in text] == []


def test_who_sees_all_is_told_that_there_is_nothing(cast: Any) -> None:
    client = client_of(cast, "keeper", "aza", "all", "exact", "hazard prior")
    assert "The register is empty" in text_of(client, "/hazards/")
    assert "Nothing matches" in text_of(client, "/hazards/?kind=sha")
    assert "No ranking yet" in text_of(client, "/priorities/")


def test_ones_own_organisation_is_always_seen(cast: Any) -> None:
    client = client_of(cast, "guest", "don", "country", "exact", "organisation")
    text = text_of(client, "/organisations/")
    assert cast.organisations["don"].name in text
    assert cast.organisations["laa"].name not in text


def test_an_agreement_to_see_is_no_agreement_to_export(
    cast: Any, clients: dict[str, Client]
) -> None:
    register_area(cast, "azerbaijan", "AZ-1", owner="azo")
    text = text_of(clients["agata"], "/exchange/export/")
    assert "1 row more is open to you to see, but not to export" in text
    assert "what your roles let you export" in text
    told = text_of(clients["aysel"], "/exchange/export/")
    assert "but not to export" not in told


def test_rows_that_leave_coarser_are_not_said_to_be_closed(cast: Any) -> None:
    """Two roles, one exact to see, one coarse to export: a filter asks the exact."""
    area = register_area(cast, "laos", "L-1")
    client = client_of(cast, "two", "laa", "country", "exact", "hazard")
    role = Role.objects.create(
        code="coarse", name="coarse", reach="country",
        verbs=["hazard.view", "hazard.export"], precision={"hazard": "cell"},
    )  # fmt: skip
    by, home = system_actor("tests"), cast.organisations["laa"]
    grant_membership(cast.users["two"], home, role, by=by)
    plain = text_of(client, "/exchange/export/")
    assert "Hazardous areas: 1 rows" in plain
    assert "open to you to see" not in plain
    village = text_of(client, f"/exchange/export/?area={area.admin_area_id}")
    assert "Hazardous areas: 0 rows" in village
    assert "1 row more is open to you to see, but not to export, or only" in village


def test_a_map_without_positions_says_so(cast: Any) -> None:
    area = register_area(cast, "laos", "L-1")
    words = "Positions that are not open to your role are not on this map"
    client = client_of(cast, "far", "laa", "all", "district", "hazard")
    register = text_of(client, "/hazards/")
    assert words in register
    assert "Area laos-10" in register
    assert "data-map-filter" not in register
    record = text_of(client, f"/hazards/{area.uid}/")
    assert words in record
    assert "<dt>Geometry</dt>" not in record
    asked = text_of(client, "/hazards/?bbox=100,10,110,30")
    assert "The extent of the map finds only what has a position" in asked
    assert "Nothing matches" not in asked
    exact = client_of(cast, "keeper", "laa", "country", "exact", "hazard")
    assert words not in text_of(exact, "/hazards/?bbox=100,10,110,30")


def test_a_map_with_some_positions_says_that_others_are_missing(cast: Any) -> None:
    register_area(cast, "laos", "L-1")
    words = "Positions that are not open to your role are not on this map"
    user = cast.with_role("mixed", ("laa", "all", "district", "view"), ["hazard"])
    role = Role.objects.get(code="operations_officer")
    grant_membership(user, cast.organisations["laa"], role, by=system_actor("tests"))
    client = Client()
    client.force_login(user)
    assert HazardPolicy.levels(actor_for_user(user)) == {0, 2}
    assert words in text_of(client, "/hazards/")
    grant = user.memberships.get(role__code="test-mixed")
    grant.delete()
    assert words not in text_of(client, "/hazards/")


def test_a_cell_is_not_drawn_as_an_outline(cast: Any) -> None:
    area = register_area(cast, "laos", "L-1")
    client = client_of(cast, "rough", "laa", "country", "cell", "hazard")
    for path in ("/hazards/", f"/hazards/{area.uid}/"):
        text = text_of(client, path)
        assert "the place lies somewhere in this cell" in text
        assert "&quot;rough&quot;: &quot;all&quot;" in text
    exact = text_of(
        client_of(cast, "keeper", "laa", "country", "exact", "hazard"), path
    )
    assert "&quot;rough&quot;: &quot;&quot;" in exact
    assert "somewhere in this cell" not in exact


def test_a_readers_map_opens_on_the_countries_that_he_sees(cast: Any) -> None:
    register_area(cast, "laos", "L-1")
    client = client_of(cast, "far", "laa", "all", "district", "hazard")
    for path in ("/hazards/", "/hazards/?as_of=2025-01-01"):
        west, _south, east, _north = client.get(path).context["map"]["bounds"]
        assert 99 < west < east < 109


def test_a_page_of_a_long_list_says_which_rows_it_holds(
    cast: Any, clients: dict[str, Client]
) -> None:
    for number in range(52):
        register_area(cast, "laos", f"L-{number:03}")
    client = clients["bounmy"]
    for sort in ("reference", "-date"):
        first = client.get(f"/hazards/?sort={sort}")
        assert "Rows 1 to 50 of 52" in first.content.decode()
        after = first.context["page"].after
        second = client.get("/hazards/", {"sort": sort, "after": after})
        assert "Rows 51 to 52 of 52" in second.content.decode()
        before = second.context["page"].before
        back = client.get("/hazards/", {"sort": sort, "before": before})
        assert "Rows 1 to 50 of 52" in back.content.decode()


def test_paper_says_that_a_map_is_no_permission_and_when_it_was_shown(
    clients: dict[str, Client],
) -> None:
    footer = text_of(clients["bounmy"], "/hazards/").partition("<footer")[2]
    assert "not permission to enter land" in footer
    assert "d-print-none" not in footer.partition("not permission")[0]
    assert "As shown on" in footer


def test_reports_that_are_closed_are_not_counted(
    cast: Any, clients: dict[str, Client]
) -> None:
    area = register_area(cast, "azerbaijan", "AZ-1")
    reader = text_of(clients["rena"], f"/hazards/{area.uid}/")
    assert "does not open the reports behind this area" in reader
    assert "Reports <span" not in " ".join(reader.split())
    keeper = text_of(clients["aysel"], f"/hazards/{area.uid}/")
    assert 'Reports <span class="badge sl-count">1<' in " ".join(keeper.split())
