"""A result as a page shows it: the views to choose from, the picture, and the table with its order, filter and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from query_ui.asking.answers import Shown
from query_ui.results.result_pictures import Picture, picture
from query_ui.results.result_views import COUNT, HOWS, KEYS, Roles, View, address, choices, chosen, only, possible, roles
from query_ui.results.sheets import BACKING, YEAR, Head, Sheet
from query_ui.words import number

PAGE = 50
"""Rows of a table on one page."""
Pairs = Sequence[tuple[str, str]]


def _(text: str, **parts: object) -> str:
    # Flask-Babel has no types.
    return str(gettext(text, **parts))


@dataclass(frozen=True)
class Select:
    """A field in which a column of the picture is chosen: value, text, and whether it is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Narrowing:
    """A value to which the rows are narrowed, and the address without it."""

    label: str
    text: str
    path: str


@dataclass(frozen=True)
class Title:
    """The head of a column: where a click sorts by it, and how it is sorted (`ascending`, `descending` or empty)."""

    head: Head
    path: str
    order: str


@dataclass
class Presentation:
    """What `_result.html` shows; paths keep what was asked."""

    view: View
    kinds: list[tuple[str, str, str]]
    selects: list[Select]
    picture: Picture | None
    pictures: str
    """What follows the ending of the address of the picture as a file."""
    titles: list[Title]
    backing: list[int]
    plain: list[int]
    empty: list[str]
    rows: list[list[Shown]]
    first: int
    kept: int
    total: int
    page: int
    pages: int
    base: str
    narrowed: list[Narrowing]
    filter: str
    hidden: list[tuple[str, str]]
    filter_hidden: list[tuple[str, str]]
    action: str
    notices: list[str] = field(default_factory=list)
    all_rows: str = ""


def kind_names() -> dict[str, str]:
    """Return what the kinds of views are called."""
    return {
        "table": _("Table"), "bar": _("Bars"), "stacked": _("Stacked bars"), "heat": _("Heat map"), "line": _("Line over years"),
        "map": _("Map"), "network": _("Network"), "tree": _("Tree"),
    }  # fmt: skip


