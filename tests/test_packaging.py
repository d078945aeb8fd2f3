"""The wheel: made from the source archive, complete, and at work in another folder without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from wise_skills import __version__
from wise_skills.names import FOLDERS, resource
from wise_skills.release import Release, open_release

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="this is no checkout: there is nothing to package")


def run(*command: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command as a stranger would: no path of ours, no network index."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")} | {"PIP_NO_INDEX": "1"}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr, "colours and progress bars are for terminals"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive as `python -m build` does it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    assert [p.name for p in out.glob("*.tar.gz")] == [f"wise_skills-{__version__}.tar.gz"]
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def wise(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `wise` of an environment of its own: the wheel is installed there, its dependencies are lent by this one."""
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home.parent)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=home.parent)
    (place,) = home.glob("lib/python*/site-packages")
    # A plain path: files of that folder which would lead to the checkout (editable installs) are not followed.
    (place / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    code = "import wise_skills, loaders, query_ui; print(*(m.__file__ for m in (wise_skills, loaders, query_ui)), sep='\\n')"
    for line in run(python, "-c", code, cwd=home.parent).stdout.splitlines():
        assert Path(line).is_relative_to(home)
    return home / "bin" / "wise"


def test_wheel_is_complete(wheel: Path):
    """Code, ontology, shapes, data, questions, templates and static files; nothing of tests or tools."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "shapes", "data"):
        inside = {str(p.relative_to(ROOT)) for p in (ROOT / folder).rglob("*") if p.is_file() and not p.name.startswith(".")}
        assert {f"wise_skills/{n}" for n in inside} <= names
    for pattern in ("questions/*.rq", "templates/**/*.html", "static/*.css"):
        inside = {str(p.relative_to(ROOT)) for p in (ROOT / "query_ui").glob(pattern)}
        assert inside
        assert inside <= names
    # What `make` brought from npm goes along where it is, with its licences.
    assert {str(p.relative_to(ROOT)) for p in (ROOT / "query_ui" / "static" / "vendor").glob("*")} <= names
    for package in ("loaders", "wise_skills", "query_ui"):
        assert {str(p.relative_to(ROOT)) for p in (ROOT / package).rglob("*.py")} <= names
    licences = {n.rsplit("/", 1)[-1] for n in names if "/licenses/" in n}
    assert licences == {"LICENSE", "LICENSE-DATA"}
    tops = {n.split("/")[0] for n in names}
    assert tops == {"loaders", "wise_skills", "query_ui", f"wise_skills-{__version__}.dist-info"}
    assert not [n for n in names if n.endswith((".pyc", ".sqlite")) or "__pycache__" in n]


def test_wheel_is_not_for_upload(wheel: Path):
    """The classifier makes every package index refuse it."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"wise_skills-{__version__}.dist-info/METADATA").decode()
    assert "Classifier: Private :: Do Not Upload" in text
    assert f"Version: {__version__}" in text


def test_version_and_help(wise: Path, tmp_path: Path):
    assert run(wise, "--version", cwd=tmp_path).stdout.strip() == f"wise, version {__version__}"
    assert "build" in run(wise, "--help", cwd=tmp_path).stdout


def test_works_elsewhere(wise: Path, tmp_path: Path, release: Release):
    """Builds the release that the checkout builds, answers from it, and checks a table."""
    # With the checkout's cache: that it fits shows that code and data of the wheel are the same, byte for byte.
    shutil.copytree(release.path.parent.parent / "cache", tmp_path / "made" / "cache")
    built = run(wise, "build", "--out", "made", cwd=tmp_path)
    made = open_release(tmp_path / "made" / "current")
    assert Path(built.stdout.strip()) == made.path
    assert made.info["sha256"] == release.info["sha256"]
    sources = len({i["source"] for i in release.inputs})
    assert f"from {sources} sources ({sources} unchanged)" in built.stderr
    listed = run(wise, "ask", "--list", cwd=tmp_path).stdout.splitlines()
    assert len(listed) >= 1
    query = tmp_path / "q.rq"
    query.write_text("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", encoding="utf-8")
    counted = run(wise, "sparql", "q.rq", "--format", "csv", "--release", "made/current", cwd=tmp_path).stdout.split()
    assert int(counted[1]) > 50_000
    folder = tmp_path / "at"
    folder.mkdir()
    shutil.copy(resource("data") / "at" / "forms.csv", folder)
    run(wise, "check", "at", cwd=tmp_path)
    text = (folder / "forms.csv").read_text(encoding="utf-8")
    (folder / "forms.csv").write_text(text.replace(",enterprise-type,", ",entreprise-type,", 1), encoding="utf-8")
    assert "at/forms.csv:2:kind: Violation" in run(wise, "check", "at", cwd=tmp_path, code=1).stdout


def test_resources_of_the_checkout():
    """Beside the module in a wheel, else in the checkout: here it is the checkout."""
    assert resource("data") == ROOT / "data"
    assert {p.name for p in resource("data").iterdir() if p.is_dir()} == set(FOLDERS)
