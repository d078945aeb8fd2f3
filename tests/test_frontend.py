"""What the page takes from npm: exact versions, no registry's address, licences that may be passed on, nothing that runs on installing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.requirements import EDITOR, require

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(not (ROOT / "package.json").exists(), reason="this is no checkout: what npm needs is not shipped")
FREE = {"MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"}


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / name).read_text(encoding="utf-8"))
    return found


def test_versions_are_exact():
    wanted = read("package.json")
    for group in ("dependencies", "devDependencies"):
        assert wanted[group]
        for name, version in wanted[group].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    locked = read("package-lock.json")["packages"]
    assert {k: locked[""][k] for k in ("dependencies", "devDependencies")} == {k: wanted[k] for k in ("dependencies", "devDependencies")}


def test_the_lock_names_no_registry_and_checks_everything():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "://" not in text
    packages = {k: v for k, v in read("package-lock.json")["packages"].items() if k}
    assert len(packages) > 15
    assert {k for k, v in packages.items() if not v["integrity"].startswith("sha512-")} == set()
    assert {k for k, v in packages.items() if v.get("hasInstallScript")} <= {"node_modules/esbuild"}, "and that one is not run"
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8").splitlines()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(settings)


def test_licences_may_be_passed_on():
    """What is bundled is under a free licence without conditions on our own code; axe-core (MPL) only tests."""
    packages = {k: v for k, v in read("package-lock.json")["packages"].items() if k}
    assert {k for k, v in packages.items() if not v.get("dev") and v["license"] not in FREE} == set()
    assert {k for k, v in packages.items() if v["license"] not in FREE} == {"node_modules/axe-core"}


def test_what_was_built_carries_its_licences():
    require("npm")
    text = (EDITOR.parent / "licences.txt").read_text(encoding="utf-8")
    packages = {k: v for k, v in read("package-lock.json")["packages"].items() if k and not v.get("dev")}
    built = set(re.findall(r"^(\S+) \d+\.\d+\.\d+ \(", text, re.MULTILINE))
    assert {name.removeprefix("node_modules/") for name in packages} >= built > {"@codemirror/view", "codemirror-lang-sparql"}
    assert text.count("Permission is hereby granted") >= len(built)
    code = EDITOR.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function\(|importScripts", code)
    # Namespaces are names; nothing is fetched from there.
    assert set(re.findall(r"https?://[\w.-]+", code)) <= {"http://www.w3.org"}
