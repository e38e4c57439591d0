"""A simulator that is serving, in the hands of a test: where it is, who may call, what it got, what goes wrong.

Each method does what a call under `/_simulator/` does (README.md, "Steering"), by the same function. Wrong arguments
are a ValueError or TypeError that says what is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.options import Knobs
from imgur_sync.simulator.records import Request
from imgur_sync.simulator.stored import StoredAlbum, StoredPicture, StoredUpload
from imgur_sync.simulator.web_edits import WebSite
from imgur_sync.simulator.world import Demo, World


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator that is serving: its origin, the credentials of its demo account, its world. Thread-safe."""

    url: str
    account: str
    client_id: str
    client_secret: str
    refresh_token: str
    access_token: str
    world: World
    controls: Controls

    def environment(self) -> dict[str, str]:
        """What points imgur-sync at it."""
        return {
            "IMGUR_SYNC_API_URL": self.url,
            "IMGUR_SYNC_CLIENT_ID": self.client_id,
            "IMGUR_SYNC_CLIENT_SECRET": self.client_secret,
            "IMGUR_SYNC_REFRESH_TOKEN": self.refresh_token,
        }

    def plain_environment(self) -> dict[str, str]:
        """The same for any other client, with the access token: `IMGUR_API_URL`, `IMGUR_CLIENT_ID` and so on."""
        same = {name.replace("IMGUR_SYNC_", "IMGUR_"): value for name, value in self.environment().items()}
        return {**same, "IMGUR_ACCESS_TOKEN": self.access_token}

    @property
    def bearer(self) -> dict[str, str]:
        """Headers of a request of the demo account."""
        return {"Authorization": f"Bearer {self.access_token}"}

    @property
    def anonymous(self) -> dict[str, str]:
        """Headers of a request with the Client-ID alone."""
        return {"Authorization": f"Client-ID {self.client_id}"}

    @property
    def web(self) -> WebSite:
        """What people do on the web site, and what Imgur does there."""
        return WebSite(self.controls)

    def albums(self) -> list[StoredAlbum]:
        """Every album, oldest first, as stored: whatever knobs and faults show to clients."""
        self.controls.settle()
        return [StoredAlbum.of(shown) for shown in self.controls.pictures_and_albums()["albums"]]

    def pictures(self) -> list[StoredPicture]:
        """Every picture, oldest first, as stored."""
        self.controls.settle()
        return [StoredPicture.of(shown) for shown in self.controls.pictures_and_albums()["images"]]

    def requests(self, since: int = 0) -> list[Request]:
        """Every API request after number `since`, in the order of their ends."""
        self.controls.settle()
        return [Request(**shown) for shown in self.controls.history(since)["requests"]]

    def uploads(self, since: int = 0) -> list[StoredUpload]:
        """Every upload that was committed after request number `since`; its picture may be gone by now."""
        self.controls.settle()
        return [StoredUpload.of(shown) for shown in self.controls.history(since)["uploads"]]

    def received(self, picture: StoredPicture | StoredUpload) -> bytes:
        """The bytes that a client sent. KeyError if they are of another simulator."""
        data = self.world.blobs.get(picture.sha256)
        if data is None:
            raise KeyError(picture.sha256)
        return data

    def struck(self, since: int = 0) -> list[dict[str, Any]]:
        """Which fault had its effect on which request after number `since`: `n`, `fault`, `rule` and more."""
        self.controls.settle()
        struck: list[dict[str, Any]] = self.controls.history(since)["struck"]
        return struck

    def ledger(self) -> dict[str, Any]:
        """What was spent, asked for and refused, in all and by client, and what every meter shows."""
        self.controls.settle()
        return self.controls.ledger()

    def now(self) -> float:
        """The simulator's time, in seconds since the epoch."""
        return float(self.controls.clock()["now"])

    def advance(self, seconds: float) -> float:
        """Have seconds go by at once, and commit what becomes due; returns the moment it is then."""
        self.controls.settle()
        return float(self.controls.advance({"advance": seconds})["now"])

    def fault(
        self,
        name: str,
        *,
        method: str | None = None,
        path: str | None = None,
        nth: int | None = None,
        count: int | None = None,
        lasts: float | None = None,
        **keys: Any,
    ) -> None:
        """Have requests go wrong: `name` is a named fault or a kind, `keys` are the rule's own (README.md, "Faults").

        Without `nth` every request that matches is struck, with it the nth from now and `count` in all; `lasts` has it
        strike for so many seconds of the simulator's clock.
        """
        match = {"method": method, "path": path, "nth": nth, "count": count, "lasts": lasts}
        chosen = {key: value for key, value in match.items() if value is not None}
        self.controls.add_faults({"fault": name, "match": chosen, **keys})

    def faults(self) -> list[dict[str, Any]]:
        """The rules in force; `seen` counts the requests that matched."""
        return self.controls.faults()

    def clear_faults(self) -> None:
        """Nothing goes wrong any more, but for a swarm."""
        self.controls.clear_faults()

    def fault_names(self) -> list[str]:
        """The names that `fault` takes, beside the kinds."""
        return [named["name"] for named in self.controls.fault_names()]

    def let_loose(
        self,
        seed: str | int,
        *,
        rates: Mapping[str, float] | None = None,
        seconds: Mapping[str, float] | None = None,
        until: int | None = None,
    ) -> dict[str, Any]:
        """Faults drawn for every request; returns the swarm with all rates written out."""
        sent = {"seed": seed, "rates": rates, "seconds": seconds, "until": until}
        return self.controls.let_loose({key: value for key, value in sent.items() if value is not None})

    def swarm(self) -> dict[str, Any]:
        """The swarm in force, {} if there is none."""
        return self.controls.swarm()

    def calm(self) -> None:
        """End the swarm."""
        self.controls.calm()

    def knobs(self) -> Knobs:
        """The switches as they stand."""
        return Knobs(**self.controls.knobs())

    def turn(self, **knobs: Any) -> Knobs:
        """Turn switches of `Knobs` by name: `turn(shape="v1", lag=2)`."""
        return Knobs(**self.controls.turn(knobs))

    def spend(self, **spent: Any) -> dict[str, Any]:
        """Another program spends `credits`, `posts`, `uploads` of the same limits, or is refused for the day (`hit`).

        Returns what was spent, which is no more than was left.
        """
        return self.controls.spend(spent)

    def expire_access(self) -> int:
        """End every access token; returns how many that were. A refresh gives a new one."""
        return int(self.controls.tokens({"expire_access": True})["ended"])

    def revoke_refresh(self) -> int:
        """End every refresh token; returns how many that were."""
        return int(self.controls.tokens({"revoke_refresh": True})["ended"])

    def code(self) -> str:
        """A code as the authorize page gives it to the demo account: good for one use."""
        return str(self.controls.tokens({"code": True})["code"])

    def pin(self) -> str:
        """A PIN as the authorize page shows it to the demo account: good for one use."""
        return str(self.controls.tokens({"pin": True})["pin"])

    def register(self, account: str | None = None) -> Demo:
        """A further application, with tokens for that account, which is made if need be; else for the demo account."""
        return Demo(**self.controls.register({"account": account} if account is not None else {}))

    def script(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Add several rules at once, as `POST faults` takes them."""
        self.controls.add_faults([dict(rule) for rule in rules])
