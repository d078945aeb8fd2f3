"""The matrix of modules and needed skills as a picture."""

from __future__ import annotations

from flask_babel import gettext as _

from query_ui.charts import Chart, Mark, draw
from query_ui.curriculum.shown import PROBABLY, Page
from query_ui.words import ABSENCES
from wise_skills.curricula import Module

MOST_MODULES = 12
"""So many modules are drawn: those that cover most."""


def drawn(page: Page) -> list[Module]:
    """Return the modules that are drawn, in their order."""
    lines = sorted(page.report.lines, key=lambda line: (-len(line.covered), -len(line.probable)))[:MOST_MODULES]
    kept = {line.module.key for line in lines}
    return [module for module in page.report.modules if module.key in kept]


def marks(page: Page) -> list[Mark]:
    """Return the cells: how many needs of a skill a module covers."""
    coverage, found = page.report.coverage, list[Mark]()
    for skill in page.rows:
        for module in drawn(page):
            cell, link = page.cell(module, skill), coverage.link(module.key, skill)
            covers = link is not None and link.grade != "proposed"
            sign = PROBABLY if link is not None and not covers else "" if module.outcomes else ABSENCES["not-reported"][0]
            found.append(
                Mark(
                    label=page.naming(skill),
                    value=float(len(coverage.by_skill[skill])) if covers else None if sign else 0.0,
                    series=f"{page.number(module)} {page.title(module)}",
                    href=cell.href,
                    note=cell.word,
                    sign=sign,
                )
            )
    return found


def picture(page: Page) -> Chart | None:
    """Return the picture; None where no skill is covered."""
    found = marks(page)
    if not found:
        return None
    return draw("heat", found, title=_("Needs that each module covers, by skill"), description=page.sentence)
