"""What the source must not hold, whoever wrote it and wherever."""

import ast
import re
from pathlib import Path

import pytest

import safelane
from tests.architecture.sources import product_modules

PACKAGE = Path(safelane.__file__).parent
SCRIPTS = sorted((PACKAGE / "static" / "js").rglob("*.js"))
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
# Reviewed: what may ask another machine, and what it asks.
OUTBOUND = {
    "src/safelane/organisations/signin/oidc.py": "the configured provider",
}
NETWORK = {
    *("requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client"),
    *("ftplib", "smtplib", "socketserver", "telnetlib", "paramiko"),
}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "jsonpickle"}
# Reviewed: the child process that reads imported files, started without a shell.
# Writing a part is of developers alone: our own interpreter, our own skeleton.
NEW_PARTS = "src/safelane/cli/dev/__init__.py"
PROCESSES = {"src/safelane/exchange/files/source.py", NEW_PARTS}
# Its mail holds heads of the history and nothing that a person wrote.
MAIL = {"src/safelane/core/audit/anchors.py"}
# Each piece of a LIKE is escaped where it is taken apart.
ESCAPED = {"src/safelane/core/sqlite/like.py"}
WEAK = {"md5", "sha1", "new"}


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def modules_that(test):
    return {m.name for m in product_modules() if test(m)}


def test_the_checks_see_the_source():
    assert len(product_modules()) > 300
    assert "src/safelane/core/protect/cipher.py" in modules_that(
        lambda m: any(n.startswith("cryptography") for n in imports(m.tree))
    )


def test_nothing_is_evaluated():
    builtin = {"eval", "exec", "compile", "__import__", "builtins.eval"}
    assert not modules_that(lambda m: builtin & {name for name, _ in calls(m.tree)})


def test_no_shell_and_one_place_for_processes():
    def starts(module):
        names = {name for name, _ in calls(module.tree)}
        return any(
            n.startswith(
                ("subprocess.", "os.system", "os.popen", "os.exec", "os.spawn")
            )
            for n in names
        )

    assert modules_that(starts) == PROCESSES
    for module in product_modules():
        for _name, call in calls(module.tree):
            shell = [k for k in call.keywords if k.arg == "shell"]
            assert not shell, module.name


def test_nothing_that_runs_code_is_read():
    assert not modules_that(lambda m: UNSAFE & set(imports(m.tree)))
    for module in product_modules():
        for name, call in calls(module.tree):
            if name == "yaml.load":
                loader = ast.unparse(call.keywords[0].value)
                assert loader == "StrictLoader", module.name
            assert name not in {"yaml.unsafe_load", "yaml.full_load"}, module.name


def test_the_yaml_reader_makes_plain_values_only(settings):
    import yaml

    from safelane.countries.reading import StrictLoader

    assert issubclass(StrictLoader, yaml.constructor.SafeConstructor)
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def test_other_machines_are_asked_in_one_place():
    assert modules_that(lambda m: NETWORK & set(imports(m.tree))) == set(OUTBOUND)


def test_no_mail_is_written_from_what_people_type():
    mail = {"django.core.mail", "email.message", "email.mime"}

    def writes(module):
        return any(name.startswith(tuple(mail)) for name in imports(module.tree))

    assert modules_that(writes) == MAIL


def test_patterns_are_written_down_or_escaped():
    """A pattern made from something else goes through re.escape or a constant."""
    risky = []
    for module in product_modules():
        for name, call in calls(module.tree):
            if name.startswith("re.") and name != "re.escape" and call.args:
                pattern = call.args[0]
                text = ast.unparse(pattern)
                plain = isinstance(pattern, ast.Constant) or "re.escape" in text
                plain = plain or module.name in ESCAPED
                if not plain and not text.isupper() and not is_constant(pattern):
                    risky.append(f"{module.name}:{call.lineno} {text}")
    assert risky == []


def is_constant(node):
    """Say whether an expression is put together from constants only."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return all(name.strip("_").isupper() or name == "re" for name in names)


def test_no_filter_hands_a_pattern_to_the_database():
    regex = re.compile(r"__i?regex\b")
    assert not modules_that(lambda m: regex.search(m.text))


def test_no_template_is_made_from_data():
    def makes(module):
        names = {name for name, _ in calls(module.tree)}
        return {"Template", "engine.from_string", "engines"} & names

    assert modules_that(makes) == {NEW_PARTS}


def test_markup_is_escaped_in_every_template():
    # The one exception shows help texts that are written in the code.
    found = [
        path.relative_to(PACKAGE).as_posix()
        for path in TEMPLATES
        if re.search(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq", path.read_text())
    ]
    assert found == ["core/ui/templates/ui/forms/field.html"]
    assert not modules_that(lambda m: "mark_safe" in m.text)


def test_format_strings_are_written_down():
    """``text.format(...)`` never runs on what somebody typed."""
    risky = []
    for module in product_modules():
        for name, call in calls(module.tree):
            base, _dot, method = name.rpartition(".")
            literal = isinstance(getattr(call.func, "value", None), ast.Constant)
            constant = base.rpartition(".")[2].isupper()
            if method == "format_map" or (
                method == "format" and not literal and not constant
            ):
                risky.append(f"{module.name}:{call.lineno} {base}")
    assert risky == []


def test_cryptography_comes_from_proven_libraries():
    used = {n.split(".")[0] for m in product_modules() for n in imports(m.tree)}
    other = {"Crypto", "Cryptodome", "nacl", "rsa", "ecdsa", "M2Crypto", "oscrypto"}
    assert not used & other
    weak = re.compile(r"modes\.(ECB|CBC)|PKCS1v15|\bRC4\b|\b3?DES3?\b")
    assert not modules_that(lambda m: weak.search(m.text))


def test_no_weak_hash():
    for module in product_modules():
        for name, _call in calls(module.tree):
            prefix, _dot, function = name.rpartition(".")
            assert not (prefix == "hashlib" and function in WEAK), module.name


def test_random_numbers_that_matter_come_from_the_system():
    def guessable(module):
        return module.app not in {"demo", "engines", "core"} and (
            "random" in set(imports(module.tree))
        )

    assert not modules_that(guessable)
    core = [m for m in product_modules() if m.app == "core" and "corpus" not in m.name]
    assert not [m.name for m in core if "random" in set(imports(m.tree))]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_write_text_as_text(path):
    text = path.read_text(encoding="utf-8")
    # Reviewed: rows of a form, from the page's own empty row.
    own = {"report.js": {"innerHTML", "insertAdjacentHTML"}}
    risky = re.findall(
        r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write"
        r"|setHTML|new Function|eval)\b",
        text,
    )
    assert set(risky) <= own.get(path.name, set())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_keep_nothing_but_the_choice_of_colours(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"sessionStorage|indexedDB|document\.cookie|caches\.open", text
    )
    if path.name != "theme.js":
        assert "localStorage" not in text


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_do_not_write_properties_by_names_from_outside(path):
    """Prototype pollution needs ``object[key] = …`` with a key that somebody sent."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"__proto__|Object\.assign\(\s*[\w.]*prototype", text)
    written = re.findall(r"\w+\[(\w+)\]\s*=[^=]", text)
    assert set(written) <= {"i", "index", "at"}, written


def test_pages_use_no_plug_ins():
    for path in TEMPLATES:
        assert not re.search(r"<(object|embed|applet|frame)\b", path.read_text()), path
