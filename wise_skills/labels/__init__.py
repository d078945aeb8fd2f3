"""The full-text index of labels: search by name in any language, and names for IRIs.

A file of SQLite (FTS5) beside the store, because a search by FILTER over all labels takes a hundred times as
long and grows with every language. Texts are indexed in a folded form (lower case, no diacritics, no
punctuation), the same for the query, so that `aprentes` finds `ápréntès`, and Greek and Cyrillic behave alike.
Why so and not otherwise: `docs/decisions/0013-label-search.md`.

Modules: `folding` (the folded form), `texts` (what is taken from quads), `tokens` (what the full-text tables
hold), `things` and `index` (writing), `slips` and `steps` (what a search asks), `matches` and `search` (asking).
"""

from wise_skills.labels.folding import fold
from wise_skills.labels.index import build
from wise_skills.labels.search import Hit, Labels
from wise_skills.labels.texts import PROPERTIES

__all__ = ["PROPERTIES", "Hit", "Labels", "build", "fold"]
