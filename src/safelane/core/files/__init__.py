"""The file store: content-addressed, checked by type and size, private by default.

Names are loaded on first use, since models may not be imported before Django is up.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safelane.core.files.store import open_file, path_of, store_file

__all__ = ["open_file", "path_of", "store_file"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.store"), name)
