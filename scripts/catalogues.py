"""Message catalogues: bring up to date, find faults, compile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

DATE = datetime(2026, 1, 1, tzinfo=UTC)
DRAFT_HEADER = "X-Draft"
DRAFT_NOTE = "machine-made, for native review"
HEADER = "# {language} translation of Safelane.\n# Licence: Apache-2.0.\n#"
PLACEHOLDER = re.compile(
    r"%(?:\([a-z_0-9]+\))?[sdif]|%\([a-z_0-9]+\)[^sdif]|\{[a-z_]*\}"
)
TAG = re.compile(r"</?[a-z]+[^>]*>")
Key = tuple[str, str]  # context, message (singular)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one message of a catalogue."""

    language: str
    message: str
    problem: str

    def __str__(self) -> str:
        return f"{self.language}: {self.problem}: {self.message!r}"


def po_path(folder: Path, language: str) -> Path:
    """Return where Django looks for the catalogue of ``language``."""
    return folder / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """Return the catalogue at ``path``, or an empty one."""
    if not path.exists():
        return Catalog(locale=language, project="Safelane", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renew(path: Path, language: str, template: Catalog, *, draft: bool) -> Catalog:
    """Bring the catalogue at ``path`` up to date with ``template`` and write it.

    Translations of messages that are still used stay; the others are dropped. There
    is no fuzzy matching: a guess must not look like a translation.
    """
    old = read_catalogue(path, language)
    new = Catalog(
        locale=language,
        project="Safelane",
        fuzzy=False,
        header_comment=HEADER.format(language=language),
    )
    for message in template:
        if message.id:
            _take_over(new, old, message)
    write_catalogue(path, new, draft=draft)
    return new


def write_catalogue(path: Path, catalog: Catalog, *, draft: bool) -> None:
    """Write ``catalog`` without dates, so that equal content gives equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, catalog, width=88, omit_header=True, sort_output=True)
    body = buffer.getvalue().decode()
    path.write_text(_header(catalog, draft) + body, encoding="utf-8", newline="\n")


def compile_catalogue(path: Path) -> Path:
    """Write the ``.mo`` file beside the ``.po`` file at ``path``."""
    target = path.with_suffix(".mo")
    target.write_bytes(compiled(path))
    return target


def compiled(path: Path) -> bytes:
    """Return the ``.mo`` form of the catalogue at ``path``."""
    with path.open("rb") as file:
        catalog = read_po(file)
    # Equal catalogues give equal files: Babel would write the time of compiling.
    catalog.creation_date = catalog.revision_date = DATE
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def is_compiled(path: Path) -> bool:
    """Say whether the ``.mo`` file beside ``path`` holds the same messages."""
    target = path.with_suffix(".mo")
    return target.exists() and _texts(target.read_bytes()) == _texts(compiled(path))


def _texts(content: bytes) -> dict[object, str]:
    held = vars(GNUTranslations(BytesIO(content)))["_catalog"]
    return {key: text for key, text in held.items() if key}


def fill(catalog: Catalog, translations: Mapping[Key, str | list[str]]) -> int:
    """Set translations by context and message; return how many were set."""
    count = 0
    for message in catalog:
        if message.id and (text := translations.get(key_of(message))):
            plural = message.pluralizable
            texts = [text] if isinstance(text, str) else list(text)
            message.string = tuple(texts) if plural else texts[0]
            count += 1
    return count


def missing(catalog: Catalog) -> Iterator[Message]:
    """Yield the messages that lack a translation."""
    for message in catalog:
        if message.id and not _is_translated(message, catalog.num_plurals):
            yield message


def faults(catalog: Catalog, template: Catalog, language: str) -> Iterator[Fault]:
    """Yield missing, fuzzy, obsolete and unlike messages of ``catalog``."""
    wanted = {key_of(message): message for message in template if message.id}
    held = {key_of(message): message for message in catalog if message.id}
    for key in wanted.keys() - held.keys():
        yield Fault(language, key[1], "not in the catalogue")
    for key in held.keys() - wanted.keys():
        yield Fault(language, key[1], "no longer used")
    for message in held.values():
        yield from _message_faults(message, language, catalog.num_plurals)


def key_of(message: Message) -> Key:
    return message.context or "", singular(message)


def singular(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


def _take_over(new: Catalog, old: Catalog, message: Message) -> None:
    known = old.get(message.id, message.context)
    text = known.string if known and not known.fuzzy else None
    if known and known.pluralizable != message.pluralizable:
        text = None
    new.add(
        message.id,
        text,
        locations=message.locations,
        flags=message.flags - {"fuzzy"},
        auto_comments=message.auto_comments,
        context=message.context,
    )


def _is_translated(message: Message, plurals: int) -> bool:
    if not message.pluralizable:
        return bool(message.string)
    texts = message.string if isinstance(message.string, tuple | list) else ()
    return len(texts) == plurals and all(texts)


def _message_faults(message: Message, language: str, plurals: int) -> Iterator[Fault]:
    text = singular(message)
    if not _is_translated(message, plurals):
        yield Fault(language, text, "missing")
        return
    if message.fuzzy:
        yield Fault(language, text, "fuzzy")
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = [sorted(PLACEHOLDER.findall(part)) for part in ids]
    texts = [message.string] if isinstance(message.string, str) else message.string
    for translated in texts or ():
        if sorted(PLACEHOLDER.findall(translated)) not in allowed:
            yield Fault(language, text, "placeholders differ")
        if sorted(TAG.findall(translated)) != sorted(TAG.findall(ids[-1])):
            yield Fault(language, text, "tags differ")
        if translated.startswith("\n") != ids[0].startswith("\n"):
            yield Fault(language, text, "line break at the start differs")


def _header(catalog: Catalog, draft: bool) -> str:
    fields = [
        ("Project-Id-Version", "Safelane"),
        ("Language", str(catalog.locale_identifier)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", catalog.plural_forms),
    ]
    if draft:
        fields.append((DRAFT_HEADER, DRAFT_NOTE))
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in fields)
    return f'{catalog.header_comment}\nmsgid ""\nmsgstr ""\n{lines}\n'
