"""What curricula cover of the needs that sources name, what they leave, and where the skills can be certified.

`model` holds the records; `coverage`, `gaps`, `narrowing` and `report` compute on them and know no graph and no file;
`reading` reads them from a graph, `designed` from the rows of a designer's table, `proposals` asks the matcher.
"""

from wise_skills.curricula.coverage import Coverage, Link, links_of
from wise_skills.curricula.gaps import Smallest, smallest
from wise_skills.curricula.model import Certificate, Hierarchy, Module, Need, Outcome, SkillMatch, Target
from wise_skills.curricula.narrowing import DIMENSIONS, Filters
from wise_skills.curricula.report import Report

__all__ = [
    "DIMENSIONS",
    "Certificate",
    "Coverage",
    "Filters",
    "Hierarchy",
    "Link",
    "Module",
    "Need",
    "Outcome",
    "Report",
    "SkillMatch",
    "Smallest",
    "Target",
    "links_of",
    "smallest",
]
