"""What translators of the page work with: its texts, those of the questions, and the names of the ontology's terms.

`python -m tests.interface_texts update` brings what the code says today into the catalogues (`query_ui/translations/`);
texts that are gone go, new ones stand there without translation until somebody gives it.
`python -m tests.interface_texts export nl nl.csv` writes what has no translation (`--all`: everything) as a table with the
columns `n, kind, where, en, nl`; `import nl nl.csv` takes the filled table back. Every text is there once.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pyoxigraph as ox
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from query_ui.catalogues import FOLDER
from query_ui.comparisons.definitions import texts as comparison_texts
from wise_skills.languages import LANGUAGES
from wise_skills.names import RDFS, SKOS, resource
from wise_skills.questions import load_questions
from wise_skills.questions.model import ANY, TEXTS

ROOT = Path(__file__).resolve().parent.parent
OTHERS = tuple(sorted(set(LANGUAGES) - {"en"}))
METHODS = [
    ("query_ui/**.py", "python"),
    ("wise_skills/**.py", "python"),
    ("loaders/line*.py", "python"),
    ("query_ui/templates/**.html", "jinja2"),
]
KEYWORDS = {
    "_": None, "gettext": None, "lazy_gettext": None, "told": (1,), "ngettext": (1, 2), "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
NAMES = "ontology/names/{}.ttl"
SLOT = re.compile(r"%\(\w+\)s|\{\w*(?::[^}]*)?\}|</?[a-z]+")
"""What a translation must hold as often as the English text: values and elements."""
Row = tuple[str, str, str]  # kind, where, English text


def page_texts() -> Catalog:
    """Return the texts of templates, code and comparisons."""
    found = Catalog(domain="messages", project="WISE skills", charset="utf-8")
    options = {pattern: {"trimmed": "true", "silent": "false"} for pattern, _ in METHODS}
    for file, _, text, comments, context in extract_from_dir(ROOT, METHODS, options, KEYWORDS, comment_tags=("L10N:",)):
        if text and text != ("", ""):
            found.add(text, locations=[(file, 0)], auto_comments=comments, context=context)
    for name, text in comparison_texts():
        found.add(text, locations=[(f"query_ui/comparisons/{name}", 0)])
    return found


def question_rows() -> Iterator[Row]:
    """Yield the texts of the questions: kind, question, text."""
    yield "blank", "", ANY
    for question in load_questions(ROOT / "query_ui" / "questions", thorough=False).values():
        for kind in TEXTS:
            yield kind, question.name, getattr(question, kind)
        for parameter in question.parameters:
            yield "condition", question.name, parameter.label
            yield "hint", question.name, parameter.description
        for column in question.columns.values():
            yield "column", question.name, column.label
            yield "unit", question.name, column.unit


def question_texts() -> Catalog:
    """Return the texts of the questions; where one stands often, its first place is named."""
    found = Catalog(domain="questions", project="WISE skills", charset="utf-8")
    for kind, name, text in question_rows():
        if text and text not in found:
            found.add(text, locations=[(f"{name}.rq" if name else "questions/model.py", 0)], auto_comments=[kind])
    return found


TEMPLATES = {"messages": page_texts, "questions": question_texts}


@cache
def template(domain: str) -> Catalog:
    """Return what there is to translate."""
    return TEMPLATES[domain]()


def path_of(language: str, domain: str) -> Path:
    """Return the file of a catalogue."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    """Return a catalogue as it is."""
    path = path_of(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain, project="WISE skills", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def update(language: str, domain: str) -> Catalog:
    """Bring what the code says into a catalogue and write it."""
    found = read(language, domain)
    found.update(template(domain), no_fuzzy_matching=True)
    write(found, language, domain)
    return found


def write(found: Catalog, language: str, domain: str) -> None:
    """Write a catalogue without dates and line numbers, so that it changes only with its texts."""
    found.header_comment = f"# {LANGUAGES[language]}: texts of the WISE skills graph ({domain})."
    found.fuzzy = False
    out = BytesIO()
    write_po(out, found, width=120, ignore_obsolete=True, include_lineno=False, sort_by_file=False)
    kept = (line for line in out.getvalue().decode().splitlines(True) if not line.startswith(_CHANGING))
    path_of(language, domain).parent.mkdir(parents=True, exist_ok=True)
    path_of(language, domain).write_text("".join(kept), encoding="utf-8")


_CHANGING = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Language-Team', '"Generated-By', '"Report-Msgid')


def terms(predicate: str = RDFS + "label") -> dict[str, str]:
    """Return the English texts of the ontology's own terms: name or definition by IRI."""
    found = {}
    for path in sorted(resource("ontology").glob("*.ttl")):
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE):
            text = quad.object
            if quad.predicate.value == predicate and isinstance(text, ox.Literal) and text.language == "en":
                found[quad.subject.value] = text.value  # type: ignore[union-attr]
    return found


