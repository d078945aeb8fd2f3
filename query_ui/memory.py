"""What is read once for an edition and kept as long as it lives: an edition never changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from query_ui.edition import Edition

_T = TypeVar("_T")


def remembered(edition: Edition, key: Hashable, make: Callable[[], _T]) -> _T:
    """Return what was made under a key before, else make and keep it. What is kept must not depend on the request."""
    known: dict[Hashable, _T] = edition.memory.setdefault("remembered", {})
    if key not in known:
        known[key] = make()
    return known[key]
