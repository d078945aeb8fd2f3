"""Make the fixtures of `test_shapes.py`: a world with one flawless row per table, and one failing file per shape.

Run `python -m tests.make_failing` after a shape was added or changed; then read the diff. Examples of SPARQL
constraints (`rule-*.csv`) are written by hand and left alone.
"""

from __future__ import annotations

import csv
from pathlib import Path

from loaders.folders import Vocabulary
from wise_skills.constraints import constraints
from wise_skills.names import XSD, Names
from wise_skills.tables import Column, Table

HERE = Path(__file__).parent / "fixtures" / "shapes"
KEY = "x1"


def good(table: Table, column: Column, vocabulary: Vocabulary) -> str:
    """Return a value that the column accepts; empty where the flawless row leaves it out."""
    if column.scheme:
        keys = vocabulary.concepts.choices(column.scheme)
        preferred = {"named-in-source", "researcher-inference"} & set(keys)
        return preferred.pop() if preferred else sorted(keys)[0]
    if column.refers_to:
        return "" if column.refers_to == table.target else KEY
    if column.id == "id" or (column.id == "code" and column.required):
        return KEY
    if column.names_columns:
        return table.columns[0].id
    if column.is_address:
        return column.example if column.example.startswith("http://data.europa.eu/ux2/") else "https://a.example/1"
    if column.is_number:
        return "1" if column.id == "no" else "40"
    if XSD + "date" in column.datatypes and not column.is_date:
        return "2020-05-31"
    return "2020" if column.is_date else "text"


def bad(column: Column) -> str:
    """Return a value that the column's own property shape refuses."""
    if column.scheme or column.refers_to:
        return "no such thing"
    if column.names_columns:
        return "no such column"
    if column.is_address:
        return "see report"
    if column.is_number:
        return "many"
    if column.is_date:
        return "about 2021"
    if XSD + "date" in column.datatypes:
        return "2020"
    if column.id in ("id", "identifier", "table", "finding") or (column.id == "code" and column.required):
        return "not a key!"
    return "x" * 501


def header(column: Column) -> str:
    """Return the column's header in a file."""
    return f"{column.id}@en" if column.is_text else column.id


def write(path: Path, row: dict[str, str]) -> None:
    """Write a file with one row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(row)
        writer.writerow(row.values())


def main() -> None:
    """Write all fixtures."""
    vocabulary = Vocabulary.of_project(Names())
    rules = constraints(vocabulary.schema, vocabulary.names)
    for old in HERE.rglob("*.csv"):
        if not old.name.startswith("rule-"):
            old.unlink()
    for table in vocabulary.schema.tables:
        full = {header(c): v for c in table.columns if (v := good(table, c, vocabulary))}
        write(HERE / "world" / "be" / f"{table.name}.csv", full)
        kept = {header(c) for c in table.columns if c.required or c.answer or c in table.key or c.id == "sources"}
        kept |= {c for columns in (b[2] for b in rules.blames.values() if b[0] == "OneOf" and b[1] == table) for c in columns}
        base = {h: v for h, v in full.items() if h in kept}
        folder = HERE / "failing" / table.name
        for column in table.columns:
            if column.is_text:  # a text without a language
                write(folder / f"{column.id}.csv", {**{h: v for h, v in base.items() if h != header(column)}, column.id: "text"})
            else:
                write(folder / f"{column.id}.csv", {**base, column.id: bad(column)})
        for shape, (component, owner, columns) in rules.blames.items():
            if owner != table:
                continue
            name = shape.rsplit("#", 1)[-1].removeprefix(f"{table.target.rsplit('#', 1)[-1]}Shape-")
            row = dict(full if component.startswith("Less") else base)
            if component.startswith("Less"):
                date = table.by_id[columns[0]].is_date
                row |= dict(zip(columns, ("2021", "2020") if date else ("5", "3"), strict=True))
            else:
                row |= dict.fromkeys(columns, "")
            write(folder / f"{name}.csv", row)


if __name__ == "__main__":
    main()
