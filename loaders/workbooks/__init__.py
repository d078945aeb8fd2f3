"""Workbooks (.xlsx) that contributors fill in: made from the shapes, read like CSV files, given back with marks.

`opening` refuses what is hostile, `cells` and `sheets` make texts of cells and records of sheets, `headings` finds out
which table a sheet is and which column stands where; `template` writes a workbook, `annotation` the marked copy.
"""

from loaders.workbooks.opening import can_be_opened
from loaders.workbooks.reading import about, read_workbook

__all__ = ["about", "can_be_opened", "read_workbook"]
