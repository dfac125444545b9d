"""`safelane audit verify`: order and moments that were altered behind the history."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F

from safelane.accidents.models import AccidentReport, VictimIdentity
from safelane.cli.tests.test_audit import (  # noqa: F401
    _folder,
    lao,
    named,
    register,
    verify,
)
from safelane.core.history.chain import link_hash
from safelane.core.history.models import ChainHead, Change
from safelane.hazards.actions import register_approved
from safelane.hazards.actions.bulk import Registration
from safelane.hazards.models import HazardousArea, HazardPeriod, HazardReport
from safelane.hazards.tests.conftest import claims
from safelane.organisations.actions import end_membership
from safelane.organisations.models import Membership

pytestmark = pytest.mark.django_db
EARLIER = timedelta(hours=11)


@pytest.fixture
def imported(register):  # noqa: F811
    """Return the register with two areas that came in by a file, column by column."""
    home = register.organisations["lao"]
    told = Registration(home, register.countries["laos"], "b1", "Legacy register")
    rows = [claims(f"IM-{number}") for number in range(2)]
    register_approved(rows, told, by=register.actor("noy"))
    assert HazardReport.objects.filter(batch="b1").count() == 2
    return register


def swap_keys(one, other):
    table = Change._meta.db_table
    with connection.cursor() as cursor:
        for old, new in ((one, -1), (other, one), (-1, other)):
            cursor.execute(f"UPDATE {table} SET id = %s WHERE id = %s", [new, old])


def test_a_role_opened_again_by_the_keys_of_its_changes_is_named(register):  # noqa: F811
    member = Membership.objects.get(user=register.users["bounmy"])
    end_membership(member, date(2039, 1, 1), by=register.actor("noy"))
    told = Change.objects.filter(object_type="membership", object_id=str(member.uid))
    first, last = told.order_by("seq").values_list("pk", flat=True)
    swap_keys(first, last)
    Membership.objects.filter(pk=member.pk).update(ends=None)
    found = named()
    assert any("membership" in text and "ends" in text for text in found), found
    assert any("its key does not follow" in text for text in found), found


def moved_back(area):
    """Move all that is known of an area back by some hours."""
    for rows, names in (
        (HazardReport.objects.filter(hazard=area), ("approved_at", "stage_at")),
        (HazardPeriod.objects.filter(hazard=area), ("known_from",)),
        (HazardousArea.objects.filter(pk=area.pk), ("updated_at",)),
    ):
        rows.update(**{name: F(name) - EARLIER for name in names})


@pytest.mark.parametrize("reference", ["LA-1", "AZ-1", "IM-1"])
def test_moments_of_knowledge_moved_back_by_hours_are_named(imported, reference):
    assert verify()[0] == 0
    area = HazardousArea.objects.get(reference=reference)
    moved_back(area)
    numbers = area.reports.values_list("number", flat=True)
    found = named()
    for number in numbers:
        assert any(number in t and "moved on at" in t for t in found), found


@pytest.mark.parametrize("model", [HazardReport, AccidentReport])
@pytest.mark.parametrize("name", ["approved_at", "withdrawn_at", "stage_at"])
def test_a_moment_moved_by_a_second_is_named(imported, model, name):
    row = model.objects.filter(**{f"{name}__isnull": False}).order_by("pk").last()
    if row is None:  # no accident was withdrawn
        pytest.skip("no such moment")
    model.objects.filter(pk=row.pk).update(**{name: F(name) - timedelta(seconds=1)})
    assert any(row.number in text for text in named())


def test_a_record_says_when_it_changed_to_the_moment(imported):
    rows = HazardousArea.objects.filter(reference="IM-0")
    rows.update(updated_at=F("updated_at") + timedelta(seconds=1))
    assert any("IM-0" in text and "when it changed" in text for text in named())


def rewrite(chain, change):
    """Rewrite the facts of a chain with right hashes, as an earlier version did."""
    previous = ""
    for link in Change.objects.filter(organisation_id=chain).order_by("seq"):
        link.after = change(link)
        link.previous_hash = previous
        previous = link.hash = link_hash(link)
        link.save()
    ChainHead.objects.filter(pk=chain).update(hash=previous)


def as_before(link):
    facts = json.loads(link.after or "null")
    if facts:
        facts.pop("stage_at", None)
    return json.dumps(facts) if facts else ""


def test_moments_of_before_are_compared_roughly_and_counted(imported):
    rewrite(lao(imported), as_before)
    code, answer = verify()
    assert (code, answer["breaks"]) == (0, [])
    said = " ".join(answer["unchecked"])
    count = HazardReport.objects.filter(organisation_id=lao(imported)).count()
    assert f"{count} × reports: moments, not checked exactly" in said
    HazardReport.objects.filter(batch="b1").update(
        approved_at=F("approved_at") - timedelta(days=1)
    )
    assert any("moved on at" in text for text in named())


def test_a_kind_without_replay_is_named_with_its_rows_even_emptied(imported):
    def told():
        (text,) = (t for t in verify()[1]["unchecked"] if "having no replay" in t)
        return text

    count = VictimIdentity.objects.count()
    assert count
    assert f"identities of victims ({count})" in told()
    VictimIdentity.objects.all().delete()
    assert "identities of victims (0)" in told()


@pytest.mark.parametrize("batch", ["", "b1"])
def test_a_batch_put_on_a_report_or_taken_from_it_is_named(imported, batch):
    row = HazardReport.objects.filter(batch=batch).last()
    HazardReport.objects.filter(pk=row.pk).update(batch="" if batch else "b1")
    assert any(row.number in text and "batch" in text for text in named())
