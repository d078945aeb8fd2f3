"""The manifest of the service (§4.2): where everything is, in the language of the service address."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from query_ui.links import absolute
from query_ui.reconciling.asked_for import BATCH
from query_ui.reconciling.kinds import ALWAYS, TYPES
from wise_skills import __version__
from wise_skills.languages import LANGUAGES
from wise_skills.names import SKOS

WIDTH, HEIGHT = 400, 200
"""Size of a preview in pixels."""


def path(language: str = "") -> str:
    """Return the path of the service in a language; without one, the language is that of the client."""
    return f"/reconcile/{language}" if language else "/reconcile"


def manifest(version: str, language: str, named: str) -> dict[str, Any]:
    """Return the manifest.

    Parameters
    ----------
    version:
        Name of the release.
    language:
        The language of names and scores.
    named:
        The same if the service address names it, else empty: all addresses given stay with it.
    """
    root = absolute(path(named))

    def service(kind: str) -> dict[str, str]:
        return {
            "service_url": root,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": root,
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
        }

    return {
        "versions": ["0.2"],
        "name": f"WISE skills, ESCO ({LANGUAGES.get(language, language)})",
        "identifierSpace": absolute("/reconcile/view?id="),
        "schemaSpace": SKOS + "Concept",
        "documentation": absolute("/reconcile?format=html"),
        "logo": absolute("/apple-touch-icon.png"),
        "serviceVersion": f"{__version__} {version}".strip(),
        "defaultTypes": [TYPES[one].said() for one in ALWAYS],
        "batchSize": BATCH,
        "view": {"url": f"{root}/view?id={{{{id}}}}"},
        "preview": {"url": f"{root}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {kind: service(kind) for kind in ("entity", "property", "type")},
        "extend": {
            "propose_properties": {"service_url": root, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "language",
                    "label": gettext("Language of names"),
                    "type": "select",
                    "default": language,
                    "choices": [{"value": tag, "name": own} for tag, own in ({language: language} | LANGUAGES).items()],
                },
                {"name": "limit", "label": gettext("At most so many values (0 for all)"), "type": "number", "default": 0},
            ],
        },
    }
