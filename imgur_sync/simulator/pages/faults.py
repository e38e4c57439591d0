"""The page to inject faults: the rules in force, a form for another one, the swarm, and every fault that has a name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Redirect

from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.frame import page
from imgur_sync.simulator.pages.forms import Answer, attempt, decimal, done, said, text, whole
from imgur_sync.simulator.wire import read_json

METHODS = ("GET", "POST", "PUT", "DELETE")
LATEST = 20
"""How many of the last strikes are shown."""
_OF_THE_LIST = ("id", "match", "seen")


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/faults`: GET shows them, POST does what its field `do` says."""
    controls = Controls(desk)

    def faults() -> Response:
        """The rules in force, and the forms."""
        return _page(controls)

    def steer() -> Answer:
        """A form of the page."""
        return attempt(controls, lambda: _do(controls), lambda wrong: _page(controls, wrong))

    blueprint.add_url_rule("/faults", "faults", faults)
    blueprint.add_url_rule("/faults", "steer faults", steer, methods=["POST"])


def _page(controls: Controls, wrong: str = "") -> Response:
    return page(
        "faults.html",
        "Faults",
        400 if wrong else 200,
        here="/faults",
        said=said(),
        wrong=wrong,
        rules=[_shown(rule) for rule in controls.faults()],
        swarm=controls.swarm(),
        names=controls.fault_names(),
        struck=controls.struck()[: -LATEST - 1 : -1],
        methods=METHODS,
        typed=request.form if wrong else {"fault": request.args.get("fault", "")},
    )


def _shown(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule with its match in words, and the rest of what was sent as JSON."""
    match = {name: value for name, value in rule["match"].items() if value is not None}
    where = " ".join(str(match.pop(name)) for name in ("method", "path") if name in match) or "every request"
    more = {name: value for name, value in rule.items() if name not in (*_OF_THE_LIST, "fault")}
    more = {name: value for name, value in more.items() if value or name not in ("seconds", "after")}
    when = ", ".join(f"{name} {value:g}" for name, value in match.items())
    return {
        **rule,
        "where": where,
        "when": when,
        "more": more,
    }


def _do(controls: Controls) -> Redirect:
    match text("do"):
        case "add":
            controls.add_faults(_rule())
            return done("/faults", "rule")
        case "json":
            controls.add_faults(read_json(text("rule")))
            return done("/faults", "rule")
        case "remove":
            controls.clear_faults(whole("id") or 0)
            return done("/faults", "dropped")
        case "clear":
            controls.clear_faults()
            return done("/faults", "cleared")
        case "swarm":
            controls.let_loose({"seed": text("seed"), "until": whole("until")})
            return done("/faults", "loose")
        case "calm":
            controls.calm()
            return done("/faults", "calm")
        case other:
            raise ValueError(f"there is no form {other!r} here")


def _rule() -> dict[str, Any]:
    """The rule that the form stands for, with what was left empty left out."""
    match: dict[str, Any] = {"method": text("method") or None, "path": text("path").strip() or None}
    match |= {"nth": whole("nth"), "count": whole("count"), "lasts": decimal("lasts")}
    rule: dict[str, Any] = {"fault": text("fault"), "match": {k: v for k, v in match.items() if v is not None}}
    seconds = decimal("seconds")
    return rule if seconds is None else {**rule, "seconds": seconds}
