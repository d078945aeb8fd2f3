"""Descriptions in YAML of tables that others publish: what to recognise them by, and what to take from which column.

All scalars are texts (`BaseLoader`): `01` stays `01` and `NO` stays `NO`. Whoever reads a description asks for the keys
that it knows; `done` complains of the rest, so that a misspelt key is never passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import yaml

from wise_skills.errors import FileProblem
from wise_skills.messages import nearest
from wise_skills.names import resource


class _Loader(yaml.BaseLoader):
    """Texts only; a key that is written twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(problem=f"the key “{key}” is written twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


class Entry:
    """One mapping of a description, with the place of it for error messages (`tables[2].code`)."""

    def __init__(self, path: Path, place: str, content: dict[str, Any]) -> None:
        self.path, self.place, self._content, self._asked = path, place, content, set[str]()

    def __contains__(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._content

    def wrong(self, problem: str, advice: str = "") -> FileProblem:
        """Return the error that something of this entry is wrong."""
        return FileProblem(f"{self.path.parent.name}/{self.path.name}", problem, where=self.place, advice=advice)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; raises `FileProblem` where it is missing without a default, or is no text."""
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"“{key}” is not a text")
        return value

    def texts(self, key: str, default: list[str] | None = None) -> list[str]:
        """Return a list of texts; a single text is a list of one."""
        value = self._get(key, default)
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.wrong(f"“{key}” is not a list of texts")
        return value

    def entry(self, key: str) -> Entry:
        """Return a mapping below; an empty one where the key is missing."""
        value = self._get(key, {})
        return self._below(key, value)

    def entries(self, key: str) -> list[Entry]:
        """Return a list of mappings; an empty one where the key is missing."""
        value = self._get(key, [])
        if not isinstance(value, list):
            raise self.wrong(f"“{key}” is not a list")
        return [self._below(f"{key}[{i}]", v) for i, v in enumerate(value, 1)]

    def table(self, key: str) -> dict[str, str]:
        """Return a mapping of texts to texts; an empty one where the key is missing."""
        value = self._get(key, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise self.wrong(f"“{key}” does not give texts for texts")
        return value

    def either(self, key: str) -> str | Entry:
        """Return a text, or a mapping."""
        value = self._get(key, None)
        return value if isinstance(value, str) else self._below(key, value)

    def pattern(self, key: str, default: str | None = None) -> re.Pattern[str]:
        """Return a regular expression."""
        text = self.text(key, default)
        try:
            return re.compile(text)
        except re.error as error:
            raise self.wrong(f"“{key}” is no regular expression ({error})") from None

    def keys(self) -> Iterator[str]:
        """All keys as they are written; whoever asks for them answers for all of them."""
        self._asked |= set(self._content)
        return iter(self._content)

    def done(self) -> None:
        """Complain of keys that nobody asked for."""
        for key in self._content:
            if key not in self._asked:
                guess = nearest(key, self._asked)
                raise self.wrong(f"“{key}” means nothing here", f"Did you mean “{guess}”?" if guess else "Leave it out")

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        value = self._content.get(key, default)
        if value is None:
            raise self.wrong(f"“{key}” is missing")
        return value

    def _below(self, key: str, value: Any) -> Entry:
        if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
            raise self.wrong(f"“{key}” is not made of keys and values")
        return Entry(self.path, f"{self.place}.{key}".strip("."), value)


def read_description(path: Path) -> Entry:
    """Read a YAML file; raises `FileProblem` where it is none."""
    shown = f"{path.parent.name}/{path.name}"
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # BaseLoader below: texts, lists and mappings only
    except UnicodeDecodeError:
        raise FileProblem(shown, "it is not UTF-8 text", advice="Save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        raise FileProblem(shown, f"this is not YAML: {getattr(error, 'problem', error)}", where=where, advice="Mend the file") from None
    if not isinstance(content, dict):
        raise FileProblem(shown, "it holds no keys and values", advice="Write it like the descriptions beside it")
    return Entry(path, "", content)


def description_files(data: Path | None, kind: str) -> list[Path]:
    """Return the descriptions of a kind (`registers`, `classifications`) in all country folders.

    Those of the project, and those of the data folder of a build; of two with one folder and name the latter counts.
    """
    found = {}
    for root in (resource("data"), *([data] if data else [])):
        found.update({path.relative_to(root): path for path in sorted(root.glob(f"*/{kind}/*.yaml"))})
    return [found[where] for where in sorted(found)]
