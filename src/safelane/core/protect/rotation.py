"""Sealing everything afresh after the installation's secret has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from safelane.core.history.actions import Entry, record
from safelane.core.protect.cipher import current_key, is_current, key_id
from safelane.core.protect.errors import Unreadable
from safelane.core.protect.fields import protected_fields
from safelane.core.protect.installation import renew_secret
from safelane.core.scope import Actor

BATCH = 500


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed values outside of encrypted fields.

    Args:
        left: Counts the rows that an older secret sealed.
        reseal: Seals those with the secret in use and returns how many; called inside
            a transaction.
    """

    left: Callable[[], int]
    reseal: Callable[[], int]


_others: dict[str, Sealed] = {}


def also_reseal(name: str, sealed: Sealed) -> None:
    """Let an app bring sealed values of its own; registering again replaces."""
    _others[name] = sealed


def count_old() -> dict[str, int]:
    """Return kind of record -> how many still need an older secret; none are left out.

    As long as a number is not 0, the older secret must stay a fallback.
    """
    found = {m._meta.label_lower: len(_old(m, n)) for m, n in protected_fields()}
    return found | {name: other.left() for name, other in _others.items()}


def reseal_all(*, by: Actor) -> dict[str, int]:
    """Seal with the secret in use whatever an older one sealed; return the counts.

    All values change together or not at all, and the history says that they did.
    Stopped half-way, nothing has changed: run it again.

    Raises:
        Unreadable: A value needs a secret that is neither in use nor a fallback; it is
            named, and nothing was changed.
    """
    with transaction.atomic():
        done = {m._meta.label_lower: _reseal(m, n) for m, n in protected_fields()}
        done |= {name: other.reseal() for name, other in _others.items()}
        if any(done.values()):
            _note(done, by)
        renew_secret()
    return done


def _note(done: dict[str, int], by: Actor) -> None:
    key = key_id(current_key())
    after = {"key": key, "records": done}
    record(Entry(None, "secret.reseal", "secret", key, key, after=after), by=by)


def _reseal(model: type[models.Model], names: list[str]) -> int:
    manager: Any = model._base_manager
    old = _old(model, names)
    for start in range(0, len(old), BATCH):
        keys = old[start : start + BATCH]
        try:
            for row in manager.select_for_update().filter(pk__in=keys):
                row.save(update_fields=names)
        except Unreadable as fault:
            raise _named(model, names, keys) from fault
    return len(old)


def _old(model: type[models.Model], names: list[str]) -> list[Any]:
    """Return the keys of rows that an older secret sealed."""
    return [pk for pk, *texts in _sealed_rows(model, names) if _is_old(texts)]


def _is_old(sealed: list[str | None]) -> bool:
    return any(text and not is_current(text) for text in sealed)


def _named(model: type[models.Model], names: list[str], keys: list[Any]) -> Unreadable:
    """Return the fault that says which record cannot be opened."""
    manager: Any = model._base_manager
    for key in keys:
        try:
            list(manager.filter(pk=key).only(*names))
        except Unreadable as fault:
            return Unreadable(
                _("%(kind)s %(key)s: %(why)s Nothing was changed.")
                % {"kind": model._meta.label_lower, "key": key, "why": fault.message},
                secrets_known=1 + len(settings.SECRET_KEY_FALLBACKS),
            )
    return Unreadable(_("Nothing was changed."))


def _sealed_rows(
    model: type[models.Model], names: list[str]
) -> Iterator[tuple[Any, ...]]:
    """Yield the primary key and the sealed texts as they lie in the table."""
    quote = connection.ops.quote_name
    columns = [_column(model, name) for name in ("pk", *names)]
    table, wanted = quote(model._meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {table}")  # noqa: S608 - own names
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)
