"""`/_simulator/`: what a test or a demo looks at and turns (behaviour §9). Never metered, never in the history."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from imgur_sync.simulator.changes import Advance, Change, PutGrant, Revoke
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.named_faults import NAMED
from imgur_sync.simulator.naming import Named
from imgur_sync.simulator.records import Grant
from imgur_sync.simulator.replies import JSON_TYPE, compact
from imgur_sync.simulator.reports import history_report, ledger_report, world_report
from imgur_sync.simulator.spending import spend
from imgur_sync.simulator.website import edit
from imgur_sync.simulator.world import World

Act = Callable[[], object]


def steering(desk: Desk) -> Blueprint:
    """The routes. A wrong request is a 400 `{"error": …}`."""
    world, options = desk.world, desk.options
    blueprint = Blueprint("simulator", __name__, url_prefix="/_simulator")

    def offer(method: str, path: str, act: Act) -> None:
        def view() -> Response:
            return _answer(desk, act)

        name = f"{method}{path.replace('/', ' ')}"
        blueprint.add_url_rule(path, name, view, methods=[method], strict_slashes=False)

    offer("GET", "/world", lambda: world_report(world))
    offer("GET", "/ledger", lambda: ledger_report(world, options.limits))
    offer("GET", "/history", lambda: _history(desk, request.args.get("since", 0, int)))
    offer("GET", "/clock", lambda: {"now": world.clock.now()})
    offer("POST", "/clock", lambda: _advance(world, _object()))
    offer("GET", "/faults", desk.faults.listed)
    offer("POST", "/faults", lambda: {"faults": _script(desk, _sent())})
    offer("DELETE", "/faults", desk.faults.clear)
    offer("GET", "/faults/names", lambda: [_named(named) for named in NAMED.values()])
    offer("GET", "/swarm", lambda: desk.faults.swarm() or {})
    offer("POST", "/swarm", lambda: _let_loose(desk, _sent()))
    offer("DELETE", "/swarm", desk.faults.calm)
    offer("GET", "/knobs", lambda: dataclasses.asdict(desk.knobs))
    offer("POST", "/knobs", lambda: _turn(desk, _object()))
    offer("POST", "/edit", lambda: edit(world, _sent()))
    offer("POST", "/spend", lambda: spend(world, options.limits, _object()))
    offer("POST", "/tokens", lambda: _tokens(desk, _object()))
    offer("POST", "/clients", lambda: _register(world, _object()))
    return blueprint


def _answer(desk: Desk, act: Act) -> Response:
    """`act`'s result, after everything that is due has been committed."""
    try:
        desk.world.settle()
        done, status = act(), 200
    except (ValueError, TypeError) as error:
        done, status = {"error": str(error)}, 400
    return Response(compact({"ok": True} if done is None else done), status=status, content_type=JSON_TYPE)


def _sent() -> Any:
    return json.loads(request.get_data())


def _object() -> dict[str, Any]:
    sent = _sent()
    if not isinstance(sent, dict):
        raise ValueError("send an object")
    return sent


def _advance(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    seconds = sent.get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ValueError("advance is a number of seconds that is not negative")
    with world.lock:
        world.commit([Advance(float(seconds))], world.clock.now())
        return {"now": world.settle()}


def _history(desk: Desk, since: int) -> dict[str, Any]:
    return {**history_report(desk.world, since), "struck": desk.faults.struck(since)}


def _script(desk: Desk, sent: Any) -> int:
    count = desk.faults.add(sent)
    desk.remember()
    return count


def _let_loose(desk: Desk, sent: Any) -> dict[str, Any]:
    swarm = desk.faults.let_loose(sent)
    desk.remember()
    return swarm


def _named(named: Named) -> dict[str, Any]:
    shown = {name: getattr(named, name) for name in ("name", "number", "what", "source", "confidence", "scope")}
    return {**shown, "rule": named.rule}


def _turn(desk: Desk, sent: dict[str, Any]) -> dict[str, Any]:
    desk.turn(desk.knobs.switched(sent))
    return dataclasses.asdict(desk.knobs)


def _tokens(desk: Desk, sent: dict[str, Any]) -> dict[str, Any]:
    """`expire_access`, `revoke_refresh` end all tokens of that kind; `answer` is 401 or 403 for invalid access tokens;
    `code`, `pin` issue one for the demo account, good for one use."""
    extra = set(sent) - {"expire_access", "revoke_refresh", "answer", "code", "pin"}
    if extra:
        raise ValueError(
            f"unknown key {sorted(extra)[0]!r}; there are expire_access, revoke_refresh, answer, code, pin"
        )
    world, shown = desk.world, {}
    if "answer" in sent:
        desk.turn(desk.knobs.switched({"token_answer": sent["answer"]}))
    with world.lock:
        ended = {kind for key, kind in (("expire_access", "access"), ("revoke_refresh", "refresh")) if sent.get(key)}
        dead = tuple(grant.token for grant in world.grants.values() if grant.kind in ended)
        changes: list[Change] = [Revoke(dead)] if dead else []
        account, client = next(iter(world.accounts)), next(iter(world.clients))
        for kind in ("code", "pin"):
            if sent.get(kind):
                shown[kind] = world.token(kind, 10)
                changes.append(PutGrant(Grant(kind, shown[kind], account, client)))
        world.commit(changes, world.clock.now())
    return {"ended": len(dead), **shown}


def _register(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    """A further application with tokens for `account`, which is made if need be; without it, for the demo account."""
    account = sent.get("account", next(iter(world.accounts)))
    if not isinstance(account, str) or not account.isalnum():
        raise ValueError("account is a name of letters and digits")
    return dataclasses.asdict(world.register(account))
