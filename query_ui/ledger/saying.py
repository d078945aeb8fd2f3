"""What the ledger says in short: a sentence, and a picture of the shares."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from query_ui.charts import Chart, Mark, draw
from query_ui.ledger import words
from query_ui.ledger.table import COLUMNS, Line
from query_ui.words import number
from wise_skills.mappings.ledger import ALIGNED, OPEN


def sentence(whole: Line) -> str:
    """Say the main thing about all that is counted."""
    if not whole.whole:
        return str(_("Nothing is known that could be aligned."))
    return str(
        _(
            "Of %(all)s things %(aligned)s are aligned to ESCO (%(share)s %%), and %(open)s are open.",
            all=number(whole.whole),
            aligned=number(whole.numbers[ALIGNED]),
            share=number(round(100 * whole.share(ALIGNED), 1)),
            open=number(whole.numbers[OPEN]),
        )
    )


def picture(lines: Sequence[Line]) -> Chart:
    """Return the picture of the shares of each row."""
    marks = []
    for line in lines:
        below = 0.0
        for column in COLUMNS:
            # The sums are rounded and not the parts, so that all parts make 100.
            above = below + line.share(column)
            part = round(round(100 * above, 1) - round(100 * below, 1), 1)
            below = above
            note = _("%(n)s of %(m)s", n=number(line.numbers[column]), m=number(line.whole))
            marks.append(Mark(line.name, part, str(words.STATES[column][0]), line.address(column), note))
    return draw("stacked", marks, title=_("Alignment to ESCO by country"), unit="%", description=_("Shares of all that could be aligned."))
