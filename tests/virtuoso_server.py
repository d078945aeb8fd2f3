"""The engine of the EU Publications Office with the same data: Debian's Virtuoso, started for the tests."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = Path("/etc/virtuoso-opensource-7/virtuoso.ini")


def _settings(folder: Path, data: Path, sql: int, http: int) -> str:
    """Debian's settings, with the files in our folder, our ports, and more memory.

    Virtuoso guesses how long a query will take and refuses those above 400 s; labels in 13 languages make it guess thousands
    for what takes it a second. What really takes long is stopped all the same.
    """
    text = _DEBIAN.read_text(encoding="utf-8").replace("/var/lib/virtuoso-opensource-7/db/", f"{folder}/")
    wanted = {"DirsAllowed": data, "NumberOfBuffers": 20000, "MaxDirtyBuffers": 15000, "MaxQueryCostEstimationTime": 0}
    for name, value in wanted.items():
        text = re.sub(rf"^{name}\s*=.*$", f"{name} = {value}", text, flags=re.MULTILINE)
    ports = iter((f"127.0.0.1:{sql}", f"127.0.0.1:{http}"))  # of [Parameters], then of [HTTPServer]
    return re.sub(r"^ServerPort\s*=.*$", lambda _: f"ServerPort = {next(ports)}", text, flags=re.MULTILINE)


@contextmanager
def serving(folder: Path, nquads: Path) -> Iterator[str]:
    """Load an N-Quads file and give the address of the SPARQL endpoint."""
    sql, http = _free_port(), _free_port()
    (folder / "virtuoso.ini").write_text(_settings(folder, nquads.parent, sql, http), encoding="utf-8")
    command = ["virtuoso-t", "-f", "-c", "virtuoso.ini"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(sql, server)
            load = f"ld_dir('{nquads.parent}', '{nquads.name}', 'http://localhost/none'); rdf_loader_run(); checkpoint;"
            subprocess.run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"], check=True, capture_output=True, timeout=120)
            _wait(http, server)
            yield f"http://127.0.0.1:{http}/sparql"
        finally:
            server.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline or server.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return
