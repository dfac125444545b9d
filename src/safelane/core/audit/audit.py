"""The whole audit: what was altered, named; and what could not be checked, said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DataError, connection, models
from django.utils.translation import gettext as _

from safelane.core.audit.anchors import Anchor, own_anchors, read_anchors
from safelane.core.backup.tables import backed_up_models
from safelane.core.bulk.many_values import lots
from safelane.core.domain import house
from safelane.core.errors import SafelaneError
from safelane.core.files.models import StoredFile, is_expired
from safelane.core.files.orphans import check_store
from safelane.core.geo.fields import GeometryField, bbox_columns, bounds_of
from safelane.core.geo.rtree import has_tree, indexed_columns, wrong_in_tree
from safelane.core.history.chain import verify
from safelane.core.history.models import ChainHead, Change
from safelane.core.history.state import Difference, StateCheck, altered

MOST_NAMED = 1_000
Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not what people wrote.

    Args:
        kind: ``altered``, ``removed``, ``reordered``, ``inserted``, ``cut``,
            ``rewritten``, ``deleted``, ``head``, ``anchor``, ``file`` or ``more``.
        where: ``chain:<organisation>``, ``<kind of record>:<key>`` or a file.
        message: What is wrong, with the reference of the record.
        seq: Number of the change in its chain, if a change is at fault.
    """

    kind: str
    where: str
    message: str
    seq: int | None = None


@dataclass(slots=True)
class Audit:
    """What an audit found, and what it did not look at."""

    chains: int = 0
    changes: int = 0
    anchored: datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    more: int = 0

    @property
    def holds(self) -> bool:
        return not self.faults

    def add(self, faults: Iterator[Fault] | Sequence[Fault]) -> None:
        for fault in faults:
            if len(self.faults) < MOST_NAMED:
                self.faults.append(fault)
            else:
                self.more += 1


def audit(
    organisation_id: int | None = None,
    heads_files: Sequence[Path] = (),
    names: Names | None = None,
    note: Callable[[str], object] = lambda _step: None,
) -> Audit:
    """Check chains, outside heads, state and files; memory stays flat.

    Args:
        organisation_id: Only this chain; state and files are then left out, and said
            to be.
        heads_files: Signed heads that were kept elsewhere.
        names: What to call each chain.
        note: Told the name of each step as it begins.
    """
    found = Audit()
    note(_("Chains"))
    verdict = verify(organisation_id)
    found.chains, found.changes = verdict.chains, verdict.changes
    found.add(
        [
            Fault(b.kind, f"chain:{b.organisation_id}", b.message, b.seq)
            for b in verdict.breaks
        ]
    )
    note(_("Heads"))
    _anchors(found, organisation_id, heads_files, names or {})
    if organisation_id is None:
        _state(found, note)
        _files(found, note)
    else:
        found.unchecked.append(_("State and files: only one chain was asked for."))
    return found


def _anchors(
    found: Audit, only: int | None, files: Sequence[Path], names: Names
) -> None:
    outside: list[datetime] = []
    torn = found.unchecked
    for read in (own_anchors(torn), *(read_anchors(path, torn) for path in files)):
        try:
            for anchor in read:
                found.add(_against(anchor, only, names))
                if not anchor.is_own:
                    outside.append(anchor.made)
                found.anchored = max(found.anchored or anchor.made, anchor.made)
        except SafelaneError as fault:
            found.add([Fault("anchor", "heads", fault.message)])
    _say_reach(found, max(outside, default=None))


def _say_reach(found: Audit, outside: datetime | None) -> None:
    if outside is None:
        text = _(
            "No heads kept outside were given (--heads FILE): whoever controls this"
            " machine could have rewritten the history together with the state."
        )
        found.unchecked.append(text)
    newest = outside or found.anchored
    later = Change.objects.filter(server_time__gt=newest) if newest else Change.objects
    count = later.count()
    if count:
        text = _("%(count)s changes are newer than the newest heads (%(day)s).")
        day = f"{newest:%Y-%m-%d %H:%M}" if newest else _("none")
        found.unchecked.append(text % {"count": count, "day": day})


def _against(anchor: Anchor, only: int | None, names: Names) -> Iterator[Fault]:
    """Compare each head with the change of that number as it is now."""
    ends = dict(ChainHead.objects.values_list("organisation_id", "seq"))
    for chain, (seq, digest) in anchor.heads.items():
        if seq == 0 or only not in (None, chain):
            continue
        links = Change.objects.filter(organisation_id=chain)
        now = links.filter(seq=seq).values_list("hash", flat=True).first()
        if now == digest:
            continue
        said = {
            "chain": names.get(chain) or chain,
            "seq": seq,
            "day": f"{anchor.made:%Y-%m-%d %H:%M}",
            "source": anchor.source,
        }
        if now is not None:
            text = _(
                "The chain of %(chain)s was rewritten: change %(seq)s is not the one"
                " of %(day)s in %(source)s."
            )
            yield Fault("rewritten", f"chain:{chain}", text % said)
        elif not links.exists():
            text = _(
                "The chain of %(chain)s was deleted: it had %(seq)s changes on %(day)s,"
                " says %(source)s."
            )
            yield Fault("deleted", f"chain:{chain}", text % said)
        else:
            said["end"] = ends.get(chain, 0)
            text = _(
                "The chain of %(chain)s was cut: it ends at change %(end)s and had"
                " %(seq)s on %(day)s, says %(source)s. Or a backup of before was"
                " restored."
            )
            yield Fault("cut", f"chain:{chain}", text % said)


