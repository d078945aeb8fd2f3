"""Modules as files of the European Learning Model: valid by the published shapes, read back, nothing made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from query_ui.edition import Edition, open_edition
from tests.elm_shapes import violations
from tests.served import QUESTIONS
from wise_skills.errors import InputError
from wise_skills.learning import FIELDS, LinkedSkill, Module, Outcome, Provider, complete, elm, elm_terms, linked, outcomes_of, stored
from wise_skills.mappings.model import NO_TERM, Mapping
from wise_skills.names import SKOS, Names
from wise_skills.release import Release

ESCO_SKILL = "http://data.europa.eu/esco/skill/00064735-8fad-454b-90c7-ed858cc993f2"
FIELD_OF_ESCO = "http://data.europa.eu/esco/isced-f/00"
OWN_SKILL = "https://w3id.org/wise-skills/id/eu/skill/accompany-learning"
FULL = Module(
    titles={"hr": "Radno osposobljavanje", "en": "Job coaching"},
    language="hr",
    provider=Provider({"en": "Invented provider"}, "HR", "https://provider.example", "https://provider.example/id"),
    homepage="https://provider.example/course",
    outcomes=(
        Outcome({"hr": "Prati radnika na radnom mjestu"}, (LinkedSkill(ESCO_SKILL, {"en": "invented"}, "close"),), kind="skill"),
        Outcome({"": "Zna propise", "en": "Knows the rules"}, (LinkedSkill(OWN_SKILL),), reuse_level="cross-sector"),
    ),
    descriptions={"en": "About"},
    notes={"en": "In ten weeks"},
    hours=150.5,
    credits=2.5,
    credit_system="ects",
    eqf=4,
    nqf=("http://data.europa.eu/snb/qdr/c_d34c0ab3",),
    isced="0923",
    iri="https://provider.example/module",
    partners=(Provider({"sl": "Partner"}, "SI"),),
)


@pytest.mark.parametrize("strict", [False, True], ids=["LOQ", "LOQ and lists"])
@pytest.mark.parametrize(
    "module",
    [
        FULL,
        replace(FULL, is_qualification=True),
        replace(
            FULL, iri="", provider=replace(FULL.provider, iri=""), eqf=None, nqf=(), hours=None, credits=None, notes={}, descriptions={}
        ),
        replace(FULL, iri="https://provider.example/#module", provider=Provider({"en": "No page"}, "EL"), partners=()),
        replace(FULL, is_qualification=True, nqf=()),
    ],
    ids=["full", "qualification", "bare", "fragment", "no national level"],
)
def test_what_lacks_nothing_fulfils_the_shapes(module: Module, strict: bool) -> None:
    assert elm.missing([module]) == []
    assert violations(elm.write([module, FULL]), strict=strict) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"titles": {}}, "a title"),
        ({"titles": {"": "x"}, "language": ""}, "a title"),
        ({"language": "xx"}, "the language"),
        ({"homepage": "provider.example"}, "web page"),
        ({"homepage": "javascript:alert(1)"}, "web page"),
        ({"provider": Provider({}, "HR")}, "the name of its provider"),
        ({"provider": Provider({"en": "P"})}, "the country of its provider"),
        ({"provider": Provider({"en": "P"}, "ZZ")}, "the country of its provider"),
        ({"isced": "9 3"}, "ISCED-F"),
        ({"outcomes": ()}, "outcome"),
        ({"outcomes": (Outcome({}),)}, "outcome"),
    ],
)
def test_what_lacks_is_said_and_breaks_the_shapes(change: dict[str, object], said: str) -> None:
    module = replace(FULL, partners=(), **change)  # type: ignore[arg-type]
    (sentence,) = elm.missing([module])
    assert said in sentence
    assert violations(elm.write([module]), strict=False) != ""


def test_what_a_designer_gives_fills_only_what_lacks() -> None:
    given = {"language": "en", "homepage": "https://given.example", "provider": "Given", "country": "si", "isced": "0111", "other": "x"}
    bare = Module({"en": "Only a title"}, outcomes=(Outcome({"en": "Does it"}),))
    (full,) = complete([bare], given)
    assert elm.missing([full]) == []
    assert violations(elm.write([full]), strict=True) == ""
    assert complete([FULL, bare], given) == [FULL, full]
    assert complete([bare], {}) == complete([bare], dict.fromkeys(FIELDS, " ")) == [bare]


def test_nothing_is_made_up() -> None:
    text = elm.write([Module({"en": "Only a title"})])
    for word in ("homepage", "countryCode", "ISCEDFCode", "providedBy", "Language>", "educationLevel", "volumeOfLearning", "creditPoint"):
        assert word not in text


def test_only_accepted_skills_that_are_the_same_are_skills_of_esco() -> None:
    def row(predicate: str, object_: str = ESCO_SKILL, **slots: str) -> Mapping:
        label = slots.pop("label", "Prati radnika")
        return Mapping("", SKOS + predicate, object_, {"subject_label": label, "subject_language": "hr", **slots})

    rows = [
        row("exactMatch"),  # nobody reviewed it
        row("exactMatch", reviewer_label="R", predicate_modifier="Not"),
        row("exactMatch", NO_TERM, reviewer_label="R"),
        row("broadMatch", reviewer_label="R"),
        row("closeMatch", label="Zna propise", reviewer_label="R", object_label="invented"),
        row("broadMatch", OWN_SKILL, label="Zna propise", reviewer_label="R"),
    ]
    assert [linked(one) is not None for one in rows] == [False, False, False, True, True, True]
    outcomes = outcomes_of(rows, "hr")
    assert [dict(o.texts) for o in outcomes] == [{"hr": "Prati radnika"}, {"hr": "Zna propise"}]
    (back,) = elm.read(elm.write([replace(FULL, outcomes=outcomes)]))
    assert [[(s.iri, s.relation) for s in o.skills] for o in back.outcomes] == [[], [(ESCO_SKILL, "close"), (OWN_SKILL, "related")]]


def test_skills_of_esco_carry_no_scheme() -> None:
    graph = ox.Store()
    graph.load(elm.write([FULL]).encode(), ox.RdfFormat.TURTLE)
    said = {quad.predicate.value for quad in graph.quads_for_pattern(ox.NamedNode(ESCO_SKILL), None, None, None)}
    assert said
    assert SKOS + "inScheme" not in said
    own = "https://w3id.org/wise-skills/ns#"
    assert not [quad for quad in graph if quad.predicate.value.startswith(own)]


# --- there and back -------------------------------------------------------------------

_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=30).filter(lambda text: text.strip() != "")
_TAGS = st.sampled_from(["en", "hr", "el", "bg", "pt-br"])
_TEXTS = st.dictionaries(_TAGS, _WORDS, min_size=1, max_size=3)
_SKILLS = st.builds(
    LinkedSkill,
    st.sampled_from([ESCO_SKILL, ESCO_SKILL[:-1] + "3", OWN_SKILL, "https://other.example/skill?a=1", FIELD_OF_ESCO]),
    st.just({"en": "one name"}),
    st.sampled_from(["exact", "close", "broad", "narrow", "related"]),
)
_OUTCOMES = st.builds(
    Outcome,
    _TEXTS,
    st.lists(_SKILLS, max_size=4, unique_by=lambda skill: skill.iri).map(tuple),
    st.sampled_from(["", "https://w3id.org/wise-skills/id/hr/outcome/a/1"]),
    st.sampled_from(["", "skill", "knowledge"]),
    st.sampled_from(["", *elm_terms.REUSE_LEVELS]),
)
_PROVIDERS = st.builds(
    Provider,
    _TEXTS,
    st.sampled_from(["HR", "GR", "DE"]),
    st.sampled_from(["", "https://p.example/?q=ž&x"]),
    st.sampled_from(["", "urn:x:1"]),
)
_MODULES = st.builds(
    Module,
    titles=_TEXTS,
    language=st.sampled_from(["hr", "en", "el"]),
    provider=_PROVIDERS,
    homepage=st.just("https://p.example/ž"),
    outcomes=st.lists(_OUTCOMES, min_size=1, max_size=12).map(tuple),
    descriptions=st.one_of(st.just({}), _TEXTS),
    notes=st.one_of(st.just({}), _TEXTS),
    hours=st.one_of(st.none(), st.integers(1, 60 * 3000).map(lambda minutes: minutes / 60)),
    credits=st.one_of(st.none(), st.integers(1, 4000).map(lambda n: n / 8)),
    credit_system=st.sampled_from(["ects", "ecvet"]),
    eqf=st.one_of(st.none(), st.integers(1, 8)),
    nqf=st.sampled_from([(), FULL.nqf]),
    isced=st.sampled_from(["09", "0923"]),
    is_qualification=st.booleans(),
    iri=st.sampled_from(["", "https://w3id.org/wise-skills/id/hr/curriculum/a"]),
)


def held(module: Module) -> Module:
    """What of a module ELM holds: not the blanks around texts, nor how far a skill is the same, nor how skills were ordered."""

    def texts(found: object) -> dict[str, str]:
        return {tag: text.strip() for tag, text in dict(found).items()}  # type: ignore[call-overload]

    outcomes = []
    for outcome in module.outcomes:
        kept = [replace(s, relation="close" if s.is_esco else "related") for s in outcome.skills if elm_terms.is_held(s)]
        kept.sort(key=lambda skill: (not skill.is_esco, skill.iri))
        outcomes.append(replace(outcome, texts=texts(outcome.texts), skills=tuple(kept)))
    return replace(
        module,
        titles=texts(module.titles),
        descriptions=texts(module.descriptions),
        notes=texts(module.notes),
        provider=replace(module.provider, names=texts(module.provider.names)),
        outcomes=tuple(outcomes),
        hours=None if module.hours is None else pytest.approx(module.hours),
        credit_system=module.credit_system if module.credits else "",
        is_qualification=bool(module.is_qualification and module.eqf and module.nqf),
    )


@settings(max_examples=60, deadline=None)
@given(_MODULES, st.sampled_from(sorted(elm.FORMS)))
def test_a_module_comes_back(module: Module, form: str) -> None:
    text = elm.write([module], form)
    assert elm.write([module], form) == text
    (back,) = elm.read(text)
    assert back == held(module)


@settings(max_examples=8, deadline=None)
@given(st.lists(_MODULES, min_size=2, max_size=3))
def test_modules_beside_each_other_stay_apart_and_valid(modules: list[Module]) -> None:
    text = elm.write(modules)
    assert sorted(elm.read(text), key=repr) == sorted(map(held, elm.read(text)), key=repr)
    assert len(elm.read(text)) == len(modules)
    assert violations(text, strict=True) == ""


@pytest.mark.parametrize("text", ["", "# nothing", "[]", "{}"])
def test_a_file_without_modules_holds_none(text: str) -> None:
    assert elm.read(text) == []


@pytest.mark.parametrize("text", ["<a> <b", '{"@context": "https://elsewhere.example/context.jsonld"}', "\x00", "a b c ."])
def test_what_is_no_rdf_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        elm.read(text)


def test_a_foreign_file_is_read() -> None:
    (module,) = elm.read((Path(__file__).parent / "fixtures" / "learning" / "foreign.ttl").read_text(encoding="utf-8"))
    assert module.titles == {"en": "Invented course"}
    assert (module.language, module.provider.country, module.hours, module.isced) == ("en", "BE", 54, "0923")
    assert [[s.iri for s in o.skills] for o in module.outcomes] == [[ESCO_SKILL]]


# --- our own data ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def edition(joined: Release) -> Edition:
    return open_edition(joined.path, None, QUESTIONS)


def test_our_own_modules_are_read_and_valid_once_completed(edition: Edition) -> None:
    modules = stored.modules_of(edition.select, edition.names)
    assert len(modules) > 60
    assert all(elm.missing([module]) for module in modules)
    by_key = {module.iri.rpartition("/")[2]: module for module in modules}
    assert by_key["moniteur-atelier"].hours == 1526
    assert by_key["moniteur-atelier"].eqf == 4
    assert by_key["moniteur-atelier"].nqf
    assert (by_key["eses-job-finding"].credits, by_key["eses-job-finding"].credit_system) == (7, "ecvet")
    assert {partner.country for partner in by_key["seminars-on-accompaniment"].partners} == {"ES"}
    full = [
        replace(
            module,
            language="en",
            homepage=FULL.homepage,
            isced=FULL.isced,
            provider=replace(module.provider, names=module.provider.names or {"en": "P"}, country=module.provider.country or "BE"),
        )
        for module in modules
        if module.outcomes
    ]
    assert elm.missing(full) == []
    text = elm.write(full)
    assert violations(text, strict=True) == ""
    assert len(elm.read(text)) == len(full)


def test_modules_of_a_country_are_those_of_its_folder_and_those_offered_there(edition: Edition) -> None:
    modules = stored.modules_of(edition.select, edition.names, "fr")
    folders = {module.iri.removeprefix(edition.base).split("/")[1] for module in modules}
    assert folders == {"fr", "eu"}
    assert [m.iri for m in stored.modules_of(edition.select, edition.names, only=[modules[0].iri])] == [modules[0].iri]


def test_only_accepted_mappings_of_a_skill_lead_to_esco(edition: Edition) -> None:
    """Suggestions of the data are nobody's decision yet."""
    modules = stored.modules_of(edition.select, edition.names)
    accepted = {str(row[0]) for row in edition.select(_ACCEPTED.format(wise=Names(edition.base).wise, base=edition.base))}
    found = {s.iri for m in modules for o in m.outcomes for s in o.skills if s.is_esco}
    assert found <= accepted


_ACCEPTED = (
    "SELECT DISTINCT ?o WHERE {{ ?m <{wise}mappingStatus> <{base}scheme/mapping-statuses/accepted> ; "
    "<http://www.w3.org/2002/07/owl#annotatedTarget> ?o }}"
)
