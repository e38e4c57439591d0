"""What the forms of the pages send, and the way back from them: a redirect, so that nothing is done twice."""

from __future__ import annotations

import math
from collections.abc import Callable

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from imgur_sync.simulator.controls import Controls

SAID = {
    "saved": "Saved.",
    "ordered": "The pictures are in the new order.",
    "covered": "The cover is set.",
    "left": "The pictures left the album. They live on.",
    "deleted": "Deleted.",
    "added": "The picture was added.",
    "moderated": "Imgur removed the picture.",
    "rule": "The rule is in force.",
    "dropped": "The rule is gone.",
    "cleared": "All rules are gone.",
    "loose": "The swarm is loose.",
    "calm": "The swarm is gone.",
    "advanced": "The clock was put forward.",
    "spent": "Spent, as far as the limits reach.",
    "ended": "Done.",
    "turned": "The knobs are turned.",
}
"""What a page says after a form was sent, by what stands in its address."""
Answer = Response | Redirect


def done(path: str, said: str) -> Redirect:
    """Back to a page by GET (303), which says what was done; in a long list, to the part that one was at."""
    page = request.args.get("page", 0, int)
    return redirect(f"{path}?said={said}" + (f"&page={page}" if page else ""), 303)


def said() -> str:
    """What the page is to say; "" for nothing."""
    return SAID.get(request.args.get("said", ""), "")


def attempt(controls: Controls, act: Callable[[], Redirect], again: Callable[[str], Response]) -> Answer:
    """Do what a form asks for; where that is wrong, the page again (`again`) with the reason."""
    try:
        controls.settle()
        return act()
    except (ValueError, TypeError, RecursionError) as error:
        return again(str(error))


def text(name: str) -> str:
    """A field as it was typed; lines end as they do elsewhere. "" if it was not sent."""
    return request.form.get(name, "").replace("\r\n", "\n")


def whole(name: str) -> int | None:
    """A whole number, None if the field is empty. ValueError says which field is none."""
    typed = text(name).strip()
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 15:
        raise ValueError(f"{name} is a whole number that is not negative")
    return int(typed)


def decimal(name: str) -> float | None:
    """A number, None if the field is empty. ValueError says which field is none."""
    typed = text(name).strip()
    if not typed:
        return None
    try:
        number = float(typed)
    except ValueError as error:
        raise ValueError(f"{name} is a number") from error
    if not math.isfinite(number):
        raise ValueError(f"{name} is a number")
    return number


def checked(name: str) -> bool:
    """Whether a box is checked."""
    return name in request.form
