"""Four processes share an account whose refresh token dies with every refresh: none is lost, whoever is killed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.mirror import Mirror, until

TOKEN = {"path": "/oauth2/token"}
ROTATES = {"match": TOKEN, "fault": "rotate"}


def trades(here: Mirror) -> int:
    """How many refreshes Imgur was asked for."""
    return sum(request["path"] == "/oauth2/token" for request in here.requests())


def together(here: Mirror, count: int = 4) -> list[tuple[int, str]]:
    """So many processes at once that each need a token; how they ended."""
    started = [here.place.start("credits", "--refresh") for _ in range(count)]
    ended = [process.communicate(timeout=120) for process in started]
    return [(process.returncode, err) for process, (_, err) in zip(started, ended, strict=True)]


def stored(here: Mirror) -> str:
    """The refresh token in the file."""
    (file,) = (here.folder / ".user" / "tokens").glob("tokens-*.json")
    return str(json.loads(file.read_bytes())["refresh"])


def living(here: Mirror) -> set[str]:
    """The refresh tokens that Imgur still takes."""
    with here.server.world.lock:
        return {token for token, grant in here.server.world.grants.items() if grant.kind == "refresh"}


def test_four_processes_refresh_once_for_each_generation(here: Mirror) -> None:
    """Their token expires together, three times; each time one trades it, and all go on."""
    here.steer("faults", [ROTATES])
    for generation in range(1, 4):
        here.steer("tokens", {"expire_access": True})
        ended = together(here)
        assert [code for code, _ in ended] == [0, 0, 0, 0], ended
        assert trades(here) == generation
        assert living(here) == {stored(here)}


def waits(here: Mirror) -> subprocess.Popen[str]:
    """A process whose refresh is on its way to an Imgur that is slow, and will not carry it out."""
    first = {**TOKEN, "nth": 1}
    here.steer("faults", [{"match": first, "fault": "delay", "seconds": 60}, {"match": first, "fault": "drop_before"}])
    process = here.place.start("credits", "--refresh")
    until(lambda: any(rule["seen"] for rule in here.look("faults")))
    return process


def test_a_kill_before_the_trade_gives_the_turn_to_another(here: Mirror) -> None:
    """The lock falls with the process; the old token, not yet traded, serves the next one."""
    process = waits(here)
    try:
        others = [here.place.start("credits", "--refresh") for _ in range(3)]
        process.kill()
        here.calm()
        here.steer("faults", [ROTATES])
        ended = [other.communicate(timeout=120) for other in others]
        assert [other.returncode for other in others] == [0, 0, 0], ended
    finally:
        process.kill()
        process.communicate()
    assert living(here) == {stored(here)}


def test_a_kill_after_the_trade_loses_nothing(here: Mirror) -> None:
    """The new tokens are on disk before they are used: the call that they were for is slow, and its process dies."""
    here.steer("faults", [ROTATES, {"match": {"path": "/3/credits", "nth": 1}, "fault": "delay", "seconds": 60}])
    process = here.place.start("credits", "--refresh")
    try:
        until(lambda: bool(list((here.folder / ".user" / "tokens").glob("tokens-*.json"))))
        until(lambda: any(rule["seen"] for rule in here.look("faults") if rule["fault"] == "delay"))
    finally:
        process.kill()
        process.communicate()
    assert living(here) == {stored(here)}
    ended = together(here)
    assert [code for code, _ in ended] == [0, 0, 0, 0], ended
    assert trades(here) == 1


def test_a_dead_token_in_the_environment_does_not_win_over_its_successor(here: Mirror, tmp_path: Path) -> None:
    """The variable still holds the first token of all; four processes use its great-grandchild."""
    here.steer("faults", [ROTATES])
    for _ in range(2):
        here.steer("tokens", {"expire_access": True})
        here.run("credits", "--refresh")
    assert here.server.refresh_token not in living(here)
    assert here.place.environment["IMGUR_SYNC_REFRESH_TOKEN"] == here.server.refresh_token
    assert {code for code, _ in together(here)} == {0}
