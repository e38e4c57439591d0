"""What is going on when a run is killed: a small mirror made ready, and the change that the run carries out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from imgur_sync.model.spec import BudgetSpec, Privacy, Prune, Removal
from tests.crash.stage import CrashStage

LATER = ("departure", "run", "run_step", "picture_text", "ignored_text", "agreed", "reviewed", "consumed")
"""The tables that the first version of the state did not have."""
Change = Callable[[CrashStage], None]


def nothing(stage: CrashStage) -> None:
    """No change."""


def base(stage: CrashStage) -> None:
    """The album cats with three files, dogs with two; somebody else's album beside them."""
    stage.found(901, 902)
    for key, seeds in (("cats", (0, 1, 2)), ("dogs", (10, 11))):
        stage.album(key)
        for seed in seeds:
            stage.put(key, f"{seed:02}.png", seed)


@dataclass(frozen=True)
class Scenario:
    """`before` runs ahead of a first apply, `change` after it; the apply that follows is the one that is killed.

    With `fresh` there is no first apply. `modes` are those in which it makes sense; `limits` is what an hour's uploads
    may be; `knobs` turn the simulator.
    """

    name: str
    change: Change = nothing
    before: Change = nothing
    fresh: bool = False
    modes: tuple[str, ...] = ("account", "nobody")
    uploads_per_hour: int = 0
    token: bool = False
    knobs: dict[str, Any] = field(default_factory=dict)
    watch: bool = False
    """The run is a tick of the daemon, and so are those after it."""


def replace_one(stage: CrashStage) -> None:
    """A file gets another content."""
    stage.put("cats", "01.png", 51)


def replace_two(stage: CrashStage) -> None:
    """Two files get another content, in two albums."""
    stage.put("cats", "01.png", 51)
    stage.put("dogs", "10.png", 52)


def rename_files(stage: CrashStage) -> None:
    """A rename that moves a picture to the end, a move to the other album, a swap of two contents."""
    cats, dogs = stage.albums["cats"].root, stage.albums["dogs"].root
    (cats / "00.png").rename(cats / "99.png")
    (cats / "02.png").rename(dogs / "02.png")
    one, two = (dogs / "10.png").read_bytes(), (dogs / "11.png").read_bytes()
    (dogs / "10.png").write_bytes(two)
    (dogs / "11.png").write_bytes(one)


def reorder(stage: CrashStage) -> None:
    """Another order and another cover."""
    stage.change("cats", listed=("02.png", "00.png", "01.png"), cover="01.png")


def to_delete(stage: CrashStage) -> None:
    """Files that leave are deleted."""
    for key in ("cats", "dogs"):
        stage.change(key, prune=Prune.DELETE)


def drop_files(stage: CrashStage) -> None:
    """One file leaves each album, and one comes."""
    (stage.albums["cats"].root / "01.png").unlink()
    (stage.albums["dogs"].root / "10.png").unlink()
    stage.put("dogs", "12.png", 12)


def remove_album(stage: CrashStage) -> None:
    """An album goes with its pictures."""
    stage.albums.pop("dogs")
    stage.removed = (Removal("dogs", True),)


def public(stage: CrashStage) -> None:
    """Everyone may see cats."""
    stage.change("cats", privacy=Privacy.PUBLIC, allow_public=True)


def tighten(stage: CrashStage) -> None:
    """Nobody is to see cats any more, and a picture comes that nobody ever saw."""
    stage.change("cats", privacy=Privacy.HIDDEN)
    stage.put("cats", "03.png", 3)


def widen(stage: CrashStage) -> None:
    """Everyone may see cats, but not the picture that leaves with this change."""
    public(stage)
    (stage.albums["cats"].root / "01.png").unlink()
    stage.put("cats", "03.png", 3)


def tick(stage: CrashStage) -> None:
    """While nobody watched, a file came, one got another content, and one left."""
    stage.put("cats", "03.png", 3)
    stage.put("cats", "01.png", 51)
    (stage.albums["dogs"].root / "10.png").unlink()


def adopt(stage: CrashStage) -> None:
    """The manifest names an album that somebody made on the site, with a file of ours."""
    stage.album("adopted", id=stage.found(801, 802))
    stage.put("adopted", "a.png", 803)


def more_files(stage: CrashStage) -> None:
    """Four files more, of which an hour takes two."""
    for seed in range(20, 24):
        stage.put("cats", f"{seed}.png", seed)


def older_state(stage: CrashStage) -> None:
    """The state is one of the first version; a file changed, and one left."""
    with closing(sqlite3.connect(stage.base / ".imgur-sync" / "state.db", isolation_level=None)) as connection:
        for table in LATER:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
    stage.old_state = True
    replace_one(stage)
    (stage.albums["dogs"].root / "10.png").unlink()


def texts(stage: CrashStage) -> None:
    """The album and its pictures get texts."""
    stage.change("cats", title="Cats!", description="all of them", image_title="{stem}")


def lose_state(stage: CrashStage) -> None:
    """The state and the cache are gone; a file changed."""
    for file in (stage.base / ".imgur-sync").iterdir():
        file.unlink()
    replace_one(stage)


def move_album(stage: CrashStage) -> None:
    """The album's table gets another key."""
    stage.rename("cats", "katzen")
    stage.put("katzen", "03.png", 3)


ACCOUNT = ("account",)
SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("first sync", fresh=True),
        Scenario("no-op"),
        Scenario("replace", replace_two),
        Scenario("rename", rename_files),
        Scenario("reorder", reorder),
        Scenario("prune by detach", drop_files),
        Scenario("prune by delete", drop_files, to_delete),
        Scenario("privacy tighten", tighten, public),
        Scenario("privacy widen", widen),
        Scenario("adopt", adopt, modes=ACCOUNT),
        Scenario("quota stop", more_files, uploads_per_hour=7, modes=ACCOUNT),
        Scenario("token refresh", replace_one, modes=ACCOUNT, token=True),
        Scenario("migration", older_state),
        Scenario("texts", texts, modes=ACCOUNT),
        Scenario("remove album", remove_album),
        Scenario("move album", move_album, modes=ACCOUNT),
        Scenario("state lost", lose_state, modes=ACCOUNT),
        Scenario("watch tick", tick, modes=ACCOUNT, watch=True),
    )
}
CASES = [(name, mode) for name, scenario in SCENARIOS.items() for mode in scenario.modes]
WHOLE = [
    ("first sync", "account"),
    ("replace", "account"),
    ("prune by delete", "account"),
    ("privacy widen", "account"),
]
"""Killed at every hit by every run of the tests; the others at a sample."""


def staged(scenario: Scenario, stage: CrashStage) -> None:
    """Everything up to the run that will be killed."""
    stage.settle = 90.0
    stage.budget = BudgetSpec(uploads_per_hour=0)
    base(stage)
    scenario.before(stage)
    if not scenario.fresh:
        finished = stage.apply(stage.agreed())
        assert finished.codes == (0,), finished
        stage.clock.advance(600)
    stage.budget = BudgetSpec(uploads_per_hour=scenario.uploads_per_hour)
    stage.ticking = scenario.watch
    if scenario.token:
        stage.token_files, stage.fresh_token = True, False
