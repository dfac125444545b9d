"""After the day neither database, history, file nor restored backup yields a name."""

import json
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from typer.testing import CliRunner

from safelane.accidents.actions import forget_due, reveal_victim
from safelane.accidents.models import Victim, VictimIdentity
from safelane.accidents.tests import steps
from safelane.accidents.tests.steps import NAME
from safelane.cli.backup import _bring_keys
from safelane.cli.main import app
from safelane.core.backup.dump import KEYS_FILE, write_backup
from safelane.core.backup.load import read_backup
from safelane.core.errors import Conflict, InvalidInput
from safelane.core.history.models import Change
from safelane.core.jobs.progress import Progress
from safelane.core.protect.cipher import Unreadable
from safelane.core.protect.models import DestroyedKey, RowKey
from safelane.core.protect.rowkeys import (
    forget_again,
    require_replaceable,
)
from safelane.core.scope import system_actor

pytestmark = pytest.mark.django_db
TELEPHONE = "+994 55 000 00 00"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    monkeypatch.setattr("safelane.cli.retention.set_up", lambda: None)


@pytest.fixture
def people(cast):
    """Return two victims of two accidents, each with a name."""
    for number in (1, 2):
        said = steps.claims(f"LA-X{number}", 103.1, 19.35)
        steps.approved(cast, "lao", said)
    return list(Victim.objects.order_by("pk"))


def back_up(folder):
    """Write archive and keys as the command does."""
    folder.mkdir(exist_ok=True)
    write_backup(folder / "copy.zip", Progress(system_actor()))
    return folder / "copy.zip"


def restore(path, keys):
    read_backup(path, Progress(system_actor()), force=True)
    return _bring_keys(keys)


def names(cast):
    """Return each victim's name as the one who may opens it, or why it does not."""
    found = []
    for victim in Victim.objects.order_by("pk"):
        try:
            opened = reveal_victim(victim, "To arrange a visit", by=cast.actor("noy"))
            found.append(opened["name"])
        except Unreadable as fault:
            found.append(type(fault).__name__)
    return found


