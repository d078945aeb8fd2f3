"""The page: questions and answers, things and their links, and the same as linked data.

It reads a release (or an endpoint) through `wise_skills` and knows nothing of how releases are made.
"""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask_babel import gettext

from query_ui import charts, filters, problems, responses
from query_ui.asked import interface
from query_ui.catalogues import PoBabel
from query_ui.rate import Rate
from query_ui.serving import Serving
from query_ui.views import BLUEPRINTS
from wise_skills.languages import speaking

DEFAULT_SITE = "http://127.0.0.1:8000/"
MAX_BODY = 200_000

__all__ = ["create_app"]


def create_app(release: Path | None = None, endpoint: str | None = None, **config: Any) -> Flask:
    """Make the page.

    Parameters
    ----------
    release:
        A release folder, the link `current`, or the folder that holds it. If it is a link, the page follows it
        to a newer release without a restart.
    endpoint:
        Address of a SPARQL 1.1 endpoint to be asked instead. The release is then used only if it describes the
        same graphs, and may be missing.
    config:
        `SITE`: address under which the page is reached, ending in `/` (default: the environment's `WISE_SITE`,
        else http://127.0.0.1:8000/); it is never taken from a request. `QUERIES_PER_MINUTE`: what one client may
        ask of `/sparql`, 0 for no limit. `QUESTIONS`: folder of the questions. `LIMITS`: limits of the engine.
        Everything else is Flask's.

    Raises
    ------
    WiseSkillsError
        When there is no release, or a question cannot be read. `app.extensions["wise"].close()` ends the workers.
    """
    app = Flask(__name__)
    app.config.from_mapping(
        SITE=os.environ.get("WISE_SITE", DEFAULT_SITE),
        QUERIES_PER_MINUTE=60,
        QUESTIONS=Path(app.root_path) / "questions",
        LIMITS=None,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SEND_FILE_MAX_AGE_DEFAULT=86_400,
    )
    app.config.from_mapping(config)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    serving = Serving(release, endpoint, Path(app.config["QUESTIONS"]), app.config["LIMITS"])
    app.extensions["wise"] = serving
    app.extensions["wise_rate"] = Rate(int(app.config["QUERIES_PER_MINUTE"]))

    @app.before_request
    def lend() -> None:
        g.lent = ExitStack()
        g.edition = g.lent.enter_context(serving.lend())
        # What the core says, errors above all, is said in the language of the page.
        g.lent.enter_context(speaking(interface(), gettext))

    @app.teardown_request
    def give_back(_: BaseException | None) -> None:
        if (lent := g.pop("lent", None)) is not None:
            lent.close()

    PoBabel(app, locale_selector=interface)
    responses.install(app)
    problems.install(app)
    filters.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # The shapes take a third of a second to read, the first picture half a second to draw; nobody has to wait for them
    # at the start, or at the first page.
    threading.Thread(target=lambda: serving.edition.schema, daemon=True).start()
    threading.Thread(target=charts.warm, daemon=True).start()
    return app
