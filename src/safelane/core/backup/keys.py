"""Keys of rows after a restore: brought back, but never those that were destroyed."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from safelane.core.protect.keysfile import destroyed_keys, read_keys
from safelane.core.protect.models import RowKey
from safelane.core.protect.rowkeys import forget_again, keys_in_use


@transaction.atomic
def restore_keys(path: Path | None) -> int:
    """Bring the keys of a file back and destroy again what was destroyed.

    Keys that are here already stay, if a row names them.

    Returns:
        How many rows have no key: what is sealed in them cannot be opened.

    Raises:
        InvalidInput: The file is no file of keys; nothing was changed.
    """
    keys, destroyed = read_keys(path) if path else ({}, [])
    wanted = keys_in_use()
    RowKey.objects.exclude(pk__in=wanted).delete()
    here = set(RowKey.objects.values_list("pk", flat=True))
    for uid in wanted & keys.keys() - here:
        RowKey.take_over(uid, keys[uid])
    forget_again([*destroyed_keys(), *destroyed])
    there = set(RowKey.objects.values_list("pk", flat=True))
    return len(keys_in_use() - there)
