"""From records to the rows of a mapping table; what cannot be understood is reported with its row."""

from __future__ import annotations

from loaders.eures.cells import NO_RELATION, esco_address, relation
from loaders.eures.concepts import Concepts
from loaders.eures.file import BROKEN, decode, read_bytes, records, reparse
from loaders.eures.opening import Opening
from loaders.eures.report import Report
from loaders.eures.table import NOTHING, Table
from wise_skills.findings import INFO, WARNING
from wise_skills.names import Names


def read_table(opening: Opening, report: Report, names: Names) -> Table:
    """Read all rows of a table; what cannot be understood goes to the report with its row."""
    text, page = decode(read_bytes(opening.path))
    if page:
        report.once(INFO, "CodePage", f"The file is not in UTF-8 and was read in the code page {page}; letters may be wrong.")
    if "\x00" in text:
        report.once(WARNING, "NullCharacter", "The file holds null characters, which were left out.")
        text = text.replace("\x00", "")
    header = opening.header
    report.columns = header.titles
    for title, expected in header.unusual:
        report.once(INFO, "UnusualColumn", f"The column was read as “{expected}”.", header.row, title)
    for title in dict.fromkeys(header.unread):
        report.once(INFO, "UnreadColumn", "The column holds nothing that is known here and was not read.", header.row, title)
    further = [i for i, _ in header.labels[opening.esco][1:]] + [i for r, i in header.at[opening.esco].items() if r == "description"]
    for index in further:
        message = "Of the texts of ESCO only the first label was read; the others come from ESCO itself."
        report.once(INFO, "UnreadColumn", message, header.row, header.titles[index])
    concepts = Concepts(opening.classification, names, report, header.widths.get(3 - opening.esco, 0))
    table = Table(opening, concepts, report)
    rows = _Rows(table, broken=BROKEN in text)
    for number, cells, problem in records(text, opening.delimiter):
        if number > header.row:
            if problem:
                report.row(WARNING, "BadQuotes", f"The quotes of this record are broken ({problem}); its line was read alone.", number)
            rows.read(number, cells)
    rows.end()
    return table


