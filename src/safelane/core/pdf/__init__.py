"""Documents on paper: one look, every script, no network, set by typst."""

from safelane.core.pdf.canvas import Canvas
from safelane.core.pdf.document import set_document

__all__ = ["Canvas", "set_document"]
