"""The one way to make a list: columns that sort, filters in the address, counts on tabs, pages, cards on phones."""

from __future__ import annotations

from ijm.web.lists.columns import Act, Code, Day, Kept, Moment, Number, Person, State, Table, Text
from ijm.web.lists.filters import Choice, Filters, Mine, Since, Until
from ijm.web.lists.listing import Bulk, Empty, Listing, Tab
from ijm.web.lists.pages import by_name, clean, door_of, every, listing_of, page, said, shows

__all__ = (
    "Act", "Bulk", "Choice", "Code", "Day", "Empty", "Filters", "Kept", "Listing", "Mine", "Moment", "Number", "Person", "Since",
    "State", "Tab", "Table", "Text", "Until", "by_name", "clean", "door_of", "every", "listing_of", "page",
    "said", "shows",
)
