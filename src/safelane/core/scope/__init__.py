"""Who sees what: actors, policies, and the one door to rows."""

from safelane.core.scope.actor import PUBLIC as PUBLIC
from safelane.core.scope.actor import Actor as Actor
from safelane.core.scope.actor import Grant as Grant
from safelane.core.scope.actor import Precision as Precision
from safelane.core.scope.actor import system_actor as system_actor
from safelane.core.scope.policy import EVERYTHING as EVERYTHING
from safelane.core.scope.policy import NOTHING as NOTHING
from safelane.core.scope.policy import ScopePolicy as ScopePolicy
from safelane.core.scope.querysets import ScopedQuerySet as ScopedQuerySet
