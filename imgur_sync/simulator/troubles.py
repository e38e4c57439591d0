"""What faults do to a request before it is decided, and to the reply that was decided."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from imgur_sync.simulator.altering import altered
from imgur_sync.simulator.calls import Received
from imgur_sync.simulator.changes import Change, PutGrant, Revoke
from imgur_sync.simulator.faults import Fault
from imgur_sync.simulator.options import Limits
from imgur_sync.simulator.people import meddle
from imgur_sync.simulator.records import Grant
from imgur_sync.simulator.replies import Reply
from imgur_sync.simulator.spending import spend
from imgur_sync.simulator.wire import Fields
from imgur_sync.simulator.world import World

BETWEEN = frozenset(("edit", "spend", "tokens"))
"""Kinds that change the world before the request arrives."""


def strike_world(world: World, limits: Limits, fault: Fault, *, anonymous: bool, ip: str) -> bool:
    """Do what a fault of `BETWEEN` does; False if there was nothing to do it to."""
    if fault.kind == "edit":
        return meddle(world, fault.more["edit"])
    if fault.kind == "tokens":
        return _end_tokens(world, other_login=fault.how == "other-login")
    wanted = {name: value for name, value in fault.more.items() if name in ("credits", "posts", "uploads", "hit")}
    whose = {"user": f"ip:{ip}"} if anonymous else {}
    spent = spend(world, limits, {**wanted, **whose, "ip": ip})
    return bool(spent["hit"] or spent["credits"] or spent["posts"] or spent["uploads"])


def _end_tokens(world: World, *, other_login: bool) -> bool:
    """All access tokens end; after another log-in, the refresh tokens too, and others are issued (2015-16, M)."""
    with world.lock:
        ended = ("access", "refresh") if other_login else ("access",)
        dead = tuple(grant.token for grant in world.grants.values() if grant.kind in ended)
        if not dead:
            return False
        changes: list[Change] = [Revoke(dead)]
        if other_login:
            account, client = next(iter(world.accounts)), next(iter(world.clients))
            changes += [PutGrant(Grant(kind, world.token(f"other {kind}"), account, client)) for kind in ended]
        world.commit(changes, world.settle())
        return True


def unheeded(fields: Fields, fault: Fault) -> Fields | None:
    """The fields without those that are not heeded; None if none of them was sent."""
    names = {str(name) for name in fault.more["fields"]}
    texts = {name: values for name, values in fields.texts.items() if name.partition("[")[0] not in names}
    return None if len(texts) == len(fields.texts) else Fields(texts, fields.files)


def reencoded(received: object) -> Received | None:
    """A PNG as Imgur keeps a large one: a JPEG, smaller, perhaps scaled down (H). Its bytes stay those that were
    received, for that is what a test compares. None for all else."""
    if not isinstance(received, Received) or received.media.type != "image/png":
        return None
    media = dataclasses.replace(
        received.media,
        type="image/jpeg",
        width=max(1, received.media.width // 2),
        height=max(1, received.media.height // 2),
    )
    return Received(received.blob, max(1, received.size * 2 // 5), media)


def page_before(params: Mapping[str, str]) -> Mapping[str, str] | None:
    """The parameters of the page before; None on the first one."""
    page = params.get("page", "0")
    return {**params, "page": str(int(page) - 1)} if page.isdigit() and int(page) else None


def spoiled(reply: Reply, fault: Fault) -> Reply | None:
    """The reply as `alter` sends it; None if it has nothing to alter."""
    return altered(reply, fault.how, tuple(str(fault.more.get("field", "")).split()))
