"""Writing very many rows leaves the database as it should be read afterwards."""

from typing import Any

import pytest
from django.db import connection

from safelane.core.bulk.sending import much_writing


@pytest.mark.django_db(transaction=True)
def test_sqlite_knows_afterwards_how_many_rows_there_are(cast: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL counts by itself")
    with much_writing(connection):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'organisations_user'")
        counted = {row[0].split()[0] for row in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM organisations_user")
        assert counted == {str(cursor.fetchone()[0])}
