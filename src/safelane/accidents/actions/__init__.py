"""The only place that writes accidents, victims and what is published of them.

Reports on accidents are written and moved by ``core.review``, with ``REPORTS``.
"""

from safelane.accidents.actions.report import REPORTS
from safelane.accidents.actions.victims import reveal_victim

__all__ = ["REPORTS", "reveal_victim"]
