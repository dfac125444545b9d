"""The pages on security say what the code does; the lists are compared with it."""

import ast
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from safelane.config.env import settings_table
from safelane.core.files.kinds import KINDS
from safelane.core.protect.fields import EncryptedTextField
from safelane.exchange.files.reading import DEFAULT_LIMITS, MEGABYTE
from tests.architecture.sources import PACKAGE, ROOT, product_modules

PAGES = {
    name: (ROOT / "docs" / "security" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("access", "data", "limits")
}


def section(page, title):
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGES[page], re.M | re.S)
    assert found, title
    return found[1]


def rows(text):
    """Return the cells of each line of the first table, without its head."""
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert table, text
    lines = table[0].splitlines()
    cut = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [cells for cells in cut if not set("".join(cells)) <= set("- ")][1:]


def code_names(text):
    return set(re.findall(r"`([^`]+)`", text))


def levels_of_protection():
    table = rows(section("data", "Levels of protection"))
    return {cells[0]: code_names(cells[1]) for cells in table}


def test_every_record_has_a_level_of_protection():
    levels = {
        cells[0]: code_names(cells[1])
        for cells in rows(section("data", "Levels of protection"))
    }
    listed = [name for names in levels.values() for name in names]
    test_apps = ("fieldapp", "ledger")
    known = {
        m._meta.label for m in apps.get_models() if m._meta.app_label not in test_apps
    }
    assert sorted(listed) == sorted(known)


def test_every_level_has_its_requirements():
    text = section("data", "Levels of protection")
    first, second = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    names = [line.split("|")[1].strip() for line in first.splitlines()[2:]]
    said = {line.split("|")[1].strip(): line.count("|") for line in second.splitlines()}
    assert set(names) - {"unused"} <= set(said)
    assert "in logs" in second and "kept" in second and "who reads" in second


def test_sealed_records_are_those_that_are_sealed():
    sealed = {
        m._meta.label
        for m in apps.get_models()
        if any(isinstance(f, EncryptedTextField) for f in m._meta.local_fields)
    }
    levels = {
        cells[0]: code_names(cells[1])
        for cells in rows(section("data", "Levels of protection"))
    }
    assert sealed <= levels["sealed"]


def test_no_column_named_like_a_secret_is_readable():
    suspect = re.compile(r"secret|token$|api_key|private|pin$|^key$")
    allowed = {
        "signin.WrongGuess.key",
        "socialaccount.SocialApp.secret",
        "socialaccount.SocialApp.key",
        "socialaccount.SocialToken.token",
        "socialaccount.SocialToken.token_secret",
        "account.EmailConfirmation.key",
        # Sixteen letters of a fingerprint, from which no secret can be found.
        "protect.BackupMade.secret",
        "protect.Installation.secret",
    }
    found = {
        f"{m._meta.label}.{f.name}"
        for m in apps.get_models()
        for f in m._meta.local_fields
        if suspect.search(f.name)
        and not isinstance(f, (models.ForeignKey, EncryptedTextField, models.UUIDField))
    }
    assert found <= allowed


CRYPTO = ("cryptography", "hashlib", "hmac", "jwt", "secrets")


def uses_cryptography(module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import) and {a.name for a in node.names} & set(CRYPTO):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("cryptography", "hashlib", "jwt", "django.utils.crypto")
        ):
            return True
    return False


def test_the_inventory_of_cryptography_is_complete():
    listed = {
        name
        for cells in rows(section("data", "Cryptography"))
        for name in code_names(cells[0])
    }
    used = {
        m.path.relative_to(PACKAGE).as_posix()
        for m in product_modules()
        if uses_cryptography(m) and m.app not in ("demo", "testing")
    }
    # What these take from a library of ciphers is only the name of its fault.
    used -= {"organisations/signin/actions.py"}
    assert used <= listed
    assert not [name for name in listed if not (PACKAGE / name).exists()]


def test_keys_and_their_life_are_written_down():
    text = section("data", "Keys")
    for word in ("512 random bits", "0600", "holders", "OLD_SECRETS", "reseal",
                 "destroyed"):  # fmt: skip
        assert word in text, word


