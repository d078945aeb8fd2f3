"""Every type of page, in every state that looks different, with an address: one list for all tests that go through all pages.

The addresses are those of the real data on an invented ESCO (fixture `joined`) with the real catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from tests.served import serving
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Page

CATALOGUE = Path(__file__).resolve().parents[1] / "query_ui" / "questions"
_ESCO = "http://data.europa.eu/esco/"
_FORMS = "/questions/which-wise-forms-exist-under-which-law-and-since-when"
_SECTORS = "/questions/in-which-sectors-do-wises-work-in-each-country?country=ES"
_SHARE = "/questions/who-counts-towards-the-share-of-disadvantaged-workers?country=IT"
_SELECT = "/sparql?query=" + quote(
    "PREFIX wise: <https://w3id.org/wise-skills/ns#>\n"
    "SELECT ?form ?kind ?country WHERE { ?form a wise:WiseForm ; wise:formKind ?kind ; wise:country ?country }"
)
_CODES = {"subject": "fr/code/rome/11000", "object": "it/code/cp2011/3.4.5.2.0"}
_PATH = urlencode({"turned": "1"} | {side: f"https://w3id.org/wise-skills/id/{code}" for side, code in _CODES.items()})

PAGES: dict[str, str] = {
    "start page": "/",
    "catalogue": "/questions",
    "catalogue, searched": "/questions?q=reserved",
    "catalogue, nothing found": "/questions?q=zzzz",
    "question, answered": f"{_FORMS}?country=BE",
    "question, wrong value": f"{_FORMS}?country=Belgum",
    "question, empty answer": f"{_FORMS}?country=AT&scope=not-as-such",
    "question, filtered and sorted": f"{_FORMS}?filter=law&sort=-form",
    "question, what is behind": "/questions/what-share-of-target-group-workers-must-each-form-have/behind",
    "question, documentation": f"{_FORMS}/about",
    "question as bars": f"{_SECTORS}&view=bar",
    "question as stacked bars": f"{_SHARE}&view=stacked",
    "question as heat map": f"{_SHARE}&view=heat",
    "question as line": "/questions/which-support-may-we-get-and-how-much?form=empresa-de-insercion&view=line",
    "question as map": "/questions/from-what-do-wises-live?view=map",
    "question as network": "/questions/which-esco-occupations-are-proposed-for-wise-profiles?country=BE&view=network",
    "question as tree": f"{_SECTORS}&view=tree",
    "what is behind claims": "/behind?table=forms&country=be",
    "what is behind, nothing": "/behind?table=forms&country=lv&evidence=unverified",
    "comparison": "/compare",
    "comparison of skills": "/compare?of=skills&in=be&in=at&in=it",
    "what is behind a comparison": "/compare/behind?of=support&by=instrument&in=be&item=grant",
    "ledger of alignment": "/alignments",
    "ledger of profiles": "/alignments?kind=profile",
    "ledger, the list behind a number": "/alignments/list?state=open",
    "through ESCO, all pairs": "/alignments/pairs",
    "through ESCO, a pair": "/alignments/fr-rome/it-cp2011?turned=1",
    "through ESCO, a path": f"/alignments/fr-rome/it-cp2011/path?{_PATH}",
    "builder": "/explore",
    "builder, a class": "/explore/forms",
    "builder, narrowed": "/explore/forms?country=BEL&kind=status",
    "builder, counted": "/explore/forms?_by=country",
    "search": "/search?q=coach",
    "search, nothing found": "/search?q=zzzzzz",
    "form": "/page/be/form/maatwerkbedrijf",
    "form in Greek": "/page/gr/form/koispe",
    "skill": "/page/eu/skill/job-coaching",
    "profile": "/page/eu/profile/job-coach",
    "measure": "/page/it/support/sgravio-contributivo-totale",
    "law": "/page/gr/law/n-4763-2020",
    "claim": "/page/es/need/supporter/tecnico-de-produccion/_/combine-training-and-work/_/empresa-de-insercion/now/1",
    "source": "/page?iri=" + quote("https://validationdescompetences.be/node/230", safe=""),
    "concept of a list": "/page?iri=" + quote("https://w3id.org/wise-skills/scheme/wise-types/productive", safe=""),
    "ESCO occupation": f"/page?iri={quote(_ESCO + 'occupation/c60ede09-b67b-4173-8991-b9b694149488', safe='')}",
    "country": "/country/be",
    "country of little data": "/country/lv",
    "tables": "/source/",
    "table": "/source/be/forms.csv",
    "lists": "/scheme",
    "list": "/scheme/target-groups",
    "ontology": "/ns",
    "term of the ontology": "/page?iri=" + quote("https://w3id.org/wise-skills/ns#WiseForm", safe=""),
    "shapes": "/shapes",
    "SPARQL": "/sparql",
    "SPARQL, rows": _SELECT,
    "SPARQL, bars": f"{_SELECT}&view=bar",
    "SPARQL, yes or no": "/sparql?query=" + quote("ASK { ?s ?p ?o }"),
    "SPARQL, graph": "/sparql?query=" + quote("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5"),
    "SPARQL, nothing found": "/sparql?query=" + quote('SELECT * { ?s ?p "nothing of the kind" }'),
    "SPARQL, error": "/sparql?query=" + quote("SELECT * WHERE {\n  ?s ?p wrong }"),
    "check": "/check",
    "curriculum": "/curriculum",
    "curriculum, report": "/curriculum?module=fr/encadrant-technique-insertion&module=fr/ecole-cip&group=supporter",
    "curriculum, wrong value": "/curriculum?module=fr/moniteur-atelier-bloc-1&group=suporter",
    "needs behind a number": "/curriculum/needs?skill=job-coaching&group=supporter",
    "alignment": "/align",
    "alignment, proposals": "/align?language=en&text=" + quote("fold the kite\npaint the orchard\nquantum chromodynamics"),
    "alignment, wrong value": "/align?text=saw&kind=kitchen",
    "agreement of two reviews": "/align/agreement",
    "data": "/dataset",
    "downloads": "/downloads/",
    "about": "/about",
    "error: nothing here": "/nothing-here",
    "error: unknown question": "/questions/which-forms-exst",
}
"""Kind of page → address. What a page fails for only in one state has an entry for that state."""


STATUS = {
    "question, wrong value": 400,
    "curriculum, wrong value": 400,
    "alignment, wrong value": 400,
    "SPARQL, error": 400,
    "error: nothing here": 404,
    "error: unknown question": 404,
}
"""Kinds of pages that do not answer with 200."""


def check_a_file(page: Page) -> None:
    """Send a table with a mistake to `/check`, as a visitor does."""
    table = CATALOGUE.parents[1] / "data" / "at" / "forms.csv"
    text = table.read_text(encoding="utf-8").replace(",enterprise-type,", ",entreprise-type,", 1)
    page.locator("form.send input[type=file]").set_input_files([{"name": "forms.csv", "mimeType": "text/csv", "buffer": text.encode()}])
    page.locator("form.send select[name=country]").select_option("at")
    page.locator("form.send button[type=submit]").first.click()
    page.wait_for_load_state()
    page.locator(".found").first.wait_for()


def look_for_a_name(page: Page) -> None:
    """Type into the search field until names are offered."""
    page.locator("#q").press_sequentially("maatwerk", delay=20)
    page.locator(".suggestions [role=option]").first.wait_for()


def choose_a_language(page: Page) -> None:
    """Open the switch of languages."""
    page.locator(".languages summary").click()


def complete_a_term(page: Page) -> None:
    """Type into the editor until terms are offered; what is typed so far is a mistake, too."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("SELECT * { ?s a wise:Nobody ; wise:fo")
    page.locator(".cm-lintRange-warning").first.wait_for()
    page.keyboard.type("r")
    page.locator(".cm-tooltip-autocomplete li[aria-selected]").wait_for()


def send_modules(page: Page) -> None:
    """Paste a table of modules of one's own at `/curriculum`."""
    page.locator("#text").fill(
        "module,outcome,hours,skill\nMine,Coach people at work,40,job-coaching\n,Knows how to use handheld devices,,use handheld devices\n"
    )
    page.locator("form.send button[type=submit]").click()
    page.wait_for_load_state()
    page.locator("#understood").wait_for()


def save_a_review(page: Page) -> None:
    """Judge candidates at `/align`, with a comment, and save."""
    for row, answer in ((0, "exact"), (1, "rejected"), (2, "unsure")):
        page.locator(f"input[name=v{row}][value={answer}]").check()
    page.locator("details.remark summary").first.click()
    page.locator("#c0").fill("the same")
    page.locator("#reviewer").fill("Ana")
    page.locator("button[value=save]").click()
    page.wait_for_load_state()
    page.locator("#files").wait_for()


def compare_two_reviews(page: Page) -> None:
    """Send two reviews that differ to `/align/agreement`."""
    head = "#mapping_set_id: https://a.example/s\n#license: https://a.example/l\n#subject_type: rdfs literal\n"
    columns = "subject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\treviewer_label\tcomment\n"
    for name, predicate in (("one", "exactMatch"), ("two", "broadMatch")):
        rows = [
            f"fold kites\tskos:{p}\tskos:{o}\t{o}\tsemapv:ManualMappingCuration\t{name}\tsays {p}\n"
            for p, o in ((predicate, "note"), ("closeMatch", "Concept"))
        ]
        page.locator(f"#{name}").set_input_files(
            [{"name": f"{name}.sssom.tsv", "mimeType": "text/plain", "buffer": (head + columns + "".join(rows)).encode()}]
        )
    page.locator("form.align button[type=submit]").click()
    page.wait_for_load_state()
    page.locator("#disputes").wait_for()


ACTIONS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "check, with findings": ("/check", check_a_file),
    "curriculum, modules sent": ("/curriculum", send_modules),
    "alignment, saved": (PAGES["alignment, proposals"], save_a_review),
    "agreement, compared": ("/align/agreement", compare_two_reviews),
}
"""Kind of page → address, and what is done there to come to it."""
SCRIPTED: dict[str, tuple[str, Callable[[Page], None]]] = {
    "names offered": ("/about", look_for_a_name),
    "languages offered": ("/about", choose_a_language),
    "terms offered": ("/sparql", complete_a_term),
}
"""The same for states that only scripts make."""


@contextmanager
def whole_site(release: Release) -> Iterator[str]:
    """Serve a release with the real catalogue."""
    with serving(release.path, QUESTIONS=CATALOGUE) as address:
        yield address
