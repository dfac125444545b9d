"""What a process keeps: by use, by size, for so long."""

from safelane.core.cache import Cache


def test_the_cache_stays_within_its_bytes():
    cache = Cache(3_000, weigh=lambda tile: len(tile) + 500)
    made = []

    def make(n):
        made.append(n)
        return b"x" * 400

    for n in (1, 2, 3, 1, 4, 5, 1):
        cache.get(n, lambda n=n: make(n))
    assert made == [1, 2, 3, 4, 5]
    cache.clear()
    cache.get(1, lambda: make(1))
    assert made[-1] == 1 and len(made) == 6


def test_an_old_value_is_made_anew_and_a_fault_is_not_kept():
    cache = Cache(2, seconds=0.0)
    made = iter(range(9))
    assert [cache.get("a", lambda: next(made)) for _ in range(2)] == [0, 1]
    cache.seconds = 60.0
    assert cache.get("a", lambda: next(made)) == 1
    for key in ("b", "c"):
        cache.get(key, lambda: next(made))
    assert cache.get("a", lambda: next(made)) == 4
