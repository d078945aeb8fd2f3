"""The sentences on top of a comparison."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from query_ui.comparisons.comparison import Comparison
from query_ui.comparisons.matrix import FEW
from query_ui.words import and_list, number

_NAMED = 4
"""So many units are named in the sentence; of more, their number is said."""


def sentence(comparison: Comparison) -> str:
    """Return what the matrix shows in one sentence."""
    rows, summary = comparison.matrix.rows, comparison.summary
    units = and_list([comparison.unit(c.unit).text for c in comparison.columns]) if len(comparison.columns) <= _NAMED else ""
    if not rows:
        return str(_("Nothing is known of any of them."))
    if len(comparison.columns) == 1:
        return str(ngettext("%(num)s row is found in %(units)s.", "%(num)s rows are found in %(units)s.", len(rows), units=units))
    # Numbers stand behind what they count, so that no language needs a plural.
    values = {"shared": number(len(summary.shared)), "total": number(len(rows)), "single": number(len(summary.single))}
    if units:
        return str(_("Shared by all of %(units)s: %(shared)s of %(total)s rows. Found in one only: %(single)s.", units=units, **values))
    count = number(len(comparison.columns))
    return str(_("Shared by all %(count)s: %(shared)s of %(total)s rows. Found in one only: %(single)s.", count=count, **values))


def remarks(comparison: Comparison) -> list[str]:
    """Return what else is worth a sentence: what is most alike, small samples, what has ended."""
    found = []
    closest = comparison.summary.closest
    if closest and len(comparison.columns) > 2:
        first, second = (comparison.unit(comparison.columns[n].unit).text for n in (closest.first, closest.second))
        found.append(
            _(
                "Most alike are %(first)s and %(second)s: %(both)s of the %(either)s rows found in either are found in both.",
                first=first,
                second=second,
                both=number(closest.both),
                either=number(closest.either),
            )
        )
    few = [comparison.unit(c.unit).text for c in comparison.columns if c.few]
    if few:
        found.append(_("Fewer than %(few)s are known for %(units)s: shares of so few say little.", few=number(FEW), units=and_list(few)))
    empty = [comparison.unit(c.unit).text for c in comparison.columns if not c.known]
    if empty and comparison.matrix.rows:
        found.append(_("Nothing is known for %(units)s.", units=and_list(empty)))
    ended = sum(c.ended for c in comparison.columns)
    if ended:
        found.append(_("Left out because it had ended when the data were released: %(count)s.", count=number(ended)))
    return found
