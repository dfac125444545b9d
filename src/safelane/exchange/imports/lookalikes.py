"""References that nobody can tell apart on paper, and that are not the same."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.bulk.many_values import among
from safelane.core.i18n.letters import look, tidy_name
from safelane.core.review.kind import ReportKind
from safelane.core.scope import Actor
from safelane.exchange.kinds import Complaint, Prepared
from safelane.exchange.models import ImportRun

# Only these can look like another one.
_STRANGE = re.compile(r"[^ -~]|  ")


class LookAlikes:
    """The references of one import and of the register, as they look.

    Those that can look like others are read once: they are few, and finding them means
    going through all.
    """

    def __init__(self, kind: ReportKind[Any, Any], run: ImportRun, by: Actor) -> None:
        seen = kind.record_model._default_manager.visible_to(by)
        self._kind, self._known = kind, seen.filter(organisation=run.organisation)
        self._spelt: dict[str, str] = {}  # look -> the first name that looks so
        self._others: set[str] = set()
        self._is_read = False
        self._older: dict[str, Any] = {}

    def refuse(self, prepared: Prepared) -> None:
        """Refuse rows whose reference looks like another one, in the file or known.

        Two records would come of one; only a person knows which letters are right. One
        that was kept before with another hyphen or two spaces is that record.
        """
        named = {i.reference for i in prepared.items.values() if i.reference}
        self._read(named)
        for row, item in list(prepared.items.items()):
            if not item.reference:
                continue
            other = self._spelt.setdefault(look(item.reference), item.reference)
            if item.reference == other or item.reference in self._others:
                continue
            if (record := self._older.get(item.reference)) is not None:
                aimed = {self._kind.record: record, "reference": ""}
                prepared.items[row] = replace(item, **aimed)
                continue
            text = _(
                "“%(reference)s” only looks like “%(other)s”: letters, hyphens or "
                "spaces are others. Write it in the same way if it is the same."
            )
            said = {"reference": item.reference, "other": other}
            found = Complaint(row, "look-alike", text % said, is_open=False)
            prepared.complaints.append(found)
        prepared.drop_faulty()

    def _read(self, named: set[str]) -> None:
        if not self._is_read:
            self._is_read = True
            names = self._known.values_list("reference", flat=True)
            for name in filter(_STRANGE.search, names.iterator()):
                self._take(name)
                if (tidied := tidy_name(name)) != name:
                    self._older[tidied] = self._known.get(reference=name)
        asked = sorted({*named, *map(look, named)})
        rows = self._known.filter(among("reference", asked))
        for name in rows.values_list("reference", flat=True):
            self._take(name)

    def _take(self, name: str) -> None:
        if self._spelt.setdefault(look(name), name) != name:
            self._others.add(name)
