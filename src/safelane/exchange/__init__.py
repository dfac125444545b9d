"""Imports and exports of every part: files read safely, mapped, checked, written."""

from safelane.exchange.files.errors import ExchangeError
from safelane.exchange.files.faults import ERROR, WARNING, RowFault
from safelane.exchange.files.limits import DEFAULT_LIMITS, Limits
from safelane.exchange.files.source import Source, open_source
from safelane.exchange.files.tables import Batch, Column, SourceInfo
from safelane.exchange.process.reader import ReaderProcess

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
