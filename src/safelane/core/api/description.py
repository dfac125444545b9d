"""The OpenAPI document: true about problem documents and the address of the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from ninja import NinjaAPI

from safelane.core.api.problems import MEDIA_TYPE, explain_faults
from safelane.core.api.public_operations import is_open

FIRST_FAULT = 400


class DescribedAPI(NinjaAPI):
    """A NinjaAPI whose faults are problem documents, also in its description."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        explain_faults(self)

    def _get_urls(self) -> list[Any]:
        """Return the addresses; those of open operations need nobody signed in."""
        patterns: list[Any] = super()._get_urls()
        names = set(self._open_names())
        for pattern in patterns:
            if pattern.name in names:
                login_not_required(pattern.callback)
        return patterns

    def _open_names(self) -> Iterator[str]:
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                if all(is_open(operation) for operation in view.operations):
                    for operation in view.operations:
                        yield self.get_operation_url_name(operation, router.template)

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the OpenAPI document with the media type that faults really have."""
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                name_problems(operation["responses"])
        return document


def name_problems(responses: dict[Any, Any]) -> None:
    """Give fault answers their media type, in place."""
    for status, answer in responses.items():
        content = answer.get("content", {})
        if int(status) >= FIRST_FAULT and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
