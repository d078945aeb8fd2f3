"""National mapping tables as Member States publish them (EURES, ESCO portal) → mappings and concepts.

`file` reads bytes into records, `header` finds out what the columns hold, `metadata` reads the block above them,
`opening` says whether a file is a table; `known` knows classifications and languages. `cells` reads addresses, codes
and relations, `rows` puts them together in a `table` with its `concepts`. `agreement` and `direction` judge the whole,
`quads` writes it, `source` hands it to a build.
"""

from loaders.eures.source import EuresSource, eures_sources, is_eures

__all__ = ["EuresSource", "eures_sources", "is_eures"]
