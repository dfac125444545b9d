"""Plain records are written with policy, checks and history."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from safelane.core.errors import (
    ChangedMeanwhile,
    InvalidInput,
    NotPermitted,
    SignInNeeded,
)
from safelane.core.history.models import Change
from safelane.core.records.actions import (
    AlreadyExists,
    AlreadyWithdrawn,
    create,
    update,
    version_of,
    withdraw,
)
from safelane.core.records.tests.ledger.models import Item
from safelane.core.scope import PUBLIC, Actor, Grant, Precision

pytestmark = pytest.mark.django_db


def keeper(cast: Any, name: str = "laa", *verbs: str) -> Actor:
    home = cast.organisations[name].pk
    verbs = verbs or ("item.view", "item.edit")
    grant = Grant(frozenset(verbs), "organisation", home, None)
    return Actor(kind="person", user_id=1, name="Keeper", grants=(grant,))


def new(cast: Any, name: str = "laa") -> Item:
    home = cast.organisations[name]
    return Item(organisation=home, country=home.country)


@pytest.fixture
def item(cast: Any) -> Item:
    facts = {"number": "A1", "weight_kg": 7, "holder": "Somebody"}
    return create(new(cast), facts, by=keeper(cast))


def last() -> Change:
    return Change.objects.latest("pk")


def test_a_record_is_created_with_its_history(cast: Any, item: Item) -> None:
    stored = Item.objects.get()
    assert (stored.number, stored.weight_kg, stored.holder) == ("A1", 7, "Somebody")
    change = last()
    assert change.verb == "item.create"
    assert change.organisation_id == cast.organisations["laa"].pk
    assert (change.object_type, change.object_id) == ("item", str(item.uid))
    assert json.loads(change.after) == {"number": "A1", "weight_kg": 7}


def test_the_history_never_holds_a_private_fact(cast: Any, item: Item) -> None:
    update(item, {"holder": "Another"}, by=keeper(cast))
    assert Item.objects.get().holder == "Another"
    assert last().verb == "item.update"  # the act stands, the value does not
    for change in Change.objects.all():
        text = change.before + change.after + change.object_label
        assert "Somebody" not in text
        assert "Another" not in text


def test_a_change_leaves_what_somebody_else_saved_meanwhile(cast: Any, item: Item):
    stale = Item.objects.get()
    update(item, {"weight_kg": 9}, by=keeper(cast))
    update(stale, {"holder": "Another"}, by=keeper(cast))
    stored = Item.objects.get()
    assert (stored.weight_kg, stored.holder) == (9, "Another")


def test_a_change_of_what_was_shown_before_another_is_refused(cast: Any, item: Item):
    seen = version_of(item)
    update(item, {"weight_kg": 9}, by=keeper(cast), seen=seen)
    with pytest.raises(ChangedMeanwhile) as refused:
        update(item, {"weight_kg": 10}, by=keeper(cast), seen=seen)
    assert Item.objects.get().weight_kg == 9
    now = refused.value.details["version"]
    update(item, {"weight_kg": 10}, by=keeper(cast), seen=now)
    assert Item.objects.get().weight_kg == 10


def test_who_sees_a_record_roughly_changes_nothing_of_it(cast: Any, item: Item):
    rough = replace(keeper(cast).grants[0], precision=(("item", Precision.CELL),))
    actor = replace(keeper(cast), grants=(rough,))
    with pytest.raises(NotPermitted, match="only roughly"):
        update(item, {"weight_kg": 9}, by=actor)
    assert Item.objects.get().weight_kg == 7


def test_a_change_keeps_what_stood_before(cast: Any, item: Item) -> None:
    item.weight_kg = 99  # what a stale row holds is not what stood
    update(item, {"weight_kg": 8}, by=keeper(cast))
    assert json.loads(last().before)["weight_kg"] == 7
    assert json.loads(last().after)["weight_kg"] == 8


def test_no_change_writes_nothing(cast: Any, item: Item) -> None:
    count = Change.objects.count()
    update(item, {"weight_kg": 7}, by=keeper(cast))
    assert Change.objects.count() == count


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "A2", "weight_kg": -1}, "weight_kg"),
        ({"number": "x" * 11}, "number"),
    ],
)
def test_what_does_not_fit_its_field_is_named(
    cast: Any, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as fault:
        create(new(cast), facts, by=keeper(cast))
    assert fault.value.field == field
    assert not Item.objects.exists()


@pytest.mark.parametrize("name", ["label", "organisation", "is_withdrawn", "nothing"])
def test_only_declared_facts_are_written(cast: Any, item: Item, name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        update(item, {name: "1"}, by=keeper(cast))


def test_a_taken_number_is_a_conflict(cast: Any, item: Item) -> None:
    with pytest.raises(AlreadyExists) as fault:
        create(new(cast), {"number": "A1"}, by=keeper(cast))
    assert fault.value.field == "number"


def test_others_may_not_write(cast: Any, item: Item) -> None:
    count = Change.objects.count()
    with pytest.raises(SignInNeeded):
        create(new(cast), {"number": "A2"}, by=PUBLIC)
    with pytest.raises(NotPermitted):  # the verb is missing
        create(new(cast), {"number": "A2"}, by=keeper(cast, "laa", "item.view"))
    with pytest.raises(NotPermitted):  # in another one's name
        create(new(cast, "aza"), {"number": "A2"}, by=keeper(cast))
    for write in (
        lambda by: update(item, {"weight_kg": 8}, by=by),
        lambda by: withdraw(item, "gone", by=by),
    ):
        with pytest.raises(NotPermitted):
            write(keeper(cast, "aza"))
    assert Item.objects.get().weight_kg == 7
    assert Change.objects.count() == count


def test_a_withdrawn_record_stays_and_is_closed(cast: Any, item: Item) -> None:
    with pytest.raises(InvalidInput):
        withdraw(item, "  ", by=keeper(cast))
    withdraw(item, "worn out", by=keeper(cast))
    assert Item.objects.get().is_withdrawn
    assert (last().verb, last().reason) == ("item.withdraw", "worn out")
    assert json.loads(last().after)["is_withdrawn"] is True
    with pytest.raises(AlreadyWithdrawn, match="A1"):
        update(item, {"weight_kg": 8}, by=keeper(cast))
    with pytest.raises(AlreadyWithdrawn):
        withdraw(item, "again", by=keeper(cast))
