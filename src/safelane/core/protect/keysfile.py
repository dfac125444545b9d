"""The keys of rows in a file of their own, beside the backups, of which only the newest
is kept: an older archive with today's keys cannot open what was destroyed meanwhile.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.protect.installation import installation
from safelane.core.protect.models import DestroyedKey, RowKey
from safelane.core.protect.rowkeys import forget_again, keys_in_use

Destroyed = list[tuple[UUID, datetime, str]]


def write_keys(file: IO[bytes]) -> int:
    """Write the sealed keys of now and the list of destroyed ones; return how many."""
    keys = dict(_sealed())
    said = {
        "installation": str(installation().uid),
        "keys": {str(uid): text for uid, text in keys.items()},
        "destroyed": [
            [str(key), moment.isoformat(), subject]
            for key, moment, subject in destroyed_keys()
        ],
    }
    file.write(json.dumps(said, indent=1).encode())
    return len(keys)


def _sealed() -> Any:
    return RowKey.objects.values_list("pk", Cast("sealed", TextField()))


def destroyed_keys() -> Destroyed:
    """Return key, time and subject of whatever was destroyed here."""
    return list(DestroyedKey.objects.values_list("pk", "destroyed", "subject"))


def read_keys(path: Path) -> tuple[dict[UUID, str], Destroyed]:
    """Return the sealed keys of a file and what was destroyed.

    Raises:
        InvalidInput: It is no file of keys.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        keys = {UUID(uid): str(text) for uid, text in said["keys"].items()}
        destroyed = [
            (UUID(key), datetime.fromisoformat(moment), str(subject))
            for key, moment, subject in said["destroyed"]
        ]
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise InvalidInput(
            _("%(path)s is no file of keys: %(why)s.") % {"path": path, "why": error}
        ) from error
    return keys, destroyed


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
