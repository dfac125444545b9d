"""Code lists: read, checked, and merged with those of the base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safelane.countries.pack import Code, CodeList
from safelane.countries.reading import Node, read_yaml

FILE_KEYS = ("source", "draft_labels", "lists")
LIST_KEYS = ("title", "source", "replaces_base", "drop", "codes")
CODE_KEYS = ("code", "draft", "valid_from", "valid_to", "source", "parent", "confirm")
LANGUAGES = ("en", "lo", "az", "ru", "km", "vi", "my", "th")


@dataclass(frozen=True, slots=True)
class ReadList:
    """A code list as one file has it, before it meets the base."""

    codes: CodeList
    replaces_base: bool
    drop: tuple[str, ...]


def read_lists(folder: Path) -> dict[str, ReadList]:
    """Read every file of a ``codes`` folder: list name -> list.

    Raises:
        BadPack: A list stands in two files, or a file cannot be used.
    """
    found: dict[str, ReadList] = {}
    for path in sorted(folder.glob("*.yaml")):
        node = read_yaml(path)
        node.only(*FILE_KEYS)
        for name, child in node.get("lists").items():
            if name in found:
                raise child.fault("the list stands in another file too.")
            found[name] = _read_list(name, child, node)
    return found


def _read_list(name: str, node: Node, file: Node) -> ReadList:
    node.only(*LIST_KEYS)
    source = node.text("source", file.text("source", ""))
    drafts = frozenset(file.texts("draft_labels"))
    rows = list(node.get("codes").rows()) if node.has("codes") else []
    codes = tuple(_read_code(row, source, drafts) for row in rows)
    seen: set[str] = set()
    for row, code in zip(rows, codes, strict=True):
        if code.code in seen:
            raise row.fault(f"the code “{code.code}” stands twice.")
        seen.add(code.code)
    titles = node.names("title")
    listed = CodeList(name, titles, codes, source)
    return ReadList(listed, node.flag("replaces_base"), node.texts("drop"))


def _read_code(node: Node, source: str, drafts: frozenset[str]) -> Code:
    labels = {key: node.text(key) for key in LANGUAGES if node.has(key)}
    if not labels:
        raise node.fault("the code has no label.")
    valid_from, valid_to = node.day("valid_from"), node.day("valid_to")
    if valid_from and valid_to and valid_to <= valid_from:
        raise node.fault("“valid_to” must lie after “valid_from”.")
    extra = {
        key: child.value
        for key, child in node.items()
        if key not in CODE_KEYS and key not in LANGUAGES
    }
    return Code(
        code=node.text("code"),
        labels=labels,
        drafts=drafts & labels.keys() if node.flag("draft", True) else frozenset(),
        valid_from=valid_from,
        valid_to=valid_to,
        source=node.text("source", source),
        parent=node.text("parent", ""),
        confirm=node.flag("confirm"),
        data=extra,
    )


def merge_lists(
    base: Mapping[str, ReadList], country: Mapping[str, ReadList]
) -> dict[str, CodeList]:
    """Return the base's lists with what the country changes in them.

    A country's code with the base's name takes its place and adds its labels to the
    base's; a new one comes after; ``drop`` leaves some out; ``replaces_base`` starts
    from nothing.
    """
    merged = {name: item.codes for name, item in base.items()}
    for name, item in country.items():
        below = merged.get(name)
        fresh = below is None or item.replaces_base
        merged[name] = item.codes if fresh else _merge_list(below, item)  # type: ignore[arg-type]
        if below is not None and not merged[name].titles:
            merged[name] = replace(merged[name], titles=below.titles)
    return merged


def _merge_list(base: CodeList, item: ReadList) -> CodeList:
    own = {code.code: code for code in item.codes.codes}
    kept: list[Code] = []
    for code in base.codes:
        if code.code in item.drop:
            continue
        kept.append(_over(code, own.pop(code.code, None)))
    titles: Any = {**base.titles, **item.codes.titles}
    return replace(base, titles=titles, codes=(*kept, *own.values()))


def _over(base: Code, own: Code | None) -> Code:
    if own is None:
        return base
    drafts = (base.drafts - own.labels.keys()) | own.drafts
    return replace(
        own,
        labels={**base.labels, **own.labels},
        drafts=drafts,
        data={**base.data, **own.data},
        parent=own.parent or base.parent,
    )
