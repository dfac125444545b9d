"""Links between rows that nobody can cut by deleting what they name."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.utils.functional import Promise

To = TypeVar("To")
From = TypeVar("From")


class Link(models.ForeignKey[To, From]):
    """A foreign key whose target stays, and which its target does not know.

    ``on_delete`` and ``related_name`` say otherwise where they are given.
    """

    def __init__(
        self,
        to: Any,
        verbose_name: str | Promise | None = None,
        *,
        null: bool = False,
        on_delete: Any = models.PROTECT,
        related_name: str = "+",
        **options: Any,
    ) -> None:
        options |= {"verbose_name": verbose_name, "null": null}
        super().__init__(to, on_delete, related_name=related_name, **options)

    def deconstruct(self) -> Any:
        """Return a plain foreign key: migrations know nothing of this class."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

    def get_internal_type(self) -> str:
        return "ForeignKey"
