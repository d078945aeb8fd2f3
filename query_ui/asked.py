"""What stands in the address of a request and means the same on every page."""

from __future__ import annotations

from flask import request

LANGUAGES = ("en", "bg", "de", "el", "es", "fr", "hr", "it", "lv", "nl", "pl", "ro", "sl")
"""Languages in which things may be named: English and the twelve of the countries."""


def language() -> str:
    """Return the language of names that is asked for, English where it is none of ours."""
    wanted = request.args.get("lang", "en")
    return wanted if wanted in LANGUAGES else "en"


def page_number() -> int:
    """Return the number of the page of a long list, 1 where it is none."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10_000 else 1
