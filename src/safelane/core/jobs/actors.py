"""The actor of a job: never more than at the start, never more than now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from safelane.core.scope import Actor, Grant, Precision, system_actor
from safelane.core.scope.actor import common_verbs

Resolver = Callable[[int], Actor]
_resolvers: list[Resolver] = []


def resolve_with(resolver: Resolver) -> None:
    """Set how an account's id becomes its actor of today; done once at start-up."""
    _resolvers[:] = [resolver]


def pack(actor: Actor) -> dict[str, Any]:
    """Return what an actor may do, as JSON."""
    return {
        "kind": actor.kind,
        "user_id": actor.user_id,
        "name": actor.name,
        "language": actor.language,
        "grants": [asdict(g) | {"verbs": sorted(g.verbs)} for g in actor.grants],
    }


def unpack(stored: dict[str, Any]) -> Actor:
    """Return the actor for a run: what the stored grants and those of today share."""
    if stored["kind"] == "system":
        return system_actor(stored["name"])
    if stored["user_id"] is None or not _resolvers:
        return Actor(kind=stored["kind"], name=stored["name"])
    today = _resolvers[0](stored["user_id"])
    then = [_unpack_grant(grant) for grant in stored["grants"]]
    both = [_shared(new, old) for new in today.grants for old in then]
    grants = tuple(grant for grant in both if grant is not None)
    return replace(today, kind=stored["kind"], grants=grants)


def _shared(new: Grant, old: Grant) -> Grant | None:
    """Return what two grants of the same rows both allow, at the coarser precision."""
    verbs = common_verbs(new.verbs, old.verbs)
    same = replace(new, verbs=old.verbs, precision=old.precision) == old
    if not verbs or not same:
        return None
    names = {name for grant in (new, old) for name, _level in grant.precision}
    precision = ((n, max(new.precision_of(n), old.precision_of(n))) for n in names)
    return replace(new, verbs=verbs, precision=tuple(sorted(precision)))


def _unpack_grant(stored: dict[str, Any]) -> Grant:
    precision = tuple((name, Precision(level)) for name, level in stored["precision"])
    return Grant(
        **{**stored, "verbs": frozenset(stored["verbs"]), "precision": precision}
    )
