"""Who gets which answer from each door of a data class: tests to inherit.

A subclass names its doors and gives one subject, a record of the Azerbaijani
authority or another organisation; every person of the cast then knocks at every door::

    @pytest.mark.django_db
    class TestHazardPermissions(PermissionTests):
        doors = {
            "list": Door("/hazards/", aysel=Sight.EXACT, chan=Sight.EMPTY),
            "record": Door("/hazards/{id}/", aysel=Sight.EXACT, dara=Sight.REFUSED),
        }

        @pytest.fixture
        def subject(self, actors):
            area = ...
            return Subject(shown="AZ-0001", secrets=("48.1234",), id=area.pk)

People whom a door does not name get its ``others``; a stranger who has not signed in
is ``nobody``. ``omar`` gets what ``bounmy`` gets, in whose organisation he is, though
he once entered every report that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client

NOBODY = "nobody"
CAST = ("aysel", "bounmy", "chan", "dara", "eve", "omar", NOBODY)
# Omar works where Bounmy does, has left another organisation, and once entered every
# report that there is: he gets what Bounmy gets.
SAME_AS = {"omar": "bounmy"}


class Sight(Enum):
    """What somebody gets at a door."""

    EXACT = "the record with its secrets"
    COARSE = "the record without its secrets"
    EMPTY = "an answer without the record"
    HIDDEN = "not found"
    REFUSED = "not permitted"
    SIGN_IN = "sign in first"
    DONE = "done"


STATUSES = {
    Sight.EXACT: {200},
    Sight.COARSE: {200},
    Sight.EMPTY: {200, 204},
    Sight.HIDDEN: {404},
    Sight.REFUSED: {403},
    Sight.SIGN_IN: {302, 401},
    Sight.DONE: {200, 201, 202, 204, 302, 303},
}


class Door:
    """One address with what each person of the cast gets there.

    Args:
        path: Address with ``{names}`` filled in from the subject.
        method: HTTP method.
        data: Form fields or JSON body, or a function of the subject that makes it.
        json: Send ``data`` as JSON.
        others: What people get whom ``sights`` does not name.
        sights: Person -> what they get.
    """

    def __init__(
        self,
        path: str,
        *,
        method: str = "get",
        data: Mapping[str, Any] | Callable[[Subject], Mapping[str, Any]] | None = None,
        json: bool = False,
        others: Sight = Sight.HIDDEN,
        **sights: Sight,
    ) -> None:
        unknown = set(sights) - set(CAST)
        if unknown:
            raise ValueError(f"nobody of the cast is called {sorted(unknown)}")
        self.path, self.method, self.data, self.json = path, method, data, json
        for person, model in SAME_AS.items():
            sights.setdefault(person, sights.get(model, others))
        self.sights = {person: sights.get(person, others) for person in CAST}

    def knock(self, client: Client, subject: Subject) -> Any:
        """Ask at this door and return the answer."""
        data = self.data(subject) if callable(self.data) else self.data
        path = self.path.format(**subject.names)
        extra = {"content_type": "application/json"} if self.json else {}
        ask = getattr(client, self.method)
        return ask(path, data, **extra) if data is not None else ask(path)


class Subject:
    """The record behind the doors.

    Args:
        shown: Text that stands in every answer that shows the record.
        secrets: Texts that only EXACT answers may hold, such as coordinates.
        names: Values for the doors' ``{names}``.
    """

    def __init__(self, shown: str, secrets: tuple[str, ...] = (), **names: Any) -> None:
        self.shown, self.secrets, self.names = shown, secrets, names


class PermissionTests:
    """Ask at every door as every person of the cast, and as nobody."""

    doors: ClassVar[Mapping[str, Door]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one test per door and person."""
        if "door" not in metafunc.fixturenames:
            return
        cases = [(door, who) for door in self.doors for who in CAST]
        names = [f"{door}-{who}" for door, who in cases]
        metafunc.parametrize(("door", "person"), cases, ids=names)

    @pytest.fixture
    def subject(self) -> Subject:
        raise NotImplementedError("give the record behind the doors")

    def test_door(
        self, door: str, person: str, subject: Subject, clients: Mapping[str, Client]
    ) -> None:
        if person in SAME_AS:
            enter_all_as(get_user_model().objects.get(username=person))
        sight = self.doors[door].sights[person]
        answer = self.doors[door].knock(clients[person], subject)
        assert answer.status_code in STATUSES[sight], sight.value
        check_content(sight, text_of(answer), subject)


def enter_all_as(user: Any) -> None:
    """Make somebody the author of every report, and of whatever else is entered."""
    for model in apps.get_models():
        if any(field.name == "entered_by" for field in model._meta.get_fields()):
            model._default_manager.update(entered_by=user)


def text_of(answer: Any) -> str:
    """Return an answer's body as text; binary bodies byte by byte."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text: str = body.decode("utf-8", errors="replace")
    return text


def check_content(sight: Sight, text: str, subject: Subject) -> None:
    """Check that an answer shows what ``sight`` allows and nothing more."""
    leaks = [secret for secret in subject.secrets if secret in text]
    if sight is Sight.EXACT:
        assert subject.shown in text
    elif sight is Sight.COARSE:
        assert subject.shown in text
        assert not leaks, f"too exact for this person: {leaks}"
    elif sight is not Sight.DONE:
        assert subject.shown not in text
        assert not leaks, f"hidden, yet told: {leaks}"
