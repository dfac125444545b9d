"""Home: what needs whose attention."""

from __future__ import annotations

from typing import Any

import pytest

from safelane.hazards.testing import register_area


def titles(answer: Any) -> list[str]:
    return [str(panel.title) for panel in answer.context["panels"]]


@pytest.mark.parametrize(
    ("person", "shown", "hidden"),
    [
        ("aysel", {"Waiting for my check", "Register"}, set()),
        ("bounmy", {"My drafts", "Sent back to me"}, {"Waiting for my check"}),
        ("chan", {"Register"}, {"My drafts", "Waiting for my check"}),
        ("dara", set(), {"Register", "My drafts", "Waiting for my check"}),
    ],
)
def test_panels_follow_the_role(
    clients: Any, person: str, shown: set[str], hidden: set[str]
) -> None:
    found = set(titles(clients[person].get("/")))
    assert shown <= found
    assert not hidden & found


def test_counts_only_what_is_in_scope(cast: Any, clients: Any) -> None:
    register_area(cast, "laos", "L-1")
    counts = {
        who: [p.count for p in clients[who].get("/").context["panels"] if p.order == 50]
        for who in ("bounmy", "aysel")
    }
    assert counts == {"bounmy": [1], "aysel": [0]}


def test_visitors_learn_what_this_is(clients: Any) -> None:
    answer = clients["nobody"].get("/")
    assert answer.status_code == 200
    assert "/account/login/" in answer.content.decode()


def test_somebody_without_a_role_learns_what_to_do(clients: Any) -> None:
    assert "Nothing is open to you yet" in clients["eve"].get("/").content.decode()
