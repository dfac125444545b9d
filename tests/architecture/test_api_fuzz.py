"""Whatever is sent to the API, it answers as its OpenAPI document says."""

import os
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
    use_after_free,
)

from safelane.config.api import api
from safelane.config.wsgi import application
from safelane.hazards.testing import register_area
from safelane.organisations.signin.actions import create_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = int(os.environ.get("SAFELANE_FUZZ_EXAMPLES", "8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
    unsupported_method,
    use_after_free,
]


def described_operations():
    schema = schemathesis.openapi.from_dict(
        api.get_openapi_schema(path_prefix="api/v1/")
    )
    schema.app = application
    return [result.ok() for result in schema.get_all_operations()]


@pytest.fixture
def connection_kept():
    """Keep requests in the test's transaction, as Django's own test client does.

    A served request closes its connection when it ends, and with it whatever the test
    has written.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def manager_headers(cast, actors, connection_kept):
    """Return the token of an information manager who has something to read."""
    register_area(cast, "azerbaijan", "AZ-1")
    membership = cast.users["aysel"].memberships.get()
    expires = timezone.now() + timedelta(days=30)
    _token, secret = create_token(membership, "fuzz", expires, by=actors["aysel"])
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("operation", described_operations(), ids=lambda o: o.label)
def test_api_answers_as_it_says(operation, manager_headers):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answers_as_it_says(case):
        case.call_and_validate(headers=manager_headers, checks=CHECKS)

    answers_as_it_says()
