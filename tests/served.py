"""What tests of the page share: small releases of any quads, the app on a release, a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import waitress
from flask import Flask

from query_ui import create_app
from wise_skills import labels, store
from wise_skills.names import BASE
from wise_skills.release import write_info, write_release

SITE = "https://skills.example/"
QUESTIONS = Path(__file__).parent / "fixtures" / "page" / "questions"
"""A few questions of the tests' own, so that they do not depend on the catalogue."""


def small_release(out: Path, quads: Iterable[ox.Quad], name: str = "test", base: str = BASE) -> Path:
    """Write a release of these quads and return the folder that holds `current`."""
    quads = list(quads)
    with write_release(out, name) as folder:
        for part in ("dump", "report", "labels"):
            (folder / part).mkdir()
        digest = store.write_nquads(folder / "dump" / "wise-skills.nq", quads)
        (folder / "dump" / "wise-skills.ttl").write_text("", encoding="utf-8")
        (folder / "report" / "findings.json").write_text("{}", encoding="utf-8")
        store.bulk_load(folder / "graph", quads)
        labels.build(folder / "labels" / "labels.sqlite", quads)
        counts = store.counts(folder / "graph")
        write_info(folder, id=name, created="2026-11-23T10:00:00+00:00", counts=counts, inputs=[], tools={}, sha256=digest, base=base)
    return out


@contextmanager
def app_on(release: Path | None, **config: Any) -> Iterator[Flask]:
    """Make the app on a release and close it afterwards."""
    app = create_app(release, **{"SITE": SITE, "QUERIES_PER_MINUTE": 0, "QUESTIONS": QUESTIONS, **config})
    try:
        yield app
    finally:
        app.extensions["wise"].close()


@contextmanager
def serving(release: Path, **config: Any) -> Iterator[str]:
    """Serve a release by the server that `wise serve` uses; yield its address, ending in `/`."""
    app = create_app(release, **{"SITE": "http://127.0.0.1/", "QUERIES_PER_MINUTE": 0, "QUESTIONS": QUESTIONS, **config})
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    app.config["SITE"] = address = f"http://127.0.0.1:{server.effective_port}/"
    closing = threading.Event()

    def run() -> None:
        try:
            server.run()
        except (OSError, ValueError):
            # The loop may be waiting for the socket that is closed under it at the end of a test.
            if not closing.is_set():
                raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        closing.set()
        server.close()
        app.extensions["wise"].close()
        thread.join(5)
