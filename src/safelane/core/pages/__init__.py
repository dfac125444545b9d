"""Pages that every part has: a list, a record, a form; one look, one set of states."""

from safelane.core.pages.listing import Action as Action
from safelane.core.pages.listing import Bulk as Bulk
from safelane.core.pages.listing import Column as Column
from safelane.core.pages.listing import Listing as Listing
from safelane.core.pages.listing import Trail as Trail
from safelane.core.pages.listing import list_page as list_page
from safelane.core.pages.listing import number as number
from safelane.core.pages.listing import state as state
from safelane.core.pages.listing import text as text
from safelane.core.pages.record import Chart as Chart
from safelane.core.pages.record import Section as Section
from safelane.core.pages.record import add_fault as add_fault
from safelane.core.pages.record import edit_page as edit_page
from safelane.core.pages.record import record_page as record_page
from safelane.core.ui.reach import Emptiness as Emptiness
from safelane.core.ui.reach import emptiness_of as emptiness_of
