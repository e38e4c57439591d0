"""What another program spends of the same limits: `POST /_simulator/spend`. It is refused nothing and in no history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from imgur_sync.simulator.changes import Spend
from imgur_sync.simulator.meters import left_of
from imgur_sync.simulator.options import Limits
from imgur_sync.simulator.records import Spending
from imgur_sync.simulator.world import World

AMOUNTS = ("credits", "posts", "uploads")
TAKEN = (*AMOUNTS, "hit", "client", "user", "ip")


def spend(world: World, limits: Limits, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Spend `credits`, `posts` and `uploads`, but no more than is left, for such a program is refused like any other.

    `client` is an application's id, `user` an account's name or a key of the ledger's `users`, `ip` an address; without
    them it is the demo's application and account at 127.0.0.1. `hit` has it refused for the day: a strike. Answers what
    was spent. ValueError says what is wrong.
    """
    if extra := set(sent) - set(TAKEN):
        raise ValueError(f"unknown key {sorted(extra)[0]!r}; there are {', '.join(TAKEN)}")
    wanted = {name: _amount(name, sent.get(name, 0)) for name in AMOUNTS}
    if not isinstance(hit := sent.get("hit", False), bool):
        raise ValueError("hit is true or false")
    with world.lock:
        now, meters = world.settle(), world.meters
        client, user, ip = _who(world, sent)
        left = {
            "credits": min(
                left_of(limits.client_credits, meters.client.used(client, now)),
                left_of(limits.user_credits, meters.user.used(user, now)),
            ),
            "posts": left_of(limits.posts, meters.posts.used(ip, now)),
            "uploads": left_of(limits.uploads, meters.uploads.used(ip, now)),
        }
        amounts = {name: min(wanted[name], left[name]) for name in AMOUNTS}
        spent = Spending(client=client, user=user, ip=ip, hit=hit, **amounts)
        world.commit([Spend(spent)], now)
        return asdict(spent)


def _who(world: World, sent: Mapping[str, Any]) -> tuple[str, str, str]:
    client = str(sent.get("client", next(iter(world.clients))))
    if client not in world.clients:
        raise ValueError(f"there is no application {client!r}")
    user = str(sent.get("user", next(iter(world.accounts))))
    if not user.startswith("ip:"):
        user = user.removeprefix("account:")
        if user not in world.accounts:
            raise ValueError(f"there is no account {user!r}")
        user = f"account:{user}"
    return client, user, str(sent.get("ip", "127.0.0.1"))


def _amount(name: str, sent: Any) -> int:
    if isinstance(sent, bool) or not isinstance(sent, int) or sent < 0:
        raise ValueError(f"{name} is a whole number that is not negative")
    return sent
