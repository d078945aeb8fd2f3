"""The countries of the data: which folder each place has."""

from __future__ import annotations

from query_ui.edition import Edition


def folders(served: Edition) -> dict[str, str]:
    """Return the folder of each country by its IRI; `eu` is Europe as a whole."""
    known: dict[str, str] | None = served.memory.get("folders")
    if known is None:
        table = served.select("SELECT ?place ?folder WHERE { ?place wise:folder ?folder }")
        known = served.memory["folders"] = {str(place): str(folder) for place, folder in table}
    return known
