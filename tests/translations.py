"""What translators work with: every English text of shapes, messages and lists once, and its place in the files.

`python -m tests.translations export nl nl.csv` writes a table with the columns `n, kind, where, en, nl`; a translator
fills in the last one; `python -m tests.translations import nl nl.csv` writes the texts to `shapes/texts-nl.ttl` and to
the lists of `ontology/schemes/`. The texts of an equal English text of one kind are equal, so each stands there once.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from wise_skills.names import PREFIXES, SH, SKOS, resource

TAB = PREFIXES["tab"]
# Official labels of these exist and would have to be taken from their publishers.
NOT_OURS = ("isco.ttl", "nace.ttl", "nace21.ttl")
_SHAPES = {SH + "name": "name", SH + "description": "description", SH + "message": "message", TAB + "message": "message"}
Text = tuple[str, str, str, str]  # kind, English text, subject, predicate


def shape_texts() -> Iterator[Text]:
    """Yield the English texts of the shapes folder."""
    for path in sorted(resource("shapes").glob("*.ttl")):
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE):
            text = quad.object
            if quad.predicate.value in _SHAPES and isinstance(text, ox.Literal) and text.language == "en":
                subject = quad.subject.value  # type: ignore[union-attr]
                column = "-" in subject.rsplit("#", 1)[-1] and subject.startswith(PREFIXES["wsh"])
                kind = _SHAPES[quad.predicate.value]
                yield (
                    kind if kind == "message" else f"{'column' if column else 'table'} {kind}",
                    text.value,
                    subject,
                    quad.predicate.value,
                )


def list_texts() -> Iterator[tuple[Path, Text]]:
    """Yield the English labels of the lists, with their files."""
    for path in sorted((resource("ontology") / "schemes").glob("*.ttl")):
        if path.name in NOT_OURS:
            continue
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE):
            if quad.predicate.value == SKOS + "prefLabel" and isinstance(quad.object, ox.Literal) and quad.object.language == "en":
                yield path, (f"label in {path.stem}", quad.object.value, quad.subject.value, quad.predicate.value)  # type: ignore[union-attr]


def _definitions() -> dict[str, str]:
    found = {}
    for path in (resource("ontology") / "schemes").glob("*.ttl"):
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE):
            if quad.predicate.value == SKOS + "definition" and isinstance(quad.object, ox.Literal) and quad.object.language == "en":
                found[quad.subject.value] = quad.object.value  # type: ignore[union-attr]
    return found


def _present(language: str) -> dict[tuple[str, str], str]:
    """Texts of a language that stand in the files already, by subject and predicate."""
    files = [*resource("shapes").glob("*.ttl"), *(resource("ontology") / "schemes").glob("*.ttl")]
    return {
        (quad.subject.value, quad.predicate.value): quad.object.value  # type: ignore[union-attr]
        for path in files
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE)
        if isinstance(quad.object, ox.Literal) and quad.object.language == language
    }


def export(language: str, path: Path) -> None:
    """Write the table of a language."""
    present, definitions = _present(language), _definitions()
    rows: dict[tuple[str, str], tuple[list[str], str]] = {}
    for kind, english, subject, predicate in [*shape_texts(), *(text for _, text in list_texts())]:
        where = re.split(r"[#]", subject)[-1].removeprefix(PREFIXES["scheme"])
        if subject in definitions:
            where += f" = {definitions[subject]}"
        places, text = rows.setdefault((kind, english), ([], present.get((subject, predicate), "")))
        places.append(where)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["n", "kind", "where", "en", language])
        for n, ((kind, english), (places, text)) in enumerate(rows.items(), 1):
            writer.writerow([n, kind, "; ".join(places[:3]) + (" …" if len(places) > 3 else ""), english, text])


def import_(language: str, path: Path) -> None:
    """Write the texts of a table into the files of the project."""
    with path.open(encoding="utf-8", newline="") as file:
        texts = {(r["kind"], r["en"]): r[language].strip() for r in csv.DictReader(file) if r[language].strip()}
    lines = [f"@prefix {p}: <{PREFIXES[p]}> ." for p in ("sh", "tab", "wsh")]
    lines += ["", f"# Texts of the shapes in {language}; see tests/translations.py.", ""]
    subjects: dict[str, list[tuple[str, str]]] = {}
    for kind, english, subject, predicate in shape_texts():
        if (kind, english) in texts:
            subjects.setdefault(subject, []).append((predicate, texts[kind, english]))
    for subject in sorted(subjects):
        said = " ;\n  ".join(f"{_short(p)} {ox.Literal(t, language=language)}" for p, t in sorted(subjects[subject]))
        lines.append(f"{_short(subject)} {said} .\n")
    (resource("shapes") / f"texts-{language}.ttl").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    labels: dict[Path, dict[str, str]] = {}
    for file_path, (kind, english, subject, _) in list_texts():
        if (kind, english) in texts:
            labels.setdefault(file_path, {})[subject] = texts[kind, english]
    for file_path, found in labels.items():
        _insert(file_path, found, language)


def _short(iri: str) -> str:
    for prefix in ("wsh", "tab", "sh"):
        if iri.startswith(PREFIXES[prefix]):
            return f"{prefix}:{iri.removeprefix(PREFIXES[prefix])}"
    raise ValueError(iri)


def _insert(path: Path, labels: dict[str, str], language: str) -> None:
    """Put labels into a file of a list: one line per language, English first, the others by their tag."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    base = next((m[1] for b in blocks if (m := re.search(r"@base <([^>]+)>", b))), PREFIXES["scheme"])
    for i, block in enumerate(blocks):
        head = re.search(r"^<([^>]+)> a skos:Concept(Scheme)? ;", block, re.MULTILINE)
        iri = head and (head[1] if "://" in head[1] else base + head[1])
        if not iri or iri not in labels:
            continue
        pattern = re.compile(r'  skos:prefLabel ("(?:[^"\\]|\\.)*"@([a-zA-Z-]+)) ;\n')
        present = {m[2]: m[1] for m in pattern.finditer(block)}
        present[language] = str(ox.Literal(labels[iri], language=language))
        first = pattern.search(block)
        assert first, iri
        rest = pattern.sub("", block)
        wanted = sorted(present, key=lambda tag: (tag != "en", tag))
        lines = "".join(f"  skos:prefLabel {present[tag]} ;\n" for tag in wanted)
        blocks[i] = rest[: first.start()] + lines + rest[first.start() :]
    path.write_text("\n\n".join(blocks), encoding="utf-8")


if __name__ == "__main__":
    {"export": export, "import": import_}[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