def term_names(language: str) -> dict[str, str]:
    """Return the names of terms in another language."""
    path = ROOT / NAMES.format(language)
    quads = ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE) if path.exists() else ()
    return {quad.subject.value: quad.object.value for quad in quads}  # type: ignore[union-attr]


def write_names(language: str, names: dict[str, str]) -> None:
    """Write the names of terms, in the order of their IRIs."""
    lines = [f"# The names of the ontology's terms in {LANGUAGES[language]}. English names and definitions stand in the modules.\n"]
    lines.append(f"@prefix rdfs: <{RDFS}> .\n\n")
    lines += [f"<{iri}> rdfs:label {ox.Literal(name, language=language)} .\n" for iri, name in sorted(names.items())]
    path = ROOT / NAMES.format(language)
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def slots(text: str) -> list[str]:
    """Return what a translation must hold too."""
    return sorted(SLOT.findall(text))


def forms(message: Message) -> list[tuple[str, str]]:
    """Return pairs of English and translated text of a message: one, or one for each plural form."""
    if isinstance(message.id, tuple):
        return [(message.id[min(n, 1)], text) for n, text in enumerate(message.string)]
    return [(message.id, message.string)]  # type: ignore[list-item]


def export(language: str, file: Path, every: bool) -> int:
    """Write what lacks a translation as a table; a message with plural forms has a row for each form."""
    rows = []
    for domain in TEMPLATES:
        for message in read(language, domain):
            if not message.id:
                continue
            for number, (english, text) in enumerate(forms(message)):
                if every or not text:
                    kind = f"plural form {number}" if isinstance(message.id, tuple) else " ".join(message.auto_comments)
                    rows.append((domain, kind, ", ".join(name for name, _ in message.locations[:2]), english, text))
    known, definitions = term_names(language), terms(SKOS + "definition")
    rows += [
        ("terms", definitions.get(iri, ""), iri, name, known.get(iri, "")) for iri, name in terms().items() if every or iri not in known
    ]
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("n", "domain", "kind", "where", "en", language))
        writer.writerows((number, *row) for number, row in enumerate(rows, start=1))
    return len(rows)


def take(language: str, file: Path) -> int:
    """Take a filled table: a text that lacks a value or an element of the English one is named and left out."""
    with file.open(newline="", encoding="utf-8") as source:
        rows = [row for row in csv.DictReader(source) if row[language].strip()]
    taken = 0
    catalogues = {domain: read(language, domain) for domain in TEMPLATES}
    names = term_names(language)
    for row in rows:
        english, text = row["en"], row[language].strip()
        if slots(english) != slots(text):
            sys.stderr.write(f"{language} {row['n']}: {slots(english)} and {slots(text)} differ: {text}\n")
            continue
        taken += 1
        if row["domain"] == "terms":
            names[row["where"]] = text
            continue
        for message in catalogues[row["domain"]]:
            plural = isinstance(message.id, tuple)
            if plural and row["kind"].startswith("plural form") and english in message.id:
                number = int(row["kind"].split()[-1])
                message.string = tuple(text if n == number else old for n, old in enumerate(message.string))
            elif not plural and message.id == english:
                message.string = text
    for domain, found in catalogues.items():
        write(found, language, domain)
    write_names(language, names)
    return taken


def main(arguments: list[str]) -> None:
    """Run a command."""
    match arguments:
        case ["update"]:
            for language in OTHERS:
                lacking = sum(not all(t for _, t in forms(m)) for domain in TEMPLATES for m in update(language, domain) if m.id)
                sys.stdout.write(f"{language}: {lacking} texts without translation\n")
        case ["export", language, file, *rest]:
            sys.stdout.write(f"{export(language, Path(file), '--all' in rest)} texts\n")
        case ["import", language, file]:
            sys.stdout.write(f"{take(language, Path(file))} texts taken\n")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
