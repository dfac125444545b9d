"""Comparing plain records with the history."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import models

from safelane.core.history.state import Kept, StateCheck, differences
from safelane.core.records.actions import history_facts


def records_check(model: type[models.Model]) -> StateCheck:
    """Return the audit's check of a model that is written by this room's actions."""
    rows: Any = model._base_manager.all
    kept = Kept(str(model._meta.model_name), rows, "uid", history_facts)
    label = model._meta.label_lower
    return StateCheck(label, (label,), partial(differences, kept))
