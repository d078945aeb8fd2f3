"""The description of a classification: its name, its groups of concepts, and what each of its tables says.

Written in YAML (`data/<cc>/classifications/*.yaml`); `docs/contributing-data.md` says how. What is taken from a cell is a
`Take` (`loaders/taking.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loaders.codes import code_iri, scheme_iri
from loaders.descriptions import Entry, read_description
from loaders.published_files import folded
from loaders.taking import Take, read_take, take_of
from wise_skills.names import DCT, PREFIXES, RDFS, SKOS, XSD, Names

XKOS = "http://rdf-vocabulary.ddialliance.org/xkos#"
_PREFIXES = {"skos": SKOS, "dct": DCT, "rdfs": RDFS, "xsd": XSD, "xkos": XKOS, "esco": PREFIXES["esco"]}


@dataclass(frozen=True)
class Group:
    """Concepts of one kind: a level of the hierarchy (`depth` from 1), or a list beside it (`depth` 0)."""

    key: str
    labels: Mapping[str, str]
    depth: int = 0


@dataclass(frozen=True, eq=False)
class Text:
    """A literal of a concept, in a language or with a datatype; `joined` makes one of the texts of several records.

    `when` names columns and what must stand there.
    """

    property: str
    take: Take
    language: str = ""
    datatype: str = ""
    joined: bool = False
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A link of a concept: to a code of the same classification (of certain groups), to a code of another, or an address."""

    property: str
    take: Take
    kind: str = "code"
    country: str = ""
    key: str = ""
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """One table: by which columns it is known, whose rows they are, and what they say of it.

    A table without `group` adds to concepts that another table lists. `has` tells tables with the same header apart: a
    column and a value that occurs there.
    """

    header: tuple[str, ...]
    code: Take
    group: Take | None
    parent: Take | None
    texts: tuple[Text, ...]
    links: tuple[Link, ...]
    has: tuple[str, str] | None = None


@dataclass(frozen=True)
class Description:
    """A classification; `scheme` and `address` are empty where its publisher gives no IRIs, and ours are used."""

    path: Path
    name: str
    country: str
    key: str
    titles: Mapping[str, str]
    version: str
    version_in_name: Take | None
    language: str
    scheme: str
    address: Take | None
    facts: Mapping[str, str]
    groups: Mapping[str, Group] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()

    def scheme_iri(self, names: Names) -> str:
        """Return the IRI of the concept scheme."""
        return self.scheme or scheme_iri(names, self.country, self.key)

    def group_iri(self, names: Names, group: str) -> str:
        """Return the IRI of a group of concepts, which is always ours."""
        return f"{scheme_iri(names, self.country, self.key)}/group/{group}"


def read_classification(path: Path, names: Names) -> Description:
    """Read a description; raises `FileProblem` that names the place where it cannot be understood."""
    top = read_description(path)
    groups = {}
    for key in (below := top.entry("groups")).keys():  # noqa: SIM118  (an Entry is no dict)
        one = below.entry(key)
        depth = one.text("depth", "0")
        if not depth.isdigit():
            raise one.wrong(f"“{depth}” is no depth", "Give a number from 1")
        groups[key] = Group(key, one.table("label"), int(depth))
        one.done()
    facts = {k: top.text(k) for k in ("licence", "attribution", "homepage") if k in top}
    description = Description(
        path=path,
        name=top.text("name"),
        country=top.text("country"),
        key=top.text("key"),
        titles=top.table("title"),
        version=top.text("version", ""),
        version_in_name=take_of(top.entry("version_in_name")) if "version_in_name" in top else None,
        language=top.text("language"),
        scheme=top.text("scheme", ""),
        address=read_take(top, "address") if "address" in top else None,
        facts=facts,
        groups=groups,
        tables=tuple(_table(e, top.text("language"), groups, names) for e in top.entries("tables")),
    )
    top.done()
    if not description.tables or not description.titles:
        raise top.wrong("it has no title, or describes no table")
    try:
        code_iri(names, description.country, description.key, "1")
    except ValueError as error:
        raise top.wrong(str(error)) from None
    return description


def _table(entry: Entry, language: str, groups: Mapping[str, Group], names: Names) -> Table:
    has = entry.entry("has")
    (column,) = [*has.keys()][:1] or [""]
    table = Table(
        header=tuple(entry.texts("header")),
        code=read_take(entry, "code"),
        group=_group(entry, groups),
        parent=read_take(entry, "parent") if "parent" in entry else None,
        texts=tuple(_text(e, language, names) for e in entry.entries("texts")),
        links=tuple(_link(e, groups, names) for e in entry.entries("links")),
        has=(column, has.text(column)) if column else None,
    )
    entry.done()
    return table


def _group(entry: Entry, groups: Mapping[str, Group]) -> Take | None:
    if "group" not in entry:
        return None
    what = entry.either("group")
    take = Take(constant=what, described=entry.path.name) if isinstance(what, str) else take_of(what)
    named = {take.constant} if take.constant else set((take.values or {}).values())
    if unknown := sorted(named - set(groups)):
        raise entry.wrong(f"“{unknown[0]}” is no group", f"Name it under groups, beside {', '.join(groups)}")
    return take


def _text(entry: Entry, language: str, names: Names) -> Text:
    datatype = entry.text("datatype", "")
    text = Text(
        property=_property(entry, names),
        take=read_take(entry, "take"),
        language="" if datatype else entry.text("language", language),
        datatype=_expanded(entry, datatype, names) if datatype else "",
        joined=entry.text("joined", "") == "yes",
        when={folded(column): value for column, value in entry.table("when").items()},
    )
    entry.done()
    return text


def _link(entry: Entry, groups: Mapping[str, Group], names: Names) -> Link:
    kind = next((k for k in ("code", "address") if k in entry), "code")
    wanted = frozenset(entry.texts("groups", []))
    if not wanted <= set(groups):
        raise entry.wrong(f"“{min(wanted - set(groups))}” is no group", f"The groups are {', '.join(groups)}")
    link = Link(_property(entry, names), read_take(entry, kind), kind, entry.text("country", ""), entry.text("key", ""), wanted)
    entry.done()
    return link


def _property(entry: Entry, names: Names) -> str:
    return _expanded(entry, entry.text("property"), names)


def _expanded(entry: Entry, curie: str, names: Names) -> str:
    prefix, _, local = curie.partition(":")
    known = {**_PREFIXES, "wise": names.wise}
    if prefix not in known or not local.isalnum():
        raise entry.wrong(f"“{curie}” is no property that we know", f"Begin it with one of {', '.join(f'{p}:' for p in known)}")
    return known[prefix] + local
