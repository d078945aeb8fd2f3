"""Workbooks made part by part, so that tests can make what no spreadsheet would write."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TEXT, NUMBER = 1, 0
HEADERS = ("url", "title@en")
ROW = ("https://a.example/1", "A source")


def cell(reference: str, text: object, style: int = TEXT) -> str:
    """A cell as XML: a number is one, everything else an inline string."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return f'<c r="{reference}"><v>{text}</v></c>'
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(str(text))}</t></is></c>'


def row(number: int, texts: Iterable[object], more: str = "") -> str:
    """A row as XML; `more` are cells beside those of the texts."""
    cells = (cell(f"{get_column_letter(i)}{number}", text) for i, text in enumerate(texts, 1) if text != "")
    return f'<row r="{number}">{"".join(cells)}{more}</row>'


def sheet(rows: str, before: str = "", after: str = "") -> str:
    """A worksheet as XML."""
    return f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def table(*more: str, headers: Sequence[str] = HEADERS, first: Sequence[object] = ROW, before: str = "", after: str = "") -> str:
    """The sheet of a table: its headers, a good row, and further rows as XML."""
    return sheet(row(1, headers) + row(2, first) + "".join(more), before, after)


def strings(texts: Iterable[str]) -> str:
    """The table of shared strings; each text is XML of its own."""
    return f'{HEAD}<sst xmlns="{MAIN}">{"".join(f"<si>{t}</si>" for t in texts)}</sst>'


def parts(sheets: Mapping[str, str], shared: str = "", more: Mapping[str, str | bytes] | None = None) -> dict[str, str | bytes]:
    """All parts of a workbook by name, in the order in which Excel writes them."""
    numbered = list(enumerate(sheets, 1))
    overrides = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    overrides += [(f"/xl/worksheets/sheet{i}.xml", "worksheet") for i, _ in numbered]
    overrides += [("/xl/sharedStrings.xml", "sharedStrings")] if shared else []
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{KIND}.{what}+xml"/>' for name, what in overrides)
        + "</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in numbered)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i, _ in numbered)
        + f'<Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/>'
        + (f'<Relationship Id="strings" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>' if shared else "")
        + "</Relationships>",
        "xl/styles.xml": styles("General", "@"),
    }
    found |= {f"xl/worksheets/sheet{i}.xml": sheets[name] for i, name in numbered}
    found |= {"xl/sharedStrings.xml": shared} if shared else {}
    return found | dict(more or {})


def styles(*formats: str) -> str:
    """A style for each number format."""
    numbered = list(enumerate(formats, 164))
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">'
        + "".join(f'<numFmt numFmtId="{i}" formatCode={quoteattr(text)}/>' for i, text in numbered)
        + '</numFmts><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs>'
        + "".join(f'<xf numFmtId="{i}" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>' for i, _ in numbered)
        + "</cellXfs></styleSheet>"
    )


def package(
    path: Path, found: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]], compression: int = zipfile.ZIP_DEFLATED
) -> Path:
    """Write parts as they are, also two of the same name."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, text in found.items() if isinstance(found, Mapping) else found:
            archive.writestr(zipfile.ZipInfo(name), text, compression)
    return path


def workbook(path: Path, sheets: Mapping[str, str], shared: str = "", more: Mapping[str, str | bytes] | None = None) -> Path:
    """Write a workbook of the given sheets."""
    return package(path, parts(sheets, shared, more))


def changed(found: Mapping[str, str | bytes], part: str, old: str, new: str) -> dict[str, str | bytes]:
    """The parts with a text of one of them replaced, which must be there."""
    text = found[part]
    assert isinstance(text, str)
    assert old in text
    return dict(found) | {part: text.replace(old, new)}
