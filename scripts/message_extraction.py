"""Find the messages of Python code and Django templates, without system gettext."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation import TranslatorCommentWarning
from django.utils.translation.template import templatize

LAZY = ("gettext_lazy", "gettext_noop", "ngettext_lazy", "pgettext_lazy",
        "npgettext_lazy")  # fmt: skip
KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    name: DEFAULT_KEYWORDS[name.removesuffix("_lazy").removesuffix("_noop")]
    for name in LAZY
}
SKIPPED = {"tests", "testing", "migrations", "vendor", "node_modules", "__pycache__"}
Found = tuple[int, Any, list[str], str | None]


def extract_catalog(root: Path, folders: tuple[Path, ...]) -> Catalog:
    """Return a template of all messages under ``folders``, paths relative to ``root``.

    Line numbers are left out, so that moving code does not change the catalogues.
    """
    catalog = Catalog(project="Safelane", fuzzy=False, charset="utf-8")
    for folder in folders:
        for path in source_files(folder):
            place: Any = [(path.relative_to(root).as_posix(), None)]
            for _line, message, comments, context in _messages(path):
                catalog.add(
                    message,
                    locations=place,
                    auto_comments=comments,
                    context=context,
                )
    return catalog


def source_files(folder: Path) -> Iterator[Path]:
    """Yield the Python files and templates of ``folder``, in a fixed order."""
    if folder.is_file():
        yield folder
        return
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if SKIPPED.intersection(inside) or not path.is_file():
            continue
        if path.suffix == ".py" or ("templates" in path.parts and is_template(path)):
            yield path


def is_template(path: Path) -> bool:
    return path.suffix in (".html", ".txt", ".xml", ".typ")


def _messages(path: Path) -> Iterator[Found]:
    tags = ["Translators:"]
    if path.suffix == ".py":
        with path.open("rb") as file:
            yield from extract("python", file, KEYWORDS, comment_tags=tags)
        return
    # Django's templatize leaves gettext calls between placeholder letters; the lexer
    # for JavaScript reads the calls and skips over the rest.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TranslatorCommentWarning)
        calls = templatize(path.read_text("utf-8"), origin=str(path))
    yield from extract("javascript", BytesIO(calls.encode()), KEYWORDS)
