"""References that nobody can tell apart on paper, and that are not the same."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from safelane.core.bulk.many_values import among
from safelane.core.i18n.letters import look
from safelane.core.review.kind import ReportKind
from safelane.core.scope import Actor
from safelane.exchange.kinds import Complaint, Prepared
from safelane.exchange.models import ImportRun

# Only these can look like another one.
_STRANGE = r"[^ -~]|  "


def refuse_lookalikes(
    kind: ReportKind[Any, Any], run: ImportRun, prepared: Prepared, by: Actor
) -> None:
    """Refuse rows whose reference looks like another one, in the file or known.

    Two records would come of one; only a person knows which letters are right.
    """
    named = [item.reference for item in prepared.items.values() if item.reference]
    looks = {name: look(name) for name in named}
    seen = kind.record_model._default_manager.visible_to(by)
    rows = seen.filter(
        among("reference", [*{*named, *looks.values()}]) | Q(reference__regex=_STRANGE),
        organisation=run.organisation,
    )
    spelt: dict[str, list[str]] = {}
    for name in rows.values_list("reference", flat=True):
        spelt.setdefault(look(name), []).append(name)
    for row, item in prepared.items.items():
        if not item.reference:
            continue
        known = spelt.setdefault(looks[item.reference], [item.reference])
        if item.reference not in known:
            text = _(
                "“%(reference)s” only looks like “%(other)s”: letters, hyphens or "
                "spaces are others. Write it in the same way if it is the same."
            )
            said = {"reference": item.reference, "other": known[0]}
            prepared.complaints.append(Complaint(row, "look-alike", text % said))
    prepared.drop_faulty()
