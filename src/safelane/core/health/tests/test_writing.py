"""What `/health` says of a data folder or a database that takes nothing."""

import shutil
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from safelane.core.health import writing
from safelane.core.health.diagnosis import writing as for_doctor

NAMELESS = "the database cannot be written; “safelane doctor” says why"


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()
    return tmp_path


@pytest.mark.django_db
def test_it_leaves_nothing_behind_and_names_a_folder_that_is_gone(client, folder):
    for _ in range(3):
        assert client.get("/health").json()["writing"] == {"ok": True}
    assert [path.name for path in folder.rglob("*")] == ["files"]
    shutil.rmtree(folder)
    answer = client.get("/health")
    told = answer.json()["writing"]["detail"]
    Path(folder).mkdir()
    assert answer.status_code == 503
    assert told == "the data folder cannot be written: No such file or directory"


@pytest.mark.django_db
def test_what_a_driver_says_is_for_whoever_runs_the_server(client, folder, monkeypatch):
    """Host, port, account and paths are nobody else's business."""
    said = 'connection to server at "10.1.2.3", port 5432 failed: no user "safelane"'

    def refused(*_given):
        raise OperationalError(said)

    monkeypatch.setattr(writing, "database_file", refused)
    monkeypatch.setattr(writing, "_folders", lambda: ())
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["writing"] == {"ok": False, "detail": NAMELESS}
    assert "5432" not in answer.content.decode()
    assert said in next(for_doctor()).text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_server_that_takes_no_change_is_named(client, folder):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        answer = client.get("/health")
        cursor.execute("SET default_transaction_read_only = off")
    assert answer.status_code == 503
    told = answer.json()
    assert told["database"]["ok"] and not told["writing"]["ok"]
    assert told["writing"]["detail"] == NAMELESS
    assert client.get("/health").json()["writing"] == {"ok": True}
