"""What happens in a month: drawn from the seed when the month begins, worked out when it happens."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from imgur_sync.model.spec import Prune
from imgur_sync.simulator.website import edit
from tests.support.pictures import png
from tests.watch.living import DAY, HOUR, Life

KEYS = ("shots", "import", "notes", "trash")
QUIET_DAYS = 3
"""So many days at the end nothing happens any more."""
UPLOAD_TROUBLES = ("timeout-after", "timeout-before", "reset-reply", "late-commit", "could-not-complete-500-after")
CLOSED_TROUBLES = ("over-capacity-403", "over-capacity-1203", "html-503", "empty-500")


def begin(life: Life) -> None:
    """The albums, with a few pictures each."""
    life.album("shots", priority=10)
    life.album("import", title="the import")
    life.album("notes")
    life.album("trash", prune=Prune.DELETE)
    for key in KEYS:
        for number in range(4):
            life.write(life.albums[key].root / f"{number:05}.png", life.fresh())
    life.counted()


def draw(life: Life, days: int, pictures: int) -> None:
    """Have things happen for all days but the last ones. `pictures` are those of the big import."""
    chance, active = life.chance, days - QUIET_DAYS
    for day in range(active):
        for _ in range(chance.randrange(2, 7)):
            _at(life, day, FOLDERS)
        for _ in range(chance.randrange(0, 3)):
            _at(life, day, WORLD)
    first = 1.5 * DAY + chance.random() * DAY
    for start in range(0, pictures, 50):
        life.at(
            first + start * chance.uniform(0.1, 60.0), partial(do, life, "imported", start, min(50, pictures - start))
        )
    for night in range(2, active):
        life.at(night * DAY + 20 * HOUR, life.approve)
    life.at(active * DAY, lambda: calm(life))
    for hour in (2, 20, 40):
        life.at(active * DAY + hour * HOUR, life.approve)


def _at(life: Life, day: int, acts: dict[str, tuple[int, Callable[..., Any]]]) -> None:
    names = list(acts)
    name = life.chance.choices(names, [acts[one][0] for one in names])[0]
    life.at((day + life.chance.random()) * DAY + 60.0, partial(do, life, name))


def do(life: Life, name: str, *given: Any) -> None:
    """One act, counted."""
    life.done[name] += 1
    (FOLDERS.get(name) or WORLD.get(name) or OTHERS[name])[1](life, *given)
    life.counted()


def calm(life: Life) -> None:
    """Everything is right again; nothing more is told of what happened while ears were shut."""
    for key in list(life.unplugged):
        life.plug(key)
    life.wire.down = False
    life.web.delete("/_simulator/faults")
    life.two.jump(-life.two.wrong)
    life.ears = "open"
    life.mend()


# Folders


def _key(life: Life) -> str | None:
    keys = [key for key in life.albums if key not in life.unplugged]
    return life.chance.choice(keys) if keys else None


def _file(life: Life) -> Path | None:
    key = _key(life)
    files = life.files(key) if key is not None else []
    return life.chance.choice(files) if files else None


def _name(life: Life) -> str:
    return f"{life.chance.randrange(1000, 100_000):05}.png"


def add(life: Life, key: str | None = None, most: int = 4) -> None:
    """Some pictures come."""
    key = key or _key(life)
    root = life.root(key) if key is not None else None
    if root is not None:
        for _ in range(life.chance.randrange(1, most + 1)):
            path = root / _name(life)
            if not path.exists():
                life.write(path, life.fresh())


def copied(life: Life) -> None:
    """A picture is there twice."""
    path = _file(life)
    if path is not None and not (other := path.with_name(_name(life))).exists():
        life.write(other, path.read_bytes())


def changed(life: Life) -> None:
    """A picture is edited; some editors remove it first."""
    path = _file(life)
    if path is None:
        return
    if life.chance.random() < 0.4:
        life.leave(path)
        life.at(life.elapsed + life.chance.uniform(0.5, 40.0), lambda: _again(life, path, life.fresh()))
    else:
        life.write(path, life.fresh())


def _again(life: Life, path: Path, data: bytes) -> None:
    if path.relative_to(life.base).parts[0] not in life.unplugged and not path.exists():
        life.write(path, data)
        life.counted()


def renamed(life: Life) -> None:
    """A file gets another name."""
    path = _file(life)
    if path is not None and not (other := path.with_name(_name(life))).exists():
        life.write(other, life.leave(path))


def moved(life: Life) -> None:
    """A file goes to another album, where it may be seen later than it is missed here."""
    path, key = _file(life), _key(life)
    if path is None or key is None:
        return
    target = life.albums[key].root / path.name
    if not target.exists():
        life.write(target, life.leave(path))


def swapped(life: Life) -> None:
    """Two files change places."""
    one, two = _file(life), _file(life)
    if one is not None and two is not None and one != two:
        first, second = life.leave(one), life.leave(two)
        life.write(one, second)
        life.write(two, first)


def removed(life: Life) -> None:
    """Some files go."""
    key = _key(life)
    for _ in range(life.chance.choice((1, 1, 2, 3, 6))):
        files = life.files(key) if key is not None else []
        if len(files) > 2:
            life.leave(life.chance.choice(files), removed=True)


def put_back(life: Life) -> None:
    """A file goes for a while."""
    path = _file(life)
    if path is not None and len(list(path.parent.iterdir())) > 2:
        data = life.leave(path, removed=True)
        life.at(life.elapsed + life.chance.choice((5.0, 40.0, 200.0, 5000.0)), lambda: _again(life, path, data))


def unplugged(life: Life) -> None:
    """A disk is pulled out for a while."""
    key = _key(life)
    if key is not None:
        life.unplug(key)
        life.at(life.elapsed + life.chance.uniform(30.0, 1.5 * DAY), lambda: life.plug(key))


def imported(life: Life, start: int, count: int) -> None:
    """Part of a big import."""
    root = life.root("import")
    if root is None:
        life.at(life.elapsed + HOUR, lambda: imported(life, start, count))
        return
    for number in range(start, start + count):
        life.write(root / "big" / f"{number:05}.png", life.fresh())
    life.counted()


def storm(life: Life) -> None:
    """Many events, and hardly anything changed."""
    path = _file(life)
    if path is None:
        return
    for number in range(30):
        life.at(life.elapsed + 1.5 * number, lambda: life._told(path))
    if life.chance.random() < 0.5:
        add(life)


# The daemon, the machine, Imgur and others


def ears(life: Life) -> None:
    """Events are told twice, late, or for days not at all."""
    life.ears = life.chance.choice(("twice", "late", "shut"))
    life.at(life.elapsed + life.chance.uniform(HOUR, 3 * DAY), lambda: setattr(life, "ears", "open"))


def killed(life: Life) -> None:
    """The daemon is killed, now or in a pass."""
    life.die(life.chance.randrange(1, 12), life.chance.choice((5.0, 60.0, HOUR)))


def stopped(life: Life) -> None:
    """The daemon is stopped for a while."""
    life.stop(life.chance.choice((5.0, 600.0, 8 * HOUR)))


def upload_trouble(life: Life) -> None:
    """The next uploads or edits end badly."""
    name = life.chance.choice(UPLOAD_TROUBLES)
    rule: dict[str, Any] = {
        "fault": name,
        "match": {"method": "POST", "path": "/3/image", "count": life.chance.randrange(1, 4)},
    }
    if life.chance.random() < 0.4 and name != "late-commit":
        rule["match"] = {"method": "PUT", "path": "/3/album/*", "count": 1}
    life.steer("faults", rule)
    add(life)


def closed(life: Life) -> None:
    """Imgur answers with nothing but errors for a while."""
    rule = {
        "fault": life.chance.choice(CLOSED_TROUBLES),
        "match": {"lasts": life.chance.uniform(60.0, 3 * HOUR), "count": 0},
    }
    life.steer("faults", rule)
    add(life)


def night(life: Life) -> None:
    """No connection for some hours."""
    life.wire.down = True
    life.at(life.elapsed + life.chance.uniform(600.0, 9 * HOUR), lambda: setattr(life.wire, "down", False))
    add(life)


def stale(life: Life) -> None:
    """Reads lag behind for a while."""
    rule = {"fault": "stale-read", "seconds": life.chance.uniform(5.0, 40.0), "match": {"lasts": 2 * HOUR, "count": 0}}
    life.steer("faults", rule)
    add(life)


def spent(life: Life) -> None:
    """Another program uses the same application or address."""
    chance = life.chance
    life.steer(
        "spend", {"credits": chance.randrange(10, 900), "posts": chance.randrange(100), "uploads": chance.randrange(20)}
    )


def stepped(life: Life) -> None:
    """The clock is put wrong for some hours."""
    by = life.chance.choice((-1, 1)) * life.chance.choice((5.0, 700.0, 4000.0, 30 * HOUR))
    life.two.jump(by)
    life.at(life.elapsed + life.chance.uniform(HOUR, DAY), lambda: life.two.jump(-by))


def suspended(life: Life) -> None:
    """The machine sleeps for eight hours, with a clock that counts it or not; a file came just before."""
    add(life)
    life.two.counts_sleep = life.chance.random() < 0.7
    life.at(life.elapsed + life.chance.choice((0.5, 3.0, 4.0, 100.0)), lambda: life.suspended(8 * HOUR))


def spoiled(life: Life) -> None:
    """The manifest is broken for a while."""
    life.spoil()
    life.at(life.elapsed + life.chance.uniform(60.0, 9 * HOUR), life.mend)


def edited(life: Life) -> None:
    """The manifest says something else."""
    key = life.chance.choice(list(life.albums))
    field, value = life.chance.choice(
        (("description", f"at {life.elapsed:.0f}"), ("priority", life.chance.randrange(20)))
    )
    life.edit(key, **{field: value})


def another(life: Life) -> None:
    """Another album."""
    key = f"more{len(life.albums)}"
    if len(life.albums) < 7:
        life.album(key)
        add(life, key)
        life.mend()


def site(life: Life) -> None:
    """People change an album of ours on the web site."""
    keys = [key for key in life.albums if life.album_id(key) is not None]
    if not keys:
        return
    album = life.world.albums.get(str(life.album_id(life.chance.choice(keys))))
    assert album is not None
    ours = [image for image in album.images if image not in life.foreign]
    choice = life.chance.choice(("order", "out", "title", "foreign", "delete"))
    if choice == "foreign":
        data = png(11, 7, 900_000 + life.done["site"])
        what: dict[str, Any] = {"op": "add", "id": album.id, "image_base64": base64.b64encode(data).decode()}
    elif not ours:
        return
    elif choice == "order":
        what = {"op": "order", "id": album.id, "images": [*ours[1:], ours[0]]}
    elif choice == "out":
        what = {"op": "remove_from_album", "id": album.id, "images": [life.chance.choice(ours)]}
    elif choice == "title":
        what = {"op": "set_album", "id": album.id, "description": f"by hand {life.elapsed:.0f}"}
    else:
        image = life.chance.choice(ours)
        sha = life.deeds.shas[image]
        if sha in life.vanished:
            return
        life.vanished.add(sha)
        what = {"op": "delete_image", "id": image}

    def act() -> None:
        done = edit(life.world, what)
        if choice == "foreign":
            life.foreign.add(done["id"])

    life.others(act)


FOLDERS: dict[str, tuple[int, Callable[..., Any]]] = {
    "add": (8, add),
    "copied": (1, copied),
    "changed": (4, changed),
    "renamed": (3, renamed),
    "moved": (3, moved),
    "swapped": (2, swapped),
    "removed": (3, removed),
    "put back": (3, put_back),
    "unplugged": (1, unplugged),
    "storm": (1, storm),
}
WORLD: dict[str, tuple[int, Callable[..., Any]]] = {
    "ears": (3, ears),
    "killed": (4, killed),
    "stopped": (1, stopped),
    "upload trouble": (3, upload_trouble),
    "closed": (1, closed),
    "night": (1, night),
    "stale": (1, stale),
    "spent": (2, spent),
    "stepped": (1, stepped),
    "suspended": (1, suspended),
    "spoiled": (1, spoiled),
    "edited": (2, edited),
    "another": (1, another),
    "site": (4, site),
}
OTHERS: dict[str, tuple[int, Callable[..., Any]]] = {"imported": (0, imported)}
