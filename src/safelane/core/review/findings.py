"""What the rules found, kept whole and told only as far as a reader may see.

Rules judge with everything that is recorded. What they find is kept with *references*
to the records that it speaks of, and is put into words for one reader at a time, when
it is shown: from the records that this reader may see exactly, and from the report's
own facts. Of all others a reader is told one sentence without name, number or position.
That sentence, and what blocks for somebody who may not see it all, follow from a fixed
coarse grid: no repeated draft narrows anything down further.

A kept finding is plain JSON:

``rule``, ``clause``, ``rule_version``, ``severity``, ``msgid``, ``values``, ``where``
    as the rule said it.
``about``
    References (model label, key) that a reader must see to be told.
``counted``
    ``{"name", "own", "rows", "at_least"}``: the value ``name`` is how many of ``rows``
    a reader sees and the report has itself (``own``). With ``at_least`` the finding
    stands while they are fewer; without, where there is any.
``doubts``
    Only in the sentence on what is recorded nearby: the rules that it might change. It
    stands for readers who do *not* see all that it is ``about``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext

from safelane.core.i18n.localize import told_day
from safelane.core.scope import Actor, Precision

Ref = tuple[str, int]
Kept = Mapping[str, Any]
BLOCK = "block"
GROUPED_FROM = 10_000  # a year or a small number stands as it is


def references(findings: Iterable[Kept]) -> set[Ref]:
    """Return every record that kept findings speak of."""
    return {
        (label, key)
        for finding in findings
        for label, key in (
            *finding.get("about", ()),
            *finding.get("counted", {}).get("rows", ()),
        )
    }


def seen_exactly(actor: Actor, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Return those of the records that the actor may see as exactly as they are."""
    keys: dict[str, list[int]] = defaultdict(list)
    for label, key in refs:
        keys[label].append(key)
    seen: set[Ref] = set()
    for label, asked in keys.items():
        rows = apps.get_model(label).objects.visible_to(actor)
        exact = rows.filter(pk__in=asked, precision=Precision.EXACT)
        seen |= {(label, key) for key in exact.values_list("pk", flat=True)}
    return frozenset(seen)


class Everything:
    """All records: what somebody sees from whom nothing is kept."""

    def __contains__(self, _ref: object) -> bool:
        return True


def all_seen(
    actor: Actor, country_id: int, rows: Iterable[QuerySet[Any]]
) -> Container[Ref]:
    """Return those of very many records that the actor may see exactly.

    Args:
        rows: All that findings may speak of, each of one country.
    """
    every: Any = list(rows)
    if all(of.model.policy.opens_country(actor, country_id) for of in every):
        return Everything()
    seen: set[Ref] = set()
    for of in every:
        exact = of.visible_to(actor).filter(precision=Precision.EXACT)
        label = of.model._meta.label
        seen.update((label, key) for key in exact.values_list("pk", flat=True))
    return frozenset(seen)


def tell(findings: Sequence[Kept], actor: Actor) -> list[dict[str, Any]]:
    """Return what a reader is told of kept findings, in the active language."""
    return tell_all([findings], actor)[0]


def tell_all(
    many: Sequence[Sequence[Kept]], actor: Actor
) -> list[list[dict[str, Any]]]:
    """Return what a reader is told of the findings of several reports."""
    refs = references(finding for findings in many for finding in findings)
    seen = seen_exactly(actor, refs)
    return [told(findings, seen) for findings in many]


def told(findings: Iterable[Kept], seen: Container[Ref]) -> list[dict[str, Any]]:
    """Return the findings that stand for who sees these records, in words.

    What blocks comes first, then by rule, place and words: the order in which findings
    were kept may hang on records out of reach.
    """
    kept = list(findings)
    doubted = _doubted(kept, seen)
    said = [_in_words(f, seen, doubted) for f in kept if _stands(f, seen)]
    # One sentence on what is out of reach, whatever it is.
    once = [f for i, f in enumerate(said) if f not in said[:i]]
    return sorted(
        once,
        key=lambda f: (
            f["severity"] != BLOCK,
            f["rule"],
            str(f["where"]),
            f["message"],
        ),
    )


def blocking(findings: Iterable[Kept], seen: Container[Ref]) -> list[Kept]:
    """Return what keeps a report from being submitted by who sees these records.

    What a record out of reach might change does not block: whoever approves sees it.
    """
    kept = list(findings)
    doubted = _doubted(kept, seen)
    return [f for f in kept if _stands(f, seen) and _blocks(f, doubted)]


def undecided(findings: Iterable[Kept], seen: Container[Ref]) -> bool:
    """Say whether a rule that blocks hangs on records that this actor may not see."""
    kept = list(findings)
    doubted = _doubted(kept, seen)
    return any(
        f["severity"] == BLOCK and (f["rule"] in doubted or not _sees_all(f, seen))
        for f in kept
    )


def _doubted(findings: Iterable[Kept], seen: Container[Ref]) -> set[str]:
    return {
        rule
        for finding in findings
        if not _sees_all(finding, seen)
        for rule in finding.get("doubts", ())
    }


def _sees_all(finding: Kept, seen: Container[Ref]) -> bool:
    return all((label, key) in seen for label, key in finding.get("about", ()))


def _stands(finding: Kept, seen: Container[Ref]) -> bool:
    if "doubts" in finding:
        return not _sees_all(finding, seen)
    if not _sees_all(finding, seen):
        return False
    counted = finding.get("counted")
    if not counted:
        return True
    known = _known(counted, seen)
    return bool(known < counted["at_least"] if counted["at_least"] else known)


def _known(counted: Mapping[str, Any], seen: Container[Ref]) -> int:
    rows = sum((label, key) in seen for label, key in counted["rows"])
    return int(counted["own"]) + rows


def _blocks(finding: Kept, doubted: set[str]) -> bool:
    # It may stand only because something was not found that is out of reach.
    is_missing = finding.get("counted", {}).get("at_least")
    doubtful = is_missing and finding["rule"] in doubted
    return finding["severity"] == BLOCK and not doubtful


def _in_words(finding: Kept, seen: Container[Ref], doubted: set[str]) -> dict[str, Any]:
    values = dict(finding.get("values", {}))
    if counted := finding.get("counted"):
        values[counted["name"]] = _known(counted, seen)
    sentence = finding["msgid"]
    return {
        "rule": finding["rule"],
        "clause": finding["clause"],
        "rule_version": finding["rule_version"],
        "severity": BLOCK if _blocks(finding, doubted) else "warn",
        "message": gettext(sentence) % in_words(values),
        "where": finding.get("where"),
        "values": values,
    }


def in_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a sentence: long numbers in groups of digits, and days."""
    return {
        name: number_format(value, force_grouping=True)
        if isinstance(value, int) and abs(value) >= GROUPED_FROM
        else told_day(value)
        for name, value in values.items()
    }
