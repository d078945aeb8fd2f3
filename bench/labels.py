"""Compare ways to search labels, on the labels of ESCO in many languages, in one run.

Run `python bench/labels.py` in the checkout; the published files are in `../shared` by default (`--shared`). Further
N-Quads files, such as that of an ESCO package or of a release, come with `--nquads`. Each way is built and asked in a
process of its own. tantivy is compared if it is installed.
"""

from __future__ import annotations

import argparse
import csv
import gc
import gzip
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from wise_skills import labels
from wise_skills.labels import Labels, fold

HERE = Path(__file__).parent
LIMIT = 60
_ESCO, _SKOS = "http://data.europa.eu/esco/model#", "http://www.w3.org/2004/02/skos/core#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_CLASSES = {
    "Occupation": [_ESCO + "MemberConcept", _ESCO + "Occupation"],
    "KnowledgeSkillCompetence": [_ESCO + "MemberConcept", _ESCO + "Skill"],
}
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


# --- the labels ---------------------------------------------------------------------


def corpus(shared: Path) -> Iterator[str]:
    """Yield N-Quads of all labels that ESCO's files hold, and of MELO's corpora as things of their own, for the volume."""
    csv.field_size_limit(1 << 30)
    for path in sorted(
        [*shared.glob("esco/v1.1.1/**/*.csv*"), *shared.glob("esco/v1.0.8/*.csv"), *shared.glob("esco/v1.0-early/*_fr.csv")]
    ):
        if re.match(r"(skills|occupations|ISCOGroups|skillGroups)_", path.name):
            language = path.name.split(".")[0].partition("_")[2]
            for row in csv.DictReader(_text(path)):
                texts = [("prefLabel", row["preferredLabel"])]
                texts += [(p, t) for p in ("altLabel", "hiddenLabel") for t in (row.get(f"{p}s") or "").split("\n")]
                yield from _quads(row["conceptUri"], row["conceptType"], texts, language, "esco")
    for folder in sorted(shared.glob("crosswalks/melo/*")):
        concepts = dict(_tsv(folder, "concept_mapping"))
        texts_of = defaultdict(list)
        for element, text in _tsv(folder, "corpus_elements"):
            texts_of[concepts[element]].append(("altLabel" if texts_of[concepts[element]] else "prefLabel", text))
        for iri, texts in texts_of.items():
            yield from _quads(f"{iri}?{folder.name}", "Occupation", texts, folder.name[-2:], folder.name)


def _text(path: Path) -> io.TextIOWrapper:
    return io.TextIOWrapper(gzip.open(path) if path.suffix == ".gz" else path.open("rb"), encoding="utf-8", newline="")


def _tsv(folder: Path, name: str) -> Iterator[list[str]]:
    (path,) = folder.glob(f"{name}.tsv*")
    return (line.rstrip("\n").split("\t") for line in _text(path))


def _quads(iri: str, kind: str, texts: list[tuple[str, str]], language: str, graph: str) -> Iterator[str]:
    end = f"<https://w3id.org/wise-skills/graph/{graph}> .\n"
    for class_ in [_SKOS + "Concept", *_CLASSES.get(kind, ())]:
        yield f"<{iri}> <{_TYPE}> <{class_}> {end}"
    for property_, text in texts:
        if text:
            yield f'<{iri}> <{_SKOS}{property_}> "{text.translate(_ESCAPED)}"@{language} {end}'


# --- the candidates -----------------------------------------------------------------

Search = Callable[[str, str], int]
"""Takes a text and a language, returns how many things were found."""


def ours(folder: Path, index: Path) -> Search:
    """The index of the release: FTS5, words with beginnings and trigrams, labels numbered in the order of results."""
    found = Labels(index)
    return lambda text, language: len(found.search(text, language=language, limit=LIMIT))


def narrowed(folder: Path, index: Path) -> Search:
    """The same, narrowed to skills."""
    found = Labels(index)
    return lambda text, language: len(found.search(text, language=language, kinds=[_ESCO + "Skill"], limit=LIMIT))


