"""Workbooks of the page: every one says where its rows come from, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response, request
from flask_babel import gettext as _

from query_ui.filters import edition
from query_ui.links import LICENCE, absolute
from wise_skills.publishing import citation
from wise_skills.spreadsheets import MEDIA_TYPE, Link, Value
from wise_skills.spreadsheets import workbook as write

__all__ = ["Link", "Value", "download", "origin", "workbook"]


def origin(path: str = "") -> list[tuple[str, Value]]:
    """Return what every download says of itself: address, citation, data version, licence.

    `path` is the address of the page that shows the same, by default that of the request.
    """
    served = edition()
    address = absolute(path or request.full_path.rstrip("?"))
    version = served.release.id if served.release else str(served.engine.version)
    return [
        (_("Address"), Link(address, address)),
        (_("Citation"), citation(served.release) if served.release else f"WISE skills graph. {address}"),
        (_("Data version"), version),
        (_("Licence"), Link("CC BY 4.0", LICENCE)),
    ]


def workbook(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Value]],
    about: Sequence[tuple[str, Value]] = (),
    *,
    path: str = "",
    more: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Value]]]] = (),
) -> bytes:
    """Return a workbook with the rows on its first sheet, and on its last one `about` and where all of it comes from.

    Parameters
    ----------
    title, heads, rows:
        What it is, the heads of its columns and the rows: texts, numbers, dates, truth values, `Link`s.
    about:
        What the last sheet says before address, citation, data version and licence.
    path:
        The address of the page that shows the same, by default that of the request.
    more:
        Sheets between the two: name, heads, rows.
    """
    return write(title, heads, rows, [(_("Title"), title), *about, *origin(path)], sheets=(_("Answer"), _("About")), more=more)


def download(content: bytes, name: str) -> Response:
    """Return a workbook as a download of this name (without ending)."""
    response = Response(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
