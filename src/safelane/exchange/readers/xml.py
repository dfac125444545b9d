"""Read XML that a stranger wrote: no entities, no document type, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from safelane.exchange.files.errors import BrokenFile, MarkupRefused
from safelane.exchange.files.wording import gettext_noop as _

_DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_LOOK = 1 << 16


def refuse_declarations(path: Path) -> None:
    """Raise MarkupRefused for document types and entities, which no format needs."""
    with path.open("rb") as file:
        start = file.read(_LOOK)
    if _DECLARES.search(start) or _DECLARES.search(start.replace(b"\0", b"")):
        raise MarkupRefused()


def walk(path: Path, events: tuple[str, ...], tags: tuple[str, ...]) -> Iterator[Any]:
    """Yield ``(event, element)`` for the elements with one of the local names.

    Raises:
        BrokenFile: The XML is not well-formed.
    """
    refuse_declarations(path)
    try:
        yield from etree.iterparse(
            str(path),
            events=events,
            tag=[f"{{*}}{tag}" for tag in tags],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    except (etree.XMLSyntaxError, OSError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = _("the XML breaks off or is not well formed in line %(line)s")
        raise BrokenFile(reason=reason, line=line) from error


def local_name(element: Any) -> str:
    """Return the tag without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
