"""The names of tables and columns in the language of the page."""

from __future__ import annotations

from flask_babel import gettext as _

from query_ui.asked import interface
from query_ui.edition import Edition


def said(texts: dict[str, str], otherwise: str = "") -> str:
    """Return the text in the language of the page, else in English, else what is given."""
    return texts.get(interface()) or texts.get("en") or otherwise


def table_title(edition: Edition, name: str) -> str:
    """Return the title of a table by its name; the name of a file of mappings says what it maps."""
    sheet = edition.schema.by_name.get(name)
    if sheet is not None:
        return said(sheet.title, name)
    first, hyphen, second = name.partition("-")
    text = _("Mappings: %(first)s to %(second)s", first=first, second=second) if hyphen else _("Mappings: %(name)s", name=name)
    return str(text)
