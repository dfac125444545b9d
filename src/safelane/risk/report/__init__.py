"""The two-page report: map, tables, method, and the page that typst sets."""

from safelane.risk.report.pdf import report_pdf

__all__ = ["report_pdf"]
