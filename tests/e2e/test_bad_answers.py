"""An Imgur that answers with refusals, nonsense, too much, or for somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ImgurSyncError
from tests.support.mirror import UPLOAD
from tests.support.sync_stage import SyncStage

PAGE = "<html><body>hello</body></html>"
ALBUMS = {"method": "GET", "path": "/3/account/me/albums/0"}
ALBUM = {"method": "GET", "path": "/3/album/*"}
EDIT = {"method": "PUT", "path": "/3/album/*"}


def error(text: str, status: int) -> dict[str, Any]:
    """An error in Imgur's older wrapper."""
    return {"data": {"error": text, "request": "/3/x", "method": "POST"}, "success": False, "status": status}


OVER_CAPACITY = (403, error("Imgur is temporarily over capacity. Please try again later.", 403))
TOO_MANY = (429, {"errors": [{"id": "legacy-api-1", "code": "429", "status": "Too Many Requests", "detail": "Slow"}]})
WAIT = (429, {"data": {"error": {"code": 429, "message": "Please wait 37 more minutes."}}, "success": False})
TOO_FAST = (400, error("You are uploading too fast. Please wait -4 more minutes", 400))
COUNTRY = (400, error("These actions are forbidden.", 400))
TOKEN = (401, error("The access token provided is invalid.", 401))
OWNER = (403, error("You must own all the image ids to add them to album", 403))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """Two synced albums, in one process, with time by hand."""
    with SyncStage(tmp_path) as made:
        for key, seeds in (("cats", range(5)), ("dogs", range(20, 23))):
            made.album(key)
            for seed in seeds:
                made.put(key, f"{seed:02}.png", seed)
        made.apply()
        made.clock.advance(3600)
        yield made


def run(stage: SyncStage, **options: Any) -> tuple[int, str]:
    """One apply: its exit code, and everything that it tells."""
    try:
        finished = stage.apply(**options)
    except ImgurSyncError as error:
        return error.exit_code, f"{stage.events} {error.message} {error.hint}"
    return finished.codes[0], str(stage.events)


def reply(stage: SyncStage, match: dict[str, Any], status: int, body: object, **more: Any) -> None:
    """Have Imgur answer so from now on."""
    stage.steer("faults", [{"match": match, "fault": "reply", "status": status, "body": body, **more}])


def finish(stage: SyncStage, **options: Any) -> None:
    """Imgur works again: a run soon after, others from the next day on, each when the one before said, as fewer uploads
    an hour are sent after a refusal; and everything is there once."""
    stage.web.delete("/_simulator/faults")
    if run(stage, **options)[0] != 0:
        stage.clock.advance(86_400)
        assert stage.apply_in_time(most=60).codes == (0,)
    for key in stage.albums:
        assert stage.shown(key) == stage.wanted(key)
    assert stage.uploads() == len({image["sha256"] for image in stage.look("world")["images"]})


def writes(stage: SyncStage, since: int) -> list[str]:
    """Every request after that number that is not a reading or a token's refresh."""
    requests = stage.look(f"history?since={since}")["requests"]
    asked = [f"{request['method']} {request['path']}" for request in requests]
    return [call for call in asked if not call.startswith("GET") and call != "POST /oauth2/token"]


def last(stage: SyncStage) -> int:
    """The number of the last request."""
    return max(request["n"] for request in stage.look("history")["requests"])


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        pytest.param(OVER_CAPACITY, 75, "over capacity", id="over capacity"),
        pytest.param(TOO_MANY, 6, "Slow", id="429 without a time"),
        pytest.param(WAIT, 6, "wait 37 more minutes", id="429 with a time"),
        pytest.param(TOO_FAST, 6, "too fast", id="too fast, with an absurd time"),
        pytest.param(COUNTRY, 75, "region", id="a forbidden country"),
        pytest.param(TOKEN, 8, "token", id="a token that no refresh mends"),
        pytest.param(OWNER, 7, "must own", id="a picture of somebody else"),
        pytest.param((404, error("Unable to find", 404)), 7, "Unable to find", id="404"),
    ],
)
def test_a_refused_upload_is_not_repeated(answer: tuple[int, object], code: int, words: str, stage: SyncStage) -> None:
    """Definite is definite: one try (two where the token was refreshed between), the code and the advice."""
    stage.put("cats", "99.png", 99)
    before = last(stage)
    reply(stage, UPLOAD, *answer)
    ended, told = run(stage)
    assert ended == code, told
    assert words in told
    assert writes(stage, before).count("POST /3/upload") == (2 if answer is TOKEN else 1)
    assert len(stage.shown("cats")) == 5
    finish(stage, retry_failed="Unable to find" in words)


def test_an_imgur_over_capacity_is_left_alone_soon(stage: SyncStage) -> None:
    """Of many uploads only those under way are refused; the others are not tried."""
    for seed in range(30, 60):
        stage.put("cats", f"{seed}.png", seed)
    before = last(stage)
    reply(stage, UPLOAD, *OVER_CAPACITY)
    assert run(stage)[0] == 75
    assert len(writes(stage, before)) <= 8
    finish(stage)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PAGE, id="a page"),
        pytest.param("", id="nothing"),
        pytest.param({}, id="an empty object"),
        pytest.param({"data": {"error": "no"}, "success": True, "status": 200}, id="success with an error inside"),
        pytest.param("[" * 200_000, id="200,000 brackets"),
        pytest.param("[" + "1," * 5_000_000 + "1]", id="10 MB"),
    ],
)
def test_a_senseless_answer_to_an_upload_that_happened_makes_no_twin(body: object, stage: SyncStage) -> None:
    """The outcome is unknown: it is looked for, found and kept."""
    stage.put("cats", "99.png", 99)
    reply(stage, {**UPLOAD, "nth": 1}, 200, body, after=True)
    code, told = run(stage)
    assert (code, "InDoubt" in told) == (0, True)
    assert stage.uploads() == 9
    finish(stage)


