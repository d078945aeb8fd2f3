"""Pictures: what they look like (golden files), that nothing hostile gets through, that they can be read by everybody.

`WISE_REGENERATE=1` writes the golden files anew; look at the difference before you commit it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import vl_convert
from defusedxml.ElementTree import fromstring
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from query_ui.charts import Chart, Mark, Node, draw, draw_network, draw_pairs, draw_tree, drawer
from query_ui.charts.drawing import MOST_LABELS, MOST_SERIES
from query_ui.charts.marks import clean, width, wrapped
from query_ui.charts.rows import WIDTHS, shade
from query_ui.charts.specs import PATTERNS, SERIES, TILES
from query_ui.charts.svg import SMALLEST
from query_ui.charts.tokens import resolved, tokens

GOLDEN = Path(__file__).parent / "fixtures" / "charts"
CHARTS = Path(__file__).resolve().parent.parent / "query_ui" / "charts"
STYLE = CHARTS.parent / "static" / "style.css"
KINDS = ("bar", "stacked", "heat", "line", "map")
CAPTION = "Source: WISE skills graph, release 2026-11-22. CC BY 4.0.\nhttps://w3id.org/wise-skills/"
SVG = "{http://www.w3.org/2000/svg}"
COUNTRIES = {"at": "Österreich", "be": "België", "gr": "Ελλάδα", "bg": "България"}


def small(kind: str) -> list[Mark]:
    """Marks of four countries in two series, or of three years."""
    if kind == "line":
        return [
            Mark(str(y), v, s, f"/x/{y}")
            for s, vs in {"jobs": (3, 5, 4), "firms": (1, None, 2)}.items()
            for y, v in zip((2019, 2020, 2022), vs, strict=True)
        ]
    names = [""] if kind in ("bar", "map") else ["social", "training"]
    return [
        Mark(label, 3.0 * n + 7 * k if n != 2 else None, name, f"/country/{place}", sign="…" if n == 2 else "", place=place)
        for n, (place, label) in enumerate(COUNTRIES.items())
        for k, name in enumerate(names)
    ]


def graphs() -> dict[str, Chart]:
    """A network, pairs and a tree."""
    social = Node("Social WISE", "/s", hue="social")
    return {
        "network": draw_network(
            Node("Maatwerkbedrijf", "/m"),
            before=[("follows", [Node("beschutte werkplaats", "/b")])],
            after=[("type", [social])],
            title="Neighbours",
        ),
        "pairs": draw_pairs([(Node("coach", "/c"), Node("listen", "/l")), (Node("coach", "/c"), Node("plan", "/p"))], title="Needs"),
        "tree": draw_tree([Node("skills", "/s", children=(Node("listen", "/l", note="rows: 3"), Node("plan")))], title="Skills"),
    }


def svgs(chart: Chart) -> list[ET.Element]:
    """The pictures for each size of page."""
    return list(fromstring(f"<page>{chart.svg}</page>"))


def links(chart: Chart) -> list[ET.Element]:
    return [e for root in svgs(chart) for e in root.iter(f"{SVG}a")]


# --- what they look like


@pytest.mark.parametrize("kind", [*KINDS, "network", "pairs", "tree"])
def test_pictures_are_as_committed(kind: str) -> None:
    """Elements, names, links, colours and places; where fonts decide on places (legends, axes), the numbers are left out."""
    chart = draw(kind, small(kind), title=f"A {kind}", description="What it shows.") if kind in KINDS else graphs()[kind]  # type: ignore[arg-type]
    text = "\n".join(str(chart.svg).replace("><", ">\n<").splitlines()) + "\n"
    text = re.sub(r' (?:width|height|viewBox)="[\d. -]+"', "", text)
    if kind in ("stacked", "line"):
        text = re.sub(r'(transform|d|x2|y2)="[^"]*"', r'\1=""', text)
    text = re.sub(r"(?<=translate\()[\d.]+,[\d.]+(?=\)\"\>\n<g>\n<g transform)", "", text)
    text = re.sub(r"\bc[0-9a-f]{7}(?=\d?[\"-])", "key", text)
    text = re.sub(r"(?<=\(#)c[0-9a-f]{7}", "key", text)
    path = GOLDEN / f"{kind}.svg.txt"
    if os.environ.get("WISE_REGENERATE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), "no picture is known yet: run the tests with WISE_REGENERATE=1"
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_each_mark_is_a_named_link(kind: str) -> None:
    marks = small(kind)
    chart = draw(kind, marks, title="Forms", unit="%", description="Most: Austria.")  # type: ignore[arg-type]
    for root in svgs(chart):
        found = {a.get("href") for a in root.iter(f"{SVG}a")}
        wide_enough = {m.href for m in marks if m.value} if kind != "line" else {m.href for m in marks if m.value is not None}
        assert found <= {m.href for m in marks}
        assert kind == "stacked" or wide_enough <= found
        for a in root.iter(f"{SVG}a"):
            name = a.get("aria-label")
            assert name
            assert next(iter(a)).text == name
        assert root.get("role") == "group"
        title, desc = root[0], root[1]
        assert (title.text, desc.text) == ("Forms", "Most: Austria.")
        assert (title.get("id"), desc.get("id")) == (root.get("aria-labelledby"), root.get("aria-describedby"))
    names = {a.get("aria-label") for a in links(chart)}
    assert any("6 %" in str(n) or "3 %" in str(n) for n in names)


def test_without_links_it_is_an_image() -> None:
    assert {r.get("role") for r in svgs(draw("bar", [Mark("a", 1)], title="x"))} == {"img"}


def test_links_have_room_for_a_finger() -> None:
    """Bars, cells and tiles are at least 24 pixels high and wide; narrow segments and crowded points are no links."""
    crowded = [Mark(str(2000 + n // 40), n % 40, f"s{n % 40 // 10}", f"/p/{n}") for n in range(160)]
    thin = [Mark("a", 1_000, "x", "/x"), Mark("a", 1, "y", "/y")]
    assert {a.get("href") for a in links(draw("stacked", thin, title="t"))} == {"/x"}
    assert len(links(draw("line", crowded, title="t"))) < 160
    for kind in ("bar", "heat", "map"):
        for a in links(draw(kind, small(kind), title="t")):  # type: ignore[arg-type]
            box = re.match(r"M[\d.-]+,[\d.-]+h([\d.-]+)v([\d.-]+)", next(e for e in a.iter(f"{SVG}path")).get("d", ""))
            assert box
            assert min(float(box[1]), float(box[2])) >= SMALLEST


@pytest.mark.parametrize("kind", [*KINDS, "network", "pairs", "tree"])
def test_no_text_is_too_small_and_phones_get_their_own(kind: str) -> None:
    chart = draw(kind, small(kind), title="t") if kind in KINDS else graphs()[kind]  # type: ignore[arg-type]
    for root in svgs(chart):
        sizes = {float(e.get("font-size", "").removesuffix("px")) for e in root.iter(f"{SVG}text")}
        assert min(sizes) >= 11
        if "slim" in root.get("class", ""):
            assert float(root.get("width", "")) <= 358  # 390 less the margins of the page
    if kind not in ("heat", "map"):
        assert [r.get("class") for r in svgs(chart)] == ["chart broad", "chart slim"]


def test_what_is_cut_is_the_smallest() -> None:
    marks = [Mark(f"m{n}", n) for n in range(MOST_LABELS + 43)]
    chart = draw("bar", marks, title="t")
    assert (chart.shown, chart.total, chart.cut) == (MOST_LABELS, MOST_LABELS + 43, True)
    names = "".join(str(t.text) for t in svgs(chart)[0].iter(f"{SVG}text"))
    assert f"m{MOST_LABELS + 42}" in names
    assert "m1 " not in names
    stacked = draw("stacked", [Mark("a", n, f"s{n}") for n in range(1, 30)], title="t")
    assert (stacked.shown_series, stacked.total_series) == (MOST_SERIES, 29)


# --- hostile and odd marks

hostile = st.one_of(
    st.sampled_from(
        [
            "",
            "</svg><script>alert(1)</script>",
            "javascript:alert(1)",
            "\x00\x1b",
            "\u202eabc",
            "]]>",
            "{{7*7}}",
            "datum.x",
            "…" * 400,
            "𝔘" * 90,
            "&amp;",
            "a\nb",
        ]
    ),
    st.text(max_size=40),
)
amounts = st.one_of(st.none(), st.integers(-5, 10**18), st.floats(allow_nan=True, allow_infinity=True))
marks_of = st.lists(
    st.builds(
        Mark,
        label=hostile,
        value=amounts,
        series=hostile,
        href=hostile,
        note=hostile,
        sign=hostile,
        place=st.sampled_from([*TILES, "", "xx"]),
    ),
    max_size=6,
)


def assert_harmless(chart: Chart, hrefs: Sequence[str]) -> None:
    text = str(chart.svg)
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    for root in svgs(chart):
        for element in root.iter():
            assert element.tag.startswith(SVG)
            assert element.tag.removeprefix(SVG) in {
                "svg",
                "g",
                "a",
                "path",
                "line",
                "text",
                "tspan",
                "rect",
                "title",
                "desc",
                "defs",
                "pattern",
            }
            for name, value in element.attrib.items():
                assert name not in ("style", "onload", "onclick", "class") or element is root
                assert name != "href" or value in hrefs
                assert "http" not in value or name in ("href", "aria-label")
                assert "url(" not in value or value in {f"url(#{i})" for i in ids} or name in ("aria-label", "href")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(marks=marks_of, title=hostile, unit=hostile)
def test_nothing_hostile_gets_through(kind: str, marks: list[Mark], title: str, unit: str) -> None:
    """Whatever labels, links and numbers are: XML without style, script or address that was not given."""
    chart = draw(kind, marks, title=title, unit=unit)  # type: ignore[arg-type]
    assert_harmless(chart, [m.href for m in marks])
    fromstring(chart.file("svg", title).decode())


nodes = st.builds(Node, label=hostile, href=hostile, note=hostile, hue=st.sampled_from(["", "social", "productive"]))


@settings(max_examples=25, deadline=None)
@given(
    centre=nodes,
    before=st.lists(st.tuples(hostile, st.lists(nodes, max_size=4)), max_size=4),
    after=st.lists(st.tuples(hostile, st.lists(nodes, max_size=4)), max_size=4),
)
def test_networks_and_trees_of_anything(centre: Node, before: list[tuple[str, list[Node]]], after: list[tuple[str, list[Node]]]) -> None:
    everything = [n for _, ns in (*before, *after) for n in ns]
    hrefs = [n.href for n in (centre, *everything)]
    assert_harmless(draw_network(centre, before=before, after=after, title="x"), hrefs)
    assert_harmless(draw_pairs([(centre, n) for n in everything], title="x"), hrefs)
    assert_harmless(draw_tree([Node("top", children=tuple(everything)), *everything], title="x"), hrefs)


@pytest.mark.parametrize("kind", KINDS)
def test_two_pictures_share_no_id(kind: str) -> None:
    pair = [draw(kind, small(kind), title=title) for title in ("one", "other")]  # type: ignore[arg-type]
    ids = [i for c in pair for i in re.findall(r'\bid="([^"]*)"', str(c.svg))]
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched() -> None:
    """The library is told to load nothing; what asks for data of others is refused at once."""
    spec = {"data": {"url": "https://example.org/data.json"}, "mark": "bar", "encoding": {}}
    with pytest.raises(ValueError, match=r"example\.org"):
        vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[])
    sources = " ".join(path.read_text(encoding="utf-8") for path in (CHARTS / "specs").glob("*.json"))
    assert re.findall(r'https?://[^"]+', sources) == [
        u for u in re.findall(r'https?://[^"]+', sources) if u.startswith("https://vega.github.io/schema/")
    ]


def sign(text: str) -> str:
    """A picture that is one text, past everything that cleans texts."""
    marks = [{"type": "text", "encode": {"update": {"text": {"value": text}}}}]
    return json.dumps({"$schema": "https://vega.github.io/schema/vega/v6.json", "width": 10, "height": 10, "marks": marks})


ENDLESS = json.dumps({"$schema": "x", "data": [{"name": "t", "transform": [{"type": "sequence", "start": 0, "stop": 1e10}]}]})


@pytest.mark.parametrize("deadly", [sign("\x03"), ENDLESS, "{"])
def test_what_ends_the_drawing_process_ends_no_page(deadly: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control character makes the library abort its process, and a loop never ends: the next picture is drawn all the same."""
    monkeypatch.setattr(drawer, "_DRAW", 2.0)
    own = drawer.Drawer()
    try:
        with pytest.raises(drawer.NotDrawn):
            own.draw("vega", deadly)
        assert b"fine" in own.draw("vega", sign("fine"))
    finally:
        own.close()


