"""What is asked of the database itself."""

import pytest
from django.db import DatabaseError, connection

from safelane.core.health.contents import DatabaseDamaged, damage, require_sound
from safelane.core.health.report import unknown_migrations

pytestmark = pytest.mark.django_db


def test_a_sound_database_is_found_sound():
    assert damage() == []
    require_sound()


def test_a_database_that_fails_while_it_is_checked_is_damaged():
    def broken(*_given):
        raise DatabaseError("database disk image is malformed")

    with connection.execute_wrapper(broken):
        assert damage() == ["database disk image is malformed"]
        with pytest.raises(DatabaseDamaged, match="newest backup"):
            require_sound()


def test_only_migrations_of_a_newer_version_are_unknown():
    assert unknown_migrations() == []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('hazards', '0099_later', '2030-01-01')"
        )
    assert unknown_migrations() == ["hazards.0099_later"]
