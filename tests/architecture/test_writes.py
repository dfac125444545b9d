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


CHANGES = WRITES | {"record", "record_all", "record_series"}
# Called only inside the transaction of those who write what they belong to.
WITHIN = {"write_victims", "record_series"}


def half_written(module: Module):
    """Yield public actions that write more than once, and not all or nothing."""
    own = {f.name: f for f in module.tree.body if isinstance(f, ast.FunctionDef)}
    for name, function in own.items():
        if name.startswith("_") or name in WITHIN or is_whole(function):
            continue
        if len(written(function, own)) > 1:
            yield f"{module.name}:{function.lineno} {name}"


def is_whole(function: ast.FunctionDef) -> bool:
    return "transaction.atomic" in ast.unparse(function)


def written(function: ast.FunctionDef, own, known=()):
    """Return what a function writes, itself or by others of its module."""
    found = []
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
        helper = own.get(name) if isinstance(call.func, ast.Name) else None
        if helper is not None and name not in known:
            inner = written(helper, own, (*known, name))
            found += inner[:1] if is_whole(helper) else inner
        elif name in CHANGES or (name == "update" and is_queryset(call.func)):
            found.append(name)
    return found


def test_an_action_writes_all_or_nothing():
    actions = [
        module
        for module in product_modules()
        if "actions" in (module.path.stem, module.path.parent.name)
    ]
    assert len(actions) > 10
    found = [each for module in actions for each in half_written(module)]
    assert not found


def test_an_action_that_may_stop_half_way_is_found(tmp_path):
    path = tmp_path / "actions.py"
    path.write_text(
        "def give(row):\n    row.save()\n    note(row)\n"
        "@transaction.atomic\ndef take(row):\n    row.save()\n    note(row)\n"
        "def note(row):\n    record(row)\n"
    )
    own = {f.name: f for f in Module(path).tree.body}
    assert written(own["give"], own) == ["save", "record"]
    assert not is_whole(own["give"]) and is_whole(own["take"])
