"""Workbooks that were made to hurt, and workbooks that were hurt: refused or read, in a sentence, quickly, without side effects."""

from __future__ import annotations

import io
import os
import random
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart

from loaders.workbooks import about, read_workbook
from tests.national import vocabulary
from tests.workbook_files import HEAD, MAIN, OFFICE, PACKAGE, ROW, cell, changed, package, parts, row, sheet, strings, table, workbook
from tests.workbook_watch import MEGABYTE, MEMORY, Seen, Watch
from wise_skills.messages import components

SECONDS = 5
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)  # ten thousand million letters
GOOD = parts({"sources": table()})
USED = table('<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" s="1"><v>1</v></c></row>')  # a shared string, and a style
NAMING = ("url", "title@en", "site", "kind", "issued")  # enough to tell the table by
Maker = Callable[[Path], object]


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    watch = Watch(tmp_path_factory.mktemp("no-data"))
    yield watch
    watch.close()


def checked(watch: Watch, path: Path) -> Seen:
    """Check a file on the command line, and hold to what holds for every file."""
    before = {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in path.parent.rglob("*")}
    seen = watch.wise("check", path, "--country", "be", "--format", "json")
    assert "Traceback" not in seen.err
    assert seen.code in (0, 1, 2)
    assert seen.seconds < SECONDS
    assert seen.megabytes < MEMORY / MEGABYTE
    assert seen.touched == []
    assert {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in path.parent.rglob("*")} == before
    return seen


def noise(size: int) -> bytes:
    """Bytes that cannot be packed, so that a file is large enough for its contents."""
    return random.Random(0).randbytes(size)


PADDED = {"xl/media/image1.png": noise(1_500_000)}


def test_the_watch_sees_what_is_written(watch: Watch, tmp_path: Path):
    """Else the tests below would prove nothing."""
    path, out = workbook(tmp_path / "x.xlsx", {"sources": table()}), tmp_path / "marked.xlsx"
    seen = watch.wise("check", path, "--country", "be", "--annotate", out)
    assert (seen.code, seen.out) == (0, "")
    assert any(str(out) in event for event in seen.touched)
    assert out.is_file()


# --- what is refused, and why


def doctype(inside: str) -> str:
    return BOMB.replace("<!DOCTYPE x", f"<!DOCTYPE {inside}") + "]>"


def with_doctype(part: str, root: str) -> Maker:
    """A bomb of entities in a part that is read."""
    found = parts({"sources": USED}, shared=strings(["<t>X</t>"]))
    xml = found[part]
    assert isinstance(xml, str)
    return lambda path: package(path, found | {part: xml.replace(HEAD, HEAD + doctype(root), 1).replace("X<", "&j;<", 1)})


def external_entity(address: str) -> Maker:
    declared = f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{address}">]>'
    xml = table(row(3, ["https://a.example/2", "X"])).replace(HEAD, HEAD + declared).replace(">X<", ">&x;<")
    return lambda path: workbook(path, {"sources": xml})


def in_utf16(path: Path) -> None:
    xml = table().replace(HEAD, '<?xml version="1.0" encoding="UTF-16"?>' + doctype("worksheet")).replace("A source", "&j;")
    package(path, GOOD | {"xl/worksheets/sheet1.xml": xml.encode("utf-16")})


def with_bytes(data: bytes) -> Maker:
    return lambda path: path.write_bytes(data)


def with_part(name: str, data: bytes = b"x") -> Maker:
    return lambda path: package(path, GOOD | {name: data})


def without(part: str) -> Maker:
    return lambda path: package(path, {name: text for name, text in GOOD.items() if name != part})


def with_sheet(xml: str | bytes) -> Maker:
    return lambda path: package(path, GOOD | {"xl/worksheets/sheet1.xml": xml})


def with_sheets(**sheets: str) -> Maker:
    return lambda path: workbook(path, sheets)


