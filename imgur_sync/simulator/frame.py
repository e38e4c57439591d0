"""The frame of every page: its style, its head, the way around. Nothing is loaded from elsewhere, and nothing runs."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
from pathlib import Path

from flask import Response, render_template

CALLBACKS = "'self' http://127.0.0.1:* http://localhost:* http://[::1]:*"
"""Where the form of a log-in may lead: to the program of this machine that asked for it."""

LAST = 253_402_300_800.0
"""The end of the year 9999."""


def page(template: str, title: str, status: int = 200, *, leads: str = "'self'", **values: object) -> Response:
    """A whole page from one of `pages/templates/`, whose values are escaped. `leads` is where its forms may lead."""
    text = render_template(template, title=title, style=style(), **values)
    made = Response(text, status=status, content_type="text/html; charset=utf-8")
    made.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'sha256-{_digest()}'; "
        f"form-action {leads}; base-uri 'none'; frame-ancestors 'none'"
    )
    made.headers["X-Content-Type-Options"] = "nosniff"
    made.headers["Referrer-Policy"] = "same-origin"
    made.headers["Cache-Control"] = "no-store"
    return made


@functools.cache
def style() -> str:
    """The style of all pages."""
    return Path(__file__).with_name("pages").joinpath("style.css").read_text(encoding="utf-8")


@functools.cache
def _digest() -> str:
    """What the policy knows the style by, so that no other is heeded."""
    return base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()


def count(number: int, one: str) -> str:
    """The number and its noun: "1 picture", "1,204 pictures"."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def moment(seconds: float) -> str:
    """Seconds since the epoch as people write them, in UTC; "never" for what no calendar has."""
    if not 0 <= seconds < LAST:
        return "never"
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
