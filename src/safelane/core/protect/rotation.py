"""Sealing everything afresh after the installation's secret has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from safelane.core.protect.cipher import is_current
from safelane.core.protect.fields import EncryptedTextField


def protected_fields() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Yield every model that has encrypted fields, with their names."""
    for model in apps.get_models():
        fields = model._meta.local_fields
        names = [f.name for f in fields if isinstance(f, EncryptedTextField)]
        if names:
            yield model, names


def reseal_all() -> int:
    """Seal with the secret in use whatever an older one sealed; return how many rows.

    All rows of a model change together or not at all; running it twice does no harm.

    Raises:
        Unreadable: A value needs a secret that is neither in use nor a fallback.
    """
    return sum(_reseal(model, names) for model, names in protected_fields())


@transaction.atomic
def _reseal(model: type[models.Model], names: list[str]) -> int:
    manager: Any = model._base_manager
    old = [pk for pk, *sealed in _sealed_rows(model, names) if _is_old(sealed)]
    for row in manager.filter(pk__in=old).iterator():
        row.save(update_fields=names)
    return len(old)


def _is_old(sealed: list[str | None]) -> bool:
    return any(text and not is_current(text) for text in sealed)


def _sealed_rows(model: type[models.Model], names: list[str]) -> list[tuple[Any, ...]]:
    """Return the primary key and the sealed texts as they lie in the table."""
    quote = connection.ops.quote_name
    columns = [_column(model, name) for name in ("pk", *names)]
    table, wanted = quote(model._meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {table}")  # noqa: S608 - own names
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)
