"""What must hold of a race: judged by the history of the simulated Imgur, by the reflog of the bare repository, and by
the states that were in it, opened with the key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import IntentStatus, Standing
from imgur_sync.state.git_copy import read_copy
from imgur_sync.state.git_seal import Sealer
from tests.race.machine import Machine
from tests.simulation.watching import Watcher
from tests.support.mirror import LINEAGE, Mirror
from tests.support.runners import KEY, REF, Runners, git, held_bytes

CODES = {0, 5, 75, 143, -9}
IN_FLIGHT = 4
"""Requests that a run has under way at once, as the manifest's default is."""


@dataclass(frozen=True, slots=True)
class Held:
    """The ref at one moment: who held it, by number, and what the state knew."""

    commit: str
    number: int
    run: str
    token: str
    albums: frozenset[str]
    runs: frozenset[tuple[float, tuple[int, ...]]]
    ended: int


def tenures(here: Runners) -> Iterator[Held]:
    """Every value that the ref ever had, oldest first."""
    sealer = Sealer(Secret(KEY), LINEAGE, "the ref")
    log = (here.remote / "logs" / REF).read_text().splitlines()
    moves = [line.split()[:2] for line in log]
    for (_, before), (after, _) in pairwise(moves):
        assert before == after, f"a write took the place of {after}, and not of {before}"
    for _, commit in moves:
        claim = json.loads(git(here.remote, "show", f"{commit}:lease.json"))
        names = git(here.remote, "ls-tree", "--name-only", commit).split()
        albums, runs = frozenset[str](), frozenset[tuple[float, tuple[int, ...]]]()
        if "state" in names:
            content = sealer.open("state", held_bytes(here.remote, f"{commit}:state"))
            with read_copy(content, LINEAGE, "the ref") as store:
                albums = frozenset(album.id for album in store.albums())
                runs = frozenset((run.started_at, run.exit_codes) for run in store.runs() if run.ended_at is not None)
        zero = sum(codes == (0,) for _, codes in runs)
        yield Held(commit, claim["number"], claim["run"].rpartition("/")[2], claim["token"], albums, runs, zero)


def judge(here: Runners, machines: Sequence[Machine], last: Mirror, watcher: Watcher) -> Counter[str]:
    """Raises `AssertionError` for what is broken; what happened, counted."""
    seen: Counter[str] = Counter()
    for one in machines:
        assert one.code in CODES, f"{one.name} ended with {one.code}: {one.told}"
        assert "Traceback" not in one.told, one.told
        seen[f"exit {one.code}"] += 1
    held = list(tenures(here))
    judge_tenures(held)
    ends = [one.code for one in machines]
    assert ends.count(0) <= held[-1].ended - 1 <= ends.count(0) + ends.count(-9) + ends.count(75), "a run was forgotten"
    seen["tenures"] += len({one.number for one in held})
    seen["pushes"] += len(held)
    seen["zombies' requests"] += _not_interleaved(held, machines, last)
    twice = Counter(last.received())
    again = sum(count - 1 for count in twice.values())
    assert not again or any(one.peril.cut_off and one.struck for one in machines), "a picture was uploaded twice"
    seen["uploads of zombies"] += again
    _in_order(watcher, last)
    last.check_equal("cats", "dogs")
    _equal(here, last)
    return seen


def judge_tenures(held: Sequence[Held]) -> None:
    """That runs took turns, and that none forgot what one before it knew. Raises `AssertionError`."""
    _one_after_another(held)
    _nothing_forgotten(held)


def _one_after_another(held: Sequence[Held]) -> None:
    """Each holding has a number of its own, one more than that before, and nobody comes back."""
    for before, after in pairwise(held):
        if after.token == before.token:
            assert after.number == before.number
        else:
            assert after.number == before.number + 1, (
                f"{after.run} came after {before.run}, and skipped or repeated one"
            )
    tokens = [one.token for one, before in zip(held[1:], held, strict=False) if one.token != before.token]
    assert len(tokens) == len(set(tokens)), "a run wrote after another had taken over"


def _nothing_forgotten(held: Sequence[Held]) -> None:
    """No album and no run that a state knew is unknown to a later one."""
    for before, after in pairwise(held):
        assert before.albums <= after.albums, f"{after.run} forgot an album"
        assert before.runs <= after.runs, f"{after.run} forgot a run"


def _not_interleaved(held: Sequence[Held], machines: Sequence[Machine], last: Mirror) -> int:
    """What a run sent is over when the next one begins; of one that was cut off only what it had under way comes later.
    Returns how many requests did."""
    by_name = {one.name: one for one in machines}
    writes: dict[str, list[int]] = {}
    for request in last.requests():
        if request["method"] != "GET" and request["path"] != "/oauth2/token":
            writes.setdefault(request["ip"], []).append(request["n"])
    order = list(dict.fromkeys(one.run for one in held if one.run in by_name))
    late = 0
    for place, name in enumerate(order):
        heirs = [n for heir in order[place + 1 :] for n in writes.get(by_name[heir].address, ())]
        if not heirs:
            continue
        after = [n for n in writes.get(by_name[name].address, ()) if n > min(heirs)]
        one = by_name[name]
        most = IN_FLIGHT if one.peril.cut_off and one.struck else 0
        assert len(after) <= most, f"{name} ({one.peril}) sent {len(after)} requests after another run had begun"
        late += len(after)
    return late


def _in_order(watcher: Watcher, last: Mirror) -> None:
    """No wanted picture is deleted but a twin, and a file's old picture leaves when its new one is in the album."""
    folders = {name: set(last.wanted(name)) for name in ("cats", "dogs")}
    wanted = folders["cats"] | folders["dogs"]
    for deed in watcher.deeds:
        for album, image in deed.left:
            title = deed.after[album].title
            there = {watcher.shas[other] for other in deed.after[album].images}
            if watcher.shas[image] in folders.get(title or "", ()):
                assert watcher.shas[image] in there, "a wanted picture left its album"
        for image in deed.dropped:
            sha = watcher.shas[image]
            twin = [other for other, known in watcher.shas.items() if known == sha and other != image]
            assert sha not in wanted or twin, "a wanted picture was deleted"


def _equal(here: Runners, last: Mirror) -> None:
    """The state says what is on Imgur, and nothing is in doubt."""
    assert "begun" not in here.files(), "uploads are in doubt for ever"
    content = Sealer(Secret(KEY), LINEAGE, "the ref").open("state", held_bytes(here.remote, f"{REF}:state"))
    world = last.look("world")
    with read_copy(content, LINEAGE, "the ref") as store:
        unsure = [i for i in store.intents(*IntentStatus) if i.status is IntentStatus.OPEN]
        assert not unsure, f"left in doubt: {unsure}"
        for album in store.albums():
            placed = {p.id for p in store.pictures(album.key) if p.standing is Standing.PLACED}
            shown = next(one for one in world["albums"] if one["id"] == album.id)
            assert placed == set(shown["images"]), f"{album.key} is another one in the state"
