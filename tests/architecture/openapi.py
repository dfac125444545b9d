"""Write the OpenAPI document anew: ``python -m tests.architecture.openapi``."""

from __future__ import annotations

import json
import os
from pathlib import Path

SNAPSHOT = Path(__file__).with_name("openapi.json")


def current() -> str:
    """Return the OpenAPI document of the code, in a stable order."""
    from safelane.config.api import api

    document = api.get_openapi_schema(path_prefix="api/v1/")
    return json.dumps(document, indent=1, sort_keys=True, default=str) + "\n"


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelane.config.settings")
    django.setup()
    SNAPSHOT.write_text(current(), encoding="utf-8")


if __name__ == "__main__":
    main()
