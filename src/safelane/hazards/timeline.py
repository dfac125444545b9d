"""What was true of an area when: the fold that all reviewed reports share."""

from safelane.core.review.timeline import Period, TimelineReport, fold, state_as_of

__all__ = ["Period", "TimelineReport", "fold", "state_as_of"]
