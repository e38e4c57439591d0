"""What `/_simulator/` tells about the world: pictures and albums, ledger, history."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

from imgur_sync.simulator.options import Limits
from imgur_sync.simulator.records import Album, Image, Request
from imgur_sync.simulator.world import World


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
    """Credits, POSTs, uploads and calls since the world began, in all and for each client, and the open windows."""
    with world.lock:
        now, meters = world.clock.now(), world.meters
        clients = sorted({request.client for request in world.history} | set(world.clients))
        report: dict[str, Any] = {"now": now, **_sums(world.history), "clients": {}}
        for client in clients:
            mine = [request for request in world.history if request.client == client]
            report["clients"][client] = {
                **_sums(mine),
                "day": {"used": meters.client.used(client, now), "limit": limits.client_credits},
                "strikes": meters.strikes(client, now),
            }
        report["users"] = {
            user: {"used": meters.user.used(user, now), "limit": limits.user_credits} for user in meters.user.counted()
        }
        report["addresses"] = {
            ip: {
                "posts": {"used": meters.posts.used(ip, now), "limit": limits.posts},
                "uploads": {"used": meters.uploads.used(ip, now), "limit": limits.uploads},
            }
            for ip in meters.posts.counted()
        }
        return report


def _sums(requests: Iterable[Request]) -> dict[str, Any]:
    total = {"credits": 0, "posts": 0, "uploads": 0}
    calls: Counter[str] = Counter()
    routes: Counter[str] = Counter()
    for request in requests:
        total["credits"] += request.credits
        total["posts"] += request.post
        total["uploads"] += request.upload
        calls[f"{request.method} {request.path}"] += 1
        routes[f"{request.method} {request.route}"] += 1
    return {**total, "calls": dict(sorted(calls.items())), "routes": dict(sorted(routes.items()))}


def history_report(world: World, since: int = 0) -> dict[str, Any]:
    """Every request after number `since` in the order of their ends, and every upload that was committed."""
    with world.lock:
        return {
            "requests": [dataclasses.asdict(request) for request in world.history if request.n > since],
            "uploads": [dataclasses.asdict(upload) for upload in world.uploads if upload.n > since],
        }
