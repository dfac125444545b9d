"""Which faults of a database pass by themselves."""

import pytest
from django.db import InterfaceError, OperationalError

from safelane.core.files.durable import is_passing


class Told(Exception):
    """As psycopg raises it; without a state where the connection broke."""

    def __init__(self, sqlstate=None):
        super().__init__()
        self.sqlstate = sqlstate


def fault(said, cause=None):
    error = OperationalError(said)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (fault("database is locked"), True),
        (fault("terminating connection", Told("57P01")), True),
        (fault("server closed the connection unexpectedly", Told()), True),
        (fault("too many clients", Told("53300")), True),
        (fault("deadlock detected", Told("40P01")), True),
        (InterfaceError("connection already closed"), True),
        (fault("canceling statement due to statement timeout", Told("57014")), False),
        (fault("could not extend file", Told("53100")), False),
        (fault("no such table: x"), False),
        (fault("database or disk is full"), False),
        (ValueError("database is locked"), False),
    ],
)
def test_what_is_tried_again(error, passes):
    assert is_passing(error) == passes
