"""The OpenAPI document: true about problem documents and the address of the API."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI

from safelane.core.api.problems import MEDIA_TYPE, explain_faults

FIRST_FAULT = 400


class DescribedAPI(NinjaAPI):
    """A NinjaAPI whose faults are problem documents, also in its description."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        explain_faults(self)

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
