"""Bring the message catalogues up to date, compile and check them.

    python scripts/messages.py update          # new messages into every catalogue
    python scripts/messages.py compile         # .po -> .mo
    python scripts/messages.py check           # exit 1 on any fault
    python scripts/messages.py missing lo      # what lacks a translation, as JSON
    python scripts/messages.py fill lo FILE    # a JSON list of {context, id, text}

Two sets exist: ``own`` are Safelane's messages, ``parts`` those of Django and its
companions that they do not translate themselves into a complete language.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog
from catalogues import (
    Fault,
    compile_catalogue,
    faults,
    fill,
    is_compiled,
    key_of,
    missing,
    po_path,
    read_catalogue,
    renew,
    write_catalogue,
)
from message_extraction import extract_catalog
from signin_words import ACCOUNT_PAGES

from safelane.core.i18n.languages import (
    COMPLETE,
    OFFERED_FILE,
    TRANSLATED,
    is_draft,
)

OFFERED_FROM = 0.8
SOURCE = Path(__file__).resolve().parent.parent / "src"
FOLDERS = {
    "own": SOURCE / "safelane" / "locale",
    "parts": SOURCE / "safelane" / "core" / "i18n" / "locale",
}
PARTS = {
    "django": (
        "contrib/auth/forms.py",
        "contrib/auth/password_validation.py",
        "contrib/humanize",
        "core/validators.py",
        "forms",
        "utils/dates.py",
        "utils/dateformat.py",
        "utils/text.py",
        "utils/timesince.py",
        "views/csrf.py",
    ),
    "allauth": (
        "account/adapter.py",
        "account/forms.py",
        "account/fields.py",
        "account/validators.py",
        "core/exceptions.py",
        "mfa/adapter.py",
        "mfa/totp/forms.py",
        "mfa/base/forms.py",
        "mfa/recovery_codes/forms.py",
        "usersessions/models.py",
    ),
}


def languages(kind: str) -> tuple[str, ...]:
    return TRANSLATED if kind == "own" else COMPLETE


def template(kind: str, language: str) -> Catalog:
    """Return the messages that the catalogue of ``language`` must hold."""
    if kind == "own":
        catalog = extract_catalog(SOURCE, (SOURCE / "safelane",))
        for text in ACCOUNT_PAGES:
            catalog.add(text)
        return catalog
    catalog = Catalog(project="Safelane")
    for package, paths in PARTS.items():
        _add_untranslated(catalog, package, paths, language)
    return catalog


def _add_untranslated(
    catalog: Catalog, package: str, paths: tuple[str, ...], language: str
) -> None:
    root = _folder(package)
    found = extract_catalog(root.parent, tuple(root / p for p in paths))
    known = _translated_by(package, root, language)
    for message in found:
        if message.id and key_of(message) not in known:
            catalog.add(
                message.id,
                locations=message.locations,
                flags=message.flags,
                context=message.context,
            )


def _translated_by(package: str, root: Path, language: str) -> set[tuple[str, str]]:
    locale = root / ("conf/locale" if package == "django" else "locale")
    places = [po_path(locale, language)]
    if package == "django":
        contrib = ("auth", "humanize")
        places += [po_path(root / "contrib" / c / "locale", language) for c in contrib]
    known = set()
    for place in places:
        held = read_catalogue(place, language)
        absent = {key_of(message) for message in missing(held)}
        known |= {key_of(m) for m in held if m.id and not m.fuzzy} - absent
    return known


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed.")
    return Path(spec.origin).parent


def update() -> None:
    for kind, folder in FOLDERS.items():
        for language in languages(kind):
            path = po_path(folder, language)
            wanted = template(kind, language)
            catalog = renew(path, language, wanted, draft=is_draft(language))
            left = sum(1 for _ in missing(catalog))
            print(f"{kind} {language}: {len(catalog)} messages, {left} to translate")


def compile_all() -> None:
    for kind, folder in FOLDERS.items():
        for language in languages(kind):
            compile_catalogue(po_path(folder, language))
    OFFERED_FILE.write_text(offered(), "utf-8")


def offered() -> str:
    """Return the languages that are translated so far that people may choose them."""
    found = []
    for language in TRANSLATED:
        catalog = read_catalogue(po_path(FOLDERS["own"], language), language)
        absent = sum(1 for _ in missing(catalog))
        if absent <= (1 - OFFERED_FROM) * len(catalog):
            found.append(language)
    return json.dumps(found) + "\n"


def all_faults() -> Iterator[Fault | str]:
    for kind, folder in FOLDERS.items():
        for language in languages(kind):
            path = po_path(folder, language)
            catalog = read_catalogue(path, language)
            found = faults(catalog, template(kind, language), language)
            if language in COMPLETE:
                yield from found
            else:
                yield from (f for f in found if f.problem != "missing")
            if not is_compiled(path):
                yield f"{path.with_suffix('.mo')} is older than its .po: compile."
    if OFFERED_FILE.read_text("utf-8") != offered():
        yield f"{OFFERED_FILE} is older than the catalogues: compile."


def check() -> int:
    found = [str(fault) for fault in all_faults()]
    print("\n".join(found) or "All catalogues are in order.")
    return 1 if found else 0


def show_missing(language: str) -> None:
    rows = []
    for kind, folder in FOLDERS.items():
        if language not in languages(kind):
            continue
        catalog = read_catalogue(po_path(folder, language), language)
        for message in missing(catalog):
            context, _ = key_of(message)
            rows.append({"context": context, "id": message.id})
    json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)


def fill_from(language: str, file: Path) -> None:
    rows = json.loads(file.read_text("utf-8"))
    texts = {(row.get("context", ""), _first(row["id"])): row["text"] for row in rows}
    for kind, folder in FOLDERS.items():
        if language not in languages(kind):
            continue
        path = po_path(folder, language)
        catalog = read_catalogue(path, language)
        count = fill(catalog, texts)
        write_catalogue(path, catalog, draft=is_draft(language))
        print(f"{kind} {language}: {count} set")


def _first(message_id: str | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("update", "compile", "check"):
        commands.add_parser(name)
    commands.add_parser("missing").add_argument("language", choices=TRANSLATED)
    filling = commands.add_parser("fill")
    filling.add_argument("language", choices=TRANSLATED)
    filling.add_argument("file", type=Path)
    given = parser.parse_args()
    if given.command == "check":
        return check()
    if given.command == "missing":
        show_missing(given.language)
    elif given.command == "fill":
        fill_from(given.language, given.file)
    else:
        {"update": update, "compile": compile_all}[given.command]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
