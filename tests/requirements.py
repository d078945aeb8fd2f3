"""What a machine may lack: a test that needs it is skipped, or fails if `WISE_REQUIRE` names it."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

_PROGRAMS = {"java": "java", "chromium": "chromium", "virtuoso": "virtuoso-t", "soffice": "soffice"}
_ROOT = Path(__file__).resolve().parents[1]
AXE = _ROOT / "node_modules" / "axe-core" / "axe.min.js"
EDITOR = _ROOT / "query_ui" / "static" / "vendor" / "editor.js"
"""What `make` brings from npm: it is there where npm was, so the requirement is called `npm`."""


def shared(name: str) -> Path:
    """Return a folder of published files that are not part of the project: `WISE_SHARED`, or `../shared` beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    return Path(os.environ.get("WISE_SHARED", beside)) / name


def require(name: str) -> None:
    """Skip the running test where `name` is missing; fail it if the environment variable `WISE_REQUIRE` lists it."""
    if name in _PROGRAMS:
        present = shutil.which(_PROGRAMS[name]) is not None
    elif name == "esco":
        present = shared("esco").is_dir()
    elif name == "npm":
        present = AXE.is_file() and EDITOR.is_file()
    else:
        present = importlib.util.find_spec(name) is not None
    if present:
        return
    reason = f"{name} is not on this machine"
    if name in os.environ.get("WISE_REQUIRE", "").split(","):
        pytest.fail(f"{reason}, and WISE_REQUIRE asks for it")
    pytest.skip(reason)
