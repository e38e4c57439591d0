"""The page of controls: the clock, what other programs spend, tokens that end, and the knobs."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin, get_type_hints

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Redirect

from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.frame import page
from imgur_sync.simulator.options import Knobs
from imgur_sync.simulator.pages.forms import Answer, attempt, checked, decimal, done, said, text, whole

UNITS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
JSON = ("world", "ledger", "history", "clock", "faults", "faults/names", "swarm", "knobs")
"""What `/_simulator/` shows to whoever wants it as JSON."""


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/controls`: GET shows them, POST does what its field `do` says."""
    controls = Controls(desk)

    def shown() -> Response:
        """The forms."""
        return _page(controls)

    def steer() -> Answer:
        """A form of the page."""
        return attempt(controls, lambda: _do(controls), lambda wrong: _page(controls, wrong))

    blueprint.add_url_rule("/controls", "controls", shown)
    blueprint.add_url_rule("/controls", "steer controls", steer, methods=["POST"])


def _page(controls: Controls, wrong: str = "") -> Response:
    world = controls.world
    with world.lock:
        now, accounts, clients = world.settle(), list(world.accounts), list(world.clients)
    return page(
        "controls.html",
        "Controls",
        400 if wrong else 200,
        here="/controls",
        said=said(),
        wrong=wrong,
        now=now,
        units=list(UNITS),
        accounts=accounts,
        clients=clients,
        knobs=[(name, value, choices(name)) for name, value in controls.knobs().items()],
        shown=JSON,
    )


def choices(name: str) -> list[Any] | None:
    """What a knob takes; None for a number."""
    hint = get_type_hints(Knobs)[name]
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return [True, False] if hint is bool else None


def _do(controls: Controls) -> Redirect:
    match text("do"):
        case "advance":
            unit = UNITS.get(text("unit"))
            if unit is None:
                raise ValueError(f"a unit is one of {', '.join(UNITS)}")
            controls.advance({"advance": (decimal("by") or 0.0) * unit})
            return done("/controls", "advanced")
        case "spend":
            controls.spend(_spending())
            return done("/controls", "spent")
        case "expire_access" | "revoke_refresh" as what:
            controls.tokens({what: True})
            return done("/controls", "ended")
        case "turn":
            controls.turn(_turned(controls.knobs()))
            return done("/controls", "turned")
        case other:
            raise ValueError(f"there is no form {other!r} here")


def _spending() -> dict[str, Any]:
    sent: dict[str, Any] = {name: whole(name) or 0 for name in ("credits", "posts", "uploads")}
    whose = {name: text(name).strip() for name in ("client", "user", "ip") if text(name).strip()}
    return {**sent, **whose, "hit": checked("hit")}


def _turned(knobs: dict[str, Any]) -> dict[str, Any]:
    """The knobs that were turned in the form."""
    turned: dict[str, Any] = {}
    for name, value in knobs.items():
        taken, typed = choices(name), text(name)
        if taken is None:
            number = decimal(name) or 0
            turned[name] = int(number) if number == int(number) else number
        else:
            turned[name] = next((one for one in taken if str(one) == typed), typed or value)
    return {name: value for name, value in turned.items() if value != knobs[name]}
