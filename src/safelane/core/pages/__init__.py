"""Pages that every part has: a list, a record, a form; one look, one set of states."""

from safelane.core.pages.columns import Column, number, text
from safelane.core.pages.edit import add_fault, edit_page
from safelane.core.pages.listing import (
    Bulk,
    Emptiness,
    Listing,
    emptiness_of,
    list_page,
)
from safelane.core.pages.record import Chart, Section, record_page
from safelane.core.pages.shared import Action, Trail

__all__ = [
    "Action",
    "Bulk",
    "Chart",
    "Column",
    "Emptiness",
    "Listing",
    "Section",
    "Trail",
    "add_fault",
    "edit_page",
    "emptiness_of",
    "list_page",
    "number",
    "record_page",
    "text",
]
