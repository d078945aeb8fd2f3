"""Codes that a register names and that their classification does not hold, where it is part of the build."""

from __future__ import annotations

from urllib.parse import unquote

import pyoxigraph as ox

from wise_skills.findings import WARNING, Cell, Finding
from wise_skills.names import IN_SCHEME, Names

_PROPERTIES = ("offersJobIn", "nace", "nace21")


def unknown_codes(store: ox.Store, names: Names) -> list[Finding]:
    """Return a Warning for each code of an organisation that is in no scheme, although others of its classification are.

    Parameters
    ----------
    store:
        The finished store, reference layer included.
    names:
        Names under the base in use.
    """
    properties = " ".join(f"<{names.wise}{name}>" for name in _PROPERTIES)
    query = f"""
        SELECT DISTINCT ?code ?row {{
          VALUES ?property {{ {properties} }}
          ?organisation ?property ?code .
          ?row <{names.describes}> ?organisation .
          FILTER NOT EXISTS {{ ?code <{IN_SCHEME}> ?scheme }}
        }}"""
    rows = store.query(query, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    loaded: dict[str, bool] = {}
    found = []
    for solution in rows:
        code, row = solution["code"].value, solution["row"].value
        beginning, _, last = code.rpartition("/")
        if beginning not in loaded:
            loaded[beginning] = _holds_more(store, beginning)
        if loaded[beginning]:
            file, _, number = row.removeprefix(names.base + "source/").rpartition("#row=")
            shown = unquote(file)
            where = Cell(shown, shown.rsplit("/", 1)[-1].split(".")[0], int(number))
            message = f"The code {unquote(last)} is not in its classification ({beginning}); it may be mistyped, or of another version."
            found.append(Finding(WARNING, "UnknownCode", message, where, value=unquote(last), focus=code))
    return sorted(found, key=lambda f: f.order)


def _holds_more(store: ox.Store, beginning: str) -> bool:
    """Whether a whole classification is there: our own lists hold only those codes that the data use."""
    query = f"ASK {{ ?code <{IN_SCHEME}> ?scheme FILTER (STRSTARTS(STR(?code), '{beginning}/')) }}"
    return bool(store.query(query, use_default_graph_as_union=True))
