"""In which language lines are read where nobody said it, and whether the concepts have names in that language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import gettext

from query_ui.aligning.asked import Asked, Line, schemes
from query_ui.asked import interface
from query_ui.edition import Edition
from wise_skills.alignment.detection import language_of
from wise_skills.languages import LANGUAGES


def spoken(served: Edition, asked: Asked, lines: Sequence[Line]) -> tuple[Asked, str, list[str]]:
    """Return what is asked, with the language of the lines where it could be told, a sentence about that, and one for each lack."""
    silent = [line.text for line in lines if not line.language]
    read_as, remarks = "", []
    if silent and not asked.language and (guess := language_of(silent, interface())):
        asked = replace(asked, language=guess)
        sentence = gettext("The lines were read as %(language)s. If they are not, go back and choose their language.")
        read_as = str(sentence) % {"language": _named(guess)}
    names = schemes(served)
    for language in sorted({line.language or asked.language for line in lines}):
        for scheme, other in served.matcher().unnamed(language, kind=asked.kind, schemes=[asked.scheme] if asked.scheme else None).items():
            sentence = gettext(
                "In this release %(scheme)s has no names in %(language)s for what was asked. The lines were compared with names in "
                "%(other)s, which finds few of them: translate them, or use a release with %(scheme)s in their language."
            )
            remarks.append(str(sentence) % {"scheme": names.get(scheme, scheme), "language": _named(language), "other": _named(other)})
    return asked, read_as, remarks


def _named(language: str) -> str:
    return LANGUAGES.get(language, language)
