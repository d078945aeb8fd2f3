"""What the addresses that take files of strangers share: the processes within limits, and the count of costly requests."""

from __future__ import annotations

from flask import current_app, request

from query_ui.checking.checks import Checks
from query_ui.problems import WrongRequest
from query_ui.rate import Rate
from wise_skills.errors import RateExceeded
from wise_skills.messages import phrase


def checks() -> Checks:
    """Return what runs reading processes within limits."""
    found: Checks = current_app.extensions["wise_checks"]
    return found


def count() -> None:
    """Count a request that costs something; raises `WrongRequest` when they are too many."""
    rate: Rate = current_app.extensions["wise_rate"]
    try:
        rate.count(request.remote_addr or "")
    except RateExceeded as error:
        wait = str(error.retry_after)
        raise WrongRequest(429, phrase("PageTooMany", str(rate.limit), limit=wait), {"Retry-After": wait}) from error
