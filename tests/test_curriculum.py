"""The curriculum gap report: set arithmetic, tables that are sent, the data counted another way, the page and its files."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from query_ui.curriculum import uploads
from tests.pages import CATALOGUE
from tests.served import app_on
from wise_skills.alignment.model import Candidate, Concept, Label
from wise_skills.curricula import DIMENSIONS, Filters, Hierarchy, Module, Need, Outcome, Report, SkillMatch, Target, links_of, smallest
from wise_skills.curricula.coverage import composed
from wise_skills.curricula.designed import BadModuleTable, modules_of, read_bytes, read_text
from wise_skills.curricula.narrowing import values
from wise_skills.curricula.proposals import aligned
from wise_skills.curricula.reading import asker, read_modules, read_needs
from wise_skills.engines import Limits, open_engine
from wise_skills.mappings.model import NO_TERM, Mapping
from wise_skills.names import BASE, SKOS, Names, resource
from wise_skills.questions import ask, load_questions
from wise_skills.release import Release

ESCO = "http://data.europa.eu/esco/skill/"
ENGLISH = {"Accept-Language": "en"}
KEYS = {"coach": f"{BASE}id/eu/skill/coach", "sell": f"{BASE}id/eu/skill/sell", "sort": f"{BASE}id/eu/skill/sort"}


def need(iri: str, skill: str, **more: Any) -> Need:
    return Need(iri, skill, **{"group": "supporter", "country": "be", **more})


def module(key: str, *skills: str, **more: Any) -> Module:
    return Module(key, outcomes=tuple(Outcome(f"{key} {skill}", (Target(skill),)) for skill in skills), **more)


# --- an example counted by hand --------------------------------------------------------------

NEEDS = [
    need("n1", "coach", necessity="essential"),
    need("n2", "coach", country="fr", group="enabler"),
    need("n3", "sell", types=("productive", "social"), horizon="future"),
    need("n4", "sort"),
    need("n5", "weld", necessity="optional"),
    need("n6", "sell", necessity="not-needed"),
]
MODULES = [
    module("a", "coach", "sell", hours_least=30, hours_most=40),
    module("b", "coach", hours_least=10),
    module("c", "fly"),
    module("d"),
]


def test_an_example_counted_by_hand():
    report = Report(NEEDS, MODULES)
    total = report.total
    assert (total.covered, total.probable, total.uncovered, total.total, total.denied) == (3, 0, 2, 5, 1)
    lines = {line.module.key: line for line in report.lines}
    assert {key: len(line.covered) for key, line in lines.items()} == {"a": 3, "b": 2, "c": 0, "d": 0}
    assert {key: [n.iri for n in line.only] for key, line in lines.items()} == {"a": ["n3"], "b": [], "c": [], "d": []}
    assert lines["a"].per_need == (10, pytest.approx(40 / 3))
    assert lines["b"].per_need == (5, None)
    assert lines["c"].per_need == (None, None), "what covers nothing has no hours for each need"
    assert [m.key for m in report.unknown] == ["d"]
    assert (report.smallest.keys, report.smallest.exact) == (("a",), True)
    assert [m.key for m in report.redundant] == ["b", "c"]
    assert report.hours == (40, None, 2), "hours that are not reported are not made up"
    by_type = {s.key: (s.covered, s.uncovered, s.denied) for s in report.shares("type")}
    assert by_type == {"not-reported": (2, 2, 1), "productive": (1, 0, 0), "social": (1, 0, 0)}
    assert {s.key: s.total for s in report.shares("necessity")} == {"not-reported": 3, "essential": 1, "optional": 1, "not-needed": 0}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(group=("supporter",)), {"n1", "n3", "n4", "n5"}),
        (Filters(country=("fr", "be"), necessity=("essential", "optional")), {"n1", "n5"}),
        (Filters(type=("social",)), {"n3"}),
        (Filters(type=("not-reported",), necessity=("not-reported",)), {"n2", "n4"}),
        (Filters(horizon=("future",)), {"n3"}),
        (Filters(necessity=("not-needed",)), set()),
    ],
)
def test_filters(filters: Filters, expected: set[str]):
    assert {n.iri for n in Report(NEEDS, MODULES, filters).coverage.needs} == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("same", "same"), "same"),
        (("same", "narrower", "same"), "narrower"),
        (("broader", "same", "broader"), "broader"),
        (("narrower", "broader"), None),
        (("broader", "same", "narrower"), None),
        (("same", None, "same"), None),
    ],
)
def test_relations_compose_or_yield_nothing(steps: tuple[Any, ...], expected: str | None):
    assert composed(*steps) == expected


@pytest.mark.parametrize(
    ("target", "match", "expected"),
    [
        (Target(ESCO + "e"), SkillMatch("s", ESCO + "e"), ("esco", "same")),
        (Target(ESCO + "child"), SkillMatch("s", ESCO + "e"), ("esco", "narrower")),
        (Target(ESCO + "parent"), SkillMatch("s", ESCO + "e"), ("esco", "broader")),
        (Target(ESCO + "child"), SkillMatch("s", ESCO + "e", "broader"), None),
        (Target(ESCO + "child", "narrower"), SkillMatch("s", ESCO + "e"), ("esco", "narrower")),
        (Target(ESCO + "other"), SkillMatch("s", ESCO + "e"), None),
        (Target(ESCO + "e", proposed=True, confidence=0.6), SkillMatch("s", ESCO + "e"), ("proposed", "same")),
        (Target("s"), SkillMatch("s", ESCO + "e"), ("declared", "same")),
    ],
)
def test_through_esco_and_which_way(target: Target, match: SkillMatch, expected: tuple[str, str] | None):
    above = Hierarchy({ESCO + "child": frozenset([ESCO + "e", ESCO + "parent"]), ESCO + "e": frozenset([ESCO + "parent"])})
    found = links_of(Module("m", outcomes=(Outcome("o", (target,)),)), {"s": [match]}, above).get("s")
    assert (found and (found.grade, found.relation)) == expected


def test_a_proposal_is_never_counted_as_covering():
    proposed = Module("p", outcomes=(Outcome("o", (Target("coach", proposed=True, confidence=0.9), Target("sort", proposed=True))),))
    report = Report(NEEDS, [proposed, module("b", "coach")])
    assert (report.total.covered, report.total.probable, report.total.uncovered) == (2, 1, 2)
    assert [(len(line.covered), len(line.probable), len(line.only)) for line in report.lines] == [(0, 3, 0), (2, 0, 2)]


# --- what must hold of every report -----------------------------------------------------------

_skills = st.sampled_from("stuvwx")
_needs = st.lists(
    st.builds(
        need,
        iri=st.just("n"),
        skill=_skills,
        group=st.sampled_from(["supporter", "enabler"]),
        country=st.sampled_from(["be", "fr", "lv"]),
        horizon=st.sampled_from(["now", "future"]),
        necessity=st.sampled_from(["essential", "optional", "not-needed", "not-reported", "not-applicable"]),
        types=st.sampled_from([(), ("productive",), ("productive", "social")]),
    ),
    max_size=25,
).map(lambda found: [Need(f"n{k}", *_fields(n)[1:]) for k, n in enumerate(found)])
_targets = st.builds(Target, _skills, proposed=st.booleans())
_modules = st.lists(st.lists(_targets, max_size=4), max_size=6).map(
    lambda found: [Module(f"m{k}", outcomes=tuple(Outcome("o", (t,)) for t in ts)) for k, ts in enumerate(found)]
)


def _fields(record: Need) -> list[Any]:
    return [getattr(record, name) for name in Need.__slots__]


@given(_needs, _modules)
def test_states_part_the_needs(needs: list[Need], modules: list[Module]):
    found = Report(needs, modules).coverage
    parts = [{n.iri for n in part} for part in (found.covered, found.probable, found.uncovered, found.denied)]
    assert set().union(*parts) == {n.iri for n in needs}
    assert sum(map(len, parts)) == len(needs)
    for m in modules:
        assert {n.iri for n in found.of(m.key)} <= parts[0]
        assert {n.iri for n in found.only(m.key)} <= {n.iri for n in found.of(m.key)}


@given(_needs, _modules)
def test_dropping_a_module_never_covers_more(needs: list[Need], modules: list[Module]):
    found = Report(needs, modules).coverage
    for m in modules:
        left = found.without(m.key)
        lost = {n.iri for n in found.covered} - {n.iri for n in left.covered}
        assert {n.iri for n in left.covered} <= {n.iri for n in found.covered}
        assert lost == {n.iri for n in found.only(m.key)}


@given(_needs, _modules)
def test_shares_add_up(needs: list[Need], modules: list[Module]):
    report = Report(needs, modules)
    for dimension in DIMENSIONS:
        shares = report.shares(dimension)
        for share in shares:
            alone = Report(needs, modules, Filters(**{dimension: (share.key,)})).total
            assert (alone.covered, alone.probable, alone.uncovered, alone.denied) == (
                share.covered,
                share.probable,
                share.uncovered,
                share.denied,
            )
        twice = sum(len(values(n, dimension)) - 1 for n in report.coverage.needs)
        assert sum(share.total for share in shares) == report.total.total + twice


@given(st.lists(st.sets(st.integers(0, 6)), max_size=7).map(lambda found: {f"m{k}": things for k, things in enumerate(found)}))
def test_the_smallest_set_covers_the_same_and_is_smallest(covers: dict[str, set[int]]):
    found = smallest(covers)
    whole = set().union(*covers.values())
    assert set().union(*(covers[key] for key in found.keys)) == whole
    fewest = next(
        n for n in range(len(covers) + 1) if any(set().union(*(covers[k] for k in some)) == whole for some in combinations(covers, n))
    )
    assert found.exact
    assert len(found.keys) == fewest


def test_many_modules_are_done_greedily_and_said_to_be():
    covers = {f"m{k}": {k, (k * 7 + 3) % 80, (k * 11 + 5) % 80, (k * 13) % 80} for k in range(80)}
    found = smallest(covers)
    assert not found.exact
    assert set().union(*(covers[key] for key in found.keys)) == set().union(*covers.values())


# --- tables that are sent ---------------------------------------------------------------------

GOOD = """Module;Learning outcomes;Hours;Credits;Level;Skill
Coaching;Coach people;30-40;2,5;EQF 4;coach | http://data.europa.eu/esco/skill/abc-1
;Sorts goods;;;;
;;;;;
Selling;Sells online;7.5;;national 3;selling well
"""


def test_a_good_table():
    first, second = modules_of(read_text(GOOD), KEYS, BASE, "en")
    assert (first.title, first.hours_least, first.hours_most, first.credits, first.eqf) == ("Coaching", 30, 40, 2.5, ("4",))
    assert [o.targets for o in first.outcomes] == [(Target(KEYS["coach"]), Target(ESCO + "abc-1")), ()]
    assert [(o.place, o.free) for o in first.outcomes] == [(2, ()), (3, ("Sorts goods",))]
    assert (second.hours_least, second.eqf, second.level_text, second.outcomes[0].free) == (7.5, (), "national 3", ("selling well",))


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8"), (",", "utf-8-sig"), ("\t", "utf-16")])
def test_separators_and_encodings(separator: str, encoding: str):
    text = f"outcome{separator}skill\nVođenje{separator}coach\n"
    (found,) = modules_of(read_bytes(text.encode(encoding)), KEYS, BASE)
    assert (found.title, found.outcomes[0].text, found.outcomes[0].targets) == ("My module", "Vođenje", (Target(KEYS["coach"]),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The first row must name the columns"),
        ("a,b\n1,2\n", "The first row must name the columns"),
        ("outcome,outcome\nx,y\n", "Two columns are called"),
        ("module,outcome\nx,\n", "no outcome and no skill"),
        ("outcome,hours\nx,many\n", "Row 2: “many” in the column “hours” is no number"),
        ("outcome,hours\nx,-3\n", "Row 2"),
        ("outcome,hours\nx,40-30\n", "Row 2"),
        ("module,outcome,hours\nA,x,1\nA,y,2\n", "Rows 2 and 3 differ in “hours”"),
        ("skill\nhttps://example.org/x\n", "neither a skill of ours nor one of ESCO"),
        ("outcome\n" + "x" * 3000 + "\n", "is too long"),
        ("outcome\n" + "x\n" * 1100, "At most 1000 rows"),
        ("module,outcome\n" + "".join(f"m{k},x\n" for k in range(70)), "At most 60 modules"),
        ('outcome\n"' + "x" * 200_000 + '"\n', ""),
    ],
)
def test_bad_tables_are_refused_with_a_sentence(text: str, said: str):
    with pytest.raises(BadModuleTable) as refused:
        modules_of(read_text(text), KEYS, BASE)
    assert said in str(refused.value)
    assert len(refused.value.problems) <= 20


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str):
    with suppress(BadModuleTable):
        assert modules_of(read_text(text), KEYS, BASE)


def test_a_table_that_is_no_text_is_refused():
    with pytest.raises(BadModuleTable):
        read_bytes(b"outcome\n\xff\xfe\xfa\n")


# --- aligning what is sent --------------------------------------------------------------------


class Matcher:
    """Proposes one concept for each text that it knows."""

    schemes = ("esco", "wise")

    def __init__(self, **known: tuple[str, float]) -> None:
        self.known, self.asked, self.rejected = known, list[str](), frozenset[tuple[str, str]]()

    def match(
        self, queries: Any, *, kind: Any = None, schemes: Any = None, top: int = 10, rejected: Any = frozenset()
    ) -> list[list[Candidate]]:
        self.rejected = rejected
        self.asked += [query.text for query in queries if schemes == ("wise",)]
        found = []
        for query in queries:
            iri, confidence = self.known.get(query.text, ("", 0.0))
            fits = iri and iri.startswith(BASE) == (schemes == ("wise",)) and (query.text, iri) not in rejected
            label = Label("coaching", "en", True)
            found.append([Candidate(Concept(iri, "skill", (label,)), confidence, label)] if fits else [])
        return found


def row(text: str, predicate: str, target: str, **slots: str) -> Mapping:
    return Mapping("", SKOS + predicate, target, {"subject_label": text, **slots})


def test_proposals_stay_proposals_and_reviewed_rows_do_not():
    (sent,) = modules_of(read_text("outcome;skill\nCoaches;\nSells;\nSorts;\nFlies;\nNamed;coach\n"), KEYS, BASE)
    matcher = Matcher(Coaches=(KEYS["coach"], 0.8), Sells=(KEYS["sell"], 0.9), Sorts=(KEYS["sort"], 0.9), Flies=(KEYS["sell"], 0.2))
    reviewed = {"reviewer_label": "R"}
    rows = [
        row("SELLS", "broadMatch", ESCO + "e", **reviewed),
        row("Sorts", "closeMatch", KEYS["sort"], predicate_modifier="Not", **reviewed),
        row("Coaches", "closeMatch", KEYS["sell"]),
        row("Sells", "relatedMatch", KEYS["coach"], **reviewed),
    ]
    (found,) = aligned([sent], rows, matcher)
    assert [o.targets for o in found.outcomes] == [
        (Target(KEYS["coach"], proposed=True, confidence=0.8, label="coaching"),),
        (Target(ESCO + "e", "narrower"),),
        (),
        (),
        (Target(KEYS["coach"]),),
    ]
    assert matcher.asked == ["Coaches", "Sorts", "Flies"], "what is settled is not matched again"
    assert ("Sorts", KEYS["sort"]) in matcher.rejected


def test_no_match_is_taken_for_an_answer():
    (sent,) = modules_of(read_text("outcome\nCoaches\n"), KEYS, BASE)
    matcher = Matcher(Coaches=(KEYS["coach"], 0.8))
    (found,) = aligned([sent], [row("Coaches", "exactMatch", NO_TERM, reviewer_label="R")], matcher)
    assert (found.outcomes[0].targets, matcher.asked) == ((), [])
    assert aligned([sent])[0].outcomes[0].targets == (), "without a matcher nothing is proposed"


# --- the data, counted from the files ---------------------------------------------------------


def table(country: str, name: str) -> list[dict[str, str]]:
    path = resource("data") / country / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


FOLDERS = sorted(path.name for path in resource("data").iterdir() if path.is_dir())


def taught() -> dict[str, set[str]]:
    """Keys of skills that the outcomes of each curriculum name, from the files."""
    found: dict[str, set[str]] = {}
    for country in FOLDERS:
        for line in table(country, "outcomes"):
            found.setdefault(f"{country}/{line['curriculum']}", set()).update(s.strip() for s in line["skills"].split("|") if s.strip())
    return found


def wanted() -> list[dict[str, str]]:
    return [{**line, "country": country} for country in FOLDERS for line in table(country, "needs") if line["necessity"] != "not-needed"]


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FlaskClient]:
    with app_on(release.path, QUESTIONS=CATALOGUE) as app:
        yield app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def with_esco(joined: Release) -> Iterator[FlaskClient]:
    with app_on(joined.path, QUESTIONS=CATALOGUE) as app:
        yield app.test_client(use_cookies=False)


CHOSEN = [
    ["fr/encadrant-technique-insertion"],
    ["si/npk-delovni-instruktor", "si/npk-delovni-instruktor-2010", "fr/moniteur-atelier-bloc-1"],
    ["be/begeleider-sociale-economie", "it/tecnico-inserimento-lavorativo", "fr/ecole-cip", "eu/eses-job-finding"],
]


def address(modules: list[str], path: str = "/curriculum", **filters: str) -> str:
    return f"{path}?" + "&".join([*(f"module={key}" for key in modules), *(f"{k}={v}" for k, v in filters.items())])


@pytest.mark.parametrize("modules", CHOSEN, ids=len)
@pytest.mark.parametrize(
    "filters", [{}, {"group": "supporter", "horizon": "now"}, {"country": "fr", "necessity": "essential"}, {"necessity": "not-reported"}]
)
def test_counts_are_those_of_the_files(client: FlaskClient, modules: list[str], filters: dict[str, str]):
    skills = {key: taught().get(key, set()) for key in modules}
    lines = [
        line
        for line in wanted()
        if line["group"] == filters.get("group", line["group"])
        and line["horizon"] == filters.get("horizon", line["horizon"])
        and line["country"] == filters.get("country", line["country"])
        and {"?": "not-reported"}.get(line["necessity"], line["necessity"])
        == filters.get("necessity", {"?": "not-reported"}.get(line["necessity"], line["necessity"]))
    ]
    owners = {skill: [key for key in modules if skill in skills[key]] for skill in {line["skill"] for line in lines}}
    found = client.get(address(modules, "/curriculum.json", **filters)).get_json()
    assert found["total"]["total"] == len(lines)
    assert found["total"]["covered"] == sum(bool(owners[line["skill"]]) for line in lines)
    assert found["total"]["probable"] == 0
    for entry in found["modules"]:
        assert entry["covered"] == sum(entry["key"] in owners[line["skill"]] for line in lines)
        assert len(entry["only"]) == sum(owners[line["skill"]] == [entry["key"]] for line in lines)
        assert entry["known"] == (entry["key"] in taught())
    per_country = Counter(line["country"] for line in lines)
    assert {share["key"]: share["total"] for share in found["shares"]["country"]} == dict(per_country)


def test_types_of_needs_are_those_of_the_claim_or_of_its_form(client: FlaskClient):
    types: dict[tuple[str, str], set[str]] = {}
    for country in FOLDERS:
        for line in table(country, "assignments"):
            types.setdefault((country, line["form"]), set()).add(line["type"])
    expected: Counter[str] = Counter()
    for line in wanted():
        own = {line["type"]} if line.get("type") else types.get((line["country"], line.get("form", "")), set())
        expected.update(own or {"not-reported"})
    found = client.get(address(CHOSEN[0], "/curriculum.json")).get_json()
    assert {share["key"]: share["total"] for share in found["shares"]["type"]} == dict(expected)


def test_certificates_are_those_of_the_files(client: FlaskClient):
    """The Slovenian qualification: its level, the EQF level of that level, the scheme that names it, and its body."""
    found = client.get(address(CHOSEN[0], "/curriculum.json")).get_json()["certification"]
    level = next(line for line in table("si", "levels") if line["id"] == "si-5")
    mine = [entry for entry in found if (entry["qualification"] or "").endswith("/npk-delovni-instruktor")]
    assert {entry["skill"]["iri"].rsplit("/", 1)[-1] for entry in mine} == taught()["si/npk-delovni-instruktor"] & {
        line["skill"] for line in wanted()
    }
    for entry in mine:
        assert (entry["level"], entry["eqf"], entry["eqfAssumed"]) == (level["level"], level["eqf"], "eqf" in level["unverified"])
        assert entry["namedByScheme"]
        assert [scheme.rsplit("/", 1)[-1] for scheme in entry["schemes"]] == ["npk"]
        assert entry["sources"]
        assert entry["claims"]


def test_hours_are_never_invented(client: FlaskClient):
    found = client.get(
        address(["fr/internet-on-the-telephone", "it/tecnico-inserimento-lavorativo", "fr/moniteur-atelier-bloc-1"], "/curriculum.json")
    ).get_json()
    hours = {entry["key"]: (entry["hours"], entry["hoursPerNeed"]) for entry in found["modules"]}
    n = next(entry["covered"] for entry in found["modules"] if entry["key"] == "fr/internet-on-the-telephone")
    assert hours["fr/internet-on-the-telephone"] == ([14, 14], [pytest.approx(14 / n), pytest.approx(14 / n)])
    assert hours["it/tecnico-inserimento-lavorativo"][0] == [600, None]
    assert hours["fr/moniteur-atelier-bloc-1"] == ([None, None], [None, None])


def test_the_questions_say_the_same(release: Release):
    questions = load_questions(CATALOGUE, thorough=False)
    with open_engine(release, limits=Limits(seconds=30)) as engine:
        select = asker(engine, Names())
        needs, modules = read_needs(select, Names()), read_modules(select, Names())
        report = Report(needs, modules)
        covered = ask(engine, questions["curriculum-needs-covered"]).table
        assert Counter(str(value) for value in covered.column("curriculum")) == {
            line.module.iri: len(line.covered) for line in report.lines if line.covered
        }
        once = ask(engine, questions["curriculum-needs-covered-once"]).table
        assert Counter(str(value) for value in once.column("curriculum")) == {
            line.module.iri: len(line.only) for line in report.lines if line.only
        }
        chosen = next(module for module in modules if module.key == "at/digifit-trainings")
        left = ask(engine, questions["curriculum-needs-left"], {"curriculum": "digifit-trainings"}).table
        assert len(left) == Report(needs, [chosen]).total.uncovered
        certified = ask(engine, questions["curriculum-skills-certified"]).table
        skills = {str(value) for value in certified.column("skill")}
    assert len(skills) == 68


# --- the page ---------------------------------------------------------------------------------


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_form_offers_what_has_outcomes(client: FlaskClient):
    page = client.get("/curriculum", headers=ENGLISH)
    assert page.status_code == 200
    assert set(re.findall(r'name="module" value="([^"]+)"', page.text)) == set(taught())
    assert "What is covered" not in page.text


@pytest.mark.parametrize("modules", CHOSEN, ids=len)
def test_every_number_leads_to_as_many_needs(client: FlaskClient, modules: list[str]):
    page = client.get(address(modules, group="supporter"), headers=ENGLISH).text
    links = re.findall(r'<a[^>]*href="(/curriculum/needs[^"]*)"[^>]*>(?:<[^>]+>)*\s*([\d,]+)', page)
    assert len(links) > 20
    for path, number in dict.fromkeys(links[:12] + links[len(links) // 2 :: 9] + links[-6:]):
        answer = client.get(unescape(path), headers=ENGLISH)
        heading = re.search(r"<h1>.*?<span[^>]*>([\d,]+)</span>", answer.text)
        assert heading is not None
        # The number of skills leads to the needs of these skills, of which there are more.
        assert int(heading[1].replace(",", "")) >= int(number.replace(",", ""))
        assert "evidence and source" in answer.text
    totals = re.findall(r'class="big" href="([^"]+)">([\d,]+)<', page)
    for path, number in totals:
        assert f'<span class="quiet">{number}</span>' in client.get(unescape(path), headers=ENGLISH).text


def test_what_is_not_known_is_not_called_nothing(client: FlaskClient):
    text = text_of(client.get(address(["fr/ecole-cip"]), headers=ENGLISH).text)
    assert "What these cover is not known" in text
    assert "not reported" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("module=fr/encadrant-technique", "Did you mean “fr/encadrant-technique-i"),
        ("module=fr/moniteur-atelier-bloc-1&group=suporter", "Did you mean “supporter”?"),
        ("module=fr/moniteur-atelier-bloc-1&country=xx", "cannot be chosen"),
        ("module=%3Cscript%3Ealert(1)%3C/script%3E", "There is no curriculum"),
        ("module=" + "x" * 5000, "There is no curriculum"),
        ("module=%00%ff&horizon=%F0%9F%98%80", "There is no curriculum"),
    ],
)
def test_wrong_addresses_are_told(client: FlaskClient, query: str, said: str):
    answer = client.get(f"/curriculum?{query}", headers=ENGLISH)
    assert answer.status_code == 400
    assert said in unescape(answer.text)
    assert "<script>alert" not in answer.text
    assert client.get(f"/curriculum.json?{query}", headers=ENGLISH).status_code == 400


@pytest.mark.parametrize("query", ["", "?skill=nothing", "?skill=job-coaching&page=99999", "?necessity=not-needed", "?country=xx"])
def test_needs_behind_any_address(client: FlaskClient, query: str):
    assert client.get(f"/curriculum/needs{query}", headers=ENGLISH).status_code == (400 if "xx" in query else 200)


@pytest.mark.parametrize("ending", ["json", "xlsx", "svg", "png", "ttl"])
def test_files(client: FlaskClient, ending: str):
    answer = client.get(address(CHOSEN[2], f"/curriculum.{ending}"), headers=ENGLISH)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get(f"/curriculum.{ending}", headers=ENGLISH).status_code == 400


def test_the_workbook_holds_the_report(client: FlaskClient):
    found = client.get(address(CHOSEN[2], "/curriculum.json"), headers=ENGLISH).get_json()
    book = openpyxl.load_workbook(io.BytesIO(client.get(address(CHOSEN[2], "/curriculum.xlsx"), headers=ENGLISH).data))
    modules, shares, matrix, left, dropping, certification, about = book.worksheets
    assert modules.max_row == len(CHOSEN[2]) + 1
    assert shares.max_row == sum(len(shares) for shares in found["shares"].values()) + 1
    assert matrix.max_row == found["total"]["total"] + 1
    assert left.max_row == found["total"]["uncovered"] + 1
    assert dropping.max_row == sum(len(entry["only"]) for entry in found["modules"]) + 1
    assert certification.max_row == len(found["certification"]) + 1
    told = {str(line[0].value): line[1].value for line in about.iter_rows(max_col=2)}
    assert {"Citation", "Data version", "Licence", "Address"} <= told.keys()
    assert found["answer"][0] in told["In short"]
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)


def send(client: FlaskClient, **data: Any) -> Any:
    return client.post("/curriculum", data=data, headers=ENGLISH)


def workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for line in rows:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TABLE = [
    ["module", "outcome", "hours", "level", "skill"],
    ["Mine", "Coach people at work", "40", "EQF 4", "job-coaching"],
    ["", "=1+1", "", "", "use-e-mail"],
]


def test_a_workbook_and_a_pasted_table_give_the_same(client: FlaskClient):
    text = "\n".join(";".join(line) for line in TABLE)
    pasted, sent = send(client, text=text), send(client, file=(io.BytesIO(workbook(TABLE)), "mine.xlsx"))
    asked = {line["skill"] for line in TABLE_SKILLS}
    expected = sum(line["skill"] in asked for line in wanted())
    for answer in (pasted, sent):
        assert answer.status_code == 200
        assert f"1 module: covered are {expected} of {len(wanted())} needs" in text_of(answer.text)
        assert answer.headers["Cache-Control"] == "no-store"
    data = re.search(r'href="data:application/json;base64,([^"]+)"', pasted.text)
    assert data is not None
    document = json.loads(base64.b64decode(data[1]))
    assert document["total"]["covered"] == expected
    assert document["modules"][0]["hours"] == [40, 40]
    assert 'href="data:application/vnd.openxmlformats' in pasted.text


TABLE_SKILLS = [{"skill": "job-coaching"}, {"skill": "use-e-mail"}]


def test_modules_of_ones_own_stand_beside_ours(client: FlaskClient):
    answer = send(client, text="outcome,skill\nCoach,job-coaching\n", module="si/npk-delovni-instruktor", group="supporter")
    both = {"job-coaching"} | taught()["si/npk-delovni-instruktor"]
    lines = [line for line in wanted() if line["group"] == "supporter"]
    assert f"2 modules: covered are {sum(line['skill'] in both for line in lines)} of {len(lines)} needs" in text_of(answer.text)
    assert "/curriculum.json?" not in answer.text, "no address can name what was sent"


def test_words_are_proposed_and_counted_apart(client: FlaskClient):
    text = text_of(send(client, text="outcome,skill\nx,use handheld devices\n").text)
    assert "covered are 0 of" in text
    assert "probably covered" in text
    assert "How your outcomes were understood" in text


def test_a_reviewed_alignment_counts(client: FlaskClient):
    skill = f"{BASE}id/eu/skill/job-coaching"
    lines = [
        "#curie_map:",
        f"#  wskill: {BASE}id/eu/skill/",
        "#mapping_set_id: https://example.org/set",
        "#license: https://creativecommons.org/licenses/by/4.0/",
        "subject_label\tsubject_type\tpredicate_id\tobject_id\tmapping_justification\treviewer_label",
        "Kupcima pomaže\trdfs literal\tskos:exactMatch\twskill:job-coaching\tsemapv:ManualMappingCuration\tA reviewer",
    ]
    content = "\n".join(lines).encode()
    answer = send(client, text="outcome\nKupcima pomaže\n", language="hr", alignment=(io.BytesIO(content), "a.sssom.tsv"))
    assert answer.status_code == 200, text_of(answer.text)[:500]
    expected = sum(line["skill"] == skill.rsplit("/", 1)[-1] for line in wanted())
    assert f"covered are {expected} of" in text_of(answer.text)


def test_through_esco_is_said(with_esco: FlaskClient):
    """ESCO's concept that a skill of ours matches, named by its address."""
    lines = (resource("data") / "eu" / "skills-esco.sssom.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.startswith("wskill:")]
    counts = Counter(line["skill"] for line in wanted())
    skill, concept = next(
        (r[0].split(":")[1], r[3].split(":")[1]) for r in rows if r[2] == "skos:closeMatch" and counts[r[0].split(":")[1]]
    )
    matching = {
        r[0].split(":")[1]
        for r in rows
        if r[3] == f"escoskill:{concept}" and r[2] in ("skos:closeMatch", "skos:exactMatch", "skos:narrowMatch", "skos:broadMatch")
    }
    text = text_of(send(with_esco, text=f"skill\n{ESCO}{concept}\n").text)
    at_least = sum(counts[key] for key in matching)
    found = re.search(r"covered are (\d+) of", text)
    assert found is not None
    assert skill in matching
    assert int(found[1]) >= at_least > 0
    assert "Only through ESCO are covered" in text


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        ({}, 400, "Nothing was sent"),
        ({"text": "a,b\n1,2"}, 400, "The first row must name the columns"),
        ({"text": "outcome,hours\nx,soon"}, 400, "is no number"),
        ({"text": "outcome\nx", "group": "nobody"}, 200, "cannot be chosen"),
        ({"text": "outcome\n<script>alert(1)</script>"}, 200, "&lt;script&gt;"),
        ({"text": "outcome\n" + "x" * 290_000}, 400, "problem"),
        ({"text": "outcome\n" + "x" * 310_000, "file": (b"", "")}, 413, "What was sent is too long."),
        ({"file": (b"PK\x03\x04 no workbook", "m.xlsx")}, 400, "workbook"),
        ({"file": (b"%PDF-1.4", "m.pdf")}, 415, ""),
        ({"file": (b"\xff\xfa\xfb", "m.csv")}, 400, "UTF-8"),
        ({"file": (workbook([[]]), "m.xlsx")}, 400, "empty"),
    ],
)
def test_what_cannot_be_taken_is_told(client: FlaskClient, data: dict[str, Any], status: int, said: str):
    sent = {key: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for key, value in data.items()}
    answer = send(client, **sent)
    assert answer.status_code == status, text_of(answer.text)[:600]
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text


def test_a_file_that_is_too_large_is_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "_TABLE_BYTES", 1_000)
    answer = send(client, file=(io.BytesIO(b"outcome\n" + b"x\n" * 600), "m.csv"))
    assert answer.status_code == 413
    assert "What was sent is too long." in answer.text


def test_nothing_is_kept(client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert send(client, file=(io.BytesIO(workbook(TABLE)), "mine.xlsx")).status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_ways_to_the_page(client: FlaskClient):
    assert 'href="/curriculum"' in client.get("/", headers=ENGLISH).text
    page = client.get("/page/fr/curriculum/encadrant-technique-insertion", headers=ENGLISH).text
    assert 'href="/curriculum?module=fr/encadrant-technique-insertion"' in page
