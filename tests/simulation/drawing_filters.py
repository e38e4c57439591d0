"""More steps for the profile `filters`, from a stream of their own: what albums leave out changes while the files that
the patterns name come, change, move and go."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.drawing import Drawing

Json = dict[str, Any]
BELOW = "sub"
NOTHING: Json = {"include": ["**/*"], "exclude": [], "recursive": True}


class Filters:
    """Filters that come and go, woven into the history at random places; the files that the patterns name with them."""

    def __init__(self, drawing: Drawing) -> None:
        self.chance = random.Random(f"imgur-sync filters {drawing.seed}")
        self.drawing = drawing
        self.kinds: tuple[Callable[[], list[Json]], ...] = (
            self._begin,
            self._begin,
            self._whole,
            self._ended,
            self._file,
            self._moved,
            self._pruned,
            self._put_back,
            self._older,
            self._below,
            self._below,
        )

    def weave(self, steps: list[Json]) -> list[Json]:
        """The history with what was drawn; every one of these has a filter."""
        self.drawing.chance = self.chance
        first = len(self.drawing.keys)
        kinds = [self._whole, *(self.chance.choice(self.kinds) for _ in range(self.chance.randrange(2, 10)))]
        for kind in kinds:
            at = first
            for step in kind():
                at = self.chance.randrange(min(at, len(steps) - 1), len(steps))
                steps = [*steps[:at], step, *steps[at:]]
                at += 1
        return steps

    def _key(self) -> str:
        return str(self.chance.choice(self.drawing.keys))

    def _set(self, key: str, fields: Json) -> Json:
        return {"do": "set", "album": key, "fields": fields}

    def _fields(self) -> Json:
        """What an album leaves out: single names mostly, now and then nearly everything."""
        chance, one, two = self.chance, chance_name(self.chance), chance_name(self.chance)
        exclude = [[one], [one, two], ["1?.png"], ["[0-4].png"], ["[5-9].png", "1?.png"], ["*.png", f"!{one}"]]
        exclude += [[f"{BELOW}/"], [f"/{one}"], [f"{BELOW}/*.png"], ["*"], ["*.txt", one.upper()]]
        include = [
            ["*.png"],
            [f"{BELOW}/"],
            ["?.png"],
            ["**/*", f"!{BELOW}/"],
            [one, "1?.png"],
            [f"/{one}", "[2-9].png"],
        ]
        roll = chance.random()
        if roll < 0.6:
            return {"exclude": chance.choice(exclude)}
        if roll < 0.8:
            return {"include": chance.choice(include)}
        if roll < 0.9:
            return {"recursive": False, "exclude": chance.choice(([], [one]))}
        return {"include": chance.choice(include), "exclude": chance.choice(exclude[:6])}

    def _lift(self, key: str) -> Json:
        return self._set(key, NOTHING)

    def _run(self) -> list[Json]:
        """A run, as likely to be struck as any, or one of people who look at what they apply."""
        if self.chance.random() < 0.5:
            return self.drawing._run()
        return [{"do": "apply", "approve": "right"}]

    # What is woven

    def _begin(self) -> list[Json]:
        return [self._set(self._key(), {**NOTHING, **self._fields()}), *self._run()]

    def _whole(self) -> list[Json]:
        """In order, left out, something happens to the files, in order again."""
        key = self._key()
        steps = [*self._run(), self._set(key, self._fields()), *self._run()]
        steps += [step for _ in range(self.chance.randrange(0, 3)) for step in self._file(key)]
        return [*steps, *self._run(), self._lift(key), *self._run()]

    def _ended(self) -> list[Json]:
        return [self._lift(self._key()), *self._run()]

    def _file(self, key: str = "") -> list[Json]:
        """A file that a pattern may name comes, is written anew, gets another name or goes."""
        key, chance = key or self._key(), self.chance
        roll = chance.random()
        if roll < 0.5:
            put = {**self.drawing._put(), "album": key}
            return [{**put, "below": BELOW} if chance.random() < 0.3 else put]
        if roll < 0.65:
            return [{"do": "remove", "album": key, "pick": chance.randrange(40)}]
        if roll < 0.75:
            return [{"do": "swap", "album": key, "pick": chance.randrange(40), "other": chance.randrange(40)}]
        return self._moved(key)

    def _moved(self, key: str = "") -> list[Json]:
        key, chance = key or self._key(), self.chance
        to = key if chance.random() < 0.5 else self._key()
        step: Json = {"do": "move", "album": key, "pick": chance.randrange(40), "to": to, "name": chance.randrange(14)}
        return [{**step, "below": BELOW} if chance.random() < 0.3 else step]

    def _below(self) -> list[Json]:
        return [{**self.drawing._put(), "below": BELOW} for _ in range(self.chance.randrange(1, 4))]

    def _pruned(self) -> list[Json]:
        """What becomes of what has no file is asked for anew, and whether anything may leave at all."""
        fields: Json = {"prune": self.chance.choice(("delete", "delete", "detach", "never"))}
        if self.chance.random() < 0.2:
            fields["protect"] = self.chance.random() < 0.6
        return [self._set(self._key(), fields)]

    def _put_back(self) -> list[Json]:
        key = self._key()
        steps: list[Json] = [{"do": "remove", "album": key, "pick": self.chance.randrange(40)}, *self._run()]
        return [*steps, {"do": "restore", "album": key}, self._set(key, self._fields()), *self._run()]

    def _older(self) -> list[Json]:
        """The state is lost, or an older copy of it takes its place, while something is left out."""
        key = self._key()
        if self.chance.random() < 0.4:
            return self._begin()
        if self.chance.random() < 0.5:
            return [self._set(key, self._fields()), *self._run(), {"do": "lose_state"}, *self._run()]
        return [{"do": "keep_state"}, self._set(key, self._fields()), *self._run(), {"do": "old_state"}, *self._run()]


def chance_name(chance: random.Random) -> str:
    """The name of a file as it may occur."""
    return f"{chance.randrange(14)}.png"