def asked_of(args: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return what an address asks, without how the result is shown and in which languages."""
    return [(k, v) for k, v in args.items(multi=True) if k not in (*KEYS, "ui", "lang")]


def present(sheet: Sheet, path: str, asked: Pairs, args: MultiDict[str, str], wanted: Mapping[str, str] | None = None) -> Presentation:
    """Return a result as it is shown.

    Parameters
    ----------
    sheet:
        The result.
    path, asked:
        Its address: path, and the parameters that say what was asked; an empty path where it has no address.
    args:
        The parameters of the request.
    wanted:
        The view that the question wishes (`Question.view`).
    """
    found = roles(sheet)
    view = chosen(found, args, wanted or {})
    typed, narrowed = args.get("filter", "").strip()[:200], only(args, sheet)
    kept = sheet.kept(typed=typed, only=narrowed)
    name, falling = args.get("sort", "").removeprefix("-"), args.get("sort", "").startswith("-")
    head = sheet.head(name)
    ordered = sheet.ordered(kept, name, falling=falling) if head else kept
    shown = [("sort", args["sort"])] if head else []
    shown += [("filter", typed)] if typed else []
    shown += [("only", f"{k}:{v}") for k, v in narrowed.items()]
    pages = max(1, -(-len(ordered) // PAGE))
    at = min(_page(args), pages)
    rows = [sheet.rows[n] for n in ordered[(at - 1) * PAGE : at * PAGE]]
    # The view stands in links only if it was chosen: a plain address stays plain.
    own = view.query() if args.get("view") else []

    def link(values: Mapping[str, str]) -> str:
        pairs = [
            ("view", "table"),
            *(("only", f"{k}:{v}") for k, v in {**narrowed, **values}.items()),
            *([("filter", typed)] if typed else []),
        ]
        return address(path, asked, pairs, "rows") if path else ""

    backing = [n for n, h in enumerate(sheet.heads) if h.kind in BACKING]
    plain = [n for n in range(len(sheet.heads)) if n not in backing]
    filled = [n for n in plain if any(row.get(sheet.heads[n].name) is not None for row in sheet.rows)]
    drawn = picture(sheet, view, kept, link)
    return Presentation(
        view=view,
        kinds=[(k, kind_names()[k], address(path, asked, [("view", k), *shown], "view")) for k in possible(found)],
        selects=_selects(view, found, sheet),
        picture=drawn,
        pictures=address("", asked, [*view.query(), *(p for p in shown if p[0] != "sort")]),
        titles=[_title(h, path, asked, [*own, *(p for p in shown if p[0] != "sort")], name, falling=falling) for h in sheet.heads],
        backing=backing,
        plain=filled,
        empty=[sheet.heads[n].label for n in plain if n not in filled],
        rows=sheet.cells(rows),
        first=(at - 1) * PAGE + 1,
        kept=len(ordered),
        total=len(sheet.rows),
        page=at,
        pages=pages,
        base=address(path, asked, [*own, *shown, ("page", "")]),
        narrowed=_narrowings(sheet, narrowed, typed, path, asked, own),
        filter=typed,
        hidden=[*asked, ("view", view.kind), *shown],
        filter_hidden=[*asked, *own, *(p for p in shown if p[0] != "filter")],
        action=path,
        notices=_notices(view, args, found, sheet, drawn),
        all_rows=address(path, asked, own, "rows"),
    )


def _page(args: MultiDict[str, str]) -> int:
    text = args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and int(text[:6]) > 0 and len(text) < 6 else 1


def _title(head: Head, path: str, asked: Pairs, shown: Pairs, name: str, *, falling: bool) -> Title:
    order = ("descending" if falling else "ascending") if head.name == name else ""
    # Numbers begin with the largest: that is what one sorts them for.
    down = order == "ascending" or (not order and head.kind == "number")
    return Title(head, address(path, asked, [*shown, ("sort", f"{'-' if down else ''}{head.name}")], "rows"), order)


def _selects(view: View, found: Roles, sheet: Sheet) -> list[Select]:
    labels = {
        "x": _("By"), "y": _("What is counted"), "series": _("And by"), "how": _("Several numbers"),
    }  # fmt: skip
    fields = []
    for key, names in choices(view.kind, found).items():
        options = tuple((n, _option(n, key, sheet), n == getattr(view, key)) for n in names)
        if len(options) > 1:
            fields.append(Select(key, labels[key], options))
    if view.y in found.numbers:
        texts = {"mean": _("their mean"), "sum": _("their sum"), "max": _("the largest"), "min": _("the smallest")}
        fields.append(Select("how", labels["how"], tuple((how, texts[how], how == view.how) for how in HOWS)))
    return fields


def _option(name: str, key: str, sheet: Sheet) -> str:
    if name == COUNT:
        return _("rows") if key == "y" else _("nothing else")
    head = sheet.head(name)
    label = head.label if head else name
    if key == "y" and head and head.kind != "number":
        return _("different values: %(column)s", column=label)
    return label


def _narrowings(sheet: Sheet, narrowed: Mapping[str, str], typed: str, path: str, asked: Pairs, own: Pairs) -> list[Narrowing]:
    found = []
    for name, key in narrowed.items():
        head = sheet.head(name)
        text = (
            key.removesuffix(YEAR)
            if key.endswith(YEAR)
            else next((v.text for values in sheet.values(name) for v in values if v.key == key), key) or _("not given")
        )
        rest = [*own, *(("only", f"{k}:{v}") for k, v in narrowed.items() if k != name), *([("filter", typed)] if typed else [])]
        found.append(Narrowing(head.label if head else name, text, address(path, asked, rest, "rows")))
    return found


def _notices(view: View, args: MultiDict[str, str], found: Roles, sheet: Sheet, drawn: Picture | None) -> list[str]:
    """Return what of the address could not be followed, and what the picture cannot say."""
    notices = []
    kind, names = args.get("view", ""), kind_names()
    if kind and kind not in names:
        notices.append(_("There is no view of the name in the address. Choose one of those above the answer."))
    elif kind and kind not in possible(found):
        notices.append(_("This answer cannot be shown in this way: %(view)s. Its columns do not hold what is needed.", view=names[kind]))
    wrong = [k for k in ("x", "y", "series") if args.get(k) and kind == view.kind and args[k] != getattr(view, k)]
    if wrong:
        notices.append(_("The columns in the address do not fit this view; others were taken."))
    if args.get("sort") and not sheet.head(args["sort"].removeprefix("-")):
        notices.append(_("The column by which the address sorts is not in this answer."))
    if drawn is not None and any(m.note for m in drawn.figures) and view.y in found.numbers:
        notices.append(
            _(
                "Where several rows share a mark, the picture shows what is chosen under “%(field)s”. "
                "They may be of different years, units or sources: the table tells.",
                field=_("Several numbers"),
            )
        )
    if drawn is not None and view.kind == "stacked" and view.y and view.y not in found.numbers:
        notices.append(_("What belongs to several parts of a bar is counted in each of them."))
    if drawn is not None and drawn.without:
        notices.append(_("Without a number, and not drawn: %(num)s.", num=number(drawn.without)))
    if view.kind != "table" and drawn is None and found.total:
        notices.append(_("There is nothing to draw for the rows that are left."))
    return notices
