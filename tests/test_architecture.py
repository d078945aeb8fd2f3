"""Who may import whom, how long a module may be, and what no committed file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("loaders", "wise_skills", "query_ui")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
# Longer than 300 lines with a reason: the tree of errors is one thing, read from top to bottom.
LONG = {"wise_skills/errors.py"}

# Imports that a part must not make, by prefix of the importing and of the imported module.
_BUILD = (
    "wise_skills.validation",
    "wise_skills.build",
    "wise_skills.constraints",
    "wise_skills.rules",
    "wise_skills.cache",
    "wise_skills.layer",
    "wise_skills.source",
    "wise_skills.reference_shapes",
    "wise_skills.reference_validation",
    "wise_skills.reference_view",
)
_WEB = ("flask", "werkzeug", "jinja2", "waitress", "query_ui")
_ASK = ("wise_skills.engines", "wise_skills.questions", "wise_skills.publishing", "wise_skills.release", "wise_skills.labels")
FORBIDDEN = {
    "loaders": (*_WEB, *_ASK, "wise_skills.build", "wise_skills.cli"),
    "wise_skills": (*_WEB, "loaders", "wise_skills.cli"),
    "wise_skills.engines": (*_BUILD, "rdflib", "pyshacl"),
    "query_ui": ("loaders", "wise_skills.cli", "pyshacl", "owlready2", *_BUILD),
}
_NETWORK = ("urllib.request", "http.client", "socket", "requests", "httpx", "SPARQLWrapper", "urllib3")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions; `from a import b` counts as `a` and `a.b`."""
    package = module_name(path).split(".")[: None if path.name == "__init__.py" else -1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])]) if node.level else node.module or ""
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def offences(part: str) -> list[str]:
    return [
        f"{module_name(path)} imports {name}"
        for path in MODULES
        if within(module_name(path), part) and not within(module_name(path), "wise_skills.cli")
        for name in imports(path)
        if any(within(name, f) for f in FORBIDDEN[part])
    ]


def test_modules_are_found():
    assert len(MODULES) >= 60
    assert any(name == "rdflib" for path in MODULES for name in imports(path))


@pytest.mark.parametrize("part", FORBIDDEN)
def test_who_may_import_whom(part: str):
    """`wise_skills.cli` is the only place that wires."""
    assert offences(part) == []


def test_remote_engine_alone_reaches_the_network():
    users = {module_name(p) for p in MODULES for name in imports(p) if any(within(name, n) for n in _NETWORK)}
    assert users <= {f"wise_skills.engines.{name}" for name in ("remote", "stream", "trouble")} | {"wise_skills.cli.push"}


def test_nobody_bends_the_import_path():
    assert [module_name(p) for p in MODULES if "sys.path" in p.read_text(encoding="utf-8")] == []


def test_commands_are_light():
    """`wise --help` loads neither the page nor the validator."""
    code = "import sys, wise_skills.cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert not re.search(r"'(flask|pyshacl|rdflib|owlready2|pyoxigraph|loaders|query_ui)'", loaded)


def test_modules_are_short():
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {name: n for name, n in lengths.items() if n > 300} == {name: lengths[name] for name in LONG}
    assert median(lengths.values()) < 160
    assert sum(n > 200 for n in lengths.values()) / len(lengths) < 0.2


def test_modules_are_named_by_what_they_hold():
    assert [p for p in MODULES if re.search(r"util|helper|misc|common|stuff", p.stem)] == []


def test_everything_public_says_what_it_is():
    """Modules, public classes and public functions have a docstring."""
    bare = []
    for path in MODULES:
        if not ast.get_docstring(tree(path)):
            bare.append(module_name(path))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                inside = [n for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
                public = [] if node.name.startswith("_") else [node, *inside]
            else:
                public = (
                    [n for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))] if isinstance(node, ast.Module) else []
                )
            bare += [f"{module_name(path)}.{n.name}" for n in public if not n.name.startswith("_") and not ast.get_docstring(n)]
    assert bare == []


# --- files


@cache
def files() -> tuple[Path, ...]:
    """What git tracks, or would."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: git cannot say which files belong to the project")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(ROOT / n for n in names if n and (ROOT / n).is_file())


def texts() -> Iterator[tuple[str, str]]:
    for path in files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            assert "fixtures" in path.parts or path.suffix in (".png", ".ico", ".woff2", ".xlsx", ".zip", ".npz"), (
                f"{path} is no UTF-8 text"
            )


def test_no_registry_and_no_machine():
    """No address of a package registry, and no path of the machine on which something was written."""
    registry = re.compile(r"(pypi|pythonhosted|npmjs|yarnpkg)\.(org|com)|--(extra-)?index-url|/opt/pypi|find-links [^-]")
    machine = re.compile(r"(?<![\w.~/-])/(work/(main|shared)|root|home/\w+|tmp/(gen|page)|Users/\w+)\b")
    found = [
        f"{name}: {m[0]}"
        for name, text in texts()
        if name != "tests/test_architecture.py"
        for pattern in (registry, machine)
        for m in pattern.finditer(text)
    ]
    assert found == []


def test_no_secrets_and_no_leftovers():
    names = [str(p.relative_to(ROOT)) for p in files()]
    assert [n for n in names if re.search(r"\.(orig|rej|bak|swp|pyc)$|~$|(^|/)(\.env|id_rsa)|TO_FIX", n)] == []
    conflict = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    assert [name for name, text in texts() if conflict.search(text)] == []


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    return {re.sub(r"[-_.]+", "-", b.partition("==")[0].lower()): b for b in blocks if "==" in b}


def _names(requirements: list[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", r)[0].lower()) for r in requirements}


def test_lock_files():
    """Everything that is needed is pinned with its hashes, and the two lock files agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run, test = _locked("requirements.lock"), _locked("requirements-test.lock")
    lines = (ROOT / "requirements-test.in").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-"))]
    assert _names(project["dependencies"]) <= set(run)
    assert _names(wanted) <= set(test)
    for block in (*run.values(), *test.values()):
        assert "--hash=sha256:" in block, block.splitlines()[0]
        assert "://" not in block
        assert " @ " not in block
    version = {name: re.search(r"==([^ \\;]+)", block)[1] for name, block in run.items()}
    assert {n: v for n, v in version.items() if n in test and f"=={v}" not in test[n]} == {}


def test_imports_are_declared():
    """What the packages import is a dependency, or comes with Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [d for group in project.get("optional-dependencies", {}).values() for d in group]
    declared = _names(project["dependencies"] + extras)
    own = {"yaml": "pyyaml", "SPARQLWrapper": "sparqlwrapper", "charset_normalizer": "charset-normalizer"}
    own |= {"sklearn": "scikit-learn", "sentence_transformers": "sentence-transformers"}
    own |= {"flask_babel": "flask-babel", "vl_convert": "vl-convert-python"}
    used = {name.split(".")[0] for path in MODULES for name in imports(path)} - set(PACKAGES) - set(sys.stdlib_module_names)
    parts_of_flask, for_types_only = {"werkzeug", "markupsafe", "jinja2"}, {"typing_extensions"}
    assert {n for n in used if own.get(n, n) not in declared} <= parts_of_flask | for_types_only
