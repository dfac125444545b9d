"""What a rule found, with the version of the rule that found it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import override

from safelane.core.review.findings import Ref, in_words
from safelane.countries.errors import UnknownRule
from safelane.countries.pack import Rule

WARN = "warn"
Text = str | Promise
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Count:
    """How many recorded things a breach counts.

    Args:
        name: Which of the breach's values is this number.
        own: How many the report itself has.
        rows: References of the recorded ones.
        at_least: The breach stands while fewer are known; 0 where it stands for any.
    """

    name: str
    own: int = 0
    rows: tuple[Ref, ...] = ()
    at_least: int = 0

    @property
    def stands(self) -> bool:
        number = self.own + len(self.rows)
        return number < self.at_least if self.at_least else number > 0

    def as_json(self) -> dict[str, Any]:
        rows = [list(ref) for ref in self.rows]
        own = {"name": self.name, "own": self.own, "at_least": self.at_least}
        return own | {"rows": rows}


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule's complaint before it is dressed with the rule's own data.

    Args:
        message: What is wrong and what to do; may hold ``%(name)s`` of ``values``.
        values: Figures behind the message, JSON-serialisable.
        where: Longitude and latitude, or the name of the fact, if there is one.
        about: Records beside the report without which it could not be said.
        counted: What is counted, where recorded things are.
    """

    message: Text
    values: Mapping[str, Any] = field(default_factory=dict)
    where: str | tuple[float, float] | None = None
    about: tuple[Ref, ...] = ()
    counted: Count | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of one version of one rule.

    A finding is kept as it was: a later change of the rule has another version and
    does not touch it.

    Args:
        rule: Key of the rule in the country pack.
        clause: Clause of the standard that the rule follows.
        rule_version: ``<key>@<first day in force>``.
        severity: ``block`` or ``warn``.
        template: Translatable text with ``%(name)s`` of ``values``.
        about, counted: As in :class:`Breach`.
        doubts: Of the sentence on what is recorded nearby: the rules it might change.
    """

    rule: str
    clause: str
    rule_version: str
    severity: str
    template: Text
    where: str | tuple[float, float] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[Ref, ...] = ()
    counted: Count | None = None
    doubts: tuple[str, ...] | None = None

    @property
    def message(self) -> str:
        """Return what is wrong and what to do, in the active language."""
        return str(self.template) % in_words(self.values)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept; ``core.review.findings`` puts it into words."""
        kept: dict[str, Any] = {
            "rule": self.rule,
            "clause": self.clause,
            "rule_version": self.rule_version,
            "severity": self.severity,
            "msgid": _msgid(self.template),
            "where": list(self.where) if isinstance(self.where, tuple) else self.where,
            "values": dict(self.values),
        }
        if self.about:
            kept["about"] = [list(ref) for ref in self.about]
        if self.counted is not None:
            kept["counted"] = self.counted.as_json()
        if self.doubts is not None:
            kept["doubts"] = list(self.doubts)
        return kept


def _msgid(template: Text) -> str:
    with override(None):  # the text as written in the code
        return str(template)


def ask_rules(
    rules: Iterable[Rule],
    checks: Mapping[str, Callable[[F, Rule], Iterable[Breach]]],
    facts: F,
) -> list[Finding]:
    """Return what the rules find in the facts, in the order of the rules.

    Among them are findings that do not stand for who sees everything, since somebody
    who sees less of what they count would be told of them. What stands, and what comes
    first, is said for one reader at a time.

    Raises:
        UnknownRule: No check stands for a rule; none is passed over in silence.
    """
    return [
        _finding(rule, breach)
        for rule in rules
        for breach in _check_of(rule, checks)(facts, rule)
    ]


def _check_of(
    rule: Rule, checks: Mapping[str, Callable[[F, Rule], Iterable[Breach]]]
) -> Callable[[F, Rule], Iterable[Breach]]:
    if rule.key not in checks:
        raise UnknownRule(f"No check stands for the rule “{rule.key}”.")
    return checks[rule.key]


def _finding(rule: Rule, breach: Breach) -> Finding:
    return Finding(
        rule=rule.key,
        clause=rule.clause,
        rule_version=rule.version,
        severity=rule.severity,
        template=breach.message,
        where=breach.where,
        values=breach.values,
        about=breach.about,
        counted=breach.counted,
    )
