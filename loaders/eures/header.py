"""The header of a mapping table: which column holds what, of which of the two classifications.

The template says `Classification 1 URI, …, Mapping relation`. Published tables spell it otherwise, or name the
classifications instead of numbering them (`O*NET Id`, `ESCO or ISCO URI`); the key from KldB 2010 to ISCO-08 of the
German employment agency has neither addresses nor a relation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from loaders.eures.known import languages

_ROLES = (
    ("unique", r"umstieg eindeutig.*"),
    ("focus", r"schwerpunkt.*"),
    ("justification", r"(mapping )?(justification|method)"),
    (
        "relation",
        r"(mapping )?(relation|relationship|predicate)( type)?|type of (match|mapping|relation)|(match|mapping) type|skos( relation)?",
    ),
    ("note", r"(editorial |mapping )?(notes?|comments?|remarks?)"),
    ("uri", r"(ur[in]|iri|uris)( ?(and ?/ ?or|and|or|/) ?(id|code))?|concept ?uri"),
    ("id", r"id|ids|identifier|code|codes|notation|number|key|c[oó]d(igo|ice)?|kode?|kods|šifra|\(?\d-steller\)?"),
    (
        "label",
        r"(pref(er+ed)? ?)?(label|lable|term|title|name)s?|bezeichnung(en)?|libell[eé]s?|etiqueta|denominaci[oó]n|denominazione|naziv",
    ),
    ("url", r"(web ?)?(url|link|page)|landing page|url/link"),
    ("description", r"(description|definition|beschreibung)s?"),
)
_END = re.compile("|".join(rf"(?P<{role}>(?:^|(?<=[\s:.\-]))(?:{pattern}))" for role, pattern in _ROLES).join(("(?:", ")$")))
_LONG = {  # names that may be misspelt; short ones must be exact
    "preflabel": "label", "preferred label": "label", "label": "label", "title": "label", "mapping relation": "relation",
    "relation": "relation", "type of match": "relation", "editorial note": "note", "description": "description", "notation": "id",
}  # fmt: skip
_GERMAN = re.compile(r"bezeichnung(en)? de[rs] (.+?)( \(\d-steller\))?")
_WIDTH = re.compile(r"\((\d)-steller\)")
_LONGEST = 80
_SIDED = ("uri", "id", "label", "url", "description")
_NAMES = ("uri", "id", "url")


@dataclass
class Header:
    """Where the columns of a table are.

    `at[side][role]` is the position of a column, `labels[side]` holds position and language of each label column,
    `texts[side]` what the header calls the classification, `widths` the number of digits of a code where the header
    says so. `unread` are the columns that hold nothing known, `unusual` those that were recognised under another name.
    """

    row: int
    titles: list[str]
    at: dict[int, dict[str, int]] = field(default_factory=lambda: {1: {}, 2: {}})
    labels: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: {1: [], 2: []})
    texts: dict[int, str] = field(default_factory=lambda: {1: "", 2: ""})
    widths: dict[int, int] = field(default_factory=dict)
    relation: int = -1
    note: int = -1
    justification: int = -1
    unique: int = -1
    focus: int = -1
    unread: list[str] = field(default_factory=list)
    unusual: list[tuple[str, str]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether both sides are named, and how they are related."""
        named = all(any(role in self.at[side] for role in _NAMES) for side in (1, 2))
        return named and (self.relation >= 0 or self.unique >= 0)

    @property
    def missing(self) -> str:
        """What is missing, in words."""
        sides = [
            f"a column for the address or code of classification {side}"
            for side in (1, 2)
            if not any(role in self.at[side] for role in _NAMES)
        ]
        return " and ".join([*sides, *(["a column for the mapping relation"] if self.relation < 0 and self.unique < 0 else [])])


