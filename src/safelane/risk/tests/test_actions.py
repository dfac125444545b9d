import json

import pytest
from shapely.geometry import box

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.chain import verify
from safelane.core.history.models import Change
from safelane.core.scope import system_actor
from safelane.engines.surveyprior.lattice import to_wgs84
from safelane.engines.surveyprior.tests.toy import EPSG, X0, Y0, record_inputs
from safelane.organisations.actions import grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, Role
from safelane.organisations.queries import actor_for_user
from safelane.risk.actions import note_export, reweigh_prior
from safelane.risk.models import RankedUnit, SurveyPrior
from safelane.risk.queries import prior_for
from safelane.risk.tests.conftest import save_toy

pytestmark = pytest.mark.django_db
WEIGHTS = {"intensity": 20.0, "people": 60.0, "places": 20.0}


def test_a_run_keeps_what_it_was_made_from(prior):
    assert prior.created_by_name == "Noy Sisavath"
    assert prior.account["read"] == {"records": 61, "target_months": 4}
    assert prior.config["seed"] and prior.versions["safelane"]
    assert prior.missing_layers == ["rivers", "surveyed"]
    assert sum(prior.weights.values()) == pytest.approx(1)
    assert prior.counts["unit"] == 8


def test_units_are_stored_with_rank_interval_and_reasons(prior):
    first = prior.ranked.get(level="unit", rank=1)
    assert first.code == "TY-48N-0500-2000"
    assert first.context["near"]["place"] == "Place p1"
    assert first.reasons[0]["key"] == "records:intensity"
    assert first.rank_low <= 1 <= first.rank_high
    assert first.geometry.is_valid


def test_unknown_numbers_are_null_never_nothing(prior):
    unknown = prior.ranked.get(level="community", code="p3")
    assert unknown.partial
    assert unknown.layers["people"] is None and unknown.facts["people"] is None


def test_a_run_stands_in_the_history(prior):
    change = Change.objects.get(verb="prior.run")
    assert change.object_id == str(prior.uid)
    assert json.loads(change.after)["weights"] == prior.weights
    assert verify().holds


def test_other_weights_make_another_run_with_its_reason(prior, actors):
    new = reweigh_prior(prior, WEIGHTS, "People first", by=actors["vanh"])
    assert new.rerun_of == prior and new.reason == "People first"
    assert new.created_by_name == "Vanh Keola"
    assert new.weights == pytest.approx(
        {"intensity": 0.2, "people": 0.6, "places": 0.2}
    )
    assert new.ranked.count() == prior.ranked.count()
    assert SurveyPrior.objects.get(pk=prior.pk).weights == prior.weights


def test_the_same_weights_give_the_same_ranking(prior, actors):
    new = reweigh_prior(prior, prior.weights, "Check", by=actors["noy"])
    assert dict(new.ranked.values_list("code", "rank")) == dict(
        prior.ranked.values_list("code", "rank")
    )
    scores = dict(prior.ranked.values_list("code", "score"))
    for code, score in new.ranked.values_list("code", "score"):
        assert score == pytest.approx(scores[code], abs=1e-9)


def test_ground_surveyed_meanwhile_falls_back(prior, actors, cast):
    from django.utils import timezone

    from safelane.hazards.models import HazardousArea

    done = to_wgs84(box(X0, Y0, X0 + 5_000, Y0 + 5_000), EPSG)
    HazardousArea.objects.create(
        reference="LA-1",
        organisation=cast.organisations["laa"],
        country=cast.countries["laos"],
        kind="cha",
        geometry=done,
        updated_at=timezone.now(),
    )
    new = reweigh_prior(prior, prior.weights, "After survey", by=actors["noy"])
    unit = new.ranked.get(level="unit", code="TY-48N-0500-2000")
    assert unit.facts["surveyed"] == pytest.approx(1, abs=1e-3)
    assert unit.score == pytest.approx(0, abs=1e-3) and unit.rank > 1
    assert "surveyed" not in new.missing_layers


@pytest.mark.parametrize(
    "weights, reason",
    [
        (WEIGHTS, "  "),
        ({"luck": 1.0}, "Luck"),
        ({"intensity": 0.0}, "Nothing"),
        ({"intensity": -1.0, "people": 2.0}, "Less than nothing"),
    ],
)
def test_weights_without_sense_or_reason_are_refused(prior, actors, weights, reason):
    with pytest.raises(InvalidInput):
        reweigh_prior(prior, weights, reason, by=actors["noy"])
    assert SurveyPrior.objects.count() == 1


@pytest.mark.parametrize("who", ["aysel", "bounmy", "chan", "dara", "eve"])
def test_only_those_who_plan_there_may_run(prior, actors, who):
    with pytest.raises(NotPermitted):
        reweigh_prior(prior, WEIGHTS, "Mine", by=actors[who])
    assert SurveyPrior.objects.count() == 1


def test_a_role_for_one_area_sees_a_ranking_and_makes_none(prior, cast):
    user, area = cast.users["eve"], AdminArea.objects.get(code="laos-10")
    role, home = Role.objects.get(code="operations_officer"), prior.organisation
    grant_membership(user, home, role, Term(area=area), by=system_actor())
    planner = actor_for_user(user)
    assert planner.may("prior.run") and prior_for(planner, str(prior.uid)) == prior
    with pytest.raises(NotPermitted):
        reweigh_prior(prior, WEIGHTS, "Mine", by=planner)
    with pytest.raises(NotPermitted):
        save_toy(cast, record_inputs(), by=planner)
    assert SurveyPrior.objects.count() == 1


def test_taking_a_run_out_is_noted(prior, actors):
    note_export(prior, "csv", by=actors["noy"])
    assert Change.objects.filter(verb="prior.export").count() == 1
    with pytest.raises(NotPermitted):
        note_export(prior, "csv", by=actors["aysel"])


def test_a_fault_while_saving_leaves_nothing(cast, monkeypatch):
    from safelane.risk import actions
    from safelane.risk.tests.conftest import record_inputs, save_toy

    def fail(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(actions, "record", fail)
    with pytest.raises(RuntimeError):
        save_toy(cast, record_inputs())
    assert not SurveyPrior.objects.exists() and not RankedUnit.objects.exists()
