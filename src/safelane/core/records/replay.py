"""Comparing plain records with the history."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import models

from safelane.core.history.state import (
    Facts,
    Kept,
    StateCheck,
    Text,
    differences,
    in_chain,
)
from safelane.core.records.actions import chain_of, history_facts


def records_check(
    model: type[models.Model], unchecked: Mapping[str, Text]
) -> StateCheck:
    """Return the audit's check of a model that is written by this room's actions.

    Args:
        unchecked: Columns that nothing tells -> why.
    """
    rows: Any = model._base_manager.all
    kept = Kept(str(model._meta.model_name), rows, "uid", _facts, in_chain)
    label = model._meta.label_lower
    return StateCheck(label, (label,), partial(differences, kept), unchecked)


def _facts(row: Any) -> Facts:
    return history_facts(row) | {"chain": chain_of(row)}
