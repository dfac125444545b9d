"""Build the demo workspace; run again, it goes on where it was stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils import timezone

from safelane.accidents.actions import publish_due
from safelane.core.scope import Actor, system_actor
from safelane.demo.build.accidents import build_accidents
from safelane.demo.build.files import build_export, build_files, is_filed
from safelane.demo.build.ground import build_ground
from safelane.demo.build.mark import claim_workspace, write_mark
from safelane.demo.build.people import (
    build_agreements,
    build_belongings,
    build_organisations,
    build_people,
)
from safelane.demo.build.priorities import build_priorities
from safelane.demo.build.register import build_register, signs_by_hazard
from safelane.demo.build.review import build_reviews, is_reviewed
from safelane.demo.build.workspace import Progress, Silent, Workspace
from safelane.demo.world import DEFAULT_SEED, World
from safelane.organisations.actions import sync_roles


@dataclass(frozen=True, slots=True)
class Built:
    """What stands in the workspace after building."""

    seed: int
    size: str
    was_there: bool


def build_demo(
    *,
    by: Actor | None = None,
    seed: int = DEFAULT_SEED,
    size: str = "full",
    progress: Progress | None = None,
) -> Built:
    """Generate the world of ``seed`` and load it through the actions of the product.

    Every step leaves out what exists, so that a run that was stopped can be repeated.

    Raises:
        WorkspaceInUse: The workspace holds records that are not of a demo.
        OtherDemo: It holds a demo of another seed or size.
    """
    mark = claim_workspace(seed, size)
    if mark.is_complete:
        return Built(seed, size, was_there=True)
    actor = by or system_actor("Demo")
    _fill(Workspace(World(seed, size), actor, progress or Silent()))
    write_mark(replace(mark, is_complete=True))
    return Built(seed, size, was_there=False)


def _fill(workspace: Workspace) -> None:
    sync_roles(by=workspace.by)
    build_ground(workspace)
    build_organisations(workspace)
    build_people(workspace)
    build_agreements(workspace)
    _build_land(workspace)
    build_accidents(workspace)
    publish_due(timezone.now())
    build_priorities(workspace)
    build_belongings(workspace)
    build_export(workspace)


def _build_land(workspace: Workspace) -> None:
    workspace.progress.start(None, "Generating the world")
    hazards = workspace.world.hazards
    signs = signs_by_hazard(workspace.world.evidence)
    workspace.progress.done(f"World of seed {workspace.world.seed} generated")
    mine = [hazard for hazard in hazards if not is_filed(hazard)]
    bulk = [hazard for hazard in mine if not is_reviewed(hazard)]
    build_register(workspace, bulk, signs)
    build_files(workspace, hazards, signs)
    build_reviews(workspace, mine, signs)