def test_a_picture_that_is_not_drawn_is_a_sentence(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    def fail(spec: str, kind: str) -> str:
        raise drawer.NotDrawn("no")

    monkeypatch.setattr(drawer, "svg", fail)
    with app.test_request_context("/"):
        chart = draw("bar", small("bar"), title="Forms")
        assert "could not be drawn" in chart.svg
        with pytest.raises(drawer.NotDrawn):
            chart.file("svg", CAPTION)


def test_a_network_says_what_it_leaves_out() -> None:
    many = [Node(f"n{i}", f"/n/{i}") for i in range(50)]
    chart = draw_network(Node("x"), before=[("a", many), ("b", many[:2])], title="t", most=14)
    assert (chart.shown, chart.total) == (14, 52)
    tree = draw_tree([Node("top", children=tuple(many))], title="t", most=20)
    assert (tree.shown, tree.total) == (20, 51)


# --- colours and tokens


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour.removeprefix("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_from_the_paper(scheme: str) -> None:
    """Areas and lines 3 to 1, texts on shades 4.5 to 1 (WCAG 2.2, 1.4.11 and 1.4.3)."""
    known = tokens(scheme)
    for token in [*(s["colour"] for s in SERIES), *PATTERNS, "var(--accent)"]:
        colour = known[token.removeprefix("var(--").removesuffix(")")]
        assert contrast(colour, known["paper"]) >= 3, token
        assert contrast(colour, known["sheet"]) >= 3, token
    for number in range(1, 6):
        assert contrast(known[f"shade-{number}"], known["paper" if number >= 4 else "ink"]) >= 4.5, number
    assert contrast(known["hair"], known["quiet"]) >= 4.5
    assert contrast(known["paper"], known["quiet"]) >= 4.5


def test_no_series_is_told_by_colour_alone() -> None:
    patterns = [s["pattern"] for s in SERIES]
    assert len(set(patterns)) == len(SERIES) >= MOST_SERIES
    assert len({s["shape"] for s in SERIES}) == len(SERIES)
    assert len({tuple(s["dash"]) for s in SERIES}) == len(SERIES)
    assert len({PATTERNS[f"var(--{hue})"] for hue in ("productive", "social", "training")}) == 3


def test_every_token_is_in_the_style_sheet() -> None:
    """What a specification uses has a colour in both schemes, and files hold no token."""
    used = {
        t
        for path in CHARTS.rglob("*")
        if path.suffix in (".json", ".py")
        for t in re.findall(r"var\(--([a-z][\w-]*)\)", path.read_text(encoding="utf-8"))
    }
    assert len(used) > 10
    assert used - {"token"} <= set(tokens("light"))
    assert set(tokens("dark")) == set(tokens("light"))
    assert tokens("light")["paper"] != tokens("dark")["paper"]
    assert resolved('<a fill="var(--ink)"/>') == f'<a fill="{tokens()["ink"]}"/>'


def test_the_map_is_laid_out_as_on_the_start_page() -> None:
    areas = re.findall(r"\.tile-(\w\w) \{ grid-area: (\d) / (\d); \}", STYLE.read_text(encoding="utf-8"))
    assert {place: (int(row), int(column)) for place, row, column in areas} == TILES
    assert len(TILES) == 13


def test_shades_rise_with_the_values() -> None:
    assert [shade(v, 10) for v in (None, 0, 0.1, 2, 2.1, 10)] == [0, 0, 1, 1, 2, 5]
    assert shade(1e300, 1e300) == 5


# --- texts


@pytest.mark.parametrize(
    "text", ["Χώρα των επιχειρήσεων", "Предприятия за трудова интеграция", "Donaudampfschifffahrtsgesellschaft" * 5, "", "a b"]
)
def test_texts_are_wrapped_into_their_room(text: str) -> None:
    for most in (1, 2, 5):
        lines = wrapped(text, 120, most=most)
        assert 1 <= len(lines) <= most
        assert all(width(line) <= 120 for line in lines)


def test_addresses_are_broken_and_control_characters_go() -> None:
    address = "https://example.org/" + "a" * 100
    assert "".join(wrapped(address, 200, most=20)) == address
    assert clean("a\x00b\u202ec") == "a bc"


# --- files


@pytest.mark.parametrize("kind", [*KINDS, "tree"])
def test_files_stand_alone(kind: str) -> None:
    chart = draw(kind, small(kind), title="Forms") if kind in KINDS else graphs()[kind]  # type: ignore[arg-type]
    text = chart.file("svg", CAPTION, title="Which forms exist?", sentence="Most: Austria.").decode()
    root = fromstring(text)
    said = " ".join(t.text or "" for t in root.iter(f"{SVG}text"))
    for part in ("Which forms exist?", chart.title, "Most: Austria.", "release 2026-11-22", "https://w3id.org/wise-skills/"):
        assert part in said
    assert "var(" not in text
    assert "href" not in text
    assert tokens()["paper"] in text
    png = chart.file("png", CAPTION)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(png[16:20]) >= 2 * 560


def test_files_need_no_request(app: Flask) -> None:
    """The same picture within a request in another language has that language's numbers."""
    marks = [Mark("a", 1234.5), Mark("b", 1)]
    with app.test_request_context("/?ui=de"):
        assert "1.234,5" in str(draw("bar", marks, title="x").svg)
    assert "1,234.5" in str(draw("bar", marks, title="x").svg)
    axis = [Mark("2000", 12_000, "s"), Mark("2001", 0, "s")]
    with app.test_request_context("/?ui=de"):
        assert "12.000" in str(draw("line", axis, title="x").svg)


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application without data, for the language of a request."""
    from flask_babel import Babel

    from query_ui.asked import interface

    found = Flask(__name__)
    Babel(found, locale_selector=interface)
    return found


def test_widths_fit_the_page() -> None:
    assert WIDTHS["slim"] <= 340
    assert WIDTHS["broad"] <= 720
