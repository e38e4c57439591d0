"""`/_simulator/`: what a test or a demo looks at and turns (behaviour §9). Never metered, never in the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.foreign import guard
from imgur_sync.simulator.replies import JSON_TYPE, compact
from imgur_sync.simulator.wire import read_json

Act = Callable[[], object]


def steering(desk: Desk) -> Blueprint:
    """The routes. A wrong request is a 400 `{"error": …}`."""
    controls = Controls(desk)
    blueprint = Blueprint("simulator", __name__, url_prefix="/_simulator")
    blueprint.before_request(guard(desk.options.names, json=True))

    def offer(method: str, path: str, act: Act) -> None:
        def view() -> Response:
            return _answer(controls, act)

        name = f"{method}{path.replace('/', ' ')}"
        blueprint.add_url_rule(path, name, view, methods=[method], strict_slashes=False)

    offer("GET", "/world", controls.pictures_and_albums)
    offer("GET", "/ledger", controls.ledger)
    offer("GET", "/history", lambda: controls.history(request.args.get("since", 0, int)))
    offer("GET", "/clock", controls.clock)
    offer("POST", "/clock", lambda: controls.advance(_object()))
    offer("GET", "/faults", controls.faults)
    offer("POST", "/faults", lambda: controls.add_faults(_sent()))
    offer("DELETE", "/faults", lambda: controls.clear_faults(request.args.get("id", None, int)))
    offer("GET", "/faults/names", controls.fault_names)
    offer("GET", "/swarm", controls.swarm)
    offer("POST", "/swarm", lambda: controls.let_loose(_sent()))
    offer("DELETE", "/swarm", controls.calm)
    offer("GET", "/knobs", controls.knobs)
    offer("POST", "/knobs", lambda: controls.turn(_object()))
    offer("POST", "/edit", lambda: controls.edit(_sent()))
    offer("POST", "/spend", lambda: controls.spend(_object()))
    offer("POST", "/tokens", lambda: controls.tokens(_object()))
    offer("POST", "/clients", lambda: controls.register(_object()))
    return blueprint


def _answer(controls: Controls, act: Act) -> Response:
    """`act`'s result, after everything that is due has been committed."""
    try:
        controls.settle()
        done, status = act(), 200
    except (ValueError, TypeError) as error:
        done, status = {"error": str(error)}, 400
    return Response(compact({"ok": True} if done is None else done), status=status, content_type=JSON_TYPE)


def _sent() -> Any:
    return read_json(request.get_data())


def _object() -> dict[str, Any]:
    sent = _sent()
    if not isinstance(sent, dict):
        raise ValueError("send an object")
    return sent
