"""What people change on Imgur is found album by album, within a day's credits, and over restarts of the daemon."""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from imgur_sync.errors import CredentialsError
from imgur_sync.executor import Options, make_plan
from imgur_sync.model.event import Planned
from imgur_sync.model.gate import GateName
from imgur_sync.model.plan import Plan
from imgur_sync.model.spec import Manifest, Prune, Removal
from imgur_sync.watch.events import GateTripped, PassBegan
from tests.support.pictures import png
from tests.support.watched_days import WatchedDays

HOUR, DAY = 3600.0, 86400.0
LISTED = re.compile(r"/3/album/([A-Za-z0-9]+)$")


class CountedDays(WatchedDays):
    """A stage that notes when Imgur was asked for what: `asked` holds (seconds, method, path)."""

    def __init__(self, base: Path, **options: Any) -> None:
        super().__init__(base, **options)
        self.asked: list[tuple[float, str, str]] = []
        answer = self.wire.handle_request

        def noted(request: httpx.Request) -> httpx.Response:
            self.asked.append((self.elapsed, request.method, request.url.path))
            return answer(request)

        self.wire.handle_request = noted

    def fill(self, count: int, pictures: int = 1) -> list[str]:
        """So many albums in order, made by hand; their keys."""
        keys = [f"album-{number:02}" for number in range(count)]
        for place, key in enumerate(keys):
            self.album(key)
            for number in range(pictures):
                self.put(key, f"{number}.png", 1000 * place + number)
        assert self.apply().codes == (0,)
        return keys

    def most_in_a_day(self, since: float = 0.0) -> int:
        """The most requests in any 24 hours on end."""
        moments = [at for at, _, _ in self.asked if at >= since]
        return max((number + 1 - bisect_right(moments, at - DAY) for number, at in enumerate(moments)), default=0)

    def listings(self, since: float = 0.0) -> Counter[str]:
        """How often each album was listed, by key."""
        ids = {self.remote(key)["id"]: key for key in self.albums}
        found = (LISTED.search(path) for at, method, path in self.asked if at >= since and method == "GET")
        return Counter(ids[match[1]] for match in found if match is not None and match[1] in ids)

    def peeked(self) -> Plan:
        """A plan without Imgur."""
        with self._peeking(self.manifest()) as ports:
            *_, last = make_plan(ports, self.manifest(), Options(offline=True))
        assert isinstance(last, Planned)
        return last.plan


@pytest.fixture
def days(tmp_path: Path) -> Iterator[CountedDays]:
    """Without albums."""
    with CountedDays(tmp_path) as stage:
        yield stage


def test_forty_albums_have_their_turn_within_two_days_of_24_credits(days: CountedDays) -> None:
    """Every listing is read, nothing else is asked for but headers, and no 24 hours take more than the 24."""
    days.budget = replace(days.budget, refresh_credits_per_day=24)
    keys = days.fill(40)
    days.pace = replace(days.pace, rescan=DAY)
    days.watch(DAY)
    days.watch(3.1 * DAY)
    days.watch(3.2 * DAY)
    assert set(days.listings(DAY)) == set(keys)
    assert days.most_in_a_day(1.0) <= 24
    assert {method for at, method, _ in days.asked if at > 1.0} == {"GET"}
    moments = [at for at, _, _ in days.asked if at > 1.0]
    assert min(after - before for before, after in pairwise(moments)) > 0.9 * HOUR


def test_the_first_look_of_all_says_nothing_of_what_the_next_one_costs(days: CountedDays) -> None:
    """A daemon whose first pass listed every album goes on with headers, and one listing of each a day."""
    keys = days.fill(5)
    for number in range(5):
        days.put(keys[number], "more.png", 500 + number)
    days.watch(HOUR)
    days.watch(DAY + 2 * HOUR)
    assert days.most_in_a_day(600.0) <= 24 + 5 + 2


def test_a_crash_loop_costs_no_more_than_one_daemon(days: CountedDays) -> None:
    """Fifty starts within an hour: what is due once an hour is asked for once or twice."""
    days.fill(5)
    days.watch(HOUR)
    before = len(days.asked)
    for number in range(50):
        days.watch(HOUR + 72.0 * (number + 1))
    assert len(days.asked) - before <= 10 + 2
    days.watch(DAY)
    assert days.most_in_a_day(HOUR) <= 40


