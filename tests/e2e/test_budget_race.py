"""Several commands at once, each with its own manifest, and one ledger: together they spend what is there, not more."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.simulator import Limits
from tests.support.mirror import HEAD, Mirror, mirror, sibling, table

PLACES = ("first", "second", "third", "fourth")
LINEAGES = ("k3v9x2mq", "b7n4c1ws", "t5h8d6zp", "m2r6f9ya")


def prepared(first: Mirror) -> list[Mirror]:
    """Four workplaces, each with a manifest and a state of its own and an album of six pictures; one ledger for all."""
    for folder in ("cats", "dogs"):
        for path in (first.folder / folder).iterdir():
            path.unlink()
    others = [sibling(first, f"place-{name}") for name in PLACES[1:]]
    for number, (name, lineage, place) in enumerate(zip(PLACES, LINEAGES, (first, *others), strict=True)):
        for seed in range(6):
            place.put(f"{name}/{seed}.png", 100 * number + seed)
        place.manifest(table(name), head=HEAD.replace(LINEAGES[0], lineage))
    return [first, *others]


def together(places: list[Mirror]) -> list[int]:
    """All begin at once; how each ended. None shows a traceback."""
    running = [place.place.start("apply", "-y") for place in places]
    try:
        told = [process.communicate(timeout=120) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
    for out, err in told:
        assert "Traceback" not in out + err, out + err
        assert "internal error" not in out + err, out + err
    codes = [process.returncode for process in running]
    assert set(codes) <= {0, 6}, f"{codes}: {told}"
    return codes


@pytest.mark.parametrize(
    "limits",
    [Limits(100, 0, 0, 0), Limits(0, 100, 0, 0), Limits(0, 0, 9, 0)],
    ids=["hour", "day", "posts"],
)
def test_four_commands_never_overspend_what_they_share(limits: Limits, tmp_path: Path) -> None:
    """About a third of the work fits: each ends with 0 or 6, and Imgur has nothing to refuse."""
    with mirror(tmp_path, limits=limits) as first:
        places = prepared(first)
        first.run("credits", "--refresh")
        assert 6 in together(places)
        ledger = first.look("ledger")
        assert not any(ledger["refusals"].values()), ledger["refusals"]
        assert not [request for request in first.requests() if request["status"] >= 400]
        for meter, limit in (
            (ledger["credits"], limits.user_credits or limits.client_credits),
            (ledger["posts"], limits.posts),
        ):
            assert not limit or meter <= limit
        received = first.received()
        assert received
        assert len(received) == len(set(received)), "nothing is sent twice"


def test_our_own_cap_of_uploads_is_one_for_all(tmp_path: Path) -> None:
    """Seven uploads an hour, whoever sends them."""
    with mirror(tmp_path) as first:
        places = prepared(first)
        for place in places:
            manifest = place.folder / "sync.toml"
            manifest.write_text(manifest.read_text().replace("uploads_per_hour = 0", "uploads_per_hour = 7"))
        codes = together(places)
        assert set(codes) <= {0, 6}, codes
        assert len(first.received()) == 7


def test_with_enough_for_all_each_finishes(tmp_path: Path) -> None:
    """The same race without want: four mirrors are whole, and the ledger counted what Imgur did."""
    with mirror(tmp_path, limits=Limits(1000, 0, 0, 0)) as first:
        places = prepared(first)
        assert together(places) == [0, 0, 0, 0]
        for name, place in zip(PLACES, places, strict=True):
            assert place.shown(name) == place.wanted(name)
        assert first.json("credits")["used_today"] == first.look("ledger")["credits"]
