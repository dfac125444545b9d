"""The protected store: sealed at rest, opened only for a written reason."""

from dataclasses import replace

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from safelane.accidents.actions import ConsentRefused, ReasonNeeded, reveal_victim
from safelane.accidents.models import Victim, VictimIdentity
from safelane.accidents.rules import age_group_of, has_disability
from safelane.accidents.tests.steps import (
    ANSWERS,
    NAME,
    approved,
    claims,
    draft,
    victim,
)
from safelane.core.errors import NotPermitted, SignInNeeded
from safelane.core.history.models import Change
from safelane.core.protect.fields import protected_fields
from safelane.core.protect.installation import reseal_all
from safelane.core.scope import system_actor
from safelane.countries import load_pack

pytestmark = pytest.mark.django_db
REASON = "Referral to the prosthetic workshop in Ganja."


def raw_rows():
    """Return the text of both tables as it lies in the database."""
    texts = []
    with connection.cursor() as cursor:
        for model in (Victim, VictimIdentity):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            texts += [str(row) for row in cursor.fetchall()]
    return " ".join(texts)


def test_identity_and_health_data_are_sealed_in_the_database(azerbaijan):
    stored = raw_rows()
    for secret in (NAME, "+994", "lost_leg", "walking"):
        assert secret not in stored
    assert VictimIdentity.objects.get().name == NAME
    assert Victim.objects.get().injuries == ["legs", "lost_leg"]


def test_sealed_fields_cannot_be_searched(azerbaijan):
    with pytest.raises(FieldError, match="cannot be searched"):
        VictimIdentity.objects.filter(name=NAME).exists()
    assert VictimIdentity.objects.filter(name__isnull=False).exists()


def test_identity_opens_for_a_reason_that_is_written_down(cast, azerbaijan):
    person = Victim.objects.get()
    known = reveal_victim(person, REASON, by=cast.actor("aysel"))
    assert known["name"] == NAME and known["address"] == ""
    change = Change.objects.get(verb="victim.reveal")
    assert change.reason == REASON
    assert change.actor_name == "Aysel Mammadova"
    assert NAME not in change.after + change.before + change.object_label


@pytest.mark.parametrize("reason", ["", "   ", "because"])
def test_no_reason_no_identity(cast, azerbaijan, reason):
    with pytest.raises(ReasonNeeded):
        reveal_victim(Victim.objects.get(), reason, by=cast.actor("aysel"))
    assert not Change.objects.filter(verb="victim.reveal").exists()


@pytest.mark.parametrize(
    "person",
    ["rauf", "gunay", "farid", "noy", "bounmy", "chan", "dara", "eve", "petra"],
)
def test_nobody_else_opens_an_identity(cast, azerbaijan, person):
    with pytest.raises(NotPermitted):
        reveal_victim(Victim.objects.get(), REASON, by=cast.actor(person))


def test_a_token_opens_no_identity(cast, azerbaijan):
    token = replace(cast.actor("aysel"), kind="token")
    with pytest.raises(NotPermitted):
        reveal_victim(Victim.objects.get(), REASON, by=token)
    assert not Change.objects.filter(verb="victim.reveal").exists()


def test_public_is_asked_to_sign_in(cast, azerbaijan):
    with pytest.raises(SignInNeeded):
        reveal_victim(Victim.objects.get(), REASON, by=cast.actor("nobody"))


def test_who_refused_is_not_named(cast):
    refused = victim(consent="refused")
    with pytest.raises(ConsentRefused, match="Victim 1"):
        draft(cast, "azo", claims("B", victims=(refused,)))
    unnamed = victim(consent="refused", identity=None)
    approved(cast, "azo", claims("B", victims=(unnamed,)))
    assert not VictimIdentity.objects.exists()


def test_draft_keeps_an_identity_that_is_not_given_anew(cast):
    from safelane.accidents.tests.steps import update_report

    report, rauf = draft(cast, "azo", claims("B")), cast.actor("rauf")
    update_report(report, claims("B", victims=(victim(identity=None),)), by=rauf)
    assert VictimIdentity.objects.get().name == NAME
    other = victim(identity={"name": "Other"})
    update_report(report, claims("B", victims=(other,)), by=rauf)
    assert VictimIdentity.objects.get().name == "Other"
    more = victim(identity={"telephone": "020 55"})
    update_report(report, claims("B", victims=(more,)), by=rauf)
    found = VictimIdentity.objects.get()
    assert (found.name, found.telephone) == ("Other", "020 55")
    update_report(report, claims("B", victims=(victim(2),)), by=rauf)
    assert [v.number for v in report.victims.all()] == [2]


def test_everything_is_sealed_anew_after_the_secret_changed(azerbaijan, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret", [old]
    done = reseal_all(by=system_actor())
    assert done["accidents.victim"] == done["protect.rowkey"] == 1
    assert not any(reseal_all(by=system_actor()).values())
    settings.SECRET_KEY_FALLBACKS = []
    assert VictimIdentity.objects.get().name == NAME
    assert Victim.objects.get().wgss == ANSWERS


def test_protected_fields_are_known():
    names = {model.__name__: set(fields) for model, fields in protected_fields()}
    assert names["Victim"] == {"wgss", "injuries"}
    assert names["RowKey"] == {"sealed"}
    sealed = {field.name for field in VictimIdentity.sealed_fields()}
    assert {"name", "address", "notes"} <= sealed


@pytest.mark.parametrize(
    ("answers", "age", "flag"),
    [
        (ANSWERS, 34, True),
        (ANSWERS | {"walking": "some"}, 34, False),
        (ANSWERS | {"walking": "cannot"}, None, True),
        (ANSWERS, 4, None),  # children under five need the child module
        ({"seeing": "some"}, 34, None),  # not all questions answered
        ({"seeing": "a_lot"}, 34, True),
        ({}, 34, None),
    ],
)
def test_disability_is_derived_from_the_answers(answers, age, flag):
    assert has_disability(answers, age, load_pack("laos")) is flag


@pytest.mark.parametrize(
    ("age", "group"),
    [
        (0, "age_0_4"),
        (4, "age_0_4"),
        (17, "age_12_17"),
        (18, "age_18_39"),
        (99, "age_60"),
        (None, "unknown"),
    ],
)
def test_age_groups(age, group):
    assert age_group_of(age, load_pack("azerbaijan")) == group
