"""Why a workbook is not opened."""

from __future__ import annotations


class Unopened(Exception):
    """A file that is not opened: `component` names the sentence that says why, `facts` fill it."""

    def __init__(self, component: str, **facts: str) -> None:
        super().__init__(component)
        self.component, self.facts = component, facts
