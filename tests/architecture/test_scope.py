"""One door to rows: pages and endpoints read through ``visible_to`` only."""

import ast

from tests.architecture.sources import Module, product_modules

DOORS = {"views", "api", "ogc", "tiles", "collections", "pages"}
OPENING = {"visible_to", "editable_by", "get_for"}
# Chained before a door is opened: they choose columns, not rows.
HARMLESS = {"select_related", "prefetch_related", "defer", "only", "all"}


def scoped_models():
    """Return the names of the models that have a policy."""
    from django.apps import apps

    return {model.__name__ for model in apps.get_models() if hasattr(model, "policy")}


def is_door(module: Module) -> bool:
    return bool(DOORS & {*module.path.parts, module.path.stem})


def unscoped_reads(module: Module, models: set[str]):
    """Yield reads of ``Model.objects`` in which no door is opened."""
    parents = {
        child: node
        for node in ast.walk(module.tree)
        for child in ast.iter_child_nodes(node)
    }
    for node in ast.walk(module.tree):
        if not starts_read(node, models):
            continue
        names = list(chained(node, parents))
        first = next((name for name in names if name not in HARMLESS), None)
        if names and first is not None and first not in OPENING:
            yield f"{module.name}:{node.lineno} {node.value.id}.objects.{first}"


def starts_read(node, models):
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_default_manager")
        and isinstance(node.value, ast.Name)
        and node.value.id in models
    )


def chained(node, parents):
    """Yield the names called on a manager one after the other."""
    current = parents.get(node)
    while isinstance(current, (ast.Attribute, ast.Call)):
        if isinstance(current, ast.Attribute):
            yield current.attr
        current = parents.get(current)


def test_pages_and_endpoints_read_what_the_actor_may_see():
    models = scoped_models()
    found = [
        read
        for module in product_modules()
        if is_door(module)
        for read in unscoped_reads(module, models)
    ]
    assert not found


def test_the_check_finds_an_open_door(tmp_path):
    path = tmp_path / "views.py"
    path.write_text("rows = HazardousArea.objects.select_related('x').filter(pk=1)\n")
    module = Module(path)
    parents = {
        child: node
        for node in ast.walk(module.tree)
        for child in ast.iter_child_nodes(node)
    }
    node = next(n for n in ast.walk(module.tree) if starts_read(n, {"HazardousArea"}))
    assert list(chained(node, parents)) == ["select_related", "filter"]


def test_every_model_with_people_or_places_has_a_policy():
    from django.apps import apps

    open_to_all = {
        "AdminArea",
        "LocalCode",
        "ImportFault",
        "VictimIdentity",
        "ApiToken",
        "Invitation",
        "WrongGuess",
        "Country",
        "Place",
        "Role",
        "User",
        "SavedView",
        "Change",
        "ChainHead",
        "GeoPoint",
        "RecurringRun",
        "PublishedCounts",
        "BackupMade",
        "DestroyedKey",
        "Installation",
        "RowKey",
        "SigningKey",
        "AccessVersion",
        "SharedValue",
    }
    own = [m for m in apps.get_models() if m.__module__.startswith("safelane.")]
    bare = {
        model.__name__
        for model in own
        if not hasattr(model, "policy") and ".tests." not in model.__module__
    }
    # The same for everybody, a person's own, or reached through a record with a policy.
    assert bare <= open_to_all