def read_header(row: int, titles: Sequence[str]) -> Header:
    """Understand one record as a header, as well as possible; `complete` says whether it is one."""
    header = Header(row, [t.strip() for t in titles])
    parts = [_parts(t) for t in header.titles]
    sides = _sides([(text, role) for text, role, _ in parts])
    for index, (title, (text, role, language)) in enumerate(zip(header.titles, parts, strict=True)):
        side = sides.get(text, 0)
        if role in ("relation", "note", "justification", "unique", "focus"):
            if getattr(header, role) < 0:
                setattr(header, role, index)
                continue
        elif role == "label" and side:
            header.labels[side].append((index, language))
            continue
        elif role in _SIDED and side and role not in header.at[side]:
            header.at[side][role] = index
            header.texts[side] = header.texts[side] or text
            if width := _WIDTH.search(_plain(title)):
                header.widths[side] = int(width[1])
            continue
        if title and not title.lower().startswith("unnamed:"):
            header.unread.append(title)
    _note_unusual(header, parts, sides)
    return header


def _note_unusual(header: Header, parts: list[tuple[str, str, str]], sides: dict[str, int]) -> None:
    regular = {"uri": "URI", "id": "ID", "label": "PrefLabel", "url": "URL", "description": "Description"}
    for title, (text, role, language) in zip(header.titles, parts, strict=True):
        side = sides.get(text, 0)
        expected = f"Classification {side} {regular[role]} {language.upper()}".strip() if role in regular and side else ""
        expected = expected or {"relation": "Mapping relation", "note": "Editorial note"}.get(role, "")
        if expected and title.lower() != expected.lower() and title not in header.unread:
            header.unusual.append((title, expected))


def _plain(title: str) -> str:
    return re.sub(r"[\s_\ufeff]+", " ", title.replace("preflabel", "pref label")).strip(" \"'").lower()


def _parts(title: str) -> tuple[str, str, str]:
    """What a title says of the classification, the role of its column, and the language of a label."""
    plain = _plain(title)
    if len(plain) > _LONGEST:
        return "", "", ""
    if german := _GERMAN.fullmatch(plain):
        return _squeezed(german[2]), "label", ""
    if width := _WIDTH.search(plain):
        return _squeezed(plain[: width.start()]), "id", ""
    language = ""
    if (tag := re.search(r"[\s@(\[/-]+([a-z]{2})[)\]]?$", plain)) and tag[1] in languages() and _END.search(plain[: tag.start()]):
        plain, language = plain[: tag.start()], tag[1]
    if found := _END.search(plain):
        role = next(name for name, _ in _ROLES if found.group(name) is not None)
        return _squeezed(plain[: found.start()]), role, language
    side = re.match(r"(.*?\b[12])\s+(.*)", plain)
    close = process.extractOne(side[2] if side else plain, list(_LONG), scorer=fuzz.ratio, score_cutoff=80)
    return (_squeezed(side[1]) if side else "", _LONG[close[0]] if close else "", language)


def _squeezed(text: str) -> str:
    """The name of a side without what differs between its columns."""
    return re.sub(r"\s+|\b(concept|or isco)\b|[:.\-]+$", "", text.strip())


def _sides(parts: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Which side each name of a classification stands for: numbers decide, otherwise the order of the columns."""
    texts = list(dict.fromkeys(text for text, role in parts if text and role in _SIDED))
    numbered = {t: int(m[1]) for t in texts if (m := re.search(r"(?<!\d)([12])$", t))}
    if set(numbered.values()) == {1, 2} or (numbered and len(numbered) == len(texts)):
        return numbered
    if len(texts) > 2:  # one of them is ESCO; whatever else there is belongs to the other side
        esco = [t for t in texts if re.search("esco|isco", t)]
        first = 1 if texts[0] in esco else 2
        return {t: first if t in esco else 3 - first for t in texts} if esco else {}
    return {text: side for side, text in enumerate(texts, 1)} if len(texts) == 2 else {}


def find_header(records: Sequence[tuple[int, list[str]]]) -> Header | None:
    """Return the header among the first records of a file, or `None` where no record is one."""
    return next((h for number, cells in records if len(cells) >= 3 and (h := read_header(number, cells)).complete), None)


def nearest_header(records: Sequence[tuple[int, list[str]]]) -> Header | None:
    """Return the record that comes nearest to a header, to say what it lacks."""
    best: tuple[int, Header | None] = (2, None)
    for number, cells in records:
        header = read_header(number, cells)
        score = sum(len(header.at[s]) + len(header.labels[s]) for s in (1, 2)) + (header.relation >= 0)
        best = max(best, (score, header), key=lambda pair: pair[0])
    return best[1]
