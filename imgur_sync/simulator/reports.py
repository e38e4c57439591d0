"""What `/_simulator/` tells about the world: pictures and albums, ledger, history."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from typing import Any

from imgur_sync.simulator.options import Limits
from imgur_sync.simulator.records import Album, Image, Upload
from imgur_sync.simulator.tally import Tally, total
from imgur_sync.simulator.windows import Meter
from imgur_sync.simulator.world import World


def world_report(world: World) -> dict[str, Any]:
    """Every album and picture, oldest first, as stored (behaviour §9): the truth that a test compares with."""
    with world.lock:
        albums = [_album(album) for album in world.albums.values()]
        images = list(world.images.values())
    # Digests may have to be worked out, for which nobody else need wait.
    return {"albums": albums, "images": [_image(image, world.blobs.sha256(image.blob)) for image in images]}


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


def _image(image: Image, digest: str) -> dict[str, Any]:
    return {
        "id": image.id,
        "name": image.name,
        "title": image.title,
        "description": image.description,
        "size": image.size,
        "sha256": digest,
        "type": image.type,
        "owner": image.owner,
        "creator": image.creator,
        "datetime": image.datetime,
    }


def ledger_report(world: World, limits: Limits) -> dict[str, Any]:
    """What was spent and refused since the world began, in all and for each client, and what every meter shows.

    `used` counts in the window that is open, `highest` is the most that was ever used in any hour, or 24 hours, on
    end: also where windows are fixed, so there it may be right and above the limit. `others` is what other programs
    spent; it is in the meters, and in none of the sums. `calls` counts the requests that the history keeps.
    """
    with world.lock:
        now, meters = world.clock.now(), world.meters
        calls: dict[str, Counter[str]] = defaultdict(Counter)
        for request in world.history:
            calls[request.client][f"{request.method} {request.path}"] += 1
        report: dict[str, Any] = {"now": now, "windows": meters.windows, **total(world.tallies.values()).report()}
        report["calls"] = dict(sorted(sum(calls.values(), Counter()).items()))
        report["others"] = {name: world.spent[name] for name in ("credits", "posts", "uploads")}
        report["clients"] = {}
        for client in sorted({*world.tallies, *world.clients}):
            report["clients"][client] = {
                **world.tallies.get(client, Tally()).report(),
                "calls": dict(sorted(calls[client].items())),
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


def history_report(world: World, since: int = 0) -> dict[str, Any]:
    """Every request after number `since` in the order of their ends, and every upload that was committed.

    The oldest are dropped when there are too many (`Options.history`). Once that has happened, `dropped` tells how many
    of each are gone, and `complete_since` the number after which nothing is missing.
    """
    with world.lock:
        requests, uploads = world.history, world.uploads
        report: dict[str, Any] = {
            "requests": [dataclasses.asdict(request) for request in requests.since(since)],
            "uploads": list(uploads.since(since)),
        }
        if requests.dropped or uploads.dropped:
            report["dropped"] = {"requests": requests.dropped, "uploads": uploads.dropped}
            report["complete_since"] = max(requests.complete_since, uploads.complete_since)
    report["uploads"] = [_upload(upload, world.blobs.sha256(upload.blob)) for upload in report["uploads"]]
    return report


def _upload(upload: Upload, digest: str) -> dict[str, Any]:
    return {
        "n": upload.n,
        "time": upload.time,
        "client": upload.client,
        "id": upload.id,
        "name": upload.name,
        "size": upload.size,
        "sha256": digest,
        "album": upload.album,
    }