def _rows(index: Path) -> Iterator[tuple[int, int, int, str, str, str]]:
    """Number, thing, property, language, text and folded text of all labels, in the order of results."""
    return iter(sqlite3.connect(index).execute("SELECT id, thing, property, language, text, COALESCE(folded, text) FROM label ORDER BY id"))


def _table(folder: Path, index: Path, virtual: str = "") -> sqlite3.Connection:
    path = folder / "candidate.sqlite"
    made = path.exists()
    file = sqlite3.connect(path)
    if not made:
        file.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE label "
            "(id INTEGER PRIMARY KEY, thing INT, property INT, language TEXT, text TEXT, folded TEXT); CREATE INDEX f ON label (folded);"
        )
        file.executemany("INSERT INTO label VALUES (?, ?, ?, ?, ?, ?)", _rows(index))
        if virtual:
            file.executescript(f"CREATE VIRTUAL TABLE words USING fts5(folded, content='label', content_rowid='id', {virtual});")
            file.executescript("INSERT INTO words(words) VALUES ('rebuild'); INSERT INTO words(words) VALUES ('optimize');")
        file.commit()
    return file


_SORTED = "ORDER BY l.language <> ?2, l.property, LENGTH(l.folded), l.text"


def scan(folder: Path, index: Path) -> Search:
    """Looking at every label, as SPARQL's FILTER does."""
    file = _table(folder, index)
    query = f"SELECT DISTINCT thing FROM (SELECT * FROM label l WHERE INSTR(folded, ?1) {_SORTED}) LIMIT {LIMIT}"
    return lambda text, language: len(file.execute(query, (fold(text), language)).fetchall())


def words(folder: Path, index: Path) -> Search:
    """FTS5 with words and beginnings, sorted when asked: what there was before."""
    file = _table(folder, index, "prefix='2 3'")
    best = "l.id IN (SELECT w.rowid FROM words w WHERE words MATCH ?1 ORDER BY rank LIMIT 500)"

    def search(text: str, language: str) -> int:
        folded = fold(text).split()[:12]
        if not folded:
            return 0
        whole, quoted = " ".join(folded), [f'"{word}"' for word in folded]
        steps = [("l.folded = ?1", whole), ("l.folded >= ?1 AND l.folded < ?1 || char(1114111)", whole)]
        steps += [(best, " AND ".join(quoted) + "*"), (best, " OR ".join(quoted) + "*")]
        found: set[int] = set()
        for condition, value in steps:
            found |= {row[0] for row in file.execute(f"SELECT thing FROM label l WHERE {condition} {_SORTED} LIMIT 500", (value, language))}
            if len(found) >= LIMIT:
                break
        return len(found)

    return search


def trigrams(folder: Path, index: Path) -> Search:
    """FTS5 with trigrams of the labels, the best by BM25."""
    file = _table(folder, index, "tokenize='trigram case_sensitive 1'")
    query = f"SELECT DISTINCT thing FROM words w JOIN label l ON l.id = w.rowid WHERE words MATCH ? ORDER BY rank LIMIT {LIMIT}"

    def search(text: str, language: str) -> int:
        long = [f'"{word}"' for word in fold(text).split()[:12] if len(word) > 2]
        return len(file.execute(query, (" AND ".join(long),)).fetchall()) if long else 0

    return search


