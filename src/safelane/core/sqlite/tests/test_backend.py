import threading

import pytest
from django.db import DatabaseError
from django.db.utils import ConnectionHandler

from safelane.config.server import parse_database_url


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """Return a connection to a database file with one table."""
    django_db_blocker.unblock()
    found = connect(tmp_path)
    with found.cursor() as cursor:
        cursor.execute("CREATE TABLE t (n INTEGER UNIQUE)")
    yield found
    found.close()
    django_db_blocker.restore()


def connect(folder):
    settings = parse_database_url(f"sqlite://{folder / 'file.sqlite3'}")
    return ConnectionHandler({"default": settings})["default"]


def rows(database):
    with database.cursor() as cursor:
        return cursor.execute("SELECT n FROM t ORDER BY n").fetchall()


def free(database):
    return not database._holds_turn and not database.turns._waiting


def test_a_lone_write_gives_its_turn_back(database):
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
        cursor.executemany("INSERT INTO t VALUES (%s)", [(2,), (3,)])
    assert rows(database) == [(1,), (2,), (3,)]
    assert free(database)


def test_a_failed_write_gives_its_turn_back(database):
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(DatabaseError):
            cursor.execute("INSERT INTO t VALUES (1)")
    assert free(database)


def test_a_transaction_holds_its_turn_to_the_end(database):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert database._holds_turn
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
    database.commit()
    assert free(database)
    database.set_autocommit(True)


def test_a_rollback_gives_the_turn_back(database):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
    database.rollback()
    assert free(database)
    assert rows(database) == []
    database.set_autocommit(True)


def test_closing_gives_the_turn_back(database, tmp_path):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    database.close()
    assert free(database)


def test_readers_do_not_wait(database, tmp_path):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    found = []

    def read():
        other = connect(tmp_path)
        found.append(rows(other))
        other.close()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join(timeout=5)
    assert found == [[]]
    database.rollback()
    database.set_autocommit(True)
