"""The language that is spoken now, and what is said in it.

A check or a page is made in one language from beginning to end: which one is a matter of who asks, not of what is told, so
it is set once around the whole (`with speaking("nl"):`) instead of being handed from function to function. This module
loads nothing, because every error speaks through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_SPOKEN: ContextVar[str] = ContextVar("spoken", default="en")
_SAY: ContextVar[Callable[[str], str]] = ContextVar("say", default=str)


@contextmanager
def speaking(language: str, say: Callable[[str], str] | None = None) -> Iterator[None]:
    """Use a language for all sentences and names that are made inside; `say` gives the text for an English one (gettext)."""
    spoken_before = _SPOKEN.set(language)
    said_before = _SAY.set(say or _SAY.get())
    try:
        yield
    finally:
        _SAY.reset(said_before)
        _SPOKEN.reset(spoken_before)


def told(text: str, **values: object) -> str:
    """Return an English text of ours in the language that is spoken now, with its values: `told("{n} rows", n=3)`."""
    return _SAY.get()(text).format(**values)


def spoken() -> str:
    """Return the language that is spoken now; English unless somebody said otherwise."""
    return _SPOKEN.get()


def said(texts: Mapping[str, str], otherwise: str = "") -> str:
    """Return a text in the language that is spoken now, else in English, else `otherwise`."""
    return texts.get(_SPOKEN.get()) or texts.get("en") or otherwise
