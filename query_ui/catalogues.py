"""The texts of the page in 13 languages: gettext catalogues, read from the `.po` files that translators write.

There is no build step: a catalogue is compiled in memory when its language is first asked for, so that what a
translator saved is what a restarted page says. English is what stands in the code.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Babel, Domain

from query_ui.asked import interface

FOLDER = Path(__file__).parent / "translations"


@cache
def catalogue(language: str, domain: str = "messages") -> NullTranslations:
    """Return the texts of a language; `messages` are those of pages and errors, `questions` those of the catalogue.

    What has no translation is returned as it was asked for.
    """
    path = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, domain=domain))
    compiled.seek(0)
    return Translations(compiled, domain=domain)


class PoDomain(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """What Flask-Babel asks for texts."""

    def get_translations(self) -> NullTranslations:
        """Return the texts in the language of this request."""
        return catalogue(interface())


class PoBabel(Babel):  # type: ignore[misc]
    """Flask-Babel with our way to find texts."""

    @property
    def domain_instance(self) -> Domain:
        """What is asked for texts."""
        return PoDomain()
