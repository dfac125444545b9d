import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from shapely.geometry import Point

from safelane.core.backup.archive import ArchiveReader
from safelane.core.backup.dump import write_backup
from safelane.core.backup.load import older_targets, read_backup, secret_of
from safelane.core.backup.tables import (
    BackupRunning,
    BrokenBackup,
    NotEmpty,
    OtherVersion,
    backed_up_models,
    columns_of,
    read_row,
    write_row,
)
from safelane.core.errors import StorageUnavailable
from safelane.core.files.kinds import FileContentMissing
from safelane.core.files.models import StoredFile
from safelane.core.files.orphans import check_store
from safelane.core.files.store import open_file, path_of, store_file
from safelane.core.history.chain import heads, verify
from safelane.core.history.models import Change
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import Progress
from safelane.core.protect.installation import installation
from safelane.core.scope import system_actor
from safelane.core.sqlite.writer_queue import Turns
from safelane.organisations.actions import create_country, create_user
from safelane.organisations.models import Country, Place, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"


@pytest.fixture
def progress():
    return Progress(system_actor())


@pytest.fixture
def archive(cast, progress, tmp_path):
    by, verb = cast.actor("bounmy"), "hazard_report.report"
    store_file(io.BytesIO(b"a,b\n"), "a.csv", kind="import", verb=verb, by=by)
    JobRun.objects.create(kind="x", title="open", owner=cast.users["bounmy"])
    installation()
    path = tmp_path / "copy.zip"
    write_backup(path, progress)
    return path


def everything():
    """Return every row of every backed-up table."""
    return {
        model._meta.label: sorted(
            map(str, model._base_manager.values_list(*names_of(model)))
        )
        for model in backed_up_models()
        if model is not JobRun
    }


def names_of(model):
    return [field.attname for field in columns_of(model)]


def rewrite(path, name, change):
    """Replace one member of an archive by ``change(content)``."""
    with zipfile.ZipFile(path) as source:
        members = {n: source.read(n) for n in source.namelist()}
    members[name] = change(members[name])
    with zipfile.ZipFile(path, "w") as target:
        for member, content in members.items():
            target.writestr(member, content)


def add(path, name, content, **facts):
    """Put one more member into an archive, with its right checksum."""
    with zipfile.ZipFile(path, "a") as target:
        target.writestr(name, content)
    told = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}

    def with_it(text):
        manifest = json.loads(text) | facts
        manifest["members"][name] = told
        return json.dumps(manifest).encode()

    rewrite(path, "manifest.json", with_it)


def test_a_restore_gives_every_row_and_the_same_heads(archive, progress):
    before, ends = everything(), heads()
    create_user("later", "Came Later", by=system_actor())
    read_backup(archive, progress, force=True)
    assert everything() == before
    assert heads() == ends
    assert verify().holds


def test_files_come_back(archive, progress):
    stored = StoredFile.objects.get()
    path_of(stored.sha256).unlink()
    read_backup(archive, progress, force=True)
    with open_file(StoredFile.objects.get()) as file:
        assert file.read() == b"a,b\n"


def test_rows_that_are_not_those_of_the_backup_are_refused(archive, progress):
    def more(content):
        manifest = json.loads(content)
        manifest["rows"]["organisations.user"] += 1
        return json.dumps(manifest).encode()

    before = everything()
    rewrite(archive, "manifest.json", more)
    with pytest.raises(BrokenBackup, match="in the backup"):
        read_backup(archive, progress, force=True)
    assert everything() == before


def test_new_rows_get_numbers_of_their_own_after_a_restore(archive, progress):
    highest = User.objects.order_by("-pk").first().pk
    read_backup(archive, progress, force=True)
    assert create_user("next", "Next", by=system_actor()).pk > highest
    assert verify().holds


def test_open_jobs_end_with_a_restore(archive, progress):
    read_backup(archive, progress, force=True)
    assert JobRun.objects.get().status == "cancelled"


def test_data_is_not_replaced_unless_told(archive, progress):
    create_user("later", "Came Later", by=system_actor())
    with pytest.raises(NotEmpty, match="--force"):
        read_backup(archive, progress)
    assert User.objects.filter(username="later").exists()


@pytest.mark.parametrize(
    "member", ["tables/organisations.user.jsonl", "private/secret"]
)
def test_a_damaged_member_changes_nothing(archive, progress, member):
    before = everything()
    rewrite(archive, member, lambda content: content.replace(b"a", b"b") + b"x")
    with pytest.raises(BrokenBackup, match="damaged"):
        read_backup(archive, progress, force=True)
    assert everything() == before


def test_a_history_altered_in_the_backup_is_refused(archive, progress):
    """Somebody alters a row and corrects the checksum, but cannot correct the chain."""
    before = everything()
    name = "tables/history.change.jsonl"
    rewrite(archive, name, lambda content: content.replace(b"Bounmy", b"Mallory"))
    forged = zipfile.ZipFile(archive).read(name)

    def correct(content):
        manifest = json.loads(content)
        manifest["members"][name]["sha256"] = hashlib.sha256(forged).hexdigest()
        return json.dumps(manifest).encode()

    rewrite(archive, "manifest.json", correct)
    with pytest.raises(BrokenBackup, match="tampered"):
        read_backup(archive, progress, force=True)
    assert everything() == before


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_archive_is_refused(archive, progress, share):
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BrokenBackup, match="cut off"):
        read_backup(archive, progress, force=True)


