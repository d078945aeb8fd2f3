"""Sets of mappings in SSSOM TSV, read into the model and written in the canonical form.

https://mapping-commons.github.io/sssom/spec-formats-tsv/ (1.0). A set that is read and written again has the same rows
and metadata, with two exceptions that the standard makes: numbers keep three digits behind the point, and prefixes that
nothing uses are left out. Slots that SSSOM 1.0 does not know are noted and left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from collections.abc import Mapping as Slots

import yaml
from yaml.emitter import Emitter
from yaml.resolver import Resolver

from wise_skills.mappings import slots as S  # noqa: N812 (its names stand on every second line)
from wise_skills.mappings.layout import layout
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.table import Problem, Table, decode, parse
from wise_skills.mappings.understanding import Read, understood

__all__ = ["Problem", "Read", "read", "read_bytes", "write"]


def read(text: str, shown: str = "") -> Read:
    """Read a set of mappings.

    Parameters
    ----------
    text, shown:
        The content of a file, and the name by which it is called.

    Returns
    -------
    Read
        The set: ids as whole IRIs, the slots of the set that hold for all rows handed down to each row (SSSOM 1.0,
        "Propagation"), the prefixes as lines `prefix: address` under `curie_map`. Never raises: what is wrong is in `problems`.
    """
    found = Table(shown)
    parse(text, found, ("predicate_id", "mapping_justification"))
    return understood(found)


def read_bytes(data: bytes, shown: str = "") -> Read:
    """Read a set of mappings from the bytes of a file, which may be of any kind and size; see `read`."""
    found = Table(shown)
    if (text := decode(data, found)) is None:
        return Read(MappingSet({}), found.problems)
    return read(text, shown)


# --- writing


def write(mappings: MappingSet, *, in_order: bool = False, condensed: bool = True) -> str:
    """Return a set of mappings in the canonical form of SSSOM TSV.

    Parameters
    ----------
    mappings:
        The set. What SSSOM demands of one (`mapping_set_id`, `license`) is its maker's to give.
    in_order:
        Keep the order of the rows; the canonical form sorts them.
    condensed:
        Write what all rows share once, above the table (SSSOM 1.0, "Condensation").

    Returns
    -------
    str
        The file's text, with line feeds only. Slots that SSSOM 1.0 does not know are not written.
    """
    found = layout(mappings, condensed=condensed)
    columns = [slot for slot in S.ROW_SLOTS if any(slot in row for row in found.rows)] or list(S.REQUIRED)
    table = [[row.get(slot, "") for slot in columns] for row in found.rows]
    if not in_order:
        table.sort()
    head = [f"#{line}\n" for line in _yaml(found.prefixes, found.metadata)]
    return "".join([*head, *("\t".join(map(_quoted, cells)) + "\n" for cells in [columns, *table])])


def _quoted(cell: str) -> str:
    """A cell, in quotes only where it must be."""
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in '\t\n\r"') else cell


def _yaml(prefixes: Slots[str, str], metadata: Slots[str, str | list[str]]) -> Iterable[str]:
    yield "curie_map:" if prefixes else "curie_map: {}"
    if prefixes:
        yield from (f"  {name}: {_scalar(prefixes[name])}" for name in sorted(prefixes))
    for slot in S.SET_SLOTS:
        value = metadata.get(slot)
        if isinstance(value, str):
            yield f"{slot}: {_scalar(value, is_date=slot in S.DATES)}"
        elif value:
            yield f"{slot}:"
            yield from (f"  - {_scalar(text)}" for text in value)


_RESOLVER = Resolver()


def _scalar(text: str, is_date: bool = False) -> str:
    """A text as YAML: as it is where every reader takes it for that text, else in double quotes."""
    analysis = Emitter(io.StringIO(), allow_unicode=True).analyze_scalar(text)
    resolved = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    is_text = is_date or resolved == "tag:yaml.org,2002:str"
    if is_text and analysis.allow_block_plain and not analysis.multiline and not analysis.empty:
        return text
    quoted: str = yaml.dump(text, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True, width=float("inf"))
    return quoted.removesuffix("\n")
