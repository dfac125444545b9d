"""What is told is what may be seen: no unscoped read feeds a message.

Rules judge with everything that is recorded, so their reads are not scoped. What they
find is therefore never put into words where it is read: it is kept with references, and
``core.review.findings`` words it for one reader. Elsewhere no function both reads rows
past the door and says something to a person, not even by a function of its module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Module, product_modules, templates
from tests.architecture.test_scope import HARMLESS, OPENING, chained, scoped_models

SAYING = {"_", "gettext", "ngettext", "pgettext"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
WRITING = {"create", "bulk_create", "update_or_create", "get_or_create"}
LOCKING = {"select_for_update"}  # of a row that the caller has asked the policy about
# Read, and why no word of it depends on rows that the person may not see.
ALLOWED = {
    "accidents/counts.py:cross_table": "refusals name what was asked for",
    "accidents/actions.py:forget_due": "a reason, not a message",
    "exchange/imports/outcome.py:end_with_its_job": "names no row",
    "exchange/imports/outcome.py:expire_imports": "names the days, no row",
    "hazards/queries.py:record_then": "that there was a state, to who sees it today",
    "organisations/queries.py:own_organisation": "no row is named",
    "core/audit/audit.py:audit": "for who runs the server",
    "core/audit/audit.py:_files": "for who runs the server",
    "core/jobs/actions.py:cancel_job": "the row was asked of the policy",
    "core/jobs/actions.py:retry_job": "the row was asked of the policy",
    "demo/build/mark.py:claim_workspace": "a workspace that holds nothing yet",
    "exchange/jobs.py:_carried_out": "the label of a link",
    "exchange/jobs.py:run_check": "the title of a job",
    "exchange/jobs.py:run_import": "the title of a job",
    "exchange/jobs.py:run_withdraw": "the title of a job",
    "exchange/actions.py:withdraw_import": "the run was asked of the policy",
    "organisations/signin/actions.py:_require_over": "no row is named",
    "organisations/signin/queries.py:actor_for_token": "the token's own",
}
# Where kept findings may be handled as they are.
KEEPERS = (
    "core/review/",
    "hazards/judging/",
    "hazards/actions/",
    "hazards/inputs.py",
    "hazards/exchange/imports.py",
    "countries/findings.py",
)
NAMES = {"findings"}


def functions(tree: ast.AST) -> dict[str, ast.FunctionDef]:
    return {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


def unscoped(node: ast.AST, models: set[str]) -> bool:
    """Say whether a function reads a model with a policy, not through its door."""
    parents = {c: n for n in ast.walk(node) for c in ast.iter_child_nodes(n)}
    for part in ast.walk(node):
        if not isinstance(part, ast.Attribute) or part.attr not in MANAGERS:
            continue
        if not isinstance(part.value, ast.Name) or part.value.id not in models:
            continue
        names = list(chained(part, parents))
        first = next((name for name in names if name not in HARMLESS), None)
        if first is not None and first not in OPENING | WRITING | LOCKING:
            return True
    return False


def says(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in SAYING
        for part in ast.walk(node)
    )


def reached(name: str, known: dict[str, ast.FunctionDef]) -> set[str]:
    """Return a function of a module and all that it calls there."""
    found, todo = set(), [name]
    while todo:
        current = todo.pop()
        if current in found:
            continue
        found.add(current)
        todo += [
            part.id
            for part in ast.walk(known[current])
            if isinstance(part, ast.Name) and part.id in known
        ]
    return found


def talkative(tree: ast.AST, models: set[str]) -> Iterator[str]:
    """Yield functions that say something and come to read rows past the door."""
    known = functions(tree)
    past_door = {name for name, node in known.items() if unscoped(node, models)}
    for name, node in known.items():
        if says(node) and reached(name, known) & past_door:
            yield name


def raw_findings(tree: ast.AST) -> Iterator[int]:
    """Yield reads of kept findings that are not handed to ``tell``."""
    parents = {c: n for n in ast.walk(tree) for c in ast.iter_child_nodes(n)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in NAMES:
            continue
        if not isinstance(node.ctx, ast.Load):
            continue
        parent = parents.get(node)
        told = isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name)
        if not (told and parent.func.id in ("tell", "tell_all")):
            yield node.lineno


def test_no_unscoped_read_feeds_a_message() -> None:
    models = scoped_models()
    found = {
        f"{module.name.removeprefix('src/safelane/')}:{name}"
        for module in product_modules()
        for name in talkative(module.tree, models)
    }
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set(), "gone by now"


def test_kept_findings_reach_people_only_by_being_told() -> None:
    found = [
        f"{module.name}:{line}"
        for module in product_modules()
        if not module.name.removeprefix("src/safelane/").startswith(KEEPERS)
        for line in raw_findings(module.tree)
    ]
    assert not found
    raw = re.compile(r"\b(report|row|item)\.findings\b")
    assert not [p for p in templates() if raw.search(p.read_text("utf-8"))]


def test_only_the_judge_gives_verdicts() -> None:
    """Nobody can write an approved row by claiming that it was judged."""
    found = {
        module.name.removeprefix("src/safelane/")
        for module in product_modules()
        if module.app == "hazards"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Verdict"
    }
    assert found == {"hazards/judging/judge.py"}


PLANTED = """
def check(report):
    near = nearest(report)
    raise RuleBroken(_("Too near to %s.") % near)

def nearest(report):
    return Area.objects.select_related("country").filter(pk=1).first()
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (PLANTED, ["check"]),
        (PLANTED.replace(".filter(", ".visible_to(by).filter("), []),
        (PLANTED.replace('_("Too', '("Too'), []),
        (PLANTED.replace("Area.objects", "Area._base_manager"), ["check"]),
    ],
)
def test_the_scanner_finds_a_planted_fault(text: str, names: list[str]) -> None:
    assert list(talkative(ast.parse(text), {"Area"})) == names


def test_the_scanner_finds_findings_that_are_shown_as_they_are() -> None:
    assert list(raw_findings(ast.parse("show(report.findings)"))) == [1]
    assert list(raw_findings(ast.parse("tell(report.findings, actor)"))) == []


def test_modules_are_read_at_all() -> None:
    assert any(isinstance(m, Module) and says(m.tree) for m in product_modules())