@pytest.mark.parametrize("status", [200, 302, 408, 500, 503])
def test_an_upload_that_never_gets_an_answer_is_sent_twice_at_most(status: int, stage: SyncStage) -> None:
    """Nothing of it can be found, so it is sent once more in this run, and then left for the next: exit 7."""
    stage.put("cats", "99.png", 99)
    before = last(stage)
    reply(stage, UPLOAD, status, PAGE, headers={"Location": "http://127.0.0.1:9/"})
    assert run(stage)[0] == 7
    assert writes(stage, before).count("POST /3/upload") == 2
    finish(stage)


@pytest.mark.parametrize(
    ("match", "answer", "codes", "words"),
    [
        pytest.param(ALBUM, (200, PAGE), {7, 75}, "not JSON", id="an album as a page"),
        pytest.param(ALBUM, (200, None), {7, 75}, "not an object", id="an album as null"),
        pytest.param(ALBUM, (200, "x" * 9_000_000), {7, 75}, "larger than 8 MiB", id="an album of 9 MB"),
        pytest.param(ALBUM, OVER_CAPACITY, {75}, "over capacity", id="albums over capacity"),
        pytest.param(ALBUM, WAIT, {6}, "37 more minutes", id="albums refused for 37 minutes"),
        pytest.param(ALBUM, (500, PAGE), {75}, "cannot be used now", id="albums fail"),
        pytest.param(ALBUMS, COUNTRY, {75}, "region", id="the account is refused to this country"),
        pytest.param(ALBUMS, TOKEN, {8}, "token", id="the account is refused to this token"),
        pytest.param(ALBUMS, (302, ""), {75}, "redirect", id="the account is elsewhere"),
    ],
)
def test_reading_nonsense_changes_nothing(
    match: dict[str, Any], answer: tuple[int, object], codes: set[int], words: str, stage: SyncStage
) -> None:
    """No create, no upload, no removal in an album that cannot be read."""
    (stage.albums["cats"].root / "00.png").unlink()
    stage.put("dogs", "20.png", 91)
    before = last(stage)
    reply(stage, match, *answer, headers={"Location": "http://127.0.0.1:9/"})
    code, told = run(stage, refresh=True)
    assert code in codes, told
    assert words in told
    assert writes(stage, before) == []
    finish(stage)


@pytest.mark.parametrize(
    "twist",
    [
        pytest.param(lambda images: None, id="no pictures although it counts five"),
        pytest.param(lambda images: images[:-1], id="four pictures although it counts five"),
        pytest.param(lambda images: [*images[:-1], images[0]], id="one of them twice"),
        pytest.param(lambda images: [{}, *images[1:]], id="a picture without an id"),
        pytest.param(lambda images: "five", id="a word for the pictures"),
    ],
)
def test_an_inconsistent_listing_changes_nothing(twist: Callable[[list[Any]], object], stage: SyncStage) -> None:
    """Exit 7, and the other album is served."""
    path = f"/3/album/{stage.remote('cats')['id']}"
    whole = stage.web.get(path, headers={"Authorization": f"Bearer {stage.demo.access_token}"}).json()
    images = twist(whole["data"]["images"])
    stage.put("cats", "99.png", 90)
    stage.put("dogs", "99.png", 91)
    before = stage.shown("cats")
    reply(stage, {"method": "GET", "path": path}, 200, {**whole, "data": {**whole["data"], "images": images}})
    reply(stage, {"method": "GET", "path": f"{path}/images"}, 200, {**whole, "data": images})
    code, told = run(stage)
    assert code == 7
    assert "LISTING" in told
    assert stage.shown("cats") == before
    assert stage.shown("dogs") == stage.wanted("dogs")
    finish(stage)


def test_an_answer_about_another_album_changes_nothing(stage: SyncStage) -> None:
    """As a proxy that mixes answers up would give."""
    headers = {"Authorization": f"Bearer {stage.demo.access_token}"}
    dogs = stage.web.get(f"/3/album/{stage.remote('dogs')['id']}", headers=headers).json()
    stage.put("cats", "99.png", 90)
    before = stage.shown("cats")
    reply(stage, {"method": "GET", "path": f"/3/album/{stage.remote('cats')['id']}"}, 200, dogs)
    assert run(stage)[0] in (7, 75)
    assert stage.shown("cats") == before
    finish(stage)


def test_lists_that_lag_and_pages_that_are_short_make_no_twin(tmp_path: Path) -> None:
    """Imgur shows lists as they were 20 seconds ago, and two items a page."""
    with SyncStage(tmp_path, short_pages=48, lag=20.0) as stage:
        stage.album("cats")
        for seed in range(7):
            stage.put("cats", f"{seed}.png", seed)
        reply(stage, {**UPLOAD, "nth": 2}, 503, "", after=True)
        for _ in range(4):
            if run(stage)[0] == 0:
                break
            stage.clock.advance(600)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 7
