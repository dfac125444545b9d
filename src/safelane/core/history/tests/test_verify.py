"""One altered, removed, reordered or inserted row is found and named."""

import pytest
from django.db.models import F
from django.utils import timezone

from safelane.core.history.actions import Entry, record, record_all
from safelane.core.history.chain import heads, link_hash, verify
from safelane.core.history.models import ChainHead, Change
from safelane.core.scope import system_actor

pytestmark = pytest.mark.django_db
ACTOR = system_actor("Aysel")


def entry(n: int, organisation: int = 7) -> Entry:
    after = {"area": n, "name": "Füzuli — ຊຽງຂວາງ"}
    return Entry(organisation, "hazard.report", "report", n, f"R-{n}", None, after)


@pytest.fixture
def chain():
    record_all([entry(n) for n in range(1, 7)], by=ACTOR)
    return Change.objects.order_by("seq")


def kinds() -> list[tuple[str, int]]:
    return [(found.kind, found.seq) for found in verify().breaks]


def test_an_untouched_chain_holds(chain):
    verdict = verify()
    assert verdict.holds
    assert (verdict.chains, verdict.changes) == (1, 6)


def test_each_organisation_has_its_own_chain(chain):
    record(entry(1, organisation=9), by=ACTOR)
    assert set(heads()) == {7, 9}
    assert Change.objects.get(organisation_id=9).seq == 1
    assert verify().holds


@pytest.mark.parametrize(
    "change",
    [
        {"after": '{"area":99}'},
        {"actor_name": "Eve"},
        {"reason": "because"},
        {"server_time": timezone.now()},
        {"role": "administrator"},
    ],
)
def test_an_altered_row_is_named(chain, change):
    Change.objects.filter(seq=3).update(**change)
    assert kinds() == [("altered", 3)]
    assert "R-3" in verify().breaks[0].message


def test_an_altered_row_with_a_new_hash_is_named(chain):
    row = Change.objects.get(seq=3)
    row.reason = "better"
    row.hash = link_hash(row)
    row.save()
    assert kinds() == [("altered", 3)]


def test_an_altered_last_row_with_a_new_hash_is_named(chain):
    row = Change.objects.get(seq=6)
    row.reason = "better"
    row.hash = link_hash(row)
    row.save()
    assert kinds() == [("altered", 6)]


@pytest.mark.parametrize("seq", [1, 4, 6])
def test_a_removed_row_is_named(chain, seq):
    Change.objects.filter(seq=seq).delete()
    assert kinds() == [("removed", seq)]


def test_two_rows_that_swapped_places_are_named(chain):
    Change.objects.filter(seq=2).update(seq=-1)
    Change.objects.filter(seq=3).update(seq=2)
    Change.objects.filter(seq=-1).update(seq=3)
    assert kinds() == [("reordered", 2), ("reordered", 3)]


def test_an_inserted_row_is_named(chain):
    Change.objects.filter(seq__gt=3).update(seq=-F("seq"))
    Change.objects.filter(seq__lt=0).update(seq=1 - F("seq"))
    forged = Change.objects.get(seq=3)
    forged.pk, forged.seq, forged.object_label = None, 4, "R-forged"
    forged.previous_hash = Change.objects.get(seq=3).hash
    forged.hash = link_hash(forged)
    forged.save(force_insert=True)
    found = verify().breaks
    assert ("inserted", 4) in kinds()
    assert any(f.seq == 4 and "R-forged" in f.message for f in found)


def test_a_row_removed_with_its_gap_closed_is_named(chain):
    Change.objects.filter(seq=3).delete()
    Change.objects.filter(seq__gt=3).update(seq=-F("seq"))
    Change.objects.filter(seq__lt=0).update(seq=-F("seq") - 1)
    assert ("removed", 3) in kinds()


def test_a_row_after_the_head_is_named(chain):
    forged = Change.objects.get(seq=6)
    forged.pk, forged.seq, forged.previous_hash = None, 7, forged.hash
    forged.hash = link_hash(forged)
    forged.save(force_insert=True)
    assert kinds() == [("inserted", 7)]


def test_a_lost_head_is_named(chain):
    ChainHead.objects.all().delete()
    assert kinds() == [("head", 6)]


def test_only_the_chain_asked_for_is_checked(chain):
    record(entry(1, organisation=9), by=ACTOR)
    Change.objects.filter(organisation_id=7, seq=2).update(reason="x")
    assert verify(9).holds
    assert not verify(7).holds
