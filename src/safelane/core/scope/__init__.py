"""Who sees what: actors, policies, and the one door to rows."""

from safelane.core.scope.actor import PUBLIC, Actor, Grant, Precision, system_actor
from safelane.core.scope.policy import EVERYTHING, NOTHING, ScopePolicy
from safelane.core.scope.querysets import ScopedQuerySet

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "PUBLIC",
    "Actor",
    "Grant",
    "Precision",
    "ScopePolicy",
    "ScopedQuerySet",
    "system_actor",
]
