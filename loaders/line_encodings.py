"""From the bytes of a file that somebody sent to its text, whatever its encoding; what is no text is refused."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from charset_normalizer import from_bytes

from loaders.eures.known import languages
from wise_skills.errors import WrongKind
from wise_skills.speech import told

_NO_TEXT = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", b"\x1f\x8b", b"{\\rtf", b"\x7fELF", b"MZ\x90")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def text_of_bytes(data: bytes, shown: str, language: str, note: Callable[[str], None]) -> str:
    """Return the text of a file: Unicode, else in the code page of its language, else in what fits best.

    Parameters
    ----------
    data, shown, language:
        The file's content and name, and the language of its texts if somebody said it.
    note:
        Called with a sentence where the file is not in Unicode.

    Raises
    ------
    WrongKind
        When it is no text.
    """
    if data.startswith(_NO_TEXT):
        raise wrong_kind(shown)
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "")
    high, low = data[:4000:2].count(0), data[1:4000:2].count(0)
    if not encoding and (high + low) * 3 > len(data[:4000]) > 1:
        encoding = "utf-16-be" if high > low else "utf-16-le"
    if not encoding:
        try:
            return _checked(data.decode("utf-8"), shown)
        except UnicodeDecodeError:
            page = languages()[language].page if language in languages() else ""
            best = None if page else from_bytes(data).best()
            encoding = page or (best.encoding if best else "cp1252")
            note(told("{file} is not in Unicode and was read as {encoding}; look at its letters.", file=shown, encoding=encoding))
    return _checked(data.decode(encoding, "replace"), shown)


def wrong_kind(shown: str) -> WrongKind:
    """Return what is said of a file that is neither a text nor a table."""
    return WrongKind(shown, told("neither a text nor a table"), [told("a text, CSV or XLSX file")])


def _checked(text: str, shown: str) -> str:
    """The text without null characters; refused where it is none."""
    text = text.removeprefix("\ufeff")
    control = sum(sign < " " and sign not in "\t\n\r\f\v" for sign in text[:4000])
    if control * 20 > len(text[:4000]):
        raise wrong_kind(shown)
    return text.replace("\x00", "")
