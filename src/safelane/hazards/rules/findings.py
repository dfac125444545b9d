"""What a rule found, with the version of the rule that found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

BLOCK = "block"
WARN = "warn"
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule's complaint before it is dressed with the rule's own data.

    Args:
        message: What is wrong and what to do; may hold ``%(name)s`` of ``values``.
        values: Figures behind the message, JSON-serialisable.
        where: Longitude and latitude, or the name of the fact, if there is one.
    """

    message: Text
    values: Mapping[str, Any] = field(default_factory=dict)
    where: str | tuple[float, float] | None = None


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
    """

    rule: str
    clause: str
    rule_version: str
    severity: str
    template: Text
    where: str | tuple[float, float] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        return self.severity == BLOCK

    @property
    def message(self) -> str:
        """Return what is wrong and what to do, in the active language."""
        return str(self.template) % dict(self.values)

    def as_json(self) -> dict[str, Any]:
        """Return plain data; ``msgid`` lets readers see it in their own language."""
        return {
            "rule": self.rule,
            "clause": self.clause,
            "rule_version": self.rule_version,
            "severity": self.severity,
            "message": self.message,
            "msgid": _msgid(self.template),
            "where": list(self.where) if isinstance(self.where, tuple) else self.where,
            "values": dict(self.values),
        }


def _msgid(template: Text) -> str:
    with override(None):  # the text as written in the code
        return str(template)
