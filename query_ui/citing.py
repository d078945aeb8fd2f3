"""How what is served is cited, in one line with the version of the data."""

from __future__ import annotations

from query_ui.edition import Edition


def citation(served: Edition) -> str:
    """Return the citation of the release, or of the endpoint that is asked."""
    if served.release is None:
        return f"WISE skills graph, asked at {served.engine.version}. CC BY 4.0."
    from wise_skills.publishing import citation

    return citation(served.release)
