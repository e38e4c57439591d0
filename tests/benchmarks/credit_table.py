"""Credits spent / least possible: `python -m tests.benchmarks.credit_table` prints the table as it stands in README.md.

Each scenario starts from two albums in order, cats with five pictures and dogs with three, on a simulated Imgur where
nothing fails; something changes, one apply follows, and Imgur's own ledger tells what it cost. The least is written
down by hand, from what each situation needs: 10 for an upload, 1 for the edit that sets an album's members, order,
cover, texts and privacy together, 1 for the text of a picture, 1 to delete a picture or an album, 1 to make an album. A
picture that is uploaded into an album stands at a place that nobody knows before; here it is the end, so an upload
needs the edit too, but where it belongs at the end and nothing else differs. A new album takes the edit always. Reads
are counted apart.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Order, Privacy, Prune
from imgur_sync.model.texts import Texts
from imgur_sync.state.store import open_store
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.sync_stage import LINEAGE

UPLOAD, EDIT, TEXT, DELETE, CREATE = 10, 1, 1, 1, 1


@dataclass(frozen=True, slots=True)
class Scenario:
    """What changes, the least write credits that it takes, and what the apply has to be allowed or told."""

    name: str
    change: Callable[[LifecycleStage], object]
    least: int
    before: Callable[[LifecycleStage], object] | None = None
    """What the albums are like before; it is applied, too."""
    approvals: Mapping[GateName, int] = field(default_factory=dict)
    refresh: bool = False
    fresh: bool = False
    """Nothing was ever applied."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a scenario cost by Imgur's own ledger."""

    name: str
    spent: int
    least: int
    reads: int

    def line(self) -> str:
        """The row of the table in README.md."""
        ratio = self.spent / self.least if self.least else 1.0 if not self.spent else float("inf")
        return f"| {self.name} | {self.spent} | {self.least} | {ratio:.2f} | {self.reads} |"


def measure(base: Path, scenario: Scenario) -> Row:
    """Run the scenario below `base`. AssertionError if it does not end in order."""
    with LifecycleStage(base) as stage:
        for key, count in (("cats", 5), ("dogs", 3)):
            stage.album(key)
            for number in range(count):
                stage.put(key, f"{number}.png", number + 10 * len(key) + 100 * (key == "dogs"))
        # The state is there, so that a first sync does not look on Imgur for what an earlier one may have left.
        open_store(stage.manifest().state_path, lineage=LINEAGE, create=True).close()
        if not scenario.fresh:
            if scenario.before is not None:
                scenario.before(stage)
            assert stage.apply().codes == (ExitCode.DONE,)
            stage.clock.advance(1_000)
        scenario.change(stage)
        seen = len(stage.look("history")["requests"])
        ended = stage.apply(scenario.approvals, refresh=scenario.refresh)
        assert ended.codes == (ExitCode.DONE,), f"{scenario.name}: {ended}"
        requests = stage.look("history")["requests"][seen:]
        stage.clock.advance(4_000)
        assert stage.plan().settled, scenario.name
        assert not any(stage.look("ledger")["refusals"].values()), scenario.name
    writes = sum(one["credits"] for one in requests if one["method"] != "GET")
    reads = sum(one["credits"] for one in requests if one["method"] == "GET")
    assert writes + reads == ended.credits, "our own ledger says the same"
    return Row(scenario.name, writes, scenario.least, reads)


def _file(stage: LifecycleStage, name: str) -> Path:
    return stage.albums["cats"].root / name


def _swap(stage: LifecycleStage) -> None:
    first, second, aside = (_file(stage, name) for name in ("0.png", "1.png", "aside.png"))
    first.rename(aside)
    second.rename(first)
    aside.rename(second)


def _narrow(stage: LifecycleStage) -> None:
    stage.change("cats", privacy=Privacy.HIDDEN)
    stage.put("cats", "5.png", 50)


def _lose(stage: LifecycleStage) -> None:
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][2]})


def _adopt(stage: LifecycleStage) -> None:
    stage.album("found", title=None, id=stage.found(70, 71))
    for number in range(2):
        stage.put("found", f"{number}.png", 80 + number)


