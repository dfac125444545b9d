"""Pages of import and export, included under hazards/."""

from __future__ import annotations

urlpatterns = []
