"""`/behind`: the claims behind a number, with rows and cells, sources, evidence, date, and what disagrees."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from query_ui.asked import page_number
from query_ui.edition import Edition
from query_ui.evidence.claim_lists import Conditions, counted, folders, listed, tables
from query_ui.evidence.claims import MOST, claim_iri, read_claims
from query_ui.filters import edition, naming
from query_ui.problems import Missing, WrongRequest
from query_ui.table_names import said, table_title
from query_ui.views.home import country_name
from query_ui.words import ABSENCES, EVIDENCE
from wise_skills.errors import InputError
from wise_skills.terms import iri as iri_term

blueprint = Blueprint("behind", __name__)

PAGE = 40


@blueprint.get("/behind")
def behind() -> str:
    """Show claims: those that the address names, or those that fit its conditions."""
    served = edition()
    named = [c.strip() for c in request.args.getlist("claim") if c.strip()]
    if named:
        return _named(served, list(dict.fromkeys(named)))
    wanted = _conditions(served)
    found = listed(served, wanted)
    page = min(page_number(), -(-len(found) // PAGE) or 1)
    shown = read_claims(served, [c.iri for c in found[(page - 1) * PAGE : page * PAGE]], naming())
    naming().fetch(f"{served.base}scheme/evidence/{level}" for level in EVIDENCE)
    loosened = [(name, wanted.without(name)) for name in wanted.given()] if not found else []
    return render_template(
        "behind.html",
        wanted=wanted,
        claims=shown,
        total=len(found),
        page=page,
        pages=-(-len(found) // PAGE),
        base=f"{wanted.path}{'&' if '?' in wanted.path else '?'}page=",
        facets=_facets(served, wanted) if found else [],
        loosened=[(name, other.path, len(listed(served, other))) for name, other in loosened],
        words=_words(served, wanted),
        missing=[],
    )


def _named(served: Edition, named: list[str]) -> str:
    """The claims that an address names; those of which nothing is known are told, not hidden."""
    if len(named) > MOST:
        said = _("The address names %(number)s claims; at most %(most)s can be shown at once.", number=len(named), most=MOST)
        raise WrongRequest(400, said)
    iris: dict[str, str] = {}
    missing = []
    for text in named:
        try:
            iris.setdefault(iri_term(claim_iri(served, text)).value, text)
        except InputError:
            missing.append(text)
    page = min(page_number(), -(-len(iris) // PAGE) or 1)
    shown = read_claims(served, list(iris)[(page - 1) * PAGE : page * PAGE], naming())
    known = {c.iri for c in shown}
    missing += [text for iri, text in list(iris.items())[(page - 1) * PAGE : page * PAGE] if iri not in known]
    if not known and page == 1:
        raise Missing(_("The graph says nothing of %(claim)s. Look for it with the search.", claim=named[0]))
    base = "/behind?" + urlencode([("claim", text) for text in named], safe="/") + "&page="
    pages = -(-len(iris) // PAGE)
    total = len(iris) - len(missing)
    context = {"claims": shown, "total": total, "page": page, "pages": pages, "base": base, "missing": missing}
    return render_template("behind.html", wanted=None, facets=[], loosened=[], words=[], **context)


def _conditions(served: Edition) -> Conditions:
    """The conditions of the address; raises `Missing` for one that cannot hold."""
    given = {name: request.args.get(name, "").strip() for name in vars(Conditions())}
    if given["table"] and given["table"] not in tables(served):
        raise Missing(_("There is no table “%(name)s” in this release.", name=given["table"]))
    if given["country"] and given["country"] not in folders(served):
        raise Missing(_("There is no country “%(name)s” in the data.", name=given["country"]))
    if given["evidence"] and given["evidence"] not in EVIDENCE:
        known = ", ".join(EVIDENCE)
        raise Missing(_("There is no level of evidence “%(name)s”. The levels are %(known)s.", name=given["evidence"], known=known))
    for name in ("source", "about"):
        try:
            iri_term(claim_iri(served, given[name]) if given[name] else served.base)
        except InputError:
            raise Missing(_("“%(name)s” is no address of a thing or source.", name=given[name])) from None
    columns = served.schema.by_name[given["table"]].by_id if given["table"] in served.schema.by_name else {}
    for name in ("not_reported", "not_applicable"):
        if given[name] and given[name] not in columns:
            raise Missing(_("The table has no column “%(name)s”. Name a table and one of its columns.", name=given[name]))
    given["sourced"] = "yes" if given["sourced"] else ""
    return Conditions(**given)


def _facets(served: Edition, wanted: Conditions) -> list[tuple[str, str, str, list[tuple[str, str, int]]]]:
    """Ways to narrow or to change a condition: key, title, path without it, and values with path and count."""
    kinds = (("table", "table", _("Table")), ("country", "folder", _("Country")), ("evidence", "evidence", _("Evidence")))
    found = []
    for key, by, title in kinds:
        if key == "table" and (wanted.not_reported or wanted.not_applicable):
            continue  # they are about a column of this table
        others = wanted.without(key)
        values = []
        for value, number in counted(listed(served, others), by):
            text = _value(served, key, value)
            path = Conditions(**(vars(others) | {key: value})).path
            values.append((text, path if getattr(wanted, key) != value else "", number))
        if len(values) > 1 or getattr(wanted, key):
            found.append((key, title, others.path if getattr(wanted, key) else "", values))
    return found


def _words(served: Edition, wanted: Conditions) -> list[tuple[str, str]]:
    """The conditions in words, as pairs of name and value, in the order in which they are set."""
    titles = {"table": _("Table"), "country": _("Country"), "evidence": _("Evidence"), "source": _("Source"), "sourced": _("Source")}
    titles |= {"about": _("About"), "not_reported": str(ABSENCES["not-reported"][1]), "not_applicable": str(ABSENCES["not-applicable"][1])}
    return [(titles[key], _value(served, key, getattr(wanted, key), wanted.table)) for key in wanted.given()]


def _value(served: Edition, key: str, value: str, table: str = "") -> str:
    """A condition as people read it."""
    if key == "table":
        return table_title(served, value)
    if key == "country":
        return country_name(served, value)
    if key == "evidence":
        return str(EVIDENCE[value][0]) if value in EVIDENCE else value
    if key in ("about", "source"):
        return naming()(claim_iri(served, value))
    if key in ("not_reported", "not_applicable"):
        return said(served.schema.by_name[table].by_id[value].name, value)
    return _("named") if key == "sourced" else value
