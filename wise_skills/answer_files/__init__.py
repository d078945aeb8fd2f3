"""The answer of a question as a file: CSV, JSON, a workbook, Turtle. The page and `wise ask` write the same.

`about` says where an answer comes from, `cells` which columns a file has and what stands in them; there is one module
for each format.
"""

from wise_skills.answer_files.about import About, Names, Words
from wise_skills.answer_files.csv_file import to_csv
from wise_skills.answer_files.json_file import to_json
from wise_skills.answer_files.turtle_file import to_turtle
from wise_skills.answer_files.xlsx_file import to_xlsx

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ttl": "text/turtle; charset=utf-8",
}
"""The endings of files of an answer, with their media types."""

__all__ = ["MEDIA_TYPES", "About", "Names", "Words", "to_csv", "to_json", "to_turtle", "to_xlsx"]
