"""Only actions write."""

import ast

from tests.architecture.sources import Module, product_modules

WRITES = {
    "save",
    "create",
    "bulk_create",
    "update_or_create",
    "get_or_create",
    "bulk_update",
    "delete",
}
ALLOWED_FOLDERS = {"migrations", "tests", "testing"}
# Reviewed: what these write is not a record of the programme, or they are the
# machinery that actions themselves stand on.
ALLOWED = {
    "src/safelane/core/history": "the chain itself",
    "src/safelane/core/review": "moving a report, on behalf of each app's actions",
    "src/safelane/cli/exchange.py": "the state of an import",
    "src/safelane/core/protect": "sealing the same text with a new secret",
    "src/safelane/exchange/imports": "the state of an import; rows by actions",
    "src/safelane/exchange/jobs.py": "the state of an import",
    "src/safelane/core/geo": "the geometry field's own index rows",
    "src/safelane/core/files": "content-addressed files and their rows",
    "src/safelane/core/jobs": "the state of running jobs",
    "src/safelane/core/backup": "restoring a backup",
    "src/safelane/core/health": "a probe file",
    "src/safelane/core/tiles": "cached tiles",
    "src/safelane/organisations/signin": "sessions, invitations, tokens, lock-outs",
}


def writes(module: Module):
    """Yield calls that look like a write to the database."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in WRITES and is_about_rows(node):
            yield f"{module.name}:{node.lineno} .{node.func.attr}()"
        if node.func.attr == "update" and is_queryset(node.func.value):
            yield f"{module.name}:{node.lineno} .update()"


def is_about_rows(call: ast.Call) -> bool:
    """Say whether a call is on a manager, a query set or a row, not on a document."""
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr in ("save", "delete"):
        return not call.args  # a document is saved *to* something
    return "objects" in ast.unparse(call.func.value)


def is_queryset(value: ast.expr) -> bool:
    text = ast.unparse(value)
    return ".objects." in text or ".filter(" in text or text.endswith(".all()")


def is_allowed(module: Module) -> bool:
    parts = {*module.path.parts, module.path.stem}
    if "actions" in parts or ALLOWED_FOLDERS & parts:
        return True
    return any(module.name.startswith(prefix) for prefix in ALLOWED)


def test_only_actions_write():
    found = [
        write
        for module in product_modules()
        if not is_allowed(module)
        for write in writes(module)
    ]
    assert not found


def test_the_reviewed_list_holds_nothing_that_is_gone():
    names = [module.name for module in product_modules()]
    for prefix in ALLOWED:
        assert any(name.startswith(prefix) for name in names), prefix
