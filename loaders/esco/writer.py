"""Writing N-Quads of one graph as lines of text, and the nodes that ESCO's CSV files do not name.

Labels, descriptions and relations are things of their own in ESCO's RDF, with addresses that only its RDF dump has. Here
their addresses are ours, made from what they say, so that the same file always gives the same graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import BinaryIO

from loaders.esco.layout import EDGES, ESCO, MODEL, SKOSXL
from wise_skills.names import DCT, RDF_TYPE, SKOS, XSD, is_iri

_BLOCK = 1 << 20
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]').search
_ESCAPES = {i: f"\\u{i:04X}" for i in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\",
}  # fmt: skip
_IRI = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`]+")


def escaped(text: str) -> str:
    """Return a text as it stands between the quotes of a literal (STRING_LITERAL_QUOTE of RDF 1.1 N-Triples)."""
    return text.translate(_ESCAPES) if _SPECIAL(text) else text


def _is(term: str) -> str:
    return f" <{RDF_TYPE}> <{term}>"


class Lines:
    """Lines of one graph on their way to a file; `written` counts them.

    `end` closes each line. Callers that write very many format lines themselves and give them to `add`.
    """

    def __init__(self, out: BinaryIO, graph: str, base: str) -> None:
        self._out, self.graph, self.base = out, graph, base
        self.end = end = f" <{graph}> .\n"
        self.label_node, self.text_node, self.relation_node = (f"{base}id/esco/{kind}/" for kind in ("label", "text", "relation"))
        self._parts: list[str] = []
        self._size = 0
        self._label_type = _is(SKOSXL + "Label") + end
        self._literal_form = f" <{SKOSXL}literalForm> "
        self._text_type = _is(MODEL + "NodeLiteral") + end
        self._text_value, self._text_language = f" <{MODEL}nodeLiteral> ", f" <{MODEL}language> "

    def add(self, lines: str) -> None:
        """Write lines that are complete, each with `end`."""
        self._parts.append(lines)
        self._size += len(lines)
        if self._size > _BLOCK:
            self.flush()

    def flush(self) -> None:
        """Write what is still in memory."""
        self._out.write("".join(self._parts).encode())
        self._parts.clear()
        self._size = 0

    def type(self, subject: str, *classes: str) -> None:
        """Write the classes of a thing."""
        self.add("".join(f"<{subject}>{_is(c)}{self.end}" for c in classes))

    def link(self, subject: str, predicate: str, *objects: str) -> None:
        """Write links to things, whose IRIs must have been checked."""
        self.add("".join(f"<{subject}> <{predicate}> <{o}>{self.end}" for o in objects))

    def literal(self, subject: str, predicate: str, text: str, language: str = "", datatype: str = "") -> None:
        """Write a literal: with a language, a datatype, or as a plain string."""
        mark = f"@{language}" if language else f"^^<{datatype}>" if datatype else ""
        self.add(f'<{subject}> <{predicate}> "{escaped(text)}"{mark}{self.end}')

    def label(self, subject: str, predicate: str, text: str, language: str) -> None:
        """Write a label twice, as SKOS and as SKOS-XL have it (SKOS Reference, appendix B.3)."""
        node = f"{self.label_node}{_digest(f'{subject} {predicate} {language} {text}')}"
        literal, end = f'"{escaped(text)}"@{language}{self.end}', self.end
        self.add(
            f"<{subject}> <{predicate}> {literal}<{subject}> <{SKOSXL}{predicate[len(SKOS) :]}> <{node}>{end}"
            f"<{node}>{self._label_type}<{node}>{self._literal_form}{literal}"
        )

    def text(self, subject: str, predicate: str, text: str, language: str) -> None:
        """Write a description: ESCO keeps it in a node of its own, without a language tag."""
        tail = subject.removeprefix(ESCO)
        node, end = f"{self.text_node}{tail if tail != subject else _digest(subject)}/{language}", self.end
        self.add(
            f'<{subject}> <{predicate}> <{node}>{end}<{node}>{self._text_type}<{node}>{self._text_value}"{escaped(text)}"{end}'
            f'<{node}>{self._text_language}"{language}"^^<{XSD}language>{end}'
        )

    def relations(self) -> Callable[[str, str, str], bool]:
        """Return a function that writes a relation (source, `essential` or `optional`, skill); false where it did so before.

        The relation is stated by the two direct properties and by an association object (ESCO's data model, `esco:AssociationObject`).
        """
        end, node_base, add = self.end, self.relation_node, self.add
        scheme = ESCO + "concept-scheme/"
        fixed = {}
        for kind in ("essential", "optional"):
            word = kind.capitalize()
            fixed[kind] = (
                f"> <{MODEL}related{word}Skill> <",
                f"> <{MODEL}is{word}SkillFor> <",
                f"> <{DCT}type> <{ESCO}relationship-type/{kind}-skill>{end}",
            )
        association, of, target = _is(MODEL + "AssociationObject") + end, f"> <{MODEL}isAssociationFor> <", f"> <{MODEL}target> <"
        has = f"> <{MODEL}hasAssociation> <"
        frames = tuple(f"> <{MODEL}targetFramework> <{scheme}{name}>{end}" for name in ("skills", "member-skills"))
        close = ">" + end

        seen: set[str] = set()

        def write(source: str, kind: str, skill: str) -> bool:
            key = _digest(f"{source} {kind} {skill}")
            if key in seen:
                return False
            seen.add(key)
            node = f"<{node_base}{key}"
            related, inverse, type_ = fixed[kind]
            add(
                f"<{source}{related}{skill}{close}<{skill}{inverse}{source}{close}<{source}{has}{node_base}{key}{close}"
                f"{node}>{association}{node}{of}{source}{close}{node}{target}{skill}{close}{node}{frames[0]}{node}{frames[1]}{node}{type_}"
            )
            return True

        return write


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()


def trimmed(text: str) -> str:
    """Return a text without blanks, tabs, no-break and zero-width spaces at its ends."""
    return text.strip(EDGES)


def valid_iri(text: str) -> bool:
    """Whether a text is a web address that may stand in N-Quads (RFC 3987, and IRIREF of RDF 1.1 N-Quads)."""
    return bool(_IRI.fullmatch(text)) and is_iri(text)
