"""What is closed to a reader is not said to be empty, nor counted, on any page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from safelane.hazards.testing import register_area

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


def test_reports_that_are_closed_are_not_counted(
    cast: Any, clients: dict[str, Client]
) -> None:
    area = register_area(cast, "azerbaijan", "AZ-1")
    reader = text_of(clients["rena"], f"/hazards/{area.uid}/")
    assert "does not open the reports behind this area" in reader
    assert "Reports <span" not in " ".join(reader.split())
    keeper = text_of(clients["aysel"], f"/hazards/{area.uid}/")
    assert 'Reports <span class="badge sl-count">1<' in " ".join(keeper.split())