def tantivy(folder: Path, index: Path) -> Search:
    """Words, trigrams and slips in tantivy, the best by the number of the label; texts from SQLite."""
    import tantivy as t

    file = _table(folder, index)
    schema = t.SchemaBuilder()
    for name in ("words", "parts", "language"):
        schema.add_text_field(name, tokenizer_name={"words": "ours", "parts": "trigram"}.get(name, "raw"), index_option="basic")
    schema.add_unsigned_field("best", fast=True)
    schema = schema.build()
    made = (folder / "tantivy").exists()
    (folder / "tantivy").mkdir(exist_ok=True)
    opened = t.Index(schema, str(folder / "tantivy"), reuse=made)
    opened.register_tokenizer("ours", t.TextAnalyzerBuilder(t.Tokenizer.whitespace()).build())
    opened.register_tokenizer("trigram", t.TextAnalyzerBuilder(t.Tokenizer.ngram(3, 3, False)).build())
    most = 1 << 32
    if not made:
        writer = opened.writer(200_000_000, 1)
        for id_, _, _, language, _, folded in _rows(index):
            document = t.Document()
            for name, text in (("words", f"^{folded} {folded}"), ("parts", folded), ("language", language)):
                document.add_text(name, text)
            document.add_unsigned("best", most - id_)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        opened.reload()
    searcher = opened.searcher()

    def one(field: str, word: str) -> t.Query:
        return t.Query.term_query(schema, field, word, "basic")

    def begun(word: str) -> t.Query:
        return t.Query.regex_query(schema, "words", re.escape(word) + ".*")

    def every(queries: list[t.Query]) -> t.Query:
        return t.Query.boolean_query([(t.Occur.Must, query) for query in queries])

    def search(text: str, language: str) -> int:
        folded = fold(text).split()[:12]
        if not folded:
            return 0
        whole, rest, last = " ".join(folded), [one("words", word) for word in folded[1:-1]], folded[-1]
        first = [begun(f"^{last}")] if len(folded) == 1 else [one("words", f"^{folded[0]}"), *rest, begun(last)]
        found: set[int] = set()
        steps = [
            (every([one("words", f"^{folded[0]}"), *(one("words", word) for word in folded[1:])]), lambda label: label == whole),
            (every(first), lambda label: label.startswith(whole)),
            (every([*(one("words", word) for word in folded[:-1]), begun(last)]), None),
        ]
        if long := [word for word in folded if len(word) > 2]:
            parts = [one("parts", word[i : i + 3]) for word in long for i in range(len(word) - 2)]
            steps.append((every(parts), lambda label: all(word in label for word in folded)))
        if long := [word for word in folded if len(word) > 3]:
            steps.append((every([t.Query.fuzzy_term_query(schema, "words", word, 1, True, word == last) for word in long]), None))
        steps.append((t.Query.boolean_query([(t.Occur.Should, one("words", word)) for word in folded]), None))
        for query, fits in steps:
            for narrowed in (every([query, one("language", language)]), query):
                for best, _ in searcher.search(narrowed, 3 * LIMIT, count=False, order_by_field="best").hits:
                    thing, label = file.execute("SELECT thing, folded FROM label WHERE id = ?", (most - best,)).fetchone()
                    if fits is None or fits(label):
                        found.add(thing)
                if len(found) >= LIMIT:
                    return LIMIT
        return len(found)

    return search


CANDIDATES = {"ours": ours, "narrowed": narrowed, "scan": scan, "words": words, "trigrams": trigrams, "tantivy": tantivy}


# --- the run ------------------------------------------------------------------------