class _Rows:
    """Understands one row after the other."""

    def __init__(self, table: Table, *, broken: bool) -> None:
        self.broken = broken
        opening = table.opening
        header, esco = opening.header, opening.esco
        self.table, self.report, self.header, self.esco, self.kind = table, table.report, header, esco, opening.kind
        self.width = len(header.titles)
        spoken = opening.metadata.sides[3 - esco].languages or (
            (opening.classification.language,) if opening.classification.language else ()
        )
        only = spoken[0] if len(spoken) == 1 else ""
        self.labels = [(i, language or only) for i, language in header.labels[3 - esco]]
        at, other = header.at[esco], header.at[3 - esco]
        self.ours = [at[r] for r in ("uri", "id", "url") if r in at]
        self.theirs = [other.get(r, -1) for r in ("uri", "id", "url")]
        self.our_label = header.labels[esco][0][0] if header.labels[esco] else -1
        self.described = other.get("description", -1)
        first = opening.metadata.sides[esco].languages
        # Of several national labels the one in the language of the ESCO label stands in the mapping itself.
        self.shown = next((n for n, (_, language) in enumerate(self.labels) if language in first), 0)
        self.odd: list[tuple[int, list[str]]] = []

    def read(self, number: int, cells: list[str]) -> None:
        """Understand one row and add it to the table."""
        cells = self._fitted(number, [" ".join(c.split()) for c in cells])
        if not any(cells):
            return
        if len(cells) != self.width:
            self.odd.append((number, cells))
            return
        if self.broken and any(BROKEN in c for c in cells):
            self.report.row(WARNING, "BrokenLetter", "The row holds bytes that are no letter; a sign stands for each.", number)
        if [c.lower() for c in cells] == [" ".join(t.split()).lower() for t in self.header.titles]:
            self.report.together(INFO, "RepeatedHeader", "The header is repeated; the record was left out.", number)
            return
        found = self._relation(number, cells)
        if not found:
            self.odd.append((number, cells))
            return
        self._flush()
        self._relate(number, cells, found)

    def _fitted(self, number: int, cells: list[str]) -> list[str]:
        """Cells as many as the header has, where it is plain how that can be."""
        if len(cells) == 1 and self.table.opening.delimiter in cells[0]:
            again = [" ".join(c.split()) for c in reparse(cells[0], self.table.opening.delimiter)]
            if len(again) == self.width:
                self.report.together(INFO, "QuotedRow", "The record is quoted as a whole; its cells were read again.", number)
                return again
        while len(cells) > self.width and not cells[-1]:
            cells = cells[:-1]
        last = max(self.header.relation, self.header.unique)
        if last < len(cells) < self.width:
            cells = [*cells, *[""] * (self.width - len(cells))]
        return cells

    def _relation(self, number: int, cells: list[str]) -> str:
        """The relation of a row; `mappingRelation` where the table has a column for uniqueness instead."""
        if self.header.relation < 0:
            return "mappingRelation"
        text = cells[self.header.relation]
        name, guessed = relation(text)
        if guessed:
            message = f"“{text}” is misspelt and was read as {name}."
            self.report.together(INFO, "MisspeltRelation", message, number, self.header.titles[self.header.relation])
        return name

    def _relate(self, number: int, cells: list[str], name: str) -> None:
        ours = self._esco(number, cells)
        uri, code, url = (cells[i] if i >= 0 else "" for i in self.theirs)
        theirs = esco_address(uri) or esco_address(code)  # some tables map to ISCO beside their own classification
        labels = [(language, cells[i]) for i, language in self.labels]
        label = labels[self.shown][1] if labels else ""
        if not theirs:
            theirs = self.table.concepts.address(number, uri, code, url, labels)
            if theirs and self.described >= 0 and cells[self.described]:
                self.table.concepts.by_address[theirs].description = (self.labels[0][1] if self.labels else "", cells[self.described])
        if not ours and (any(cells[i] for i in self.ours) or name != NO_RELATION):
            self._unknown(number, cells, "an ESCO concept", self.ours)
            return
        if not theirs and (uri or code or name != NO_RELATION):
            self._unknown(number, cells, "a concept of the other classification", [i for i in self.theirs if i >= 0])
            return
        ours, theirs = ours or NOTHING, theirs or NOTHING
        told = cells[self.header.relation].split(":")[-1] if self.header.relation >= 0 else name
        self.table.counts[told if told.lower() == "exactisco" else name] += 1
        our_label = cells[self.our_label] if self.our_label >= 0 else ""
        left, right = ((ours, our_label), (theirs, label)) if self.esco == 1 else ((theirs, label), (ours, our_label))
        self.table.rows.append((number, left[0], name, right[0], left[1], right[1], self._remark(cells, told)))

    def _esco(self, number: int, cells: list[str]) -> str:
        """The address on the side of ESCO: of the first column that holds one."""
        found = {a: i for i in reversed(self.ours) if (a := esco_address(cells[i], self.kind))}
        if len(found) > 1:
            text = "The columns of this row name different ESCO concepts; the first was taken."
            self.report.row(WARNING, "AddressesDiffer", text, number, self.header.titles[self.ours[0]], " ".join(found))
        address, column = next(reversed(found.items()), ("", 0))
        if address and not cells[column].lower().startswith("http"):
            text = "The bare identifier was read as the end of an address of ESCO."
            self.report.together(INFO, "BareIdentifier", text, number, self.header.titles[column])
        return address

    def _unknown(self, number: int, cells: list[str], what: str, columns: list[int]) -> None:
        text = f"The row names no address or code of {what} that could be understood; it is not a mapping."
        value = " ".join(cells[i] for i in columns if cells[i])
        self.report.row(WARNING, "UnknownConcept", text, number, self.header.titles[columns[0]], value)

    def _remark(self, cells: list[str], told: str) -> str:
        parts = [cells[self.header.note]] if self.header.note >= 0 else []
        if told.lower() == "exactisco":
            parts.append("The table calls the relation exactISCO.")
        if self.header.unique >= 0:
            parts.append(
                {"1": "The key calls the conversion unique.", "0": "The key calls the conversion not unique."}.get(
                    cells[self.header.unique], ""
                )
            )
            if self.header.focus >= 0 and cells[self.header.focus]:
                parts.append(f"Main target (1) and number of alternatives: {cells[self.header.focus]}.")
        return " ".join(filter(None, parts))

    def _flush(self) -> None:
        """Report the rows that were not understood, now that a proper row follows them."""
        for number, cells in self.odd:
            if len(cells) != self.width:
                text = f"The record has another number of cells than the header ({self.width}); it is not a mapping."
                self.report.row(WARNING, "RaggedRow", text, number, value=f"{len(cells)} cells")
            else:
                column = self.header.titles[self.header.relation]
                text = "The relation is none that is known here; the row is not a mapping."
                self.report.row(WARNING, "UnknownRelation", text, number, column, cells[self.header.relation])
        self.odd = []

    def end(self) -> None:
        """Report what is left at the end of the file: notes below the table, or rows that were not understood."""
        notes = [number for number, cells in self.odd if sum(map(bool, cells)) <= 2 and not any(map(esco_address, cells))]
        self.odd = [(number, cells) for number, cells in self.odd if number not in set(notes)]
        self._flush()
        for number in notes:
            self.report.together(INFO, "NotesBelow", "Text below the table was left out.", number)
        if not self.table.rows:
            self.report.once(WARNING, "NoMapping", "The table holds no row that is a mapping.", self.header.row)
