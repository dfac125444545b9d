"""What one process keeps in memory, by one rule.

Nothing that several serving processes must share stands here: the key of what may
change names the state of the database.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """Values by key, least recently used first out.

    Args:
        most: How much is kept: so many values, or so much of what ``weigh`` returns.
        seconds: How long a value counts; None lets it stay.
    """

    def __init__(
        self,
        most: int,
        *,
        seconds: float | None = None,
        weigh: Callable[[V], int] = lambda _value: 1,
    ) -> None:
        self.seconds, self._most, self._weigh = seconds, most, weigh
        self._kept: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of ``key``, made now if it is not at hand."""
        now = monotonic()
        with self._lock:
            since, *found = self._kept.get(key, (now,))
            if found and (self.seconds is None or now - since < self.seconds):
                self._kept.move_to_end(key)
                return found[0]
        value = make()
        with self._lock:
            self._drop(key)
            self._kept[key] = (now, value)
            self._weight += self._weigh(value)
            while self._weight > self._most:
                self._drop(next(iter(self._kept)))
        return value

    def clear(self) -> None:
        """Forget every value."""
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def _drop(self, key: Hashable) -> None:
        if key in self._kept:
            self._weight -= self._weigh(self._kept.pop(key)[1])