def _state(found: Audit, note: Callable[[str], object]) -> None:
    covered: set[str] = set()
    unknown: Counter[tuple[str, str]] = Counter()
    for check in house().state_checks:
        note(check.name)
        covered |= set(check.covers)
        found.add(_told(_as_far_as_read(check), unknown))
        found.unchecked += _left_out(check)
    note(_("Boxes"))
    found.add(_told(box_differences(), unknown))
    for (kind, what), count in unknown.items():
        text = _("%(count)s × %(kind)s: %(what)s.")
        found.unchecked.append(text % {"count": count, "kind": kind, "what": what})
    open_kinds = [
        f"{model._meta.verbose_name_plural} ({model._base_manager.count()})"
        for model in backed_up_models()
        if model._meta.label_lower not in covered | NOT_STATE
    ]
    text = _("Not compared with the history, having no replay (rows): %(kinds)s.")
    found.unchecked.append(text % {"kinds": ", ".join(sorted(open_kinds))})


def _as_far_as_read(check: StateCheck) -> Iterator[Difference]:
    """Yield what differs, up to a change that cannot be read, which is a fault."""
    try:
        yield from check.differences()
    except UNREADABLE:
        text = _(
            "A change on %(kind)s cannot be read, so what comes after it was not "
            "compared. A backup of before it was altered holds it."
        )
        yield Difference("altered", check.name, "", text % {"kind": check.name})


UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, RecursionError),
    *(ValidationError, DataError),
)
NOT_STATE = {"history.change", "history.chainhead"}


def _told(
    items: Iterator[Difference], unknown: Counter[tuple[str, str]]
) -> Iterator[Fault]:
    """Yield what differs; count what could not be compared."""
    for item in items:
        if item.kind == "unchecked":
            unknown[item.object_type, item.message] += 1
        else:
            where = f"{item.object_type}:{item.object_id}"
            yield Fault(item.kind, where, item.message)


def _left_out(check: StateCheck) -> Iterator[str]:
    """Name the columns that the check leaves out, if there are rows."""
    model = apps.get_model(check.covers[0])
    if not check.unchecked or not model._base_manager.exists():
        return
    columns = ", ".join(
        f"{getattr(model._meta.get_field(name), 'verbose_name', name)} ({why})"
        for name, why in check.unchecked.items()
    )
    kind = model._meta.verbose_name_plural
    yield _("Not compared of %(kind)s: %(columns)s.") % {
        "kind": kind,
        "columns": columns,
    }


def _files(found: Audit, note: Callable[[str], object]) -> None:
    note(_("Files"))
    store = check_store(contents=True)
    altered_text = _("The content of “%(name)s” is not the one that was stored.")
    removed_text = _("The content of “%(name)s” is gone; restore it from a backup.")
    for digests, text in ((store.damaged, altered_text), (store.missing, removed_text)):
        for digest, name in _kept(set(digests)).items():
            found.add([Fault("file", f"file:{digest}", text % {"name": name})])


def _kept(digests: set[str]) -> dict[str, str]:
    """Return the names of files whose content has to be there, by checksum.

    What is removed on purpose (an expired export, a file that holds identities) takes
    its row along.
    """
    rows = StoredFile.objects.exclude(is_expired()).values_list("sha256", "name")
    return {d: name for d, name in rows.iterator(AT_ONCE) if d in digests}


AT_ONCE = 10_000


def box_differences() -> Iterator[Difference]:
    """Yield each row whose box, or whose entry in the R*Tree, is not its shape's."""
    for model in backed_up_models():
        for own in model._meta.local_concrete_fields:
            if isinstance(own, GeometryField):
                yield from _named(model, _wrong_boxes(model, own.name))
        for column in indexed_columns(model):
            if connection.vendor == "sqlite" and has_tree(
                connection, model._meta.db_table, column
            ):
                yield from _named(model, wrong_in_tree(connection, model, column))


def _wrong_boxes(model: type[models.Model], name: str) -> Iterator[int]:
    rows = model._base_manager.order_by("pk")
    told = rows.values_list("pk", name, *bbox_columns(name)).iterator(AT_ONCE)
    for some in lots(told, AT_ONCE):
        keys, shapes, *sides = zip(*some, strict=True)
        held = np.array(sides, dtype=float).T  # None becomes NaN, as of no shape
        right = bounds_of(shapes)
        same = (held == right) | (np.isnan(held) & np.isnan(right))
        yield from (keys[i] for i in np.flatnonzero(~same.all(axis=1)))


def _named(model: type[models.Model], keys: Iterator[Any]) -> Iterator[Difference]:
    for key in keys:
        row = model._base_manager.filter(pk=key).first()
        text = _("%(label)s: the box by which it is found is not that of its shape.")
        if row is not None:
            yield altered(row, text)
        else:
            said = {"label": f"{model._meta.verbose_name} {key}"}
            yield Difference("altered", model._meta.label_lower, str(key), text % said)
