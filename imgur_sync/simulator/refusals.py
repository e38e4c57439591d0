"""The refusal for a broken limit, in each of the forms that were seen (imgur-api §3, "429/limit bodies")."""

from __future__ import annotations

import math
from typing import assert_never

from imgur_sync.simulator.options import Form, Knobs
from imgur_sync.simulator.replies import Refusal

OVER_CAPACITY = "Imgur is temporarily over capacity. Please try again later."
WORDS = {"client": "Daily client requests exceeded", "user": "Hourly user requests exceeded"}


def over_limit(limit: str, seconds: int, knobs: Knobs) -> Refusal:
    """The refusal for `limit`, which lets the request through in so many seconds; its form is a knob.

    Left to the shape, the legacy one refuses uploads with "too fast" as a 400 and the rest as a 429 in the wrapper (H
    for the client's day, L for the wording of the others), the new one with "too fast" as a 429 that says 400 in its
    body, and with `errors[]` (H).
    """
    form = knobs.form(limit)
    if form == "shape":
        legacy = knobs.shape == "legacy"
        form = ("wait-400" if legacy else "wait-429-object") if limit == "uploads" else "legacy" if legacy else "errors"
    return _refusal(form, limit, math.ceil(seconds / 60))


def _refusal(form: Form, limit: str, minutes: int) -> Refusal:
    too_fast = f"You are uploading too fast. Please wait {minutes} more minutes."
    match form:
        case "legacy":
            return Refusal(429, WORDS.get(limit, "Too Many Requests"))
        case "legacy-403":
            return Refusal(403, WORDS.get(limit, "Too Many Requests"))
        case "errors" | "shape":
            return Refusal(429, "Too Many Requests", shape="E")
        case "wait-400":
            return Refusal(400, too_fast)
        case "wait-400-object":
            return Refusal(400, too_fast, code=429)
        case "wait-429":
            return Refusal(429, too_fast, body_status=400)
        case "wait-429-object":
            return Refusal(429, too_fast, code=429, body_status=400)
        case "417":
            return Refusal(417, "Internal expectation failed")
        case "over-capacity":
            return Refusal(403, OVER_CAPACITY, shape="bare")
        case "cdn":
            return Refusal(400, "These actions are forbidden.", shape="cdn")
        case _:
            assert_never(form)
