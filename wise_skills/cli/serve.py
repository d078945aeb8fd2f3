"""`wise serve`: the page."""

from __future__ import annotations

import os
from pathlib import Path

import click

from wise_skills.cli.options import ENDPOINT, QUIET, RELEASE, say

# A bit more than the page takes of a workbook, so that its own sentence is the rule and not the server's.
_MAX_REQUEST = 20_000_000


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@RELEASE
@ENDPOINT
@QUIET
def command(host: str, port: int, threads: int, release: Path, endpoint: str | None, quiet: bool) -> int:
    """Serve the page until it is stopped with Ctrl-C."""
    from waitress.server import create_server

    from query_ui import create_app, warming

    site = os.environ.get("WISE_SITE") or f"http://{host}:{port}/"
    app = create_app(release=release, endpoint=endpoint, SITE=site)
    server = create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident="wise-skills",
        clear_untrusted_proxy_headers=True,
        max_request_body_size=_MAX_REQUEST,
    )
    warming.start(app)
    say(f"WISE skills on http://{host}:{getattr(server, 'effective_port', port)}/ (stop with Ctrl-C)", quiet)
    try:
        server.run()
    except KeyboardInterrupt:
        say("Stopped.", quiet)
    finally:
        server.close()
        app.extensions["wise"].close()
    return 0
