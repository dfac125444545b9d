"""The only place that writes areas, evidence, ordnance and survey boxes.

Reports on them are written and moved by ``core.review``, with ``REPORTS``.
"""

from safelane.hazards.actions.bulk import register_approved
from safelane.hazards.actions.report import REPORTS

__all__ = ["REPORTS", "register_approved"]
