"""What held of an area while it lay elsewhere is told to nobody of its new district.

Mai manages the district into which the area moved: the area is open to her, its past is
not. She drafts on a day of that past, while what is hidden of it differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from shapely.affinity import translate
from shapely.geometry import mapping

from safelane.core.review import stages
from safelane.hazards.inputs import EvidenceInput, ReportInput
from safelane.hazards.judging.judge import Judge
from safelane.hazards.models import HazardousArea, HazardPeriod, HazardReport
from safelane.hazards.tests.test_moved import MOVED, client_of, moved
from safelane.organisations.models import User
from safelane.organisations.queries import actor_for_user

__all__ = ["moved"]
DAY = date(2024, 6, 1)
OWN = {"geometry": MOVED}
FAR = translate(MOVED.centroid, 0.02, 0)
WORLDS: tuple[dict[str, Any], ...] = (
    {},
    {"kind": "cha"},
    {"status": "worked_on"},
    {"status": "closed"},
    {"geometry": None},
    {"geometry": translate(MOVED, 0.4, 0.3)},
    {"valid_from": DAY},
)
SAID: tuple[dict[str, Any], ...] = (
    {"kind": "cha"},
    {"kind": "cha"} | OWN,
    {"kind": "sha"} | OWN,
    {"status": "open"} | OWN,
    {"status": "closed"} | OWN,
    {"name": "Far from its own outline"} | OWN,
    {"name": "Far from the outline of then"},
)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def worlds(area: HazardousArea) -> Any:
    """Let the hidden past of an area be one thing after the other."""
    was = HazardPeriod.objects.filter(hazard=area, known_to=None).earliest("valid_from")
    known = {name: getattr(was, name) for world in WORLDS for name in world}
    for world in WORLDS:
        for name, value in (known | world).items():
            setattr(was, name, value)
        was.save()
        with undone():
            yield world


def posted(client: Any, area: HazardousArea, facts: dict[str, Any]) -> Any:
    stated = {n: mapping(v) if n == "geometry" else v for n, v in facts.items()}
    place = mapping(FAR) | {"coordinates": [FAR.x, FAR.y]}
    found = {"directness": "direct", "kind": "item", "accuracy_m": 5}
    body = {
        "organisation": str(area.organisation.uid),
        "hazard": str(area.uid),
        "date_of_information": str(DAY),
        "facts": stated,
        "evidence": [found | {"geometry": place, "found_on": str(DAY)}],
    }
    made = client.post("/api/v1/reports", json.dumps(body), "application/json")
    assert made.status_code == 201, made.content
    return made.json()


def moved_on(client: Any, uid: str, step: str) -> tuple[int, Any]:
    url = f"/api/v1/reports/{uid}/{step}"
    answer = client.post(url, "{}", content_type="application/json")
    body = answer.json()
    return answer.status_code, (body.get("detail"), body.get("findings"))


@pytest.mark.parametrize("facts", SAID, ids=str)
def test_drafts_and_their_submission_tell_nothing_of_a_closed_past(
    moved: HazardousArea, cast: Any, facts: dict[str, Any]
) -> None:
    client, answers = client_of(cast, "mai", "laos-11"), []
    for _world in worlds(moved):
        draft = posted(client, moved, facts)
        status, said = moved_on(client, draft["uid"], "submit")
        said = said if status != 200 else None
        answers.append((draft["findings"], status, said))
    assert all(answer == answers[0] for answer in answers)
    is_own = facts == {"kind": "cha"} | OWN  # what it says itself is wrong
    assert answers[0][1] == (422 if is_own else 200)


@pytest.mark.parametrize("facts", SAID, ids=str)
def test_a_file_tells_nothing_of_a_closed_past(
    moved: HazardousArea, cast: Any, facts: dict[str, Any]
) -> None:
    client_of(cast, "mai", "laos-11")
    by = actor_for_user(User.objects.get(username="mai"))
    sign = EvidenceInput(geometry=FAR, directness="direct", kind="item", found_on=DAY)
    said = {"date_of_information": DAY, "facts": facts, "evidence": (sign,)}
    answers = []
    for _world in worlds(moved):
        row = ReportInput(hazard=moved, **said)
        judge = Judge(moved.country, moved.organisation, by=by, lenient=False)
        (judged,) = judge.judge([row], judge.look_up([row]))
        answers.append(judge.told(judged))
    assert all(answer == answers[0] for answer in answers)


def test_what_is_open_is_judged_as_it_was(moved: HazardousArea, cast: Any) -> None:
    """The province sees both districts, and is told what the rules found."""
    client, found = client_of(cast, "mai", "laos-1"), set()
    for _world in worlds(moved):
        for facts in SAID:
            draft = posted(client, moved, facts)
            found |= {(f["rule"], f["severity"]) for f in draft["findings"]}
    assert found >= {
        ("cha-needs-polygon", "block"),
        ("kind-transition", "block"),
        ("same-day", "warn"),
        ("reopening-needs-reason", "block"),
        ("confirming-evidence-near", "block"),
        ("evidence-near-area", "warn"),
    }


@pytest.mark.parametrize(
    "facts", [{"kind": "sha"} | OWN, {"status": "open"} | OWN], ids=str
)
def test_only_who_sees_that_past_approves_a_report_on_it(
    moved: HazardousArea, cast: Any, facts: dict[str, Any]
) -> None:
    author, other = (client_of(cast, name, "laos-11") for name in ("mai", "kham"))
    whole, refused, decided = client_of(cast, "seng", "laos-1"), [], []
    for _world in worlds(moved):
        uid = posted(author, moved, facts)["uid"]
        row = HazardReport.objects.filter(uid=uid)
        row.update(stage=stages.OPERATIONS_CHECKED)
        refused.append(moved_on(other, uid, "approve"))
        decided.append(moved_on(whole, uid, "approve")[0])
    assert set(decided) == {200, 422}
    assert all(answer == refused[0] for answer in refused)
    status, (message, findings) = refused[0]
    assert status == 422 and not findings
    assert "may see all that is recorded here" in message
