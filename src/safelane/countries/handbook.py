"""The table of rules in the handbook, made from the packs so that it cannot rot.

``python -m safelane.countries.handbook docs/field/rules.md`` writes it anew.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

from safelane.countries.loader import available_packs, load_pack
from safelane.countries.pack import Rule

BEGIN, END = "<!-- rules begin -->", "<!-- rules end -->"


def rules_text() -> str:
    """Return the rules of all packs as Markdown, one section per rule."""
    return "\n".join(_sections()).strip()


def _sections() -> Iterator[str]:
    found = list(_versions())
    for key in sorted({rule.key for _pack, rule in found}):
        versions = [(pack, rule) for pack, rule in found if rule.key == key]
        first = versions[0][1]
        title = f"{first.titles['en']} ({first.subject})"
        yield f"\n### {key}\n\n{title}. {first.wording}\n"
        yield "| pack | from | until | severity | clause | parameters | |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        for pack, rule in versions:
            yield _row(pack, rule)


def _versions() -> Iterator[tuple[str, Rule]]:
    """Yield (pack, rule); a rule that all packs share stands under ``all``."""
    packs = [load_pack(name) for name in available_packs()]
    shared = set.intersection(*({_identity(r) for r in p.all_rules} for p in packs))
    for rule in packs[0].all_rules:
        if _identity(rule) in shared:
            yield "all", rule
    for pack in packs:
        for rule in pack.all_rules:
            if _identity(rule) not in shared:
                yield pack.code, rule


def _identity(rule: Rule) -> str:
    return repr(rule)


def _row(pack: str, rule: Rule) -> str:
    begin = rule.valid_from.isoformat() if rule.valid_from.year > 1900 else "always"
    end = rule.valid_to.isoformat() if rule.valid_to else "now"
    note = "to be confirmed by the national authority" if rule.confirm else ""
    cells = (
        pack,
        begin,
        end,
        rule.severity,
        rule.clause,
        _words(rule.parameters),
        note,
    )
    return f"| {' | '.join(cells)} |"


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(item)}" for name, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value) if value else "none"


def with_rules(page: str) -> str:
    """Return the page with the table between its two marks."""
    before, _mark, rest = page.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}\n{rules_text()}\n{END}{after}"


def main(path: Path) -> None:
    """Write the table into a page."""
    path.write_text(with_rules(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelane.config.settings")
    django.setup()
    main(Path(sys.argv[1]))