def test_starts_that_are_killed_in_their_first_look_do_not_burn_a_day(
    days: CountedDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody lives to tell what the look cost: it counts as all that it may have cost."""
    keys = days.fill(5)
    first = len(days.asked)
    answer = days.wire.handle_request

    class Dead(BaseException):
        """The process is killed."""

    def kills(request: httpx.Request) -> httpx.Response:
        answer(request)
        raise Dead

    monkeypatch.setattr(days.wire, "handle_request", kills)
    for number in range(50):
        try:
            days.watch(72.0 * (number + 1))
        except Dead:
            continue
    assert len(days.asked) - first <= 6
    monkeypatch.setattr(days.wire, "handle_request", answer)
    days.watch(DAY)
    assert days.most_in_a_day() <= 250
    assert set(days.listings()) == set(keys)


def test_what_a_killed_daemon_had_begun_is_settled_by_the_next_one(
    days: CountedDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though that one has no reason to look at Imgur for changes: nobody knows whether the edit was made."""
    (key,) = days.fill(1, pictures=3)
    days.watch(60.0)
    answer = days.wire.handle_request

    class Dead(BaseException):
        """The process is killed."""

    def kills(request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            raise Dead
        return answer(request)

    monkeypatch.setattr(days.wire, "handle_request", kills)
    days.at(120.0, lambda: days.remove(key, "1.png"))
    with pytest.raises(Dead):
        days.watch(HOUR / 2)
    monkeypatch.setattr(days.wire, "handle_request", answer)
    days.watch(days.elapsed + 600.0)
    assert days.shown(key) == days.wanted(key)
    assert len(days.shown(key)) == 2


@pytest.mark.parametrize("way", ["listing", "headers"])
def test_what_a_person_does_is_found_and_set_right(days: CountedDays, way: str) -> None:
    """With one album it is listed every hour; with several, their headers are read every hour and each is listed every
    day: a picture taken out or put in, a title, the privacy, the order."""
    keys = days.fill(1 if way == "listing" else 3, pictures=4)
    days.watch(HOUR)
    album = days.remote(keys[0])
    edits: list[dict[str, Any]] = [
        {"op": "set_album", "id": album["id"], "title": "mine"},
        {"op": "set_album", "id": album["id"], "privacy": "public"},
        {"op": "remove_from_album", "id": album["id"], "images": [album["images"][1]]},
        {"op": "order", "id": album["id"], "images": [album["images"][3]]},
    ]
    for edit in edits:
        seen = dict(next(one for one in days.look("world")["albums"] if one["id"] == album["id"]))
        days.steer("edit", edit)
        slow = way == "headers" and edit["op"] == "order"
        days.watch(days.elapsed + (26 if slow else 2) * HOUR)
        after = next(one for one in days.look("world")["albums"] if one["id"] == album["id"])
        assert {name: after[name] for name in ("title", "privacy", "images")} == {
            name: seen[name] for name in ("title", "privacy", "images")
        }, edit
    assert days.uploads() == 4 * len(keys)


def test_an_album_that_was_deleted_is_found(days: CountedDays) -> None:
    """By its listing, where there is one album: a gate holds until somebody types what it says; then the
    pictures that live on are in a new one."""
    (key,) = days.fill(1, pictures=3)
    days.watch(HOUR)
    days.steer("edit", {"op": "delete_album", "id": days.remote(key)["id"]})
    days.watch(3 * HOUR)
    assert [event.gate.name for event in days.of(GateTripped)] == [GateName.RESTORE]
    days.at(3.5 * HOUR, lambda: days.apply({GateName.RESTORE: 3}))
    days.watch(5 * HOUR)
    assert days.activity.waits == ()
    assert days.shown(key) == days.wanted(key)
    assert days.uploads() == 3


def test_what_others_put_in_is_noticed_for_one_credit(days: CountedDays) -> None:
    """It stays, behind ours; the plan without Imgur knows of it."""
    (key,) = days.fill(1, pictures=2)
    days.watch(HOUR)
    stranger = days.steer("edit", {"op": "add", "id": days.remote(key)["id"], "image_base64": _png()})["id"]
    days.watch(4 * HOUR)
    assert days.remote(key)["images"][-1] == stranger
    assert dict(days.peeked().unchanged_foreign) == {key: 1} or days.peeked().albums[0].foreign == 1


def test_a_look_feeds_the_plan_without_imgur(days: CountedDays) -> None:
    """After a look that found nothing new, the listings that such a plan rests on are as young as the look."""
    days.fill(3)
    days.watch(HOUR)
    first = days.clock.now()
    days.watch(2 * DAY)
    oldest = days.peeked().oldest_listing
    assert oldest is not None
    assert oldest > first + DAY / 2


def test_an_album_in_doubt_is_not_looked_at_again_and_again(days: CountedDays) -> None:
    """A picture that is gone for good, with a gate: what a pass found is no news to the next look."""
    (key,) = days.fill(1, pictures=12)
    days.watch(HOUR)
    for image in days.remote(key)["images"][:8]:
        days.steer("edit", {"op": "delete_image", "id": image})
    days.watch(12 * HOUR)
    assert {wait.remedy.rpartition(" ")[2] for wait in days.activity.waits} == {f"{GateName.RESTORE.value}=8"}
    began = [event for event in days.of(PassBegan) if event.why == "it changed on Imgur"]
    assert len(began) == 1


def test_without_an_account_albums_are_looked_at_one_by_one(tmp_path: Path) -> None:
    """There is no list of albums: each costs one credit a look, spread over the day."""
    with CountedDays(tmp_path, anonymous=True) as days:
        days.budget = replace(days.budget, refresh_credits_per_day=24)
        for number in range(3):
            days.album(f"a{number}", prune=Prune.DETACH)
            days.put(f"a{number}", "x.png", number)
        days.watch(HOUR)
        settled = days.elapsed
        days.watch(2.1 * DAY)
        assert days.most_in_a_day(settled) <= 24
        listed = days.listings(settled)
        assert set(listed) == set(days.albums)
        assert min(listed.values()) >= 10


def test_without_credits_for_it_nothing_is_looked_for(days: CountedDays) -> None:
    """`refresh_credits_per_day = 0`."""
    days.budget = replace(days.budget, refresh_credits_per_day=0)
    days.fill(2)
    days.watch(HOUR)
    before = len(days.asked)
    days.watch(1.5 * DAY)
    assert len(days.asked) == before


def test_what_waits_for_an_approval_is_looked_at_within_the_same_credits(days: CountedDays) -> None:
    """An album that is to be removed is tried again and again, by restarted daemons too, for days: not every hour."""
    days.budget = replace(days.budget, refresh_credits_per_day=24)
    days.fill(3)
    days.watch(HOUR)
    days.removals = (Removal("album-02"),)
    gone = days.albums.pop("album-02")
    days.watch(2 * HOUR)
    since = days.elapsed
    for number in range(12):
        days.watch(since + 4 * HOUR * (number + 1))
    assert days.most_in_a_day(since) <= 24
    assert {gate.gate.album for gate in days.of(GateTripped)} == {"album-02"}
    days.albums["album-02"] = gone
    assert len(days.shown("album-02")) == 1


def test_a_daemon_that_is_started_again_without_credentials_says_so_at_once(
    days: CountedDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nothing is to be done for hours, and nothing is asked of Imgur."""
    days.fill(1)
    days.watch(HOUR / 2)
    before = len(days.asked)

    def missing(manifest: Manifest, most: int) -> NoReturn:
        raise CredentialsError("nobody is logged in")

    monkeypatch.setattr(days, "_looking", missing)
    with pytest.raises(CredentialsError):
        days.watch(HOUR)
    assert len(days.asked) == before


def test_reads_that_fail_do_not_go_on_above_a_days_credits(days: CountedDays) -> None:
    """Imgur is ill: a look whose credits are used up ends, and the album has its next turn."""
    days.budget = replace(days.budget, refresh_credits_per_day=2)
    (key,) = days.fill(1)
    days.watch(60.0)
    since = days.elapsed
    days.steer("faults", [{"fault": "html-503", "match": {"method": "GET", "path": "/3/album/*"}}] * 40)
    days.watch(3 * DAY)
    assert days.most_in_a_day(since) <= 2
    assert days.listings(since)[key] >= 3


def test_a_night_without_imgur_skips_no_album(days: CountedDays) -> None:
    """A look that never reached Imgur is no look."""
    days.budget = replace(days.budget, refresh_credits_per_day=24)
    keys = days.fill(6)
    days.watch(HOUR)
    days.wire.down = True
    days.watch(12 * HOUR)
    days.wire.down = False
    since = days.elapsed
    days.watch(since + 1.2 * DAY)
    assert set(days.listings(since)) == set(keys)
    assert days.most_in_a_day(since) <= 24


def _png() -> str:
    return base64.b64encode(png(seed=987)).decode()
