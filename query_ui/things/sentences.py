"""What a thing is in a few sentences, made from its claims. Whole sentences, so that each can be said in another language."""

from __future__ import annotations

from flask_babel import gettext as _

from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.records import Record
from query_ui.things.thing import Thing
from query_ui.words import and_list, date


def describe(edition: Edition, thing: Thing, naming: Naming) -> list[str]:
    """Return what a thing is: its kind and place, when it was valid, its legal base, what it replaced, what follows from its claims."""
    record, wise = thing.record, edition.names.wise
    heads = {h.id: c for h, c in thing.properties}
    kinds = [naming(t.value) for t in heads["kind"].values if t.kind == "iri"] if "kind" in heads else []
    what = " / ".join(kinds) or (naming(thing.kind) if thing.kind else "")
    places = [naming(i) for i in (record.iris(wise + "jurisdiction") or record.iris(wise + "country"))]
    found = []
    if what and places:
        found.append(_("%(name)s – %(kind)s, %(places)s.", name=thing.title, kind=what, places=and_list(places)))
    elif what and (record.first(wise + "validFrom") or record.first(wise + "validTo")):
        found.append(_("%(name)s – %(kind)s.", name=thing.title, kind=what))
    if valid := validity(record, wise):
        found.append(valid)
    if laws := record.iris(wise + "law"):
        found.append(_("Its legal base: %(names)s.", names=and_list([naming(i) for i in laws])))
    if before := record.iris(wise + "succeeds"):
        found.append(_("It replaced: %(names)s.", names=and_list([naming(i) for i in before])))
    if inferred := [naming(t) for t in record.types if t != thing.kind and t.startswith(wise)]:
        found.append(_("From its claims it follows that it is also of these kinds: %(names)s.", names=and_list(inferred)))
    return found


def validity(record: Record, wise: str) -> str:
    """Return since when, or until when, a thing is valid; empty where nothing is said."""
    start, end = record.first(wise + "validFrom"), record.first(wise + "validTo")
    first, last = (start and date(start.value)), (end and date(end.value))
    # A date never stands before the full stop: in some languages it ends in one itself.
    if first and last:
        return str(_("No longer valid (from %(first)s to %(last)s).", first=first, last=last))
    if first:
        return str(_("Valid (since %(first)s).", first=first))
    return str(_("No longer valid (until %(last)s).", last=last)) if last else ""
