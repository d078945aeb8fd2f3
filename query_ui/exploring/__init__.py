"""A query without SPARQL: what to look for, under which conditions, shown or counted how.

`model` says what an exploration is, `reading` makes one of an address and `address` an address of one. `index` holds the
own data of an edition in memory, from which `counting` gives the number behind each choice in about a millisecond;
`sparql` and `questionfile` write the same as a query, which gives the answer itself. `offers` are the choices of a page,
`sentences` what a reader is told.
"""

from query_ui.exploring.address import explore_address
from query_ui.exploring.model import Exploration

__all__ = ["Exploration", "explore_address"]
