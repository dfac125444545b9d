"""Files in and out, for any domain: safe readers, mappings, streaming writers."""

from safelane.core.exchange.errors import ExchangeError
from safelane.core.exchange.faults import ERROR, WARNING, RowFault
from safelane.core.exchange.limits import DEFAULT_LIMITS, Limits
from safelane.core.exchange.process import ReaderProcess
from safelane.core.exchange.source import Source, open_source
from safelane.core.exchange.tables import Batch, Column, SourceInfo

__all__ = [
    "DEFAULT_LIMITS",
    "ERROR",
    "WARNING",
    "Batch",
    "Column",
    "ExchangeError",
    "Limits",
    "ReaderProcess",
    "RowFault",
    "Source",
    "SourceInfo",
    "open_source",
]
