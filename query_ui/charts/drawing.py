"""Draws marks: fills a specification, lets `vl_convert` draw it, and mends what comes out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal
from xml.etree import ElementTree as ET

from flask import has_app_context
from flask_babel import gettext
from markupsafe import Markup, escape

from query_ui.charts import drawer, files
from query_ui.charts.marks import Kind, Mark, clean, labels, largest, series
from query_ui.charts.rows import Drawing, filled
from query_ui.charts.svg import mended, tag, written
from query_ui.words import number

MOST_LABELS, MOST_SERIES = 30, 8


@dataclass(frozen=True)
class Chart:
    """A picture: for the page (`svg`), as a file, and what was left out of it."""

    kind: str
    title: str
    svg: Markup
    root: ET.Element | None = field(repr=False)
    """The first of the pictures; None where it could not be drawn, which `svg` then says."""
    shown: int = 0
    total: int = 0
    """How many of the labels are drawn, of how many."""
    shown_series: int = 0
    total_series: int = 0

    @property
    def cut(self) -> bool:
        """Whether something was left out."""
        return self.shown < self.total or self.shown_series < self.total_series

    def file(self, ending: Literal["svg", "png"], caption: str, *, title: str = "", sentence: str = "") -> bytes:
        """Return the picture with title and caption, in light colours.

        Parameters
        ----------
        ending:
            The format.
        caption:
            Lines below the picture: source, version, citation, address.
        title:
            What the picture belongs to, such as a question; its own title then stands below.
        sentence:
            What it shows, above it.
        """
        if self.root is None:
            raise drawer.NotDrawn(_failed())
        heads = [text for text in (title, self.title, sentence) if text] or [""]
        return (files.svg if ending == "svg" else files.png)(self, self.root, heads, caption)


def draw(
    kind: Kind,
    marks: Sequence[Mark],
    *,
    title: str,
    unit: str = "",
    description: str = "",
    most: int = MOST_LABELS,
    hues: Mapping[str, str] | None = None,
) -> Chart:
    """Draw marks.

    Parameters
    ----------
    kind:
        What is drawn.
    marks:
        The marks in the order in which they are to stand. Lines need years as labels, maps need places.
    title, description:
        Name of the picture, and what a screen reader says beside it.
    unit:
        What the values are, such as `%`; it stands after each.
    most:
        How many labels are drawn; the largest are kept.
    hues:
        Tokens of series that have a colour of their own: `{"Productive WISE": "productive"}`.
    """
    drawn = [m.cleaned() for m in marks]
    all_labels, all_series = labels(drawn), series(drawn)
    kept = largest(drawn, all_labels, most, by="label") if kind not in ("map", "line") else all_labels
    lines = largest(drawn, all_series, MOST_SERIES, by="series") if kind in ("stacked", "line") else all_series
    if len(kept) < len(all_labels) or len(lines) < len(all_series):
        names, some = set(kept), set(lines)
        drawn = [m for m in drawn if m.label in names and m.series in some]
    parts = filled(kind, drawn, clean(unit), {clean(name): hue for name, hue in (hues or {}).items()}, number)
    return finished(
        kind, title, description, parts, shown=len(kept), total=len(all_labels), shown_series=len(lines), total_series=len(all_series)
    )


def finished(
    kind: str,
    title: str,
    description: str,
    parts: Sequence[Drawing],
    *,
    shown: int,
    total: int,
    shown_series: int = 0,
    total_series: int = 0,
) -> Chart:
    """Return the picture made of filled specifications, one for each size of page."""
    mark = repr((kind, title, *(part.json for part in parts))).encode("utf-8", "replace")
    key = "c" + hashlib.sha1(mark, usedforsecurity=False).hexdigest()[:7]
    try:
        roots = [_root(part, clean(title), clean(description), f"{key}{n}", patterned=kind != "line") for n, part in enumerate(parts)]
    except drawer.NotDrawn:
        failed = Markup("<p class='cut'>{}</p>").format(escape(_failed()))
        return Chart(kind, clean(title), failed, None, shown, total, shown_series, total_series)
    markup = Markup("".join(written(root) for root in roots))  # made by ElementTree, which escapes
    return Chart(kind, clean(title), markup, roots[0], shown, total, shown_series, total_series)


def _root(part: Drawing, title: str, description: str, key: str, *, patterned: bool) -> ET.Element:
    root = mended(drawer.svg(part.json, part.engine), part.names, part.hrefs, key=key, patterned=patterned)
    linked = any(e.get("href") for e in root.iter())
    for n, (name, text) in enumerate((("title", title), ("desc", description))):
        if text:
            element = ET.Element(tag(name), {"id": f"{key}-{name}"})
            element.text = text
            root.insert(n, element)
    root.set("role", "group" if linked else "img")
    root.set("aria-labelledby", f"{key}-title")
    if description:
        root.set("aria-describedby", f"{key}-desc")
    root.set("class", f"chart {part.size}".strip())
    return root


def _failed() -> str:
    return str(gettext("The picture could not be drawn. What it would show stands in the table.")) if has_app_context() else ""


def warm() -> None:
    """Draw something, because the first picture takes half a second longer than the others."""
    with suppress(drawer.NotDrawn):
        drawer.svg(filled("bar", [Mark("", 1.0)], "", {}, str)[0].json, "vega-lite")