def padded(xml: str, **more: str) -> Maker:
    """A workbook that is no bomb by its ratio."""
    return lambda path: workbook(path, {"sources": xml}, more=PADDED, **more)


def twice(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        package(path, [*GOOD.items(), ("xl/worksheets/sheet1.xml", table(row(3, ["https://b.example"])))])


def inside_out(path: Path) -> None:
    """A bomb in a bomb, under a part that nobody asks for."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0", bytes(15_000_000))
    package(path, GOOD | {"xl/embeddings/oleObject1.bin": inner.getvalue()})


def overlapping(path: Path) -> None:
    """All parts of a package are the same bytes of the file, as in “A better zip bomb”."""
    package(path, {**GOOD, "bomb": bytes(5_000_000)})
    data = path.read_bytes()
    directory = data.index(b"PK\x01\x02")
    entry = data[data.rindex(b"PK\x01\x02") : data.rindex(b"PK\x05\x06")]
    more = b"".join(entry[:-4] + b"%04d" % i for i in range(500))
    whole = data[directory : data.rindex(b"PK\x05\x06")] + more
    number = len(GOOD) + 501
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, number, number, len(whole), directory, 0)
    path.write_bytes(data[:directory] + whole + end)


def lying(path: Path) -> None:
    """The directory says that the sheet is small when unpacked."""
    package(path, GOOD | {"xl/worksheets/sheet1.xml": table("<row/>" * 1_000_000)})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    at = data.rindex(struct.pack("<L", size))
    data[at : at + 4] = struct.pack("<L", 3000)
    path.write_bytes(data)


def cut(path: Path) -> None:
    workbook(path, {"sources": table()})
    path.write_bytes(path.read_bytes()[:-300])


def flipped(path: Path) -> None:
    """One byte of a stored sheet is another."""
    package(path, GOOD, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"A source", b"A sourge", 1))


def damaged(path: Path) -> None:
    """A byte within the packed sheet."""
    workbook(path, {"sources": table()})
    data = bytearray(path.read_bytes())
    start = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    data[start] = 0
    path.write_bytes(data)


def locked(path: Path) -> None:
    """Parts under a password of the archive itself."""
    workbook(path, {"sources": table()})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (at := data.find(signature, start)) >= 0:
            data[at + offset] |= 1
            start = at + 4
    path.write_bytes(data)


def unknown_method(path: Path) -> None:
    workbook(path, {"sources": table()})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[at + 10 : at + 12] = struct.pack("<H", 99)
    path.write_bytes(data)


def packed_with(method: int) -> Maker:
    return lambda path: package(path, GOOD, method)


def many_parts(number: int) -> Maker:
    return lambda path: package(path, GOOD | {f"xl/media/{i}.png": b"" for i in range(number)})


def large(path: Path) -> None:
    package(path, GOOD | {"xl/media/image1.png": noise(10_000_001)}, zipfile.ZIP_STORED)


def openoffice(path: Path) -> None:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    package(path, {"mimetype": kind, "content.xml": "<x/>", "META-INF/manifest.xml": "<x/>"}, zipfile.ZIP_STORED)


def word(path: Path) -> None:
    package(path, {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<Relationships/>", "word/document.xml": "<document/>"})


def binary_workbook(path: Path) -> None:
    package(path, {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01\x00"})


def of_macros(path: Path) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    package(path, changed(GOOD, "[Content_Types].xml", kind, "application/vnd.ms-excel.sheet.macroEnabled.main+xml"))


def of_sheets(number: int) -> Maker:
    """Sheets that are all the same part: each would be read anew."""
    listed = "".join(f'<sheet name="s{i}" sheetId="{i + 1}" r:id="rId1"/>' for i in range(number))
    xml = GOOD["xl/workbook.xml"]
    assert isinstance(xml, str)
    return lambda path: package(path, GOOD | {"xl/workbook.xml": re.sub("<sheet .*/>", listed, xml)})


def of_charts(path: Path) -> None:
    book = Workbook()
    book.create_chartsheet("chart").add_chart(BarChart())
    del book["Sheet"]
    book.save(path)


def empty_rows(number: int) -> str:
    return table("".join(f'<row r="{i}"/>' for i in range(3, number)))


def blank_cells(rows: int, columns: int) -> str:
    return table(("<row>" + '<c s="1"/>' * columns + "</row>") * rows)


def value(text: str, kind: str = "", title: str = "") -> str:
    """A row whose address and title are stored in some way."""
    given = f' t="{kind}"' if kind else ""
    return f'<row r="3"><c r="A3"{given}><v>{text}</v></c>' + (f'<c r="B3"><v>{title}</v></c>' if title else "") + "</row>"


def strict(path: Path) -> None:
    """As “Strict Open XML Spreadsheet” is saved."""
    found = dict(GOOD)
    for old, new in ((MAIN, "spreadsheetml/main"), (OFFICE, "officeDocument/relationships")):
        found = {name: str(text).replace(old, f"http://purl.oclc.org/ooxml/{new}") for name, text in found.items()}
    package(path, found)


def of_strings(path: Path) -> None:
    workbook(path, {"sources": USED}, strings(["<t>a</t>"] * 700_000), PADDED)


def of_styles(path: Path) -> None:
    xml = f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 110_000}</cellXfs></styleSheet>'
    workbook(path, {"sources": table('<row r="3"><c r="A3" s="3"><v>1</v></c></row>')}, more=PADDED | {"xl/styles.xml": xml})


REFUSED: dict[str, tuple[Maker, str]] = {
    "a bomb": (with_part("xl/media/image1.png", bytes(20_000_000)), "WorkbookInflates"),
    "a bomb in the sheet": (with_sheet(table("<row/>" * 2_500_000)), "WorkbookInflates"),
    "overlapping parts": (overlapping, "WorkbookInflates"),
    "a lying directory": (lying, "BadWorkbook"),
    "more than ten megabytes": (large, "TooLarge"),
    "a thousand parts": (many_parts(1000), "BadWorkbook"),
    "a path upwards": (with_part("../../evil.xml"), "WorkbookPaths"),
    "a path upwards in the middle": (with_part("xl/../../../etc/passwd"), "WorkbookPaths"),
    "an absolute path": (with_part("/etc/passwd"), "WorkbookPaths"),
    "a drive": (with_part("C:\\evil.xml"), "WorkbookPaths"),
    "a path of another system": (with_part("xl\\..\\..\\evil.xml"), "WorkbookPaths"),
    "macros by name": (with_part("xl/vbaProject.bin"), "WorkbookMacros"),
    "macros by kind": (of_macros, "WorkbookMacros"),
    "macros of 1992": (with_part("xl/macrosheets/sheet1.xml"), "WorkbookMacros"),
    "links to other files": (with_part("xl/externalLinks/externalLink1.xml"), "WorkbookLinks"),
    "entities in a sheet": (with_doctype("xl/worksheets/sheet1.xml", "worksheet"), "WorkbookEntities"),
    "entities in the strings": (with_doctype("xl/sharedStrings.xml", "sst"), "WorkbookEntities"),
    "entities in the list of sheets": (with_doctype("xl/workbook.xml", "workbook"), "WorkbookEntities"),
    "entities in the styles": (with_doctype("xl/styles.xml", "styleSheet"), "WorkbookEntities"),
    "entities in the relations": (with_doctype("xl/_rels/workbook.xml.rels", "Relationships"), "WorkbookEntities"),
    "entities in UTF-16": (in_utf16, "WorkbookEntities"),
    "a file of the system": (external_entity("file:///etc/passwd"), "WorkbookEntities"),
    "an address in an entity": (external_entity("http://127.0.0.1:9/x"), "WorkbookEntities"),
    "only a document type": (with_sheet(table().replace(HEAD, HEAD + "<!DOCTYPE worksheet>")), "WorkbookEntities"),
    "millions of rows without a number": (padded(table("<row/>" * 1_400_000)), "WorkbookCells"),
    "millions of blank cells": (padded(blank_cells(7_000, 200)), "WorkbookCells"),
    "millions of cells in one row": (padded(blank_cells(1, 1_400_000)), "BadWorkbook"),
    "millions of strings": (of_strings, "WorkbookCells"),
    "millions of styles": (of_styles, "WorkbookCells"),
    "values in column 900": (
        padded(table(*(f'<row r="{i}">{cell(f"AHP{i}", 1)}</row>' for i in range(3, 20_000)))),
        "WorkbookCells",
    ),
    "a cut file": (cut, "BadWorkbook"),
    "a flipped byte": (flipped, "BadWorkbook"),
    "no workbook": (without("xl/workbook.xml"), "NotAWorkbook"),
    "no kinds of parts": (without("[Content_Types].xml"), "NotAWorkbook"),
    "no relations": (without("xl/_rels/workbook.xml.rels"), "BadWorkbook"),
    "no sheet": (without("xl/worksheets/sheet1.xml"), "BadWorkbook"),
    "no strings": (with_sheet(USED), "BadWorkbook"),
    "strings out of range": (
        lambda path: workbook(path, {"sources": USED.replace("<v>0<", "<v>7<")}, strings(["<t>a</t>"])),
        "BadWorkbook",
    ),
    "a sheet that is no XML": (with_sheet("url,title\nhttps://a.example/1,A"), "BadWorkbook"),
    "a sheet that is cut": (with_sheet(table()[:-40]), "BadWorkbook"),
    "a sheet that is empty": (with_sheet(b""), "BadWorkbook"),
    "an encoding that is none": (with_sheet(table().replace("UTF-8", "UTF-99")), "BadWorkbook"),
    "an encoding that is another": (with_sheet(table(row(3, ["é"])).replace("UTF-8", "ASCII")), "BadWorkbook"),
    "a damaged stream": (damaged, "BadWorkbook"),
    "a sheet of bytes": (with_sheet(noise(3000)), "BadWorkbook"),
    "rows in any order": (with_sheet(sheet(row(2, ROW) + row(1, ["url", "title@en"]))), "BadWorkbook"),
    "a row twice": (with_sheet(table(row(3, ["https://a.example/2"]), row(3, ["", "A title"]))), "BadWorkbook"),
    "a row beyond all numbers": (with_sheet(table(f'<row r="99999999999">{cell("A99999999999", "x")}</row>')), "BadWorkbook"),
    "a row without a number": (with_sheet(table(f'<row r="x">{cell("A3", "x")}</row>')), "BadWorkbook"),
    "a size that is nonsense": (with_sheet(table(before='<dimension ref="junk"/>')), "BadWorkbook"),
    "infinity": (with_sheet(table(value("-INF"))), "BadWorkbook"),
    "a number too large": (with_sheet(table(value("1e999"))), "BadWorkbook"),
    "not a number": (with_sheet(table(value("NaN"))), "BadWorkbook"),
    "a number of 5,000 digits": (with_sheet(table(value("9" * 5000))), "BadWorkbook"),
    "a boolean that is none": (with_sheet(table(value("perhaps", "b"))), "BadWorkbook"),
    "a date that is none": (with_sheet(table(value("soon", "d"))), "BadWorkbook"),
    "wrong kinds of parts": (lambda path: package(path, GOOD | {"[Content_Types].xml": "<Types/>"}), "BadWorkbook"),
    "another namespace (strict)": (strict, "BadWorkbook"),
    "a sheet that is a page": (with_sheet("<html><body><table><tr><td>url</td></tr></table></body></html>"), "BadWorkbook"),
    "a place that is none": (with_sheet(sheet('<row r="1"><c r="url" t="str"><v>url</v></c><c r="?!"><v>1</v></c></row>')), "BadWorkbook"),
    "a column beyond all": (with_sheet(sheet('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>')), "BadWorkbook"),
    "merged nowhere": (with_sheet(table(after='<mergeCells><mergeCell ref="nowhere"/></mergeCells>')), "BadWorkbook"),
    "a password of the archive": (locked, "OldOrLocked"),
    "a password of Excel": (with_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise(3000)), "OldOrLocked"),
    "an old workbook": (with_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)), "OldOrLocked"),
    "OpenDocument": (openoffice, "NotAWorkbook"),
    "a letter": (word, "NotAWorkbook"),
    "a binary workbook": (binary_workbook, "NotAWorkbook"),
    "a page": (with_bytes(b"<html><table><tr><td>url</td></tr></table></html>"), "NotAWorkbook"),
    "a CSV file": (with_bytes(b"url,title@en\nhttps://a.example/1,A source\n"), "NotAWorkbook"),
    "no bytes": (with_bytes(b""), "NotAWorkbook"),
    "one byte": (with_bytes(b"P"), "NotAWorkbook"),
    "a beginning only": (with_bytes(b"PK\x03\x04"), "BadWorkbook"),
    "noughts": (with_bytes(bytes(5000)), "NotAWorkbook"),
    "a part twice": (twice, "BadWorkbook"),
    "an unknown method": (unknown_method, "BadWorkbook"),
    "LZMA": (packed_with(zipfile.ZIP_LZMA), "BadWorkbook"),
    "BZIP2": (packed_with(zipfile.ZIP_BZIP2), "BadWorkbook"),
    "only charts": (of_charts, "NoTables"),
    "no sheets": (lambda path: package(path, parts({})), "NoTables"),
    "2,000 sheets of one part": (of_sheets(2000), "BadWorkbook"),
    "100 sheets of one part": (of_sheets(100), "BadWorkbook"),
    "600 sheets": (lambda path: workbook(path, {f"s{i}": table() for i in range(600)}), "BadWorkbook"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_in_one_sentence(name: str, watch: Watch, tmp_path: Path):
    make, component = REFUSED[name]
    path = tmp_path / "x.xlsx"
    make(path)
    seen = checked(watch, path)
    assert seen.code == 1
    assert [f["code"] for f in seen.record["findings"]] == [component], seen.out
    (finding,) = seen.record["findings"]
    assert finding["file"] == str(path)
    assert (finding["row"], finding["severity"]) == (0, "Violation")
    assert re.fullmatch(r"[A-Z][^\n{}]{20,400}\.", finding["message"])
    assert "<class" not in finding["message"]


def test_every_reason_has_its_sentence():
    assert {component for _, component in REFUSED.values()} <= components()


def test_a_refused_workbook_says_which_limit_it_broke(watch: Watch, tmp_path: Path):
    """The figure that was too large is above the limit that the sentence names."""
    for name in ("a bomb", "a bomb in the sheet", "overlapping parts"):
        path = tmp_path / f"{len(name)}.xlsx"
        REFUSED[name][0](path)
        (finding,) = checked(watch, path).record["findings"]
        found, limit = (float(n.replace(",", "")) for n in re.findall(r"([\d,.]+) MB", finding["message"]))
        assert found > limit


# --- what is read all the same


def rows_of(count: int, start: int = 3) -> str:
    return "".join(row(i, [f"https://a.example/{i}", f"Source {i}"]) for i in range(start, start + count))


def drawn(path: Path) -> None:
    """Whatever else a workbook holds is not looked at."""
    workbook(
        path,
        {"sources": table()},
        more={
            "xl/media/\x1b[31mred\x07.png": b"",
            "xl/connections.xml": '<connections><connection><webPr url="http://127.0.0.1:9/x"/></connection></connections>',
            "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/hyperlink" Target="http://127.0.0.1:9/x" TargetMode="External"/></Relationships>',
        },
    )


READ: dict[str, tuple[Maker, int, set[str]]] = {
    "a bomb inside a part": (inside_out, 1, set()),
    "links, connections and pictures": (drawn, 1, set()),
    "no styles": (without("xl/styles.xml"), 1, set()),
    "a style that is not there": (with_sheet(table(row(3, ["https://a.example/2"]).replace('s="1"', 's="999"'))), 2, set()),
    "a size that is a lie": (with_sheet(table(before='<dimension ref="A1:XFD1048576"/>')), 1, set()),
    "a size that is too small": (with_sheet(table(rows_of(5), before='<dimension ref="A1"/>')), 6, set()),
    "110,000 empty rows": (padded(empty_rows(110_000)), 1, set()),
    "100,000 blank cells": (padded(blank_cells(1_000, 100)), 1, set()),
    "formatted to the end of the sheet": (with_sheet(table('<row r="1048576" s="1" customFormat="1"/>')), 1, set()),
    "a value in the last cell of all": (
        with_sheet(table('<row r="1048576">' + cell("XFD1048576", "x") + "</row>")),
        1,
        {"TooManyRows"},
    ),
    "values in the last column": (
        padded(table(*(f'<row r="{i}">{cell(f"XFD{i}", 1)}</row>' for i in range(3, 20_000)))),
        1,
        {"TooManyColumns"},
    ),
    "10,000 columns": (
        with_sheet(table(headers=["url", "title@en", *(f"x{i}" for i in range(10_000))])),
        1,
        {"TooManyColumns", "UnknownColumn"},
    ),
    "a text longer than a cell": (with_sheet(table(row(3, ["https://a.example/2", "x" * 40_000]))), 2, set()),
    "a text of two million letters": (
        padded(table(row(3, ["https://a.example/2", "é" * 2_000_000]))),
        2,
        set(),
    ),
    "XML of a hundred thousand levels": (with_sheet(table("<row>" + "<a>" * 100_000 + "</a>" * 100_000 + "</row>")), 1, set()),
    "the same range merged a thousand times": (
        with_sheet(table(rows_of(1000), after="<mergeCells>" + '<mergeCell ref="A3:XFD100000"/>' * 1000 + "</mergeCells>")),
        1001,
        {"MergedCells", "MergedColumns", "DuplicateKey"},
    ),
    "nothing to say where anything is": (
        with_sheet(re.sub(r' r="[A-Z]*\d+"', "", table(rows_of(3)))),
        4,
        set(),
    ),
    "prefixes": (
        with_sheet(re.sub(r"<(/?)(\w)", r"<\1x:\2", table(rows_of(2))).replace("xmlns=", "xmlns:x=").replace("<?x:xml", "<?xml")),
        3,
        set(),
    ),
    "UTF-16": (
        with_sheet(table().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")),
        1,
        set(),
    ),
    "a sheet with a strange name": (lambda path: workbook(path, {"o'brien!$A$1 [x]": table(headers=NAMING)}), 1, set()),
    "a hundred sheets": (
        lambda path: workbook(path, {f"s{i}": table(headers=NAMING, first=[f"https://a.example/{i}", "A"]) for i in range(100)}),
        100,
        set(),
    ),
    "commands as formulas": (
        with_sheet(
            table(
                '<row r="3"><c r="A3" t="str"><f>cmd|\' /C calc\'!A0</f><v>https://a.example/2</v></c>'
                '<c r="B3" t="str"><f>WEBSERVICE("http://127.0.0.1:9/x")</f><v>A title</v></c></row>'
            )
        ),
        2,
        set(),
    ),
    "a formula that was never computed": (with_sheet(table('<row r="3"><c r="A3"><f>A2</f></c></row>')), 2, {"EmptyFormula"}),
    "a kind that is none": (with_sheet(table(value("https://a.example/2", "zz"))), 2, set()),
    "characters that are none": (
        with_sheet(table(row(3, ["https://a.example/2", "a_x0000_b_xD83D_c_x001B_[31m_xFFFF_"]))),
        2,
        set(),
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_hostile_is_read(name: str, watch: Watch, tmp_path: Path):
    make, rows, codes = READ[name]
    path = tmp_path / "x.xlsx"
    make(path)
    seen = checked(watch, path)
    assert {f["code"] for f in seen.record["findings"]} <= codes, seen.out[:2000]
    assert bool(seen.record["findings"]) == bool(codes)
    assert all(f["row"] > 0 for f in seen.record["findings"])
    if rows >= 0:
        assert re.search(rf"^{rows:,} rows in 1 file", seen.err, re.MULTILINE), seen.err
    assert "\x1b" not in seen.out + seen.err
    assert "\x00" not in seen.out


# --- what is no file


def test_a_folder_or_pipe_with_the_name_of_a_workbook_is_refused_at_once(watch: Watch, tmp_path: Path):
    (tmp_path / "folder.xlsx").mkdir()
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "dead.xlsx").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop.xlsx").symlink_to(tmp_path / "loop.xlsx")
    for path in sorted(tmp_path.iterdir()):
        seen = watch.wise("check", path, "--country", "be")
        assert (seen.code, seen.out, seen.touched) == (2, "", []), path
        assert re.fullmatch(r"wise: .+\.\n", seen.err)
        assert seen.seconds < 1


@pytest.mark.parametrize("suffix", [".xlsm", ".xls", ".ods", ".xlsb", ".xltx", ".docx", ".zip", ""])
def test_other_kinds_of_files_are_refused_by_name(suffix: str, watch: Watch, tmp_path: Path):
    path = workbook(tmp_path / f"sources{suffix}", {"sources": table()})
    seen = watch.wise("check", path, "--country", "be")
    assert (seen.code, seen.out, seen.touched) == (2, "", [])
    assert ".xlsx" in seen.err


def test_a_refused_workbook_is_not_annotated(watch: Watch, tmp_path: Path):
    for number, name in enumerate(("entities in a sheet", "a CSV file", "a flipped byte", "millions of blank cells")):
        path, out = tmp_path / f"{number}.xlsx", tmp_path / f"marked-{number}.xlsx"
        REFUSED[name][0](path)
        seen = watch.wise("check", path, "--country", "be", "--annotate", out)
        assert "Traceback" not in seen.err
        assert seen.code == 1
        assert seen.seconds < SECONDS
        assert not out.exists()
        assert not out.with_name(out.name + ".part").exists()


def test_a_sheet_that_is_listed_but_missing_is_named(tmp_path: Path):
    found = parts({"sources": table(), "laws": table()})
    del found["xl/worksheets/sheet2.xml"]
    _, findings = read_workbook(package(tmp_path / "x.xlsx", found), "x.xlsx", "be", vocabulary().schema)
    assert [(f.component, f.value) for f in findings] == [("BadWorkbook", "laws")]


# --- damage of any kind


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_the_file_raises(data: st.DataObject, tmp_path: Path):
    path = package(tmp_path / "x.xlsx", GOOD)
    found = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(found) - 1))
        found[at] = data.draw(st.integers(0, 255))
    path.write_bytes(found[: data.draw(st.integers(len(found) // 2, len(found)))])
    _read(path)


_XML = st.sampled_from(
    ["<", ">", "/", '"', "&", "]]>", "<c>", "</row>", "<is>", 'r="', "t=", "<f", "<v>", "s", "0", "-", "A1", ":", "é", "\x0b"]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from(sorted(GOOD)),
    at=st.floats(0, 1),
    length=st.integers(0, 30),
    instead=st.lists(_XML, max_size=4).map("".join),
)
def test_no_damage_to_a_part_raises(part: str, at: float, length: int, instead: str, tmp_path: Path):
    text = GOOD[part]
    assert isinstance(text, str)
    start = int(at * len(text))
    _read(package(tmp_path / "x.xlsx", GOOD | {part: text[:start] + instead + text[start + length :]}))


def _read(path: Path) -> None:
    sheets, findings = read_workbook(path, "x.xlsx", "be", vocabulary().schema)
    about(path)
    assert sheets or findings
    for text in (t for s in sheets for _, texts in s.records for t in texts):
        text.encode()
