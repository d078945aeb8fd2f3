"""The pieces of HTML of which a page has hundreds: links, terms, cells. Macros call them, because Jinja would take four times as long."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup, escape

from query_ui import words
from query_ui.asked import interface
from query_ui.asking.answers import Item
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.records import Cell
from wise_skills.terms import Term

_LONG, _BEGIN, _FEW, _NAME = 150, 100, 3, 40
_HUES = ("productive", "social", "training")


def hue(iri: str) -> str:
    """Return the class of the hue of a B-WISE type, empty for anything else."""
    last = words.key(iri)
    return f"type-{last}" if last in _HUES and "/wise-types/" in iri else ""


def tongue(tag: str | None) -> Markup:
    """Return the attribute `lang` for a text in another language than that of the page."""
    return Markup(' lang="{}"').format(tag) if tag and tag != interface() else Markup()


def fallback(tag: str | None, asked: str) -> Markup:
    """Return the tag of the language of a name that is in another one than was asked for."""
    other = tag and tag.partition("-")[0] != asked
    return Markup(' <span class="tag">{}</span>').format(tag) if other else Markup()


def link(edition: Edition, naming: Naming, iri: str) -> Markup:
    """Return a thing as a link with its name; a name in another language says in which."""
    tag = naming.language_of(iri)
    coloured = Markup(' class="{}"').format(hue(iri)) if hue(iri) else Markup()
    path = edition.addresses.path(iri)
    return Markup('<a href="{}"{}{}>{}</a>{}').format(path, tongue(tag), coloured, naming(iri), fallback(tag, naming.language))


def term(edition: Edition, naming: Naming, value: Term) -> Markup:
    """Return a term: a thing as a link, a text in its language, a number or date as the page writes it."""
    if value.kind == "iri":
        return link(edition, naming, value.value)
    if value.kind == "bnode":
        return Markup('<span class="quiet">{}</span>').format(_("(without name)"))
    if value.language:
        return Markup("<span{}>{}</span>").format(tongue(value.language), value.value)
    return escape(words.literal(value))


def item(found: Item) -> Markup:
    """Return a piece of a cell of an answer: a link of ours or elsewhere, or a text."""
    if not found.href:
        return Markup("<span{}>{}</span>").format(tongue(found.language), found.text)
    away = Markup(' rel="noopener nofollow ugc" class="away"') if found.away else Markup()
    title = Markup(' title="{}"').format(found.title) if found.title and found.title != found.text else Markup()
    return Markup('<a href="{}"{}{}{}>{}</a>').format(found.href, away, title, tongue(found.language), found.text)


def cell(edition: Edition, naming: Naming, found: Cell, *, every: bool = False, brief: bool = False) -> Markup:
    """Return the values of a cell; of texts those in the language of names, or in all languages where `every` is set.

    Where `brief` is set, what is long is folded, so that rows of a table stay low.
    """
    texts = [t for t in found.values if t.language]
    if texts and every:
        tags = (Markup(' <span class="tag">{}</span>').format(t.language) if t.language else "" for t in found.values)
        pairs = zip(found.values, tags, strict=True)
        return Markup().join(Markup('<span class="text">{}{}</span>').format(term(edition, naming, t), tag) for t, tag in pairs)
    if texts:
        known = [t.language for t in texts]
        chosen = naming.language if naming.language in known else known[0]
        shown = [t for t in found.values if t.language in (None, chosen)]
        pieces = [term(edition, naming, t) for t in shown]
        said = "; ".join(t.value for t in shown)
        return _folded(said, Markup("; ").join(pieces), chosen) if brief and len(said) > _LONG else Markup("; ").join(pieces)
    pieces = [_value(edition, naming, t, t in found.inferred) for t in found.values]
    if brief and len(pieces) > 1 and (len(pieces) > _FEW or any(len(naming(t.value)) > _NAME for t in found.values if t.kind == "iri")):
        more = Markup(", ").join(pieces[1:])
        return pieces[0] + Markup(' <details class="fold"><summary>+{}</summary>{}</details>').format(len(pieces) - 1, more)
    return Markup(", ").join(pieces)


def _folded(said: str, whole: Markup, language: str | None) -> Markup:
    """A long text behind its beginning."""
    begin = said[:_BEGIN].rsplit(" ", 1)[0]
    return Markup('<details class="fold"><summary{}>{} …</summary>{}</details>').format(tongue(language), begin, whole)


def _value(edition: Edition, naming: Naming, value: Term, inferred: bool) -> Markup:
    if not inferred:
        return term(edition, naming, value)
    title = _("Concluded from other claims by the ontology")
    badge = Markup(' <span class="badge inferred" title="{}">{}</span>').format(title, _("inferred"))
    return term(edition, naming, value) + badge
