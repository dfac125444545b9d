"""Documents on paper: one look, every script, no network, set by typst."""

from safelane.core.pdf.document import Canvas, set_document

__all__ = ["Canvas", "set_document"]
