"""Questions: reading their files, binding values, asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oxigraph_server import serving
from wise_skills import store
from wise_skills.engines import Engine, Limits, open_engine
from wise_skills.engines.embedded import EmbeddedEngine
from wise_skills.engines.guard import check
from wise_skills.errors import BadParameter, BadQuestionFiles, UnknownQuestion
from wise_skills.names import ALT_LABEL, BASE, NOTATION, PREF_LABEL, XSD
from wise_skills.questions import Column, Question, Result, ask, choices, find, load_questions, resolve
from wise_skills.questions.header import read_question, split
from wise_skills.questions.model import fill
from wise_skills.release import Release
from wise_skills.terms import Term, iri, text, typed

CATALOGUE = Path(__file__).parent.parent / "query_ui" / "questions"
WISE = BASE + "ns#"
FORMS = """\
#+ title: Which forms exist?
#+ description: Forms of WISE, by country.
#+ user: analyst
#+ subject: Forms
#+ numbers: [1, 62]
#+ parameters:
#+   - name: country
#+     label: Country
#+     several: true
#+     choices: |
#+       SELECT ?value ?label (COUNT(?form) AS ?count) {
#+         VALUES ?language { "en" }
#+         VALUES ?kind { UNDEF } # parameter
#+         ?form wise:country ?value ; wise:kind ?kind . ?value skos:prefLabel ?label FILTER(LANG(?label) = ?language)
#+       } GROUP BY ?value ?label ORDER BY ?label
#+   - {name: kind, label: Kind, type: text, choices: 'SELECT DISTINCT ?value (?value AS ?label) { ?f wise:kind ?value }'}
#+   - {name: since, label: Since, type: date}
#+   - {name: least, label: Least number, type: integer}
#+ columns:
#+   form: {label: Form, kind: thing}
#+   size: {label: Size, unit: workers, kind: number}
#+ answer: "{rows} forms ({count_form}) in {country}, {kind}."
#+ answer_one: "One form in {country}: {first_form}."
#+ answer_none: "No form is known in {country}."
#+ unknown: |
#+   SELECT ?thing ?label ?state {
#+     VALUES ?country { UNDEF } # parameter
#+     ?country skos:notation ?thing ; skos:prefLabel ?label . FILTER(LANG(?label) = "en")
#+     FILTER NOT EXISTS { ?form wise:country ?country } BIND("not-reported" AS ?state)
#+   }
#+ unknown_text: Nothing is reported for
#+ example: {country: [be, Italy]}
PREFIX wise: <https://w3id.org/wise-skills/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?form ?formLabel ?size ?evidence WHERE {
  VALUES ?country { UNDEF } # parameter
  VALUES ?kind { UNDEF } # parameter
  VALUES ?since { UNDEF } # parameter
  VALUES ?least { UNDEF } # parameter
  VALUES ?language { "en" }
  ?form wise:country ?country ; wise:kind ?kind ; wise:size ?size ; skos:prefLabel ?formLabel ; wise:validFrom ?from .
  FILTER(LANG(?formLabel) = ?language)
  FILTER(!BOUND(?since) || ?from >= ?since)
  FILTER(!BOUND(?least) || ?size >= ?least)
  OPTIONAL { ?form wise:evidence ?evidence }
} ORDER BY ?formLabel
"""
COUNTRIES = {
    "be": [("Belgium", "en"), ("België", "nl"), ("Belgique", "fr")],
    "it": [("Italy", "en"), ("Italia", "it")],
    "at": [("Austria", "en"), ("Österreich", "de")],
    "nl": [("Netherlands", "en"), ("Holland", "en")],
}
THINGS = [
    ("maatwerk", "be", "form", 20, "2019-01-01", [("Custom work company", "en"), ("Maatwerkbedrijf", "nl")]),
    ("eta", "be", "scheme", 50, "2004-05-01", [("Adapted work company", "en")]),
    ("coop", "it", "form", 7, "1991-11-08", [("Social cooperative {B}", "en")]),
]


def quads() -> Iterator[ox.Quad]:
    graph = ox.NamedNode(BASE + "graph/test")

    def quad(subject: str, predicate: str, value: Term) -> ox.Quad:
        native = ox.NamedNode(value.value) if value.kind == "iri" else None
        datatype = ox.NamedNode(value.datatype) if value.datatype else None
        literal = ox.Literal(value.value, language=value.language, datatype=datatype)
        return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), native or literal, graph)

    for key, names in COUNTRIES.items():
        place = f"http://places/{key.upper()}X"
        yield quad(place, NOTATION, text(key))
        for number, (name, language) in enumerate(names):
            yield quad(place, ALT_LABEL if number and language == "en" else PREF_LABEL, text(name, language))
    for key, country, kind, size, since, names in THINGS:
        thing = f"{BASE}id/{country}/form/{key}"
        yield quad(thing, WISE + "country", iri(f"http://places/{country.upper()}X"))
        yield quad(thing, WISE + "kind", text(kind))
        yield quad(thing, WISE + "size", typed(str(size), XSD + "integer"))
        yield quad(thing, WISE + "validFrom", typed(since, XSD + "date"))
        for name, language in names:
            yield quad(thing, PREF_LABEL, text(name, language))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    folder = tmp_path_factory.mktemp("questions") / "graph"
    store.bulk_load(folder, quads())
    with EmbeddedEngine(folder, version="1", limits=Limits(seconds=5)) as engine:
        yield engine


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Question:
    path = tmp_path_factory.mktemp("questions") / "which-forms-exist.rq"
    path.write_text(FORMS, encoding="utf-8")
    return read_question(path)


def names(result: Result) -> list[str]:
    return [str(cell) for cell in result.table.column("formLabel")]


# --- files ----------------------------------------------------------------------------


def test_a_file_becomes_a_question(question: Question) -> None:
    assert (question.name, question.title, question.numbers, question.user) == (
        "which-forms-exist",
        "Which forms exist?",
        (1, 62),
        "analyst",
    )
    assert [parameter.name for parameter in question.parameters] == ["country", "kind", "since", "least"]
    assert dict(question.columns) == {
        "form": Column("Form", kind="thing"),
        "size": Column("Size", "workers", "number"),
        "evidence": Column("Evidence", kind="evidence"),
    }
    assert question.example == {"country": ("be", "Italy")}
    assert question.text == FORMS


def test_positions_in_the_query_are_those_in_the_file(question: Question) -> None:
    line = next(number for number, line in enumerate(FORMS.splitlines(), start=1) if line.startswith("SELECT"))
    assert question.body.splitlines()[line - 1].startswith("SELECT")
    assert question.bind({}).splitlines()[line - 1].startswith("SELECT")


def test_the_real_catalogue_can_be_read() -> None:
    questions = load_questions(CATALOGUE)
    assert len(questions) == len(list(CATALOGUE.glob("*.rq")))
    numbers = [question.numbers[0] for question in questions.values() if question.numbers]
    assert numbers == sorted(numbers)


def test_find_suggests(question: Question) -> None:
    questions = {question.name: question}
    assert find(questions, question.name) is question
    with pytest.raises(UnknownQuestion, match="Did you mean which-forms-exist") as raised:
        find(questions, "which-form-exists")
    assert raised.value.status == 404


BODY = "SELECT ?form { ?form a ?x }\n"
HEAD = "#+ title: T\n#+ description: D\n#+ user: analyst\n#+ subject: S\n#+ answer: A\n#+ answer_none: N\n#+ columns: {form: Form}\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BODY, "title is missing"),
        (HEAD.replace("#+ title: T\n", "#+ titel: T\n") + BODY, "the key titel is unknown. Did you mean title?"),
        (HEAD.replace("analyst", "boss") + BODY, "user is “boss”"),
        (HEAD + "SELECT ?form { ?form a }\n", "line 8, column 24"),
        (HEAD + "SELECT ?form ?other { ?form a ?other }\n", "?other is selected and has no entry"),
        (HEAD.replace("form: Form", "form: Form, none: None") + BODY, "none is not selected"),
        (HEAD.replace("{form: Form}", "{form: {kind: picture}}") + BODY, "kind is “picture”"),
        (HEAD + "ASK { ?form a ?x }\n", "must be a SELECT query, not ASK"),
        (HEAD + "#+ parameters: [{name: country, label: C}]\n" + BODY, "Write VALUES ?country { UNDEF } # parameter"),
        (HEAD + "SELECT ?form {\n VALUES ?country { UNDEF } # parameter\n ?form a ?x }\n", "that the header does not name"),
        (HEAD + "#+ parameters: [{label: C}]\n" + BODY, "needs name and label"),
        (HEAD + "#+ parameters: [{name: x, label: C, type: colour}]\n" + BODY, "type is “colour”"),
        (HEAD.replace("answer: A", 'answer: "{row} forms"') + BODY, "{row} stands for nothing"),
        (HEAD.replace("answer: A", 'answer: "{rows"') + BODY, "stands for nothing"),
        (HEAD + "#+ unknown: SELECT ?thing { ?thing a ?x }\n" + BODY, "must select ?thing, ?label, ?state"),
        (HEAD + "#+ example: {nothing: 1}\n" + BODY, "nothing is no parameter"),
        (HEAD + "#+ numbers: [one]\n" + BODY, "numbers must be numbers"),
        (HEAD + "SELECT ?form { SERVICE <http://x/> { ?form a ?x } }\n", "SERVICE is not allowed"),
        ("#+ title: [\n" + BODY, "the header is no YAML"),
        ("#+ just a text\n" + BODY, "must name its keys"),
        ("", "is missing"),
    ],
)
def test_problems_of_a_file(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "bad.rq").write_text(content, encoding="utf-8")
    with pytest.raises(BadQuestionFiles) as raised:
        load_questions(tmp_path)
    assert words in str(raised.value)
    assert "bad.rq" in str(raised.value)


def test_all_problems_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "one.rq").write_text(HEAD.replace("analyst", "boss").replace("title: T", "titel: T") + BODY)
    (tmp_path / "two.rq").write_text("#+ a: b\n")
    (tmp_path / "Bad Name.rq").write_text(HEAD + BODY)
    (tmp_path / "latin.rq").write_bytes(b"#+ title: \xe9\n")
    with pytest.raises(BadQuestionFiles) as raised:
        load_questions(tmp_path)
    files = {Path(problem.file).name for problem in raised.value.problems}
    assert files == {"one.rq", "two.rq", "Bad Name.rq", "latin.rq"}
    assert len(raised.value.problems) > 8


def test_splitting_keeps_lines() -> None:
    assert split("#+ a: 1\n#+\n#+   b: 2\nASK {}\n") == ("a: 1\n\n  b: 2", "\n\n\nASK {}\n")
    assert split("ASK {}") == ("", "ASK {}")


def comparable(result: Result) -> list[tuple[list[str], ...]]:
    """The rows, with the parts of joined cells in order: GROUP_CONCAT has none of its own."""
    tables = [result.table, *([result.unknown] if result.unknown else [])]
    rows = [row for table in tables for row in table]
    return [tuple(sorted(str(cell).replace(";", " ").split()) for cell in row) for row in rows]


@pytest.fixture(scope="module")
def engines(release: Release) -> Iterator[tuple[Engine, Engine]]:
    """The release as it is served, and from an Oxigraph server."""
    with serving(release.graph, "--union-default-graph") as address:
        limits = Limits(seconds=30)
        with open_engine(release, limits=limits) as embedded, open_engine(endpoint=address, limits=limits) as remote:
            yield embedded, remote


@pytest.mark.parametrize("path", sorted(CATALOGUE.glob("*.rq")), ids=lambda path: path.stem)
def test_every_question_has_the_same_answer_on_both_engines(path: Path, engines: tuple[Engine, Engine]) -> None:
    question = read_question(path)
    embedded, remote = (ask(engine, question, question.example) for engine in engines)
    assert comparable(embedded) == comparable(remote)
    assert (embedded.sentence, embedded.query) == (remote.sentence, remote.query)


# --- values ---------------------------------------------------------------------------


def test_values_fill_their_lines(question: Question) -> None:
    query = question.bind({"country": [iri("http://places/BEX"), iri("http://places/ITX")], "kind": []}, "nl")
    assert "VALUES ?country { <http://places/BEX> <http://places/ITX> }" in query
    assert 'VALUES ?language { "nl" }' in query
    assert "UNDEF" not in query
    assert "?kind {" not in query


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_value_changes_the_shape_of_a_query(value: str) -> None:
    query = fill('SELECT ?x {\n  VALUES ?x { "" } # parameter\n}', {"x": [text(value)]})
    found = ox.Store().query(check(query, limits=Limits(query_chars=10**6)).text)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["x"].value for row in found] == [value]


@pytest.mark.parametrize("line", ["VALUES ?x { UNDEF }", 'VALUES ?x { "a" "b" } # parameter', "?a ?b ?c . VALUES ?x { UNDEF } # parameter"])
def test_only_whole_marked_lines_are_slots(line: str) -> None:
    query = f"SELECT * {{\n{line}\n}}"
    assert fill(query, {"x": [text("v")]}) == query


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        ([], ["Adapted work company", "Custom work company", "Social cooperative {B}"]),
        (["http://places/BEX"], ["Adapted work company", "Custom work company"]),
        (["BEX"], ["Adapted work company", "Custom work company"]),
        (["be"], ["Adapted work company", "Custom work company"]),
        (["Belgium"], ["Adapted work company", "Custom work company"]),
        (["belgie"], ["Adapted work company", "Custom work company"]),
        (["BELGIQUE "], ["Adapted work company", "Custom work company"]),
        (["Italia"], ["Social cooperative {B}"]),
        (["Italy", "be"], ["Adapted work company", "Custom work company", "Social cooperative {B}"]),
        (["", " "], ["Adapted work company", "Custom work company", "Social cooperative {B}"]),
    ],
)
def test_values_as_people_write_them(engine: EmbeddedEngine, question: Question, given_values: Sequence[str], expected: list[str]) -> None:
    assert names(ask(engine, question, {"country": given_values})) == expected


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"country": "Belgum"}, "Country “Belgum” is not one of the choices. Did you mean Belgium?"),
        ({"country": "Itlia"}, "Did you mean Italy?"),
        ({"country": "zzz"}, "is not one of the choices: Belgium, Italy."),
        ({"country": "http://places/none"}, "is not one of the choices"),
        ({"country": 'x" } SERVICE <http://x> {'}, "is not one of the choices"),
        ({"kind": ["form", "scheme"]}, "takes one value only"),
        ({"countri": "be"}, "has no such parameter. Did you mean country?"),
        ({"since": "yesterday"}, "is no date such as 2013"),
        ({"since": "2013-02-31"}, "is no date"),
        ({"least": "many"}, "is no whole number"),
    ],
)
def test_values_that_do_not_fit(engine: EmbeddedEngine, question: Question, values: dict[str, str | Sequence[str]], words: str) -> None:
    with pytest.raises(BadParameter) as raised:
        ask(engine, question, values)
    assert words in str(raised.value)
    assert raised.value.status == 400


def test_typed_values(engine: EmbeddedEngine, question: Question) -> None:
    assert names(ask(engine, question, {"since": "2004"})) == ["Adapted work company", "Custom work company"]
    assert names(ask(engine, question, {"since": "2004-06"})) == ["Custom work company"]
    assert names(ask(engine, question, {"least": "20", "kind": "scheme"})) == ["Adapted work company"]


def test_choices_have_labels_counts_and_depend_on_others(engine: EmbeddedEngine, question: Question) -> None:
    assert [(c.label, c.count, c.value.value) for c in choices(engine, question, "country")] == [
        ("Belgium", 2, "http://places/BEX"),
        ("Italy", 1, "http://places/ITX"),
    ]
    assert [c.count for c in choices(engine, question, "country", {"kind": [text("scheme")]})] == [1]
    assert [c.label for c in choices(engine, question, "country", language="nl")] == ["België"]
    assert {c.label for c in choices(engine, question, "kind")} == {"form", "scheme"}
    assert choices(engine, question, "since") == []
    with pytest.raises(BadParameter):
        choices(engine, question, "none")


def test_choices_are_asked_once(engine: EmbeddedEngine, question: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    first = choices(engine, question, "country", language="fr")
    monkeypatch.setattr(engine, "select", None)
    assert choices(engine, question, "country", language="fr") == first
    monkeypatch.setattr(engine, "version", "2")
    with pytest.raises(TypeError):
        choices(engine, question, "country", language="fr")


def test_required_and_default(engine: EmbeddedEngine, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(FORMS.replace("#+     several: true", "#+     required: true"), encoding="utf-8")
    with pytest.raises(BadParameter, match=r"Country: a value is needed. Did you mean Belgium or Italy\?"):
        ask(engine, read_question(path), {})
    with pytest.raises(BadParameter, match="a value is needed"):
        read_question(path).bind({})
    path.write_text(FORMS.replace("#+     several: true", "#+     default: it"), encoding="utf-8")
    assert names(ask(engine, read_question(path), {})) == ["Social cooperative {B}"]
    assert [c.label for c in resolve(engine, read_question(path), {})["country"]] == ["Italy"]


# --- answers --------------------------------------------------------------------------


def test_the_sentence_fits_the_number(engine: EmbeddedEngine, question: Question) -> None:
    assert ask(engine, question, {}).sentence == "3 forms (3) in any country, any kind."
    assert ask(engine, question, {"country": ["be", "it"]}).sentence == "3 forms (3) in Belgium and Italy, any kind."
    assert ask(engine, question, {"country": "it"}).sentence == "One form in Italy: Social cooperative {B}."
    assert ask(engine, question, {"country": "it", "kind": "scheme"}).sentence == "No form is known in Italy."
    cut = ask(engine, question, {}, limits=Limits(rows=2))
    assert cut.sentence == "more than 2 forms (2) in any country, any kind."
    assert cut.table.truncated


def test_a_result_holds_all_of_it(engine: EmbeddedEngine, question: Question) -> None:
    result = ask(engine, question, {"country": "it"}, language="en")
    assert result.columns == ["form", "size", "evidence"]
    assert result.unknown is not None
    assert sorted(str(row["label"]) for row in ask(engine, question, {}).unknown.dicts()) == ["Austria", "Netherlands"]  # type: ignore[union-attr]
    assert len(result.unknown) == 0
    assert result.values["country"][0].label == "Italy"
    assert result.query == question.bind({"country": [iri("http://places/ITX")]})
    assert result.seconds > 0
    assert names(ask(engine, question, {}, language="nl")) == ["Maatwerkbedrijf"]
