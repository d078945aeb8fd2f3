"""A country is added without code: a block in the list of places, and a folder or workbook."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORTUGAL = """
<http://publications.europa.eu/resource/authority/country/PRT> a skos:Concept ;
  skos:notation "PT" ;
  skos:prefLabel "Portugal"@en ;
  wise:alpha3 "PRT" ;
  wise:folder "pt" ;
  dct:language <http://publications.europa.eu/resource/authority/language/POR> ;
  skos:inScheme <places> .
"""


def test_a_new_country_gets_its_workbook_and_is_checked(tmp_path: Path):
    copy = tmp_path / "project"
    for name in ("wise_skills", "loaders", "query_ui", "ontology", "shapes"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "data" / "eu").parent.mkdir()
    shutil.copytree(ROOT / "data" / "eu", copy / "data" / "eu")
    places = copy / "ontology" / "schemes" / "places.ttl"
    places.write_text(places.read_text(encoding="utf-8") + PORTUGAL, encoding="utf-8")

    def wise(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "wise_skills.cli", *args]
        return subprocess.run(command, cwd=copy, env={"PYTHONPATH": str(copy)}, text=True, capture_output=True)

    made = wise("template", "--country", "pt", "-o", "pt.xlsx")
    assert made.returncode == 0, made.stderr
    checked = wise("check", "pt.xlsx")
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr + checked.stdout
