"""A database that fails is a page with 503 and what to do, on every door."""

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
)
from django.urls import reverse

from safelane.core.ui.errors import as_fault

pytestmark = pytest.mark.django_db
FAULTS = [
    DatabaseError("database disk image is malformed"),
    OperationalError("server closed the connection unexpectedly"),
    InterfaceError("connection already closed"),
]


def asked(client, address, fault, after=0, **headers):
    client.raise_request_exception = False
    count = iter(range(10_000))

    def broken(execute, sql, params, many, context):
        if next(count) < after:
            return execute(sql, params, many, context)
        raise fault

    with connection.execute_wrapper(broken):
        return client.get(address, **headers)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: type(f).__name__)
@pytest.mark.parametrize("after", [0, 4, 9])
@pytest.mark.parametrize("address", ["/hazards/", "/", "/api/v1/hazards", "/ogc/"])
def test_a_failing_database_is_told_with_what_to_do(clients, address, fault, after):
    answer = asked(clients["aysel"], address, fault, after)
    if address == "/ogc/" and answer.status_code == 200:
        return  # the landing page asks less of the database
    assert answer.status_code == 503, answer.content[:300]
    assert b"safelane doctor" in answer.content
    assert b"Traceback" not in answer.content


def test_programs_get_a_problem_document(clients):
    fault, wanted = FAULTS[0], "application/json"
    answer = asked(
        clients["aysel"], "/api/v1/hazards", fault, headers={"accept": wanted}
    )
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["type"].endswith("database-unavailable")


def test_a_defect_of_ours_is_not_called_a_failing_database(clients):
    answer = asked(clients["aysel"], reverse("home"), IntegrityError("ours"), 9)
    assert answer.status_code == 500


def test_a_question_too_deep_for_the_database_is_not_called_damage(db):
    with pytest.raises(OperationalError) as told, connection.cursor() as cursor:
        cursor.execute("SELECT " + " + ".join("1" * 50_000))
    fault = as_fault(told.value)
    assert fault.http_status == 422 and "fewer values" in fault.message
