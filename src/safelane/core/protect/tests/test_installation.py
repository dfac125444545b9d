"""Where the secret of a workspace is found again: the newest backup that holds it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from safelane.core.protect.cipher import SecretOther
from safelane.core.protect.installation import (
    fingerprint,
    installation,
    note_backup,
    where_to_find,
)
from safelane.core.protect.models import BackupMade, RowKey
from safelane.core.protect.rowkeys import _make_key

pytestmark = pytest.mark.django_db


def made(name, day, secret):
    BackupMade.objects.create(
        path=name, made=datetime(2026, 3, day, 12, tzinfo=UTC), secret=secret
    )


@pytest.fixture
def _three():
    made("middle.zip", 4, "aaaa")
    made("newest.zip", 9, "bbbb")
    made("oldest.zip", 2, "aaaa")


@pytest.mark.usefixtures("_three")
@pytest.mark.parametrize(
    ("wanted", "path", "day"),
    [
        ("aaaa", "middle.zip", "2026-03-04"),
        ("bbbb", "newest.zip", "2026-03-09"),
        ("", "newest.zip", "2026-03-09"),
    ],
)
def test_the_newest_backup_with_the_secret_is_named(wanted, path, day):
    said = where_to_find(wanted)
    assert path in said and day in said


@pytest.mark.usefixtures("_three")
def test_no_backup_is_named_for_a_secret_that_none_holds():
    assert ".zip" not in where_to_find("cccc")


def test_a_backup_written_to_the_same_file_again_counts_once(settings):
    settings.SECRET_KEY = "one" * 20
    note_backup(Path("kept.zip"))
    settings.SECRET_KEY = "two" * 20
    note_backup(Path("kept.zip"))
    assert "kept.zip" in where_to_find(fingerprint("two" * 20))
    assert "kept.zip" not in where_to_find(fingerprint("one" * 20))


def test_a_process_with_another_secret_than_the_data_seals_nothing(client, settings):
    """A restore under a running server gives the data the secret of the backup."""
    _make_key()
    row = installation()
    row.secret = fingerprint("of another installation")
    row.save()
    refused = pytest.raises(SecretOther, match=f"secret {row.secret}.*start it again")
    with refused, transaction.atomic():
        _make_key()
    assert RowKey.objects.count() == 1
    health = client.get("/health")
    assert health.status_code == 503 and "restart" in health.content.decode()
    settings.SECRET_KEY_FALLBACKS = ["of another installation"]
    _make_key()  # the secret was changed, and what is there can still be opened
    assert client.get("/health").json()["secret"] == {"ok": True}