def test_every_logger_is_in_the_inventory():
    listed = {
        name for cells in rows(section("data", "Logs")) for name in code_names(cells[0])
    }
    made = set()
    for module in product_modules():
        for name in re.findall(r'getLogger\((__name__|"[^"]+")\)', module.text):
            dotted = module.name.removeprefix("src/").removesuffix(".py")
            own = dotted.replace("/", ".")
            made.add(own if name == "__name__" else name.strip('"'))
    assert made <= listed
    assert "django" in listed


def test_what_happens_to_logs_is_written_down():
    text = section("data", "Logs")
    for word in ("standard error", "UTC", "90 days", "readable by", "another machine"):
        assert word in text, word


def test_every_connection_is_written_down():
    text = section("data", "Connections")
    addresses = {
        s.variable for s in settings_table() if s.name.endswith(("_url", "issuer"))
    }
    assert addresses - {"SAFELANE_PUBLIC_URL"} <= code_names(text)


def test_limits_of_files_are_those_of_the_code():
    said = {cells[0]: cells for cells in rows(section("limits", "Files"))}
    for name in ("photo", "document"):
        assert said[name][2] == f"{KINDS[name].max_mb} MB"
    assert KINDS["import"].max_mb is None
    assert said["import"][2] == "`SAFELANE_MAX_UPLOAD_MB`"
    short = {t.split("/")[-1].split("+")[0] for t in KINDS["photo"].types}
    assert {word.lower() for word in re.findall(r"\w+", said["photo"][1])} == short


def test_limits_of_imports_are_those_of_the_code():
    text = section("limits", "Files")
    said = re.findall(r"^\| `(\w+)` \| (\d+)( MiB)?", text, re.MULTILINE)
    assert len(said) == 9
    for name, value, unit in said:
        bound = int(value) * (MEGABYTE if unit else 1)
        assert getattr(DEFAULT_LIMITS, name) == bound, name


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_a_page_names_is_one(page):
    known = {s.variable for s in settings_table()}
    assert set(re.findall(r"SAFELANE_[A-Z_]+", PAGES[page])) <= known


@pytest.mark.parametrize(
    ("page", "variable"),
    [
        ("access", "LOCKOUT_ATTEMPTS"),
        ("access", "LOCKOUT_MINUTES"),
        ("access", "INVITATION_DAYS"),
        ("access", "SESSION_HOURS"),
    ],
)
def test_defaults_are_told_rightly(page, variable):
    default = {s.variable: s.default for s in settings_table()}[f"SAFELANE_{variable}"]
    assert f"`SAFELANE_{variable}` ({default})" in PAGES[page]


def test_factors_of_the_lock_out_are_told_rightly():
    from safelane.organisations.signin import adapters

    text = section("access", "Guessing")
    assert f"everywhere | {adapters.ACCOUNT_FACTOR} times" in text
    assert f"any account | {adapters.ADDRESS_FACTOR} times" in text


def test_every_way_in_is_told():
    ways = [cells[0] for cells in rows(section("access", "Ways in"))]
    assert ways == ["password", "invitation link", "provider", "API token"]
    assert len(settings.AUTHENTICATION_BACKENDS) == 1


def test_sessions_and_their_exceptions_are_told():
    text = section("access", "Sessions")
    for word in ("NIST SP 800-63B", "any number of sessions", "however busy"):
        assert word in text, word


def test_rules_of_access_are_told():
    text = section("access", "What opens")
    kinds = ("Functions", "Rows", "Fields, reading", "Fields, writing")
    for word in (*kinds, "visible_to", "editable_by"):
        assert word in text, word


def test_forms_and_threads_are_limited_as_told():
    text = section("limits", "Dear requests")
    assert f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields" in text
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 10 * 1024 * 1024
    assert "60 seconds" in text
    serve = (PACKAGE / "config" / "webservers.py").read_text(encoding="utf-8")
    assert "channel_timeout=60" in serve and "max_request_body_size=" in serve


def test_business_limits_are_those_of_the_code():
    from safelane.organisations.signin.actions import LONGEST_TOKEN

    text = section("limits", "Business limits")
    assert f"{LONGEST_TOKEN.days} days" in text


def test_rules_of_what_comes_in_are_linked():
    text = section("limits", "What is checked")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / "docs" / "security" / target).exists(), target
    assert "rules.md" in text and "judged together" in text
