"""What `/_simulator/` tells about the world: pictures and albums, ledger, history."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any

from imgur_sync.simulator.options import Limits
from imgur_sync.simulator.records import Album, Image, Request
from imgur_sync.simulator.windows import Meter
from imgur_sync.simulator.world import World

LIMITS = ("client", "user", "posts", "uploads")


def world_report(world: World) -> dict[str, Any]:
    """Every album and picture, oldest first, as stored (behaviour §9): the truth that a test compares with."""
    with world.lock:
        return {
            "albums": [_album(album) for album in world.albums.values()],
            "images": [_image(image) for image in world.images.values()],
        }


def _album(album: Album) -> dict[str, Any]:
    return {
        "id": album.id,
        "title": album.title,
        "description": album.description,
        "privacy": album.privacy,
        "cover": album.shown_cover,
        "owner": album.owner,
        "creator": album.creator,
        "images": list(album.images),
    }


def _image(image: Image) -> dict[str, Any]:
    return {
        "id": image.id,
        "name": image.name,
        "title": image.title,
        "description": image.description,
        "size": image.size,
        "sha256": image.sha256,
        "type": image.type,
        "owner": image.owner,
        "creator": image.creator,
        "datetime": image.datetime,
    }


def ledger_report(world: World, limits: Limits) -> dict[str, Any]:
    """What was spent and refused since the world began, in all and for each client, and what every meter shows.

    `used` counts in the window that is open, `highest` is the most that was ever used in any hour, or 24 hours, on
    end: also where windows are fixed, so there it may be right and above the limit. `others` is what other programs
    spent; it is in the meters, and in none of the sums.
    """
    with world.lock:
        now, meters = world.clock.now(), world.meters
        clients = sorted({request.client for request in world.history} | set(world.clients))
        others = {name: sum(getattr(spent, name) for spent in world.spent) for name in ("credits", "posts", "uploads")}
        report: dict[str, Any] = {"now": now, "windows": meters.windows, **_sums(world.history), "others": others}
        report["clients"] = {}
        for client in clients:
            mine = [request for request in world.history if request.client == client]
            report["clients"][client] = {
                **_sums(mine),
                "day": _reading(meters.client, client, now, limits.client_credits),
                "strikes": meters.strikes(client, now),
                "blocked_until": meters.blocked_until(client, now),
            }
        report["users"] = {
            user: _reading(meters.user, user, now, limits.user_credits) for user in meters.user.counted()
        }
        report["addresses"] = {
            ip: {
                "posts": _reading(meters.posts, ip, now, limits.posts),
                "uploads": _reading(meters.uploads, ip, now, limits.uploads),
            }
            for ip in sorted({*meters.posts.counted(), *meters.uploads.counted()})
        }
        return report


def _reading(meter: Meter, key: str, now: float, limit: int) -> dict[str, int]:
    return {"used": meter.used(key, now), "limit": limit, "highest": meter.highest(key)}


def _sums(seen: Sequence[Request]) -> dict[str, Any]:
    total = {"credits": 0, "posts": 0, "uploads": 0}
    calls: Counter[str] = Counter()
    routes: Counter[str] = Counter()
    for request in seen:
        total["credits"] += request.credits
        total["posts"] += request.post
        total["uploads"] += request.upload
        calls[f"{request.method} {request.path}"] += 1
        routes[f"{request.method} {request.route}"] += 1
    refusals = Counter(dict.fromkeys(LIMITS, 0))
    refusals.update(request.refused_by for request in seen if request.refused_by)
    return {
        **total,
        "refusals": dict(refusals),
        "calls": dict(sorted(calls.items())),
        "routes": dict(sorted(routes.items())),
    }


def history_report(world: World, since: int = 0) -> dict[str, Any]:
    """Every request after number `since` in the order of their ends, and every upload that was committed."""
    with world.lock:
        return {
            "requests": [dataclasses.asdict(request) for request in world.history if request.n > since],
            "uploads": [dataclasses.asdict(upload) for upload in world.uploads if upload.n > since],
        }