def command(*arguments):
    done = CliRunner().invoke(app, ["retention", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def sealed():
    table = VictimIdentity._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, telephone FROM {table} ORDER BY id")
        return cursor.fetchall()


def test_each_identity_has_a_key_of_its_own(people, cast):
    assert RowKey.objects.count() == 2
    assert all(text.startswith("r1:") for row in sealed() for text in row)
    assert names(cast) == [NAME, NAME]


def test_a_name_that_was_copied_to_another_row_does_not_open(people, cast):
    """Sealed values are bound to their row, by the key and what it authenticates."""
    first, second = VictimIdentity._base_manager.order_by("pk").values_list(
        "name", flat=True
    )
    keys = VictimIdentity._base_manager.order_by("pk").values_list("key", flat=True)
    VictimIdentity._base_manager.filter(key=keys[1]).update(name="")
    with connection.cursor() as cursor:
        table = VictimIdentity._meta.db_table
        cursor.execute(
            f"UPDATE {table} SET name = (SELECT name FROM {table} ORDER BY id LIMIT 1)"
        )
    assert names(cast) == [NAME, "Unreadable"]
    assert first != second


def test_a_forgotten_identity_comes_back_from_nowhere(people, cast, tmp_path):
    old = back_up(tmp_path / "old")
    key = RowKey.objects.get(pk=people[0].identity.key)
    assert command("forget", str(people[0].uid), "--reason", "She asked for it")[
        "destroyed"
    ]
    assert names(cast) == ["", NAME]
    new, kept = back_up(tmp_path / "new"), tmp_path / "new" / KEYS_FILE
    # neither database
    assert not RowKey.objects.filter(pk=key.pk).exists()
    assert DestroyedKey.objects.filter(pk=key.pk).exists()
    # nor history, which keeps the act
    entry = Change.objects.get(verb="victim.forget")
    assert entry.reason == "She asked for it"
    everything = " ".join(
        " ".join(map(str, row)) for row in Change.objects.values_list()
    )
    assert NAME not in everything
    # nor archives, of before or after, with the newest keys
    for archive in (old, new):
        with zipfile.ZipFile(archive) as file:
            content = b"".join(file.read(name) for name in file.namelist())
        assert NAME.encode() not in content
        assert key.sealed.encode() not in content
        assert str(key.pk) not in json.loads(kept.read_text())["keys"]
        RowKey.objects.all().delete()
        lost = restore(archive, kept)
        assert lost == 0
        assert names(cast) == ["", NAME]


def test_without_the_file_of_keys_names_stay_closed_and_it_is_said(
    people, cast, tmp_path
):
    archive = back_up(tmp_path / "old")
    RowKey.objects.all().delete()
    assert restore(archive, tmp_path / "none.json") == 2
    assert names(cast) == ["Unreadable", "Unreadable"]
    assert restore(archive, tmp_path / "old" / KEYS_FILE) == 0
    assert names(cast) == [NAME, NAME]


def test_what_was_destroyed_here_stays_so_with_old_archive_and_old_keys(
    people, cast, tmp_path
):
    archive = back_up(tmp_path / "old")
    command("forget", str(people[0].uid), "--reason", "She asked for it")
    assert restore(archive, tmp_path / "old" / KEYS_FILE) == 0
    assert names(cast) == ["", NAME]


def test_what_a_restore_asks_does_not_grow_with_the_identities(people):
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert forget_again([]) == 0
        asked.append(len(queries))
        VictimIdentity.objects.get(victim=people.pop()).delete()
    assert asked[0] == asked[1]


@pytest.mark.parametrize(("day", "kept"), [(1, 2), (2, 2), (3, 0)])
def test_identities_go_on_the_day_that_the_pack_sets(
    people, cast, monkeypatch, day, kept
):
    """The reports are of 2 May 2025: below, at and above ten years."""
    from safelane.countries import CountryPack

    asked = CountryPack.parameter

    def ten_years(pack, key, on=None):
        return 10 if key == "identity_years" else asked(pack, key, on)

    monkeypatch.setattr(CountryPack, "parameter", ten_years)
    moment = timezone.make_aware(timezone.datetime(2035, 5, day, 12))
    forget_due(moment)
    assert VictimIdentity.objects.count() == kept
    assert Change.objects.filter(verb="victim.forget").count() == 2 - kept


def test_nothing_goes_while_the_authority_has_set_no_years(people):
    moment = timezone.make_aware(timezone.datetime(2090, 1, 1))
    assert forget_due(moment) == 0
    assert command("run", "--check")["due"] == 0
    assert VictimIdentity.objects.count() == 2


def test_a_restored_backup_forgets_by_the_day_even_elsewhere(
    people, cast, tmp_path, monkeypatch
):
    from safelane.countries import CountryPack

    archive = back_up(tmp_path / "old")
    asked = CountryPack.parameter
    monkeypatch.setattr(
        CountryPack,
        "parameter",
        lambda pack, key, on=None: (
            1 if key == "identity_years" else asked(pack, key, on)
        ),
    )
    RowKey.objects.all().delete()
    DestroyedKey.objects.all().delete()  # a machine that never heard of it
    assert restore(archive, tmp_path / "old" / KEYS_FILE) == 0
    assert date.today() > date(2026, 5, 2)
    assert names(cast) == ["", ""]


def test_the_database_file_holds_the_destroyed_key_no_more(tmp_path):
    """On SQLite: deleted rows are overwritten, in the file and in its journal."""
    import sqlite3

    from safelane.config.server import SQLITE_PRAGMAS

    path = tmp_path / "x.sqlite3"
    with sqlite3.connect(path, isolation_level=None) as database:
        for pragma in SQLITE_PRAGMAS.split(";"):
            database.execute(pragma)
        database.execute("CREATE TABLE k (t TEXT)")
        database.execute("INSERT INTO k VALUES (?)", ["MARK" * 20])
        database.execute("DELETE FROM k")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    found = b"".join(p.read_bytes() for p in tmp_path.glob("x.sqlite3*"))
    assert b"MARKMARK" not in found
    assert found


def test_a_backup_replaces_no_keys_that_are_needed(people, cast, tmp_path):
    path = back_up(tmp_path / "copies").parent / KEYS_FILE
    require_replaceable(path)
    require_replaceable(tmp_path / "none.json")
    kept = path.read_bytes()
    RowKey.objects.all().delete()  # as after a restore without the file of keys
    with pytest.raises(Conflict, match="2 keys"):
        require_replaceable(path)
    other = json.loads(kept) | {"installation": "another", "keys": {}}
    path.write_text(json.dumps(other))
    with pytest.raises(Conflict, match="another installation"):
        require_replaceable(path)
    path.write_text("no keys")
    with pytest.raises(InvalidInput):
        require_replaceable(path)


def test_the_command_makes_no_archive_over_the_keys_of_others(
    people, tmp_path, monkeypatch
):
    monkeypatch.setattr("safelane.cli.backup.set_up", lambda: None)
    said = {"installation": "another", "keys": {}, "destroyed": []}
    (tmp_path / KEYS_FILE).write_text(json.dumps(said))
    done = CliRunner().invoke(app, ["backup", str(tmp_path / "copy.zip")])
    assert done.exit_code != 0
    assert not (tmp_path / "copy.zip").exists()
    assert json.loads((tmp_path / KEYS_FILE).read_text()) == said
