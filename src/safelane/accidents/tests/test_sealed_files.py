"""A spreadsheet with names of victims: sealed while it is needed, and then gone."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from safelane.accidents.models import Accident
from safelane.accidents.tests.test_imports import FIRST, OTHER, file_of, go, upload
from safelane.core.backup.dump import write_backup
from safelane.core.files.kinds import FileContentMissing
from safelane.core.files.models import StoredFile
from safelane.core.files.store import store_file
from safelane.core.jobs import runner
from safelane.core.jobs.actions import cancel_job
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import Progress
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.core.scope import system_actor
from safelane.exchange.imports import opening
from safelane.exchange.imports import runner as importing
from safelane.exchange.imports.opening import (
    NONCE,
    PIECE,
    PREFIX,
    opened,
    seal_file,
    unsealed,
)
from safelane.exchange.imports.outcome import KEPT_DAYS, expire_imports
from safelane.exchange.models import ImportRun, SavedMapping

__all__ = ["upload"]
pytestmark = pytest.mark.django_db(transaction=True)
NAME, PHONE = "Khamla Notreal", "020 5557 1234"
PLANTED = FIRST | {"victim_full_name": NAME, "phone": PHONE}
# A person who maps the wrong column: the name stands where a code is expected.
MISPLACED = PLANTED | {"gender": NAME}


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path, monkeypatch: Any) -> Path:
    """Keep data and what is opened for a while away from what runs beside this."""
    for place in ("memory", "temporary"):
        (tmp_path / place).mkdir()
    monkeypatch.setattr(opening, "_MEMORY", tmp_path / "memory")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    return tmp_path / "data"


def everything(folder: Path) -> str:
    """Return all that lies in the data folder, a backup, the database as it lies."""
    files = [p.read_bytes() for p in folder.rglob("*") if p.is_file()]
    backup = folder.parent / "copy.zip"
    write_backup(backup, Progress(system_actor()))
    with zipfile.ZipFile(backup) as archive:
        files += [archive.read(name) for name in archive.namelist()]
    backup.unlink()
    texts = [file.decode("utf-8", "replace") for file in files]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - own tables
            texts += [repr(row) for row in cursor.fetchall()]
    return "\n".join(texts)


def assert_nothing_told(folder: Path, caplog: Any) -> None:
    found = everything(folder) + caplog.text
    assert "OLD-1" in found or "accidents" in found  # the search sees something
    for planted in (NAME, PHONE, "Notreal"):
        assert planted not in found
    for place in (opening._MEMORY, Path(tempfile.gettempdir())):
        assert not list(place.glob(f"{PREFIX}*"))


def ended(run: ImportRun, folder: Path) -> bool:
    return not run.key and not (folder / "sealed" / run.uid.hex).exists()


def test_a_planted_name_would_be_found(data_folder: Path) -> None:
    file, by = BytesIO(f"a,b\n{NAME},{PHONE}\n".encode()), system_actor()
    store_file(file, "plain.csv", kind="import", verb="accident.import", by=by)
    found = everything(data_folder)
    assert found.count(NAME) == found.count(PHONE) == 2  # the folder and the backup


def test_nothing_is_left_of_a_file_that_came_in(
    upload: Any, clients: Any, data_folder: Path, caplog: Any
) -> None:
    url = upload(PLANTED, OTHER)
    run = ImportRun.objects.get()
    assert (data_folder / "sealed" / run.uid.hex).exists()
    assert_nothing_told(data_folder, caplog)  # sealed while it waits
    done = go(clients["noy"], url, "import")
    assert (done.stage, Accident.objects.count()) == ("done", 2), done.message
    assert ended(done, data_folder)
    assert_nothing_told(data_folder, caplog)


def test_the_file_s_own_name_is_kept_nowhere(
    upload: Any, clients: Any, data_folder: Path, caplog: Any
) -> None:
    """People call such a file after those in it: it is "acc Notreal.csv"."""
    url = upload(OTHER)
    run = go(clients["noy"], url, "check")
    today = timezone.localdate()
    for path in (url, reverse("exchange:imports"), "/organisations/history/"):
        assert "Notreal" not in clients["noy"].get(path).content.decode()
    assert run.name == f"Accidents and victims {today} {run.uid.hex[:8]}.csv"
    ImportRun.objects.update(file_name="acc Notreal.csv")  # as it was before
    expire_imports(timezone.now())
    assert ImportRun.objects.get().file_name == ".csv"
    assert_nothing_told(data_folder, caplog)


def sent(clients: Any, cast: Any, name: str, content: bytes, target: str) -> str:
    """Upload a file for the Lao operator and return where its import is."""
    data = {
        "file": SimpleUploadedFile(name, content),
        "target": target,
        "organisation": cast.organisations["lao"].pk,
    }
    answer = clients["noy"].post(reverse("exchange:imports"), data)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"])


def test_the_first_row_of_a_file_without_headings_does_not_lie_open(
    clients: Any, cast: Any, data_folder: Path, caplog: Any
) -> None:
    """It stands for the names of columns until the import ends."""
    told = f"A-7,2 Nov 2026,{NAME},30 years,killed", "A-8,3 Nov 2026,Keo,31,killed"
    url = sent(clients, cast, "list.csv", "\n".join(told).encode(), "accidents")
    assert NAME in clients["noy"].get(url).content.decode()  # who maps it sees it
    form = {"column-reference": "A-7", "column-victim_full_name": NAME}
    go(clients["noy"], url, "check", **form)
    assert_nothing_told(data_folder, caplog)


def test_a_file_that_is_sealed_later_leaves_nothing_of_what_was_open(
    clients: Any, cast: Any, data_folder: Path, caplog: Any
) -> None:
    """Another sheet is chosen, and that one holds names of people."""
    heads = ["hazard_id", "date", "type", "status", "lat", "lon"]
    book = openpyxl.Workbook()
    areas, people = book.active, book.create_sheet("people")
    areas.append(heads)
    areas.append(["R1", "2025-11-01", "sha", NAME, 19.4, 103.2])
    people.append([*heads, "Victim name"])
    people.append(["R2", "2025-11-01", "sha", "open", 19.4, 103.2, NAME])
    content = BytesIO()
    book.save(content)
    url = sent(clients, cast, f"{NAME}.xlsx", content.getvalue(), "hazards")
    run = go(clients["noy"], url, "check")
    assert run.faults.filter(message__contains=NAME).exists()
    assert JobRun.objects.filter(title__contains=NAME).exists()
    read = {"step": "read", "layer": "people"}
    assert clients["noy"].post(url, read).status_code == 302
    run.refresh_from_db()
    assert run.holds_identities and not run.faults.exists()
    assert_nothing_told(data_folder, caplog)


@pytest.mark.parametrize("mode", ["all", "skip"])
def test_nothing_is_left_of_a_file_at_fault(
    upload: Any, clients: Any, data_folder: Path, caplog: Any, mode: str
) -> None:
    url = upload(MISPLACED, OTHER)
    form = {"column-victim_sex": "gender", "mode": mode}
    checked = go(clients["noy"], url, "check", **form)
    (fault,) = checked.faults.filter(level="error")
    assert (fault.row, fault.column) == (2, "victim_sex")
    assert "•••" in fault.message and "list" in fault.message
    run = go(clients["noy"], url, "import", **form)
    assert run.stage == {"all": "failed", "skip": "done"}[mode]
    assert ended(run, data_folder)
    assert_nothing_told(data_folder, caplog)
    page = clients["noy"].get(url)
    assert page.status_code == 200 and NAME not in page.content.decode()


def test_a_file_that_breaks_the_importer_tells_no_value(
    upload: Any, clients: Any, data_folder: Path, caplog: Any, monkeypatch: Any
) -> None:
    from safelane.exchange.imports.reports import GroupedIntake

    def broken(self: Any, mapped: Any) -> None:
        raise ValueError(f"could not convert {mapped.values['victim_name']}")

    monkeypatch.setattr(GroupedIntake, "prepare", broken)
    run = go(clients["noy"], upload(PLANTED), "import")
    assert (run.stage, ended(run, data_folder)) == ("failed", True)
    assert "ValueError" in run.message
    assert_nothing_told(data_folder, caplog)


def test_a_discarded_file_is_gone(
    upload: Any, clients: Any, data_folder: Path, caplog: Any
) -> None:
    url = upload(PLANTED)
    assert clients["noy"].post(url, {"step": "discard"}).status_code == 302
    run = ImportRun.objects.get()
    assert (run.stage, ended(run, data_folder)) == ("cancelled", True)
    assert_nothing_told(data_folder, caplog)


def test_a_cancelled_import_ends(upload: Any, clients: Any, data_folder: Path) -> None:
    url = upload(PLANTED)
    form = clients["noy"].get(url).context["form"]
    data = {b.html_name: b.value() for b in form if b.value() not in (None, False)}
    clients["noy"].post(url, data | {"reason": "Old", "step": "import"})
    job = JobRun.objects.get(kind="exchange.import")
    cancel_job(job, by=system_actor())
    assert clients["noy"].get(url).status_code == 200
    run = ImportRun.objects.get()
    assert (run.stage, ended(run, data_folder)) == ("cancelled", True)


@pytest.mark.parametrize(("after", "stage"), [(-1, "mapping"), (1, "expired")])
def test_a_forgotten_file_expires(
    upload: Any, data_folder: Path, after: int, stage: str
) -> None:
    upload(PLANTED)
    begun = ImportRun.objects.get().created_at
    expire_imports(begun + timedelta(days=KEPT_DAYS, seconds=after))
    run = ImportRun.objects.get()
    assert (run.stage, ended(run, data_folder)) == (stage, stage == "expired")


def test_files_of_before_are_removed(upload: Any, cast: Any, data_folder: Path) -> None:
    upload(PLANTED)
    run = ImportRun.objects.get()
    by = cast.actor("noy")
    run.file = store_file(
        file_of(PLANTED), "old.csv", kind="import", verb="accident.import", by=by
    )
    run.holds_identities, run.stage = False, "done"
    run.save()
    assert NAME in everything(data_folder)
    expire_imports(timezone.now())
    assert NAME not in everything(data_folder)


def test_no_door_hands_the_file_out(upload: Any, clients: Any, cast: Any) -> None:
    upload(PLANTED)
    run = ImportRun.objects.get()
    assert run.file is None and not StoredFile.objects.exists()
    address = reverse("files:download", args=[run.uid])
    assert clients["noy"].get(address).status_code == 404


def test_the_preview_shows_only_what_is_no_identity(upload: Any, clients: Any) -> None:
    shown = clients["noy"].get(upload(MISPLACED)).context["preview"]
    _number, cells = shown["rows"][0]
    row = dict(cells)
    assert (row["age"], str(row["accident_date"])) == (34, FIRST["accident_date"])
    for column in ("victim_full_name", "phone", "accident_id", "gender"):
        assert row[column] == "•••", column


def test_a_kept_mapping_holds_no_words(upload: Any, clients: Any) -> None:
    url = upload(MISPLACED)
    word = f"word-victim_sex-{NAME}"
    go(clients["noy"], url, "save", **{"column-victim_sex": "gender", word: "male"})
    clients["noy"].post(url, {"step": "keep", "name": "Old lists"})
    assert NAME not in str(SavedMapping.objects.get().mapping)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_any_size_is_opened_as_it_was(tmp_path: Path, size: int) -> None:
    from io import BytesIO
    from uuid import uuid4

    uid, content = uuid4(), bytes(i % 251 for i in range(size))
    key = seal_file(BytesIO(content), uid)
    with unsealed(uid, key, "a.csv") as path:
        assert path.read_bytes() == content


@pytest.mark.parametrize("harm", ["cut", "swapped", "of another import", "no key"])
def test_an_altered_file_is_refused(data_folder: Path, harm: str) -> None:
    from io import BytesIO
    from uuid import uuid4

    uid, other = uuid4(), uuid4()
    key = seal_file(BytesIO(b"a" * PIECE + b"b" * PIECE), uid)
    path = data_folder / "sealed" / uid.hex
    sealed, piece = path.read_bytes(), 4 + NONCE + PIECE + 16
    if harm == "cut":
        path.write_bytes(sealed[:piece])
    elif harm == "swapped":
        second = sealed[piece : 2 * piece]
        path.write_bytes(second + sealed[:piece] + sealed[2 * piece :])
    elif harm == "of another import":
        path.rename(path.with_name(other.hex))
        uid = other
    with (
        pytest.raises(FileContentMissing),
        unsealed(uid, "" if harm == "no key" else key, "a.csv"),
    ):
        pass


def test_after_the_end_the_person_is_asked_to_upload_again(
    upload: Any, clients: Any
) -> None:
    run = go(clients["noy"], upload(PLANTED), "import")
    with pytest.raises(FileContentMissing, match="Upload it again"), opened(run):
        pass


def test_victims_that_are_in_stay_in_when_the_end_is_not_noted(
    upload: Any, clients: Any, monkeypatch: Any
) -> None:
    class Killed(BaseException):
        pass

    def dying(*_given: Any, **_more: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(runner, "_finish", dying)
        go(clients["noy"], upload(PLANTED, OTHER), "import")
    job = JobRun.objects.get()
    assert runner.requeue(job, killed=True)
    run_waiting_jobs()
    job.refresh_from_db()
    run = ImportRun.objects.get()
    assert (run.stage, run.counts["created"]) == ("done", 2), run.message
    assert (job.status, job.error) == ("succeeded", "")


def test_a_fault_behind_the_last_row_takes_nothing_back(
    upload: Any, clients: Any, monkeypatch: Any, caplog: Any
) -> None:
    @contextmanager
    def failing(_connection: Any) -> Iterator[None]:
        yield
        raise OSError(NAME)

    monkeypatch.setattr(importing, "much_writing", failing)
    run = go(clients["noy"], upload(PLANTED, OTHER), "import")
    assert (run.stage, run.counts["created"]) == ("done", 2), run.message
    assert JobRun.objects.get().status == "succeeded"
    assert NAME not in caplog.text and "after the end" in caplog.text
