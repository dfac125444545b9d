"""Walking through every page that links lead to, looking for what is wrong."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
PER_NAME = 1  # pages of one kind look alike
NOT_NOW = 404  # such as a second factor to remove, where there is none
UNREADABLE = (403, 405)  # for another role; for forms only
SERIOUS = ("serious", "critical")
LINKS = "Array.from(document.querySelectorAll('a[href]'), a => a.href)"
OVERFLOW = (
    "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
)
# Not pages: programs read them, or following them would change something.
SKIPPED = (
    "api:",
    "ogc:",
    "tiles:",
    "files:",
    "account_logout",
    "health",
    "socialaccount",
)
MACHINE = ("json", "csv", "xml", "zip", "download", "export")
AXE_RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html)[0]]);
}"""


@dataclass
class Visit:
    """One page and what is wrong with it."""

    name: str
    path: str
    status: int = 0
    is_guess: bool = False  # tried, though no link leads there
    faults: list[str] = field(default_factory=list)


@dataclass
class Walk:
    """All pages visited in one walk."""

    visits: list[Visit] = field(default_factory=list)

    def faults(self, kind: str) -> list[str]:
        return [
            f"{visit.path}: {fault}"
            for visit in self.visits
            for fault in visit.faults
            if fault.startswith(kind)
        ]


def page_name(path: str) -> str | None:
    """Return the name of the page at ``path``, or None when it is not a page."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    name = match.view_name
    if not name or name.startswith(SKIPPED) or any(part in name for part in MACHINE):
        return None
    return name


def walk(page: Any, url: str, starts: list[str]) -> Walk:
    """Visit every page reachable from ``starts``, one or two of each kind."""
    found, seen, count = Walk(), set(), Counter[str]()
    waiting = deque(starts)
    watch(page, url, found)
    while waiting:
        path = waiting.popleft()
        name = page_name(urlsplit(path).path)
        if name is None or path in seen or count[name] >= PER_NAME:
            continue
        seen.add(path)
        count[name] += 1
        visit = Visit(name, path, is_guess=path in starts)
        found.visits.append(visit)
        waiting.extend(look(page, url, visit))
    return found


def watch(page: Any, url: str, found: Walk) -> None:
    """Note console errors and requests to other machines on the current visit."""

    def note(kind: str, text: str) -> None:
        if found.visits:
            found.visits[-1].faults.append(f"{kind}: {text[:300]}")

    page.on("console", lambda m: note("console", m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: note("console", str(error)))
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((url, "data:", "blob:"))
            else note("network", r.url)
        ),
    )


def look(page: Any, url: str, visit: Visit) -> list[str]:
    """Open a page at both widths, check it, and return where it leads."""
    asked = page.request.get(url + visit.path)
    visit.status = asked.status
    if visit.is_guess and visit.status == NOT_NOW:
        return []
    if visit.status in UNREADABLE or "html" not in asked.headers.get(
        "content-type", ""
    ):
        return []
    if visit.status >= 400:
        visit.faults.append(f"status: {visit.status}")
        return []
    page.set_viewport_size(WIDE)
    page.goto(url + visit.path, wait_until="load")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for viewport in (WIDE, NARROW):
        check(page, viewport, visit)
    targets = [urldefrag(link).url for link in page.evaluate(LINKS)]
    return [t.removeprefix(url) or "/" for t in targets if t.startswith(url)]


def check(page: Any, viewport: dict[str, int], visit: Visit) -> None:
    page.set_viewport_size(viewport)
    width = viewport["width"]
    if page.evaluate(OVERFLOW) > 1:
        visit.faults.append(f"overflow: wider than {width} pixels")
    for impact, rule, html in page.evaluate(AXE_RUN):
        if impact in SERIOUS:
            visit.faults.append(f"axe: {rule} ({impact}) at {width}: {html[:200]}")
