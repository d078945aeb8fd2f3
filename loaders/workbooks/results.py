"""The stored results of formulas, which openpyxl drops when it writes a workbook: they are put back into the copy.

Without them the copy would show nothing until a spreadsheet computes it anew, and a second check would find every formula
without a result.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape

Results = dict[str, tuple[str, str]]
"""For each formula cell of a sheet, by its reference, the kind and the text of its result."""

# How openpyxl writes the cell of a formula.
_WRITTEN = re.compile(rb'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="[a-z]+")?>(<f[^>]*(?:/>|>[^<]*</f>))<v ?(?:/>|></v>)</c>')


def results_of(archive: zipfile.ZipFile, part: str) -> Results:
    """Return the stored results of a worksheet."""
    found: Results = {}
    cell, kind, formula, text, inside = "", "n", False, "", False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal cell, kind, formula, text, inside
        name = name.rpartition(":")[2]
        if name == "c":
            cell, kind, formula, text = attributes.get("r", ""), attributes.get("t", "n"), False, ""
        formula |= name == "f"
        inside = name == "v"

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if name.rpartition(":")[2] == "c" and formula and cell and text and kind in ("n", "str", "b", "e"):
            found[cell] = kind, text

    def characters(data: str) -> None:
        nonlocal text
        if inside:
            text += data

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.Parse(archive.read(part), True)
    return found


def put_back(copy: Path, results: dict[str, Results]) -> None:
    """Write results into the worksheets of a copy that openpyxl wrote, by the name of their parts."""
    if not results:
        return
    beside = copy.with_name(copy.name + ".results")
    with zipfile.ZipFile(copy) as before, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            raw = before.read(member)
            if known := results.get(member.filename):
                raw = _WRITTEN.sub(lambda match, known=known: _with_result(match, known), raw)  # type: ignore[misc]
            after.writestr(member, raw)
    beside.replace(copy)


def _with_result(match: re.Match[bytes], known: Results) -> bytes:
    reference, style, formula = match.groups()
    kind, text = known.get(reference.decode(), ("", ""))
    if not kind:
        return match[0]
    return b'<c r="%b"%b t="%b">%b<v>%b</v></c>' % (reference, style, kind.encode(), formula, escape(text).encode())
