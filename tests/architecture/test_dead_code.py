"""What nobody uses is taken out: tests alone keep nothing alive.

Vulture reads all product modules at once and reports names that stand nowhere a second
time. As many modules may use one word, a second test follows the imports and asks for
each name at the top of a module whether some module uses *that* one.

Templates, the skeleton of parts and dotted paths in strings count as uses; so does a
quoted name, for fields and properties, which facts and querysets name in strings. What
only a framework calls stands in ``unused.yaml``, each with its reason.
"""

import ast
import re
from collections import Counter
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import yaml
from vulture import Vulture

from tests.architecture.sources import PACKAGE, Module, product_modules, templates

KNOWN = Path(__file__).with_name("unused.yaml")
TAG = re.compile(r"\{[{%].*?[}%]\}")
WORD = re.compile(r"\w+")
DOTTED = re.compile(r"\w+(?:\.\w+)+")
DATA = {"variable", "attribute", "property"}
# Each is handed to a framework by what stands above it.
HANDED_ON = ["@router.*", "@register.*", "@*.command", "@*.callback", "@receiver"]


@cache
def known() -> tuple[str, ...]:
    """Return the patterns ``file:name`` of what is used from outside."""
    groups = yaml.safe_load(KNOWN.read_text("utf-8"))
    return tuple(name for group in groups for name in group["names"])


def is_known(place: str) -> bool:
    return any(fnmatch(place, pattern) for pattern in known())


@cache
def strings() -> frozenset[str]:
    nodes = (node for module in product_modules() for node in ast.walk(module.tree))
    return frozenset(
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def quoted() -> frozenset[str]:
    """Return names in strings, also the steps of lookups: ``hazard__name``."""
    return frozenset(part for text in strings() for part in text.split("__"))


@cache
def named_elsewhere() -> frozenset[str]:
    """Return the words of templates and skeleton, and the ends of dotted paths."""
    tags = [tag for path in templates() for tag in TAG.findall(path.read_text("utf-8"))]
    skeleton = (PACKAGE / "cli" / "dev" / "skeleton").glob("*.txt")
    texts = tags + [path.read_text("utf-8") for path in skeleton]
    words = {word for text in texts for word in WORD.findall(text)}
    return frozenset(words | {path.rpartition(".")[2] for path in dotted()})


@cache
def dotted() -> frozenset[str]:
    return frozenset(text for text in strings() if DOTTED.fullmatch(text))


def place(path: Path, name: str) -> str:
    return f"{path.relative_to(PACKAGE).as_posix()}:{name}"


@cache
def unused_words() -> dict[str, str]:
    """Return ``place -> kind`` of what vulture finds, without what is known."""
    vulture = Vulture(ignore_decorators=HANDED_ON)
    vulture.scavenge([module.path for module in product_modules()])
    return {
        place(Path(item.filename), item.name): item.typ
        for item in vulture.get_unused_code(min_confidence=60)
        if item.name not in named_elsewhere()
        and not (item.typ in DATA and item.name in quoted())
    }


def dotted_name(module: Module) -> str:
    parts = module.path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def origin(module: Module, node: ast.ImportFrom) -> str:
    """Return the module that ``from … import`` names, also a relative one."""
    if not node.level:
        return node.module or ""
    parts = dotted_name(module).split(".")
    folder = module.path.name == "__init__.py"
    kept = parts[: len(parts) - node.level + folder]
    return ".".join([*kept, *filter(None, [node.module])])


@cache
def imported() -> frozenset[str]:
    """Return ``module.name`` of whatever a product module takes from another.

    What a package only hands on from its ``__init__`` is used when somebody takes it
    from there.
    """
    found: set[str] = set()
    handed_on: dict[str, str] = {}
    for module in product_modules():
        names = imports(module)
        found |= attributes(module, names)
        if module.path.name == "__init__.py":
            used = loads(module.tree)
            own = dotted_name(module)
            handed_on |= {f"{own}.{k}": v for k, v in names.items() if not used[k]}
            names = {name: path for name, path in names.items() if used[name]}
        found |= set(names.values())
    return frozenset(found | {handed_on[path] for path in found & handed_on.keys()})


def imports(module: Module) -> dict[str, str]:
    """Return what a module imports: its name here -> dotted path."""
    names: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            start = origin(module, node)
            names |= {a.asname or a.name: f"{start}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            names |= {a.asname or a.name: a.name for a in node.names}
    return names


def attributes(module: Module, names: dict[str, str]) -> set[str]:
    """Return what is asked of imported modules: ``colours.line``."""
    asked = {ast.unparse(n) for n in ast.walk(module.tree) if type(n) is ast.Attribute}
    heads = ((text.rpartition("."), text) for text in asked)
    return {
        f"{names[head]}.{name}" for (head, _, name), _text in heads if head in names
    }


def top_names(node: ast.stmt) -> list[str]:
    """Return what a statement at the top of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [] if is_handed_on(node) else [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    is_name = isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    return [node.target.id] if is_name else []


def is_handed_on(node: ast.FunctionDef | ast.ClassDef) -> bool:
    above = (f"@{ast.unparse(decorator)}" for decorator in node.decorator_list)
    return any(fnmatch(text, f"{p}*") for text in above for p in HANDED_ON)


def loads(node: ast.AST) -> Counter[str]:
    return Counter(
        item.id
        for item in ast.walk(node)
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)
    )


@cache
def unused_at_the_top(module: Module) -> list[str]:
    """Return what stands at the top and is used neither here nor elsewhere."""
    own, here = dotted_name(module), loads(module.tree)
    return [
        place(module.path, name)
        for node in module.tree.body
        for name in top_names(node)
        if here[name] == loads(node)[name]
        and not name.startswith("__")
        and f"{own}.{name}" not in imported() | dotted()
        and name not in named_elsewhere()
    ]


def test_no_word_of_the_product_stands_alone():
    assert not {p: kind for p, kind in unused_words().items() if not is_known(p)}


def test_every_name_at_the_top_of_a_module_is_used():
    found = [p for module in product_modules() for p in unused_at_the_top(module)]
    assert not [place for place in found if not is_known(place)]


def test_what_is_known_is_still_found():
    found = [*unused_words()]
    found += [p for module in product_modules() for p in unused_at_the_top(module)]
    assert not [p for p in known() if not any(fnmatch(place, p) for place in found)]


def test_a_relative_import_is_followed():
    module = Module(PACKAGE / "engines" / "surveyprior" / "run.py")
    node = ast.parse("from .records import account").body[0]
    assert origin(module, node) == "safelane.engines.surveyprior.records"