def queries() -> list[tuple[str, str, str]]:
    """Kind, language and text of the written queries."""
    with (HERE / "label_queries.tsv").open(encoding="utf-8", newline="") as file:
        return [(row["kind"], row["language"], row["text"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def typed(index: Path, count: int = 600) -> list[tuple[str, str, str]]:
    """Queries made of labels: each is typed to some point, has a word part, a slip, or some of its words in another order."""
    file, found = sqlite3.connect(index), []
    (last,) = file.execute("SELECT MAX(id) FROM label").fetchone()
    for number in range(count):
        query = "SELECT text, language FROM label WHERE id >= ? LIMIT 1"
        text, language = file.execute(query, (number * last // count + 1,)).fetchone()
        some, word = text.split()[::-2], max(text.split(), key=len)
        middle = number % len(word)
        variants = (text[: 1 + number % len(text)], " ".join(some), word[middle:], word[:middle] + word[middle + 1 :])
        found += [("typed", language or "en", variant) for variant in variants]
    return found


def measure(search: Search, asked: list[tuple[str, str, str]], repeat: int) -> dict[str, list[tuple[float, bool]]]:
    """CPU milliseconds of each query, the best of some, and whether something was found; by kind."""
    times = defaultdict(list)
    for kind, language, text in asked:
        best = []
        for _ in range(repeat):
            started = time.thread_time()
            found = search(text, language)
            best.append((time.thread_time() - started) * 1000)
        times[kind].append((min(best), found > 0))
    return times


def run(name: str, folder: Path, index: Path) -> None:
    """Build and ask one candidate; print the results as JSON."""
    gc.disable()
    before = set(folder.iterdir())
    started = time.process_time()
    search = CANDIDATES[name](folder, index)
    built = time.process_time() - started
    size = sum(p.stat().st_size for new in set(folder.iterdir()) - before for p in ([new] if new.is_file() else new.rglob("*")))
    written = measure(search, queries() if name != "scan" else queries()[::6], 1 if name == "scan" else 3)
    made = measure(search, typed(index) if name not in ("scan", "words", "trigrams") else typed(index, 75), 1)
    print(json.dumps({"built": built, "size": size, "memory": _memory(), "times": written | made}))


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _ask_alone(name: str, folder: Path, index: Path) -> dict:
    """One candidate in a fresh process: once to build, once more to learn what memory asking takes."""
    command = [sys.executable, __file__, "--candidate", name, "--index", str(index), "--folder", str(folder)]
    first, again = (json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(2))
    return first | {"memory": again["memory"]}


def _memory() -> float:
    """The most memory of this process so far, in MB."""
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1000


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=HERE.parent.parent / "shared")
    parser.add_argument("--nquads", type=Path, action="append", default=[])
    parser.add_argument("--own", type=Path, default=HERE.parent / "build" / "current" / "dump" / "wise-skills.nq")
    parser.add_argument("--candidate", help=argparse.SUPPRESS)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.candidate:
        run(given.candidate, given.folder, given.index)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source, index = folder / "labels.nq", folder / "ours.sqlite"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(corpus(given.shared))
        started = time.process_time()
        count = labels.build(index, [source, *given.nquads])
        built = time.process_time() - started
        print(f"{count:,} labels\n")
        print(f"{'way':10}{'build s':>9}{'MB':>6}{'RSS MB':>8}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'most':>8}{'÷ ours':>8}{'found':>8}")
        kinds: dict[str, list[tuple[float, bool]]] = {}
        ratio_to = 0.0
        for name in CANDIDATES:
            (folder / name).mkdir()
            try:
                result = _ask_alone(name, folder / name, index)
            except subprocess.CalledProcessError as error:
                print(f"{name:10}  not measured: {error.stderr.strip().splitlines()[-1]}")
                continue
            if name == "ours":
                kinds, result["built"], result["size"] = result["times"], built, index.stat().st_size
            every = [pair for of_kind in result["times"].values() for pair in of_kind]
            times = [milliseconds for milliseconds, _ in every]
            ratio_to = ratio_to or _percentile(times, 0.95)
            shares = "".join(f"{_percentile(times, share):8.1f}" for share in (0.5, 0.95, 0.99, 1))
            print(f"{name:10}{result['built']:9.1f}{result['size'] / 1e6:6.0f}{result['memory']:8.0f}{shares}", end="")
            print(f"{_percentile(times, 0.95) / ratio_to:8.1f}{sum(found for _, found in every) / len(every):8.0%}")
            shutil.rmtree(folder / name)
        print(f"\n{'ours, by kind of query':26}{'queries':>8}{'p50 ms':>8}{'p95':>8}{'most':>8}{'found':>8}")
        for kind, pairs in kinds.items():
            times = [milliseconds for milliseconds, _ in pairs]
            shares = "".join(f"{_percentile(times, share):8.1f}" for share in (0.5, 0.95, 1))
            print(f"{kind:26}{len(pairs):8}{shares}{sum(found for _, found in pairs) / len(pairs):8.0%}")
        _own_data(folder, index, given.own, built)


def _own_data(folder: Path, index: Path, own: Path, built: float) -> None:
    """What it costs to add a release's own labels, and to open the index."""
    if own.is_file():
        started, cpu = time.perf_counter(), time.process_time()
        labels.build(folder / "layered.sqlite", own, index)
        cpu = time.process_time() - cpu
        print(f"\nadding {own.name}: {time.perf_counter() - started:.2f} s, {cpu:.2f} s CPU, {cpu / built:.1%} of building all")
        index = folder / "layered.sqlite"
    started = time.perf_counter()
    Labels(index).label("http://data.europa.eu/esco/isco/C2")
    print(f"opening and the first name: {(time.perf_counter() - started) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
