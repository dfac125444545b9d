import errno
import hashlib
import io
import os
import time

import pytest
from django.utils import timezone

from safelane.core.domain import Domain
from safelane.core.errors import StorageUnavailable
from safelane.core.files.kinds import (
    FileContentMissing,
    FileTooLarge,
    FileTypeRefused,
)
from safelane.core.files.models import StoredFile
from safelane.core.files.orphans import check_store, remove_expired, remove_orphans
from safelane.core.files.store import clean_name, open_file, path_of, store_file
from safelane.core.files.tests import photos
from safelane.core.scope import system_actor
from safelane.core.testing.parts import in_use

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def read(answer):
    """Read a download to its end, as a browser does.

    Closing it by hand ends the request outside the test client, and Django then closes
    the connection in the middle of the test's transaction.
    """
    return b"".join(answer.streaming_content)


def put(content=b"a,b\n1,2\n", name="list.csv", kind="import", **options):
    options.setdefault("by", system_actor())
    how = {"verb": "hazard_report.report", **options}
    return store_file(io.BytesIO(content), name, kind=kind, **how)


def test_content_comes_back_as_it_was():
    stored = put()
    with open_file(stored) as file:
        assert file.read() == b"a,b\n1,2\n"
    assert (stored.size, stored.media_type) == (8, "text/csv")
    assert stored.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert path_of(stored.sha256).is_file()


def test_equal_content_lies_on_disk_once():
    first, second = put(name="a.csv"), put(name="b.csv")
    assert first.sha256 == second.sha256
    store = path_of(first.sha256).parents[2]
    assert len([p for p in store.rglob("*") if p.is_file()]) == 1


def test_a_photo_loses_its_place():
    photo = photos.jpeg()
    with open_file(put(photo, "a.jpg", "photo")) as file:
        assert photos.SECRET not in file.read()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"MZ\x90\x00program", "photo.jpg", "photo"),
        (b"<svg onload=alert(1)>", "photo.jpg", "photo"),
        (b"<html><script>", "page.html", "photo"),
        (b"\x7fELF", "data.csv", "import"),
        (b"%PDF-1.7", "sheet.xlsx", "import"),
    ],
)
def test_a_file_is_what_its_content_is(content, name, kind):
    with pytest.raises(FileTypeRefused):
        put(content, name, kind)
    assert not StoredFile.objects.exists()


def test_a_file_over_the_limit_leaves_nothing(settings, tmp_path):
    settings.MAX_UPLOAD_MB = 1
    with pytest.raises(FileTooLarge, match="limit"):
        put(b"x" * 1_000_001)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\map.csv", "map.csv"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie x"),
        ("", "file"),
        ("ບ້ານ.csv", "ບ້ານ.csv"),
    ],
)
def test_names_cannot_point_or_inject(given, kept):
    assert clean_name(given) == kept


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_or_read_only_disk_leaves_nothing(monkeypatch, tmp_path, number):
    def fail(_handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageUnavailable, match="Nothing was saved"):
        put()
    assert not StoredFile.objects.exists()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_missing_content_says_what_to_do():
    stored = put()
    path_of(stored.sha256).unlink()
    with pytest.raises(FileContentMissing, match="backup"):
        open_file(stored)
    assert check_store().missing == (stored.sha256,)


def test_damaged_content_is_found():
    stored = put()
    path_of(stored.sha256).write_bytes(b"changed")
    assert check_store(contents=True).damaged == (stored.sha256,)


def test_orphans_are_removed_after_a_day_and_not_before():
    stored = put()
    path = path_of(stored.sha256)
    StoredFile.objects.all().delete()
    assert check_store().orphans == (path,)
    assert remove_orphans() == 0
    yesterday = time.time() - 90_000
    os.utime(path, (yesterday, yesterday))
    assert remove_orphans() == 1
    assert not path.exists()


def test_an_upload_that_was_killed_goes_after_a_day(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    incoming = tmp_path / "files" / "incoming"
    for folder in (tmp_path / "uploads", incoming):
        folder.mkdir(parents=True)
    upload = tmp_path / "uploads" / "tmpbf97p95q.upload.csv"
    part, other = incoming / ".0f.part", tmp_path / "uploads" / "notes.csv"
    for path in (upload, part, other):
        path.write_text("name,telephone")
    assert set(check_store().orphans) == {upload, part}
    remove_expired(timezone.now())
    assert upload.exists() and part.exists()  # they may still be coming in
    yesterday = time.time() - 90_000
    for path in (upload, part, other):
        os.utime(path, (yesterday, yesterday))
    remove_expired(timezone.now())
    assert [p for p in (upload, part, other) if p.exists()] == [other]


def test_download_is_for_who_gave_it(clients, cast):
    stored = put(by=cast.actor("bounmy"))
    where = f"/files/{stored.uid}/"
    answer = clients["bounmy"].get(where)
    assert read(answer) == b"a,b\n1,2\n"
    assert clients["chan"].get(where).status_code == 404
    assert clients["petra"].get(where).status_code == 404
    assert clients["nobody"].get(where).status_code == 302


def test_a_domain_opens_the_files_of_its_records(clients, cast):
    from django.db.models import Q

    stored = put(by=cast.actor("bounmy"))
    shown = Q(pk=stored.pk)
    chan = cast.actor("chan")
    part = Domain(
        app="tests",
        title="Tests",
        file_doors=(lambda a: shown if a.user_id == chan.user_id else Q(pk=0),),
    )
    with in_use(part):
        answer = clients["chan"].get(f"/files/{stored.uid}/")
        assert read(answer) == b"a,b\n1,2\n"
        assert clients["aysel"].get(f"/files/{stored.uid}/").status_code == 404


def test_a_download_cannot_act_as_this_site(clients, cast):
    stored = put(b"<html><script>", "page.txt", "import", by=cast.actor("bounmy"))
    answer = clients["bounmy"].get(f"/files/{stored.uid}/")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    read(answer)


def test_a_photo_shows_inside_a_page(clients, cast):
    stored = put(photos.png(), "a.png", "photo", by=cast.actor("bounmy"))
    answer = clients["bounmy"].get(f"/files/{stored.uid}/")
    assert answer["Content-Disposition"].startswith("inline")
    read(answer)