def test_something_else_is_no_backup(progress, tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff" * 100)
    with pytest.raises(BrokenBackup):
        ArchiveReader(path)


def test_a_backup_of_another_version_is_refused(archive, progress):
    def older(content):
        manifest = json.loads(content)
        manifest["migrations"].pop()
        return json.dumps(manifest).encode()

    rewrite(archive, "manifest.json", older)
    with pytest.raises(OtherVersion, match="empty database"):
        read_backup(archive, progress, force=True)


def test_migrations_of_the_queue_of_before_do_not_matter(archive, progress):
    def older(content):
        manifest = json.loads(content)
        manifest["migrations"].append("django_tasks_database.0001_initial")
        return json.dumps(manifest).encode()

    rewrite(archive, "manifest.json", older)
    assert older_targets(archive) == []
    read_backup(archive, progress, force=True)


def test_a_full_disk_leaves_no_archive(cast, progress, tmp_path, monkeypatch):
    import errno
    import os

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageUnavailable, match="is full"):
        write_backup(tmp_path / "copy.zip", progress)
    assert not list(tmp_path.glob("copy.zip*"))


def test_a_second_backup_leaves_the_first_alone(archive, progress, settings):
    whole = archive.read_bytes()
    other = Turns(Path(settings.DATA_DIR) / "backup-turns", patience=0)
    other.enter()
    with pytest.raises(BackupRunning, match="being written"):
        write_backup(archive, progress)
    assert not list(archive.parent.glob("*.part"))
    assert archive.read_bytes() == whole
    other.leave()
    write_backup(archive, progress)


def test_an_archive_is_readable_by_its_owner_only(archive):
    assert archive.stat().st_mode & 0o077 == 0


def test_sealed_fields_stay_sealed(archive):
    """A victim's name stands in no archive: only the secret opens it."""
    from safelane.core.protect.fields import EncryptedTextField

    sealed = [
        (model._meta.label_lower, field.attname)
        for model in backed_up_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    assert sealed
    for label, name in sealed:
        model = next(m for m in backed_up_models() if m._meta.label_lower == label)
        twin = next(f for f in columns_of(model) if f.attname == name)
        assert not isinstance(twin, EncryptedTextField)


def test_places_come_back_exactly(cast, progress, tmp_path):
    country = create_country("laos", by=system_actor())
    point = Point(102.123456789012345, 19.987654321098765)
    Place.objects.create(country=country, code="x", name="ບ້ານ", geometry=point)
    write_backup(tmp_path / "copy.zip", progress)
    Place.objects.all().delete()
    read_backup(tmp_path / "copy.zip", progress, force=True)
    place = Place.objects.get(code="x")
    assert place.geometry.equals_exact(point, 0)
    assert place.name == "ບ້ານ"
    assert Place.objects.filter(geometry__intersects=point.buffer(0.001)).exists()


def test_a_row_is_read_as_it_was_written(cast):
    for model in (User, Change, Country):
        fields = columns_of(model)
        names = [field.attname for field in fields]
        for values in model._base_manager.values_list(*names):
            found = read_row(write_row(fields, values))
            assert [same(v) for v in found] == [same(v) for v in values]


def same(value):
    return value.wkb if hasattr(value, "wkb") else value


def test_the_database_of_a_backup_is_named(archive):
    manifest = ArchiveReader(archive).manifest
    assert manifest["database"] == connection.vendor
    assert manifest["rows"]["organisations.user"] == get_user_model().objects.count()


def test_a_backup_with_other_heads_than_its_history_is_refused(archive, progress):
    before = everything()

    def other(content):
        manifest = json.loads(content)
        manifest["heads"] = {chain: "0" * 64 for chain in manifest["heads"]}
        return json.dumps(manifest).encode()

    rewrite(archive, "manifest.json", other)
    with pytest.raises(BrokenBackup, match="heads"):
        read_backup(archive, progress, force=True)
    assert everything() == before


@pytest.mark.parametrize(
    "place",
    [
        "files/{outside}",
        "files/aabb/../../../../outside.txt",
        "files/" + "A" * 64,
        "private/keys/../../../outside.txt",
        "private/keys//one.key",
        f"private/keys/{'k' * 101}.key",
        "tables/../../outside.txt",
        "private/other",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused_first(
    archive, progress, tmp_path, place
):
    """Neither restored, nor asked for the secret alone: the archive is not opened."""
    outside = tmp_path / "outside.txt"
    outside.write_text("of somebody else")
    before, files = everything(), sorted(tmp_path.rglob("*"))
    add(archive, place.format(outside=outside), b"planted")
    for use in (older_targets, secret_of, lambda path: read_backup(path, progress)):
        with pytest.raises(BrokenBackup, match="which no backup holds"):
            use(archive)
    assert outside.read_text() == "of somebody else"
    assert (everything(), sorted(tmp_path.rglob("*"))) == (before, files)


def test_a_refused_restore_writes_no_file(archive, progress, tmp_path):
    content = b"more"
    digest = hashlib.sha256(content).hexdigest()
    add(archive, f"files/{digest}", content, heads={"0": "0" * 64})
    with pytest.raises(BrokenBackup, match="heads"):
        read_backup(archive, progress, force=True)
    assert not path_of(digest).exists()


def test_a_row_of_a_file_leads_to_no_other_file(archive, progress, tmp_path):
    """A table of the backup names what was never stored: neither read nor removed."""
    outside = tmp_path / "outside.txt"
    outside.write_text("of somebody else")
    StoredFile.objects.update(sha256=str(outside)[-64:])
    stored = StoredFile.objects.get()
    assert path_of(str(outside)) != outside
    assert path_of("../../../outside.txt").resolve() != outside
    with pytest.raises(FileContentMissing):
        open_file(stored)
    assert check_store(contents=True).missing == (stored.sha256,)