def _copy(stage: LifecycleStage) -> None:
    _file(stage, "9.png").write_bytes(_file(stage, "2.png").read_bytes())


def _trip(stage: LifecycleStage, name: str, *seeds: int) -> None:
    folder = stage.collect() / name
    folder.mkdir()
    data = {seed: _file(stage, "0.png").read_bytes() + bytes([seed]) for seed in seeds}
    for seed in seeds:
        (folder / f"{seed}.png").write_bytes(data[seed])


def _much(stage: LifecycleStage) -> None:
    stage.put("cats", "5.png", 50)
    _file(stage, "1.png").unlink()
    _file(stage, "0.png").rename(_file(stage, "8.png"))
    stage.change("cats", title="all at once", cover="3.png")


def _rename_key(stage: LifecycleStage) -> None:
    stage.rename("cats", "kittens")


PUBLIC = {"privacy": Privacy.PUBLIC, "allow_public": True}
SCENARIOS = (
    Scenario("first sync of two albums, 8 pictures", lambda _: None, 2 * (CREATE + EDIT) + 8 * UPLOAD, fresh=True),
    Scenario("nothing changed", lambda _: None, 0),
    Scenario("one new file, at the end", lambda s: s.put("cats", "5.png", 50), UPLOAD),
    Scenario("one new file, in between", lambda s: s.put("cats", "2b.png", 50), UPLOAD + EDIT),
    Scenario("a file renamed, its place the same", lambda s: _file(s, "4.png").rename(_file(s, "4b.png")), 0),
    Scenario("a file renamed to the end", lambda s: _file(s, "0.png").rename(_file(s, "9.png")), EDIT),
    Scenario("two files swap their names", _swap, EDIT),
    Scenario("another order", lambda s: s.change("cats", listed=("4.png", "2.png"), order=Order.NAME), EDIT),
    Scenario("the text of a picture", lambda s: s.change("cats", images=(("1.png", Texts("one", "")),)), TEXT),
    Scenario("title and description of an album", lambda s: s.change("cats", title="Cats", description="all"), EDIT),
    Scenario("another cover", lambda s: s.change("cats", cover="3.png"), EDIT),
    Scenario("privacy narrows, one new file", _narrow, EDIT + UPLOAD, before=lambda s: s.change("cats", **PUBLIC)),
    Scenario("privacy widens", lambda s: s.change("cats", **PUBLIC), EDIT),
    Scenario("a file replaced", lambda s: s.put("cats", "2.png", 50), UPLOAD + EDIT),
    Scenario("a file removed, detached", lambda s: _file(s, "2.png").unlink(), EDIT),
    Scenario(
        "a file removed, deleted",
        lambda s: _file(s, "2.png").unlink(),
        DELETE,
        before=lambda s: s.change("cats", prune=Prune.DELETE),
    ),
    Scenario("a file moved to another album", lambda s: _file(s, "2.png").rename(s.base / "dogs" / "9.png"), 2 * EDIT),
    Scenario("a picture deleted on Imgur, restored", _lose, UPLOAD + EDIT, refresh=True),
    Scenario("a copy of a file, at the end", _copy, UPLOAD),
    Scenario("an album of two adopted by id, two files", _adopt, 2 * UPLOAD + EDIT, approvals={GateName.ADOPT: 2}),
    Scenario("an album removed", lambda s: s.remove("dogs"), DELETE, approvals={GateName.PRUNE: 3}),
    Scenario(
        "a new folder in a collection, two files",
        lambda s: _trip(s, "rome", 3, 4),
        CREATE + 2 * UPLOAD + EDIT,
        before=lambda s: _trip(s, "oslo", 1, 2),
    ),
    Scenario("the key of an album, and with it its title", _rename_key, EDIT),
    Scenario("new, removed and moved file, title, cover at once", _much, UPLOAD + EDIT),
)


def main() -> None:
    """Print the table."""
    print("| what changed | write credits | least | ratio | reads |\n|---|---|---|---|---|")
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(Path(folder), scenario).line())


if __name__ == "__main__":
    main()
