"""Draws a history from a seed. What it returns is explicit: nothing is drawn again when it is played."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from tests.simulation.contents import ODD, PICTURES
from tests.simulation.drawing_filters import Filters
from tests.simulation.drawing_more import More
from tests.simulation.vocabulary import REQUESTS

Json = dict[str, Any]
KEYS = ("a", "b", "c", "d")
KINDS = tuple(PICTURES)
LOCAL_KINDS = ("change", "vanish", "readdir", "unreadable", "unmount_mid")


PLAIN, RARE, FILTERS = "plain", "rare", "filters"
DIRECTED = tuple(sorted({word.number for word in REQUESTS.values()}, key=lambda number: int(number[1:])))
PROFILES = (PLAIN, RARE, FILTERS, *DIRECTED)
"""RARE strikes with nothing but the kinds of faults that few requests can have, and often; the number of a fault with
nothing but that one. FILTERS is PLAIN, and what albums leave out changes."""
RARE_NUMBERS = frozenset(("F4", "F5", "F10", "F11", "F12", "F13", "F17", "F20", "F21", "F22", "F25", "F32"))


def draw(seed: int, profile: str = PLAIN) -> Json:
    """The history of that seed."""
    return Drawing(seed, profile).history()


class Drawing:
    """One seed's swarm: a random subset of faults, each with a rate of its own, and a workload."""

    def __init__(self, seed: int, profile: str = PLAIN) -> None:
        self.seed = seed
        self.profile = profile
        self.chance = random.Random(f"imgur-sync world {seed}")
        self.anonymous = self.chance.random() < 0.2
        self.keys = KEYS[: self.chance.choice((1, 1, 2, 2, 3, 4))]
        self.rates = self._rates()
        self.local_rate = self.chance.choice((0.0, 0.0, 0.1, 0.3))
        self.kill_rate = self.chance.choice((0.0, 0.2, 0.5))
        self.setup = self._setup()

    def history(self) -> Json:
        """Setup and steps."""
        steps = self._beginning()
        for _ in range(self.chance.randrange(10, 81)):
            steps.append(self.act())
            if self.chance.random() < 0.13:
                steps += self._run()
        steps += self._run()
        steps = More(self).weave(steps)
        if self.profile == FILTERS:
            steps = Filters(self).weave(steps)
        return {"seed": self.seed, "setup": self.setup, "steps": steps}

    def pick(self, *values: Any) -> Any:
        """One of them."""
        return self.chance.choice(values)

    def log_uniform(self, low: float, high: float) -> float:
        """A number whose logarithm is uniform."""
        return low * (high / low) ** self.chance.random()

    # Knobs

    def _rates(self) -> dict[str, float]:
        match self.profile:
            case "plain" | "filters":
                return self._swarm()
            case "rare":
                return self._rare_swarm()
        names = sorted(name for name, word in REQUESTS.items() if word.number == self.profile)
        if self.profile == "F32":
            names.append("token-expired")
        return {name: self.log_uniform(0.05, 0.9) for name in names}

    def _swarm(self) -> dict[str, float]:
        if self.chance.random() < 0.1:
            return {}
        size = self.chance.randrange(1, 13)
        names = [name for name, word in REQUESTS.items() for _ in range(max(1, int(10 * word.weight)))]
        drawn = {self.chance.choice(names) for _ in range(size)}
        chosen = sorted(drawn | ({"token-expired"} if any(name.startswith("refresh-") for name in drawn) else set()))
        return {name: self.log_uniform(0.001, 0.3) for name in chosen}

    def _rare_swarm(self) -> dict[str, float]:
        names = [name for name, word in REQUESTS.items() if word.number in RARE_NUMBERS]
        few = [name for name in names if REQUESTS[name].number in ("F20", "F22", "F25")]
        chosen = {self.chance.choice(few), *(self.chance.choice(names) for _ in range(self.chance.randrange(1, 5)))}
        if any(REQUESTS[name].number == "F32" for name in chosen):
            chosen.add("token-expired")
        return {name: self.log_uniform(0.05, 0.9 if name in few else 0.3) for name in sorted(chosen)}

    def _setup(self) -> Json:
        chance = self.chance
        settle = self.pick(90.0, 90.0, 60.0, 200.0)
        lag = self.pick(0, 0, 0, chance.randrange(1, int(settle / 2)))
        knobs: Json = {"lag": lag} if lag else {}
        if chance.random() < 0.2:
            knobs["short_pages"] = chance.randrange(1, 60)
        if chance.random() < 0.1:
            knobs["images_null"] = True
        if chance.random() < 0.1:
            knobs["shape"] = self.pick("v1", "legacy") if not self.anonymous else "v1"
        if chance.random() < 0.2:
            knobs["header_case"] = "title"
        if chance.random() < 0.2:
            knobs["reset_unit"] = "epoch"
        if chance.random() < 0.15:
            knobs["headers"] = self.pick("some", "no-account", "no-errors", "none")
        if chance.random() < 0.15:
            knobs["upload_position"] = self.pick("first", "second")
        if chance.random() < 0.1:
            knobs["hide_empty_albums"] = True
        setup: Json = {"settle": settle, "knobs": knobs, "in_flight": chance.randrange(1, 5)}
        if self.anonymous:
            setup["anonymous"] = True
        if chance.random() < 0.3:
            setup["limits"] = self.pick((500, 12_500, 1_250, 50), (500, 1_500, 1_250, 50), (200, 1_000, 60, 12))
            setup["windows"] = self.pick("fixed", "sliding", "calendar")
            own = self.pick(0, 45, 10)
            reserve = self.pick(500, 100, 0)
            setup["budget"] = {"uploads_per_hour": own, "reserve_credits": reserve}
            if chance.random() < 0.3:
                setup["budget"]["max_credits_per_run"] = chance.randrange(30, 200)
        if chance.random() < 0.2:
            setup["latency"] = self.pick(0.1, 1.0, 4.0)
        self.lag = lag
        return setup

    # The world

    def _beginning(self) -> list[Json]:
        steps: list[Json] = [{"do": "album", "album": key, "fields": self.fields()} for key in self.keys]
        many = self.pick(3, 6, 12, 40)
        for _ in range(self.chance.randrange(1, many + 1)):
            steps.append(self._put())
        return steps

    def fields(self) -> Json:
        """What an album's table asks for."""
        fields: Json = {"prune": self.pick("detach", "detach", "delete", "never")}
        if self.chance.random() < 0.3:
            fields["privacy"] = self.pick("hidden", "public", *(() if self.anonymous else ("secret",)))
        if self.chance.random() < 0.3:
            fields["description"] = self.pick("", "About it", "More")
        if self.chance.random() < 0.3:
            fields["order"] = self.pick("name", "modified", "natural")
        if self.chance.random() < 0.2:
            fields["cover"] = self.pick("first", "0.png", "2.png")
        if self.chance.random() < 0.15:
            fields["image_title"] = self.pick("{stem}", "{index}", "")
        if self.chance.random() < 0.15:
            fields["listed"] = self.chance.sample(["3.png", "1.png", "0.png"], self.chance.randrange(0, 4))
        return fields

    def _put(self) -> Json:
        kind = self.pick(*KINDS) if self.chance.random() < 0.9 else self.pick(*ODD)
        # Contents come again, in other files too.
        seed = self.chance.randrange(25)
        album, name = self.pick(*self.keys), self.chance.randrange(14)
        step = {"do": "put", "album": album, "name": name, "kind": kind, "seed": seed}
        # Some programs give the new file the time of the old one.
        return {**step, "keep_time": True} if self.chance.random() < 0.1 else step

    def act(self) -> Json:
        """Something that happens between two runs."""
        chance, album, pick = self.chance, self.pick(*self.keys), self.chance.randrange(40)
        roll = chance.random()
        if roll < 0.30:
            return self._put()
        if roll < 0.38:
            return {"do": "remove", "album": album, "pick": pick}
        if roll < 0.46:
            return {
                "do": "move",
                "album": album,
                "pick": pick,
                "to": self.pick(*self.keys),
                "name": chance.randrange(14),
            }
        if roll < 0.50:
            return {"do": "swap", "album": album, "pick": pick, "other": chance.randrange(40)}
        if roll < 0.51:
            return {"do": "empty", "album": album}
        if roll < 0.53:
            return {"do": "unmount", "album": album, "leave": chance.random() < 0.5}
        if roll < 0.56:
            return {"do": "mount", "album": album}
        if roll < 0.57:
            return {"do": "replace_root", "album": album, "same": chance.random() < 0.5}
        if roll < 0.63:
            return {"do": "set", "album": album, "fields": self.fields()}
        if roll < 0.64:
            return {"do": "drop", "album": album}
        if roll < 0.66:
            return {"do": "take_up", "album": album}
        if roll < 0.78:
            return self._site()
        if roll < 0.80:
            return self._others()
        if roll < 0.82:
            return {"do": "jump", "seconds": self.pick(-86_400.0, 86_400.0, -3600.0, 7200.0, -30.0)}
        if roll < 0.83:
            return {"do": "lose_state"}
        if roll < 0.84:
            return {"do": "tokens", "expire_access": True}
        return {"do": "wait", "seconds": round(self.log_uniform(1, 200_000), 1)}

    def _site(self) -> Json:
        step: Json = {"do": "site", "pick": self.chance.randrange(8), "image": self.chance.randrange(40)}
        op = self.pick(
            "add",
            "add",
            "out",
            "delete",
            "moderate",
            "order",
            "title",
            "description",
            "privacy",
            "text",
            "delete_album",
        )
        step["op"] = op
        if op == "delete_album" and self.chance.random() < 0.6:
            step["op"] = "order"
        if op == "add":
            step["seed"] = self.chance.randrange(300, 320)
        if op == "privacy":
            step["value"] = self.pick("public", "hidden")
        elif op in ("title", "description", "text"):
            step["value"] = self.pick("Mine", "", "Better so")
        return step

    def _others(self) -> Json:
        if "limits" not in self.setup:
            return {"do": "wait", "seconds": 1.0}
        if self.chance.random() < 0.1:
            return {"do": "spend", "hit": True}
        return {"do": "spend", "credits": self.chance.randrange(1, 300), "uploads": self.chance.randrange(0, 10)}

    # Runs

    def _run(self) -> list[Json]:
        chance = self.chance
        if chance.random() < 0.15:
            step: Json = {"do": "plan", "faults": self.faults()}
            if chance.random() < 0.2:
                step["options"] = {"offline": True}
            return [step]
        step = {"do": "apply", "approve": self.pick("none", "right", "right", "wrong"), "faults": self.faults()}
        if chance.random() < self.kill_rate:
            step["kill"] = int(self.log_uniform(1, 120))
            step["after"] = chance.random() < 0.5
        elif chance.random() < 0.07:
            step["stop"] = int(self.log_uniform(1, 60))
        if chance.random() < self.local_rate:
            step["local"] = [self._local()]
        if chance.random() < self.local_rate / 2:
            step["errors"] = [
                [int(self.log_uniform(1, 80)), self.pick("disk_full", "disk_broken", "busy"), chance.random() < 0.5]
            ]
        if chance.random() < 0.04:
            step["accidents"] = [[int(self.log_uniform(1, 40)), "memory", 0.0]]
        elif chance.random() < 0.05:
            step["accidents"] = [[int(self.log_uniform(1, 40)), "sleep", float(self.pick(30, 3600, 28_800))]]
        if chance.random() < 0.1:
            step["options"] = {self.pick("refresh", "checksum", "retry_failed"): True}
        if step["approve"] == "right" and chance.random() < 0.1:  # after a look at the plan, and something else happens
            step["between"] = self._put() if chance.random() < 0.7 else self._site()
        steps = [step]
        if "kill" in step and chance.random() < 0.4:  # a second kill, during recovery
            steps.append({"do": "apply", "kill": int(self.log_uniform(1, 30)), "after": chance.random() < 0.5})
        return steps

    def faults(self) -> list[Any]:
        """What strikes the requests of one run, by their number."""
        found: list[Any] = []
        for name, rate in self.rates.items():
            number = 0
            while number < 150:
                number += 1 + int(self.chance.expovariate(rate))
                if number < 150:
                    found.append([number, {"kind": name, **self._values(name)}])
        return sorted(found, key=lambda one: one[0])

    def _values(self, name: str) -> Mapping[str, Any]:
        chance = self.chance
        # A change that comes late and a reading that is stale have to fit into the time to settle.
        room = self.setup["settle"] - self.lag - 10
        match name:
            case "late-commit":
                return {"seconds": round(chance.uniform(1, room * 0.6), 1)}
            case "stale-read":
                return {"seconds": round(chance.uniform(1, room * 0.4) + self.lag, 1)}
            case "slow-request":
                return {"seconds": round(chance.uniform(1, 90), 1)}
            case "somebody":
                return {"step": self._site()}
        return {}

    def _local(self) -> list[Any]:
        kind = self.pick(*LOCAL_KINDS)
        number = int(self.log_uniform(1, 12))
        if kind == "unreadable":
            return [number, "open", {"kind": kind}]
        if kind in ("readdir", "unmount_mid"):
            return [self.chance.randrange(1, 4), "scan", {"kind": kind}]
        action = {"kind": kind, "seed": self.chance.randrange(700, 720), "pick": self.chance.randrange(20)}
        where = self.pick("scan", "read", "open", "open")
        return [int(self.log_uniform(1, 80)) if where == "open" else number, where, action]
