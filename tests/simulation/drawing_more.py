"""More steps for a part of the seeds, from a stream of their own: what the other seeds draw does not change by them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.drawing import Drawing

Json = dict[str, Any]
PLAIN = 0.4
"""The share of seeds without any of these steps."""


class More:
    """A swarm of its own: some of these kinds of steps, woven into the history at random places."""

    def __init__(self, drawing: Drawing) -> None:
        self.chance = random.Random(f"imgur-sync more {drawing.seed}")
        self.drawing = drawing
        self.kinds: dict[str, Callable[[], list[Json]]] = {
            "moved": self._moved,
            "removed": self._removed,
            "respect": self._respect,
            "protect": self._protect,
            "old_state": self._old_state,
            "wait": self._wait,
            "collection": self._collection,
            "adopt": self._adopt,
            "restore": self._restore,
            "purge": self._purge,
            "forget": self._forget,
        }

    def weave(self, steps: list[Json]) -> list[Json]:
        """The history with what was drawn."""
        if self.chance.random() < PLAIN:
            return steps
        # Whatever the drawing draws from here on comes from this stream.
        self.drawing.chance = self.chance
        names = sorted({self.chance.choice(sorted(self.kinds)) for _ in range(self.chance.randrange(1, 4))})
        first = len(self.drawing.keys)
        for _ in range(self.chance.randrange(1, 9)):
            at = first
            for step in self.kinds[self.chance.choice(names)]():
                at = self.chance.randrange(min(at, len(steps) - 1), len(steps))
                steps = [*steps[:at], step, *steps[at:]]
                at += 1
        return steps

    def key(self) -> str:
        """The key of an album."""
        return str(self.chance.choice(self.drawing.keys))

    def _apply(self) -> Json:
        approve = self.chance.choice(("none", "right", "right", "right"))
        return {"do": "apply", "approve": approve, "faults": self.drawing.faults()}

    def _moved(self) -> list[Json]:
        return [{"do": "rename_key", "album": self.key()}]

    def _removed(self) -> list[Json]:
        key, pictures = self.key(), self.chance.random() < 0.4
        step = {"do": "remove_table", "album": key, "pictures": pictures}
        if self.chance.random() < 0.2:
            step["do"] = "remove_dropped"
        steps = [step, self._apply()]
        if self.chance.random() < 0.4:
            steps.append({"do": "take_up", "album": key})
        return steps

    def _respect(self) -> list[Json]:
        wish = self.chance.choice(("respect", "respect", "restore"))
        return [{"do": "set", "album": self.key(), "fields": {"on_remote_delete": wish}}]

    def _protect(self) -> list[Json]:
        return [{"do": "set", "album": self.key(), "fields": {"protect": self.chance.random() < 0.6}}]

    def _old_state(self) -> list[Json]:
        return [{"do": "keep_state"}, {"do": "old_state"}]

    def _wait(self) -> list[Json]:
        return [{**self._apply(), "options": {"wait": True}}]

    # Sub-folders of a collection, which have files of their own

    def _collection(self) -> list[Json]:
        name = self.chance.choice(("alps", "alps", "sea"))
        key = f"trips/{name}"
        drawing, keys = self.drawing, self.drawing.keys
        drawing.keys = (key, key, self.chance.choice(keys))
        fields = {name: value for name, value in drawing.fields().items() if name != "listed"}
        steps: list[Json] = [{"do": "sub_folder", "name": name, "fields": fields}]
        steps += [drawing.act() for _ in range(self.chance.randrange(2, 12))]
        if self.chance.random() < 0.3:
            steps.append({"do": self.chance.choice(("rename_key", "remove_table", "take_up")), "album": key})
        drawing.keys = keys
        return steps

    def _adopt(self) -> list[Json]:
        key, drawing, keys = "found", self.drawing, self.drawing.keys
        drawing.keys = (key, key, self.chance.choice(keys))
        count, seed = self.chance.randrange(0, 5), self.chance.randrange(330, 350)
        steps: list[Json] = [{"do": "adopt", "album": key, "count": count, "seed": seed, "fields": drawing.fields()}]
        steps += [drawing.act() for _ in range(self.chance.randrange(2, 10))]
        steps.append(self._apply())
        drawing.keys = keys
        return steps

    # Commands

    def _struck(self, step: Json) -> Json:
        step["faults"] = self.drawing.faults()
        if self.chance.random() < 0.2:
            step |= {"kill": int(self.drawing.log_uniform(1, 40)), "after": self.chance.random() < 0.5}
        return step

    def _restore(self) -> list[Json]:
        key = self.key()
        steps = [{"do": "remove", "album": key, "pick": self.chance.randrange(40)}, self._apply()]
        return [*steps, self._struck({"do": "restore", "album": key})]

    def _purge(self) -> list[Json]:
        return [self._struck({"do": "purge"})]

    def _forget(self) -> list[Json]:
        key = self.key()
        steps: list[Json] = [{"do": "drop", "album": key}, {"do": "forget", "album": key}]
        return [*steps, {"do": "take_up", "album": key}] if self.chance.random() < 0.5 else steps
