"""Rules and parameters with their dates: read, checked and merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from safelane.core.domain import house
from safelane.countries.pack import Parameter, Rule
from safelane.countries.reading import Node, read_yaml

RULE_KEYS = (
    "key",
    "clause",
    "title",
    "wording",
    "severity",
    "subject",
    "valid_from",
    "valid_to",
    "parameters",
    "confirm",
    "note",
)
PARAMETER_KEYS = (
    "key",
    "value",
    "unit",
    "source",
    "valid_from",
    "valid_to",
    "confirm",
    "note",
)
SEVERITIES = ("block", "warn")


class Keyed(Protocol):
    """Something with a key and dates."""

    @property
    def key(self) -> str: ...

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


K = TypeVar("K", bound=Keyed)
K_co = TypeVar("K_co", bound=Keyed, covariant=True)


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Read ``rules.yaml`` of a pack; none when the file is missing.

    Raises:
        BadPack: A rule cannot be used, or two versions hold on the same day.
    """
    return tuple(_dated(folder / "rules.yaml", _read_rule))


def read_parameters(folder: Path) -> tuple[Parameter, ...]:
    """Read ``parameters.yaml`` of a pack; none when the file is missing.

    Raises:
        BadPack: A parameter cannot be used, or two versions hold on the same day.
    """
    return tuple(_dated(folder / "parameters.yaml", _read_parameter))


def merge_dated(base: Iterable[K], country: Iterable[K]) -> tuple[K, ...]:
    """Return both; a key that the country names is the country's alone."""
    own = tuple(country)
    named = {item.key for item in own}
    return (*(item for item in base if item.key not in named), *own)


def _dated(path: Path, read: Reader[K]) -> Iterator[K]:
    if not path.exists():
        return
    seen: list[K] = []
    for row in read_yaml(path).rows():
        item = read(row)
        if any(_clash(item, other) for other in seen):
            raise row.fault(f"two versions of “{item.key}” hold on the same day.")
        seen.append(item)
    yield from seen


class Reader(Protocol[K_co]):
    """Makes one item of a row."""

    def __call__(self, row: Node, /) -> K_co: ...


def _clash(one: Keyed, other: Keyed) -> bool:
    if one.key != other.key:
        return False
    first, second = sorted((one, other), key=lambda i: i.valid_from or date.min)
    return first.valid_to is None or first.valid_to > (second.valid_from or date.min)


def _read_rule(row: Node) -> Rule:
    row.only(*RULE_KEYS)
    severity, begin = row.text("severity"), row.day("valid_from")
    if severity not in SEVERITIES:
        raise row.fault(f"severity must be block or warn, not {severity!r}.")
    if begin is None:
        raise row.fault("“valid_from” is missing.")
    subject = row.text("subject")
    if subject not in house().rule_subjects:
        known = ", ".join(house().rule_subjects)
        raise row.fault(f"subject must be one of {known}, not {subject!r}.")
    parameters = {}
    if row.has("parameters"):
        parameters = {key: node.value for key, node in row.get("parameters").items()}
    return Rule(
        key=row.text("key"),
        clause=row.text("clause"),
        titles=row.names("title"),
        wording=row.text("wording"),
        severity=severity,
        valid_from=begin,
        valid_to=_end(row, begin),
        parameters=parameters,
        confirm=row.flag("confirm"),
        note=row.text("note", ""),
        subject=subject,
    )


def _read_parameter(row: Node) -> Parameter:
    row.only(*PARAMETER_KEYS)
    begin = row.day("valid_from")
    return Parameter(
        key=row.text("key"),
        value=row.get("value").value,
        unit=row.text("unit", ""),
        source=row.text("source"),
        valid_from=begin,
        valid_to=_end(row, begin or date.min),
        confirm=row.flag("confirm"),
        note=row.text("note", ""),
    )


def _end(row: Node, begin: date) -> date | None:
    end = row.day("valid_to")
    if end is not None and end <= begin:
        raise row.fault("“valid_to” must lie after “valid_from”.")
    return end
