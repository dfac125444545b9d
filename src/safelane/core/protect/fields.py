"""Model fields that are sealed before they reach the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from safelane.core.protect.cipher import (
    SecretOther,
    current_key,
    key_id,
    known_keys,
    seal,
    unseal,
)


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Base: it cannot be searched, sorted or compared; only ``isnull`` is a lookup."""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is sealed and cannot be searched.")


class EncryptedTextField(SealedTextField):
    """A text that only the application can read; the empty text stays empty."""

    @property
    def context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if value and model_instance.__module__ != "__fake__":  # that of a migration
            require_own_secret()
        return value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        text = self.to_text(value)
        return seal(text, self.context) if text else text

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> Any:
        return self.from_text(unseal(value, self.context)) if value else value

    def to_text(self, value: Any) -> str | None:
        return None if value is None else str(value)

    def from_text(self, text: str) -> Any:
        return text


class EncryptedJSONField(EncryptedTextField):
    """Lists and mappings, sealed as one text; empty ones stay empty."""

    def to_text(self, value: Any) -> str | None:
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""

    def from_text(self, text: str) -> Any:
        return json.loads(text)

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> Any:
        if not value:
            return self.get_default() if self.has_default() else None
        return super().from_db_value(value, expression, connection)

    def to_python(self, value: Any) -> Any:
        return value


def require_own_secret() -> None:
    """Refuse to seal over data that a restore has given another secret meanwhile.

    What a process that went on running sealed then could be opened by nobody.

    Raises:
        SecretOther: The process has to be started anew.
    """
    known: Any = apps.get_model("protect", "Installation")
    wanted = known.objects.order_by("pk").values_list("secret", flat=True).first()
    if wanted and wanted not in known_keys():
        raise SecretOther(
            _(
                "The data was replaced while this ran: it now belongs to the secret"
                " %(wanted)s, and this process still has %(found)s. Nothing was saved."
                " Stop Safelane and start it again."
            )
            % {"wanted": wanted, "found": key_id(current_key())}
        )


def as_sealed(name: str) -> Cast:
    """Return what reads a field as it lies in the table, without opening it."""
    return Cast(name, models.TextField())


def protected_fields() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Yield every model that has encrypted fields, with their names."""
    for model in apps.get_models():
        fields = model._meta.local_fields
        names = [f.name for f in fields if isinstance(f, EncryptedTextField)]
        if names:
            yield model, names
