"""The demo workspace, built at its small size through the product's own actions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from safelane.accidents.models import Accident, AccidentReport, Victim, VictimIdentity
from safelane.core.history.chain import verify
from safelane.core.review import stages
from safelane.core.scope import Actor, system_actor
from safelane.demo.build import build, build_demo, invite_people
from safelane.demo.build.errors import OtherDemo, WorkspaceInUse
from safelane.demo.build.files import is_filed
from safelane.demo.build.inputs import RESULTS
from safelane.demo.build.mark import mark_path, read_mark
from safelane.demo.world import World
from safelane.exchange.models import ImportRun
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardReport,
    SurveyBox,
)
from safelane.hazards.queries import current_boxes
from safelane.organisations.actions import create_organisation
from safelane.organisations.models import Agreement, SavedView, User
from safelane.organisations.queries import actor_for_user
from safelane.organisations.signin.queries import open_invitation
from safelane.risk.models import LEVELS, SurveyPrior

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> Actor:
    return system_actor("test")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def counts() -> dict[str, int]:
    hazards = (HazardousArea, HazardReport, Evidence, SurveyBox)
    models = (*hazards, Accident, AccidentReport, Victim)
    return {model.__name__: model.objects.count() for model in models}


def test_stopped_building_goes_on_and_ends_the_same(system, monkeypatch) -> None:
    def stop(workspace: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build, "build_accidents", stop)
        with pytest.raises(KeyboardInterrupt):
            build_demo(by=system, size="small")
    half = counts()
    assert half["HazardousArea"] > 40 and not half["Accident"]
    mark = read_mark()
    assert mark is not None and not mark.is_complete

    assert not build_demo(by=system, size="small").was_there
    whole = counts()
    assert whole["HazardReport"] == half["HazardReport"]
    assert build_demo(by=system, size="small").was_there
    assert counts() == whole
    check_workspace(World(size="small"))
    check_people()


def check_workspace(world: World) -> None:
    """Compare what stands in the register with the world, as a person would."""
    filed = [hazard for hazard in world.hazards if is_filed(hazard)]
    assert filed
    waiting = {
        report.key: report.stage
        for hazard in world.hazards
        for report in hazard.reports
        if hazard not in filed
    }
    stored = dict(
        HazardReport.objects.exclude(external_id__endswith="-sheet")
        .exclude(source="import")
        .values_list("external_id", "stage")
    )
    assert stored == waiting
    assert {stages.DRAFT, *stages.WAITING, stages.REJECTED} <= set(stored.values())
    states = {h.key: (h.kind, h.status) for h in world.hazards}
    for area in HazardousArea.objects.all():
        assert (area.kind, area.status) == states[area.reference]
    runs = ImportRun.objects.order_by("pk")
    assert [run.counts["rows"] - run.counts.get("faulty", 0) for run in runs] == [
        len(filed),
        sum(item.hazard in {h.key for h in filed} for item in world.evidence),
    ]
    assert runs[0].faults.filter(code="self_crossing").exists()
    pictured = Evidence.objects.filter(photo__isnull=False)
    assert pictured.count() == sum(bool(h.points) for h in world.hazards)
    assert Evidence.objects.count() == len(world.evidence)
    check_boxes(world)
    assert Accident.objects.filter(is_withdrawn=False).exists()
    refused = Victim.objects.filter(consent="refused")
    assert not VictimIdentity.objects.filter(victim__in=refused).exists()
    assert set(SurveyPrior.objects.values_list("kind", flat=True)) == {
        "records",
        "lines",
    }
    for prior in SurveyPrior.objects.all():
        ranked = {unit.level for unit in prior.ranked.all()}
        assert ranked == {name for name, _ in LEVELS}
        assert "Generated demo data" in " ".join(prior.notes)
    verdict = verify(None)
    assert verdict.holds


def check_boxes(world: World) -> None:
    """Every box of the world stands where it was made, with its newest result."""
    made = {
        f"{box.epsg - 32600}N-{box.column}-{box.row}": box
        for box in sorted(world.boxes(), key=lambda box: box.surveyed)
    }
    assert SurveyBox.objects.count() == len(list(world.boxes()))
    held = {box.grid_number: box for box in current_boxes(system_actor("test"))}
    assert held.keys() == made.keys()
    for number, box in held.items():
        assert box.result == RESULTS[made[number].colour]
        off = box.geometry.hausdorff_distance(made[number].geometry)
        assert off < 1e-6  # a tenth of a metre


def check_people() -> None:
    """The cast sees what its roles say."""
    seen = {
        name: HazardousArea.objects.visible_to(
            actor_for_user(User.objects.get(username=name))
        )
        for name in ("aysel", "bounmy", "chan", "dara", "una")
    }
    assert {area.country.pack for area in seen["aysel"]} == {"azerbaijan"}
    assert {area.organisation.short_name for area in seen["bounmy"]} == {"Lotus"}
    assert {area.precision for area in seen["una"]} >= {2}
    assert not seen["dara"].exists()
    assert Agreement.objects.count() == 4
    assert SavedView.objects.filter(user__username="aysel").count() == 2


def test_links_open_once_per_person(system) -> None:
    build_demo(by=system, size="small")
    people = invite_people(by=system)
    assert Counter(person.name for person in people)["Aysel Nümunəli"] == 1
    secrets = [person.path.rstrip("/").rpartition("/")[2] for person in people]
    assert all(open_invitation(secret) for secret in secrets)
    invite_people(by=system)
    assert not any(open_invitation(secret) for secret in secrets)


def test_a_workspace_with_records_is_left_alone(system) -> None:
    create_organisation("A real one", "Real", "ngo", country=None, by=system)
    with pytest.raises(WorkspaceInUse, match="SAFELANE_DATA_DIR"):
        build_demo(by=system, size="small")
    assert not mark_path().exists()


def test_another_demo_is_refused(system, monkeypatch) -> None:
    monkeypatch.setattr(build, "_fill", lambda workspace: None)
    build_demo(by=system, seed=1, size="small")
    with pytest.raises(OtherDemo, match="seed 1"):
        build_demo(by=system, seed=2, size="small")
