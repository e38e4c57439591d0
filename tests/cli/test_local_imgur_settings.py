"""`imgur-sync simulator`: its knobs, sizes, fixtures, names and the life of its tokens."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import httpx
import pytest

from imgur_sync.cli.simulator_settings import SETTINGS, SIZES, given_knobs, given_options
from imgur_sync.errors import UsageError
from imgur_sync.simulator import Options
from imgur_sync.simulator.testing import small_picture
from tests.support.command import Workplace
from tests.support.inside import Inside

KNOBS = ("post_ids=ignored", "lag=1.5", "trim_text=3", "images_null=TRUE", "gone_answer=by length", "token_answer=401")


def test_it_takes_knobs_sizes_fixtures_and_the_life_of_tokens(tmp_path: Path) -> None:
    picture = small_picture()
    (tmp_path / "cat.png").write_bytes(picture)
    chosen = ["--url", "https://example.test/?a=b", "cat.png", "--size", f"still={len(picture)}", "--size", "png=10"]
    chosen += ["--expires-in", "3600", "--history", "1000", "--name", "Imgur.Example.org", "--video-seconds", "0"]
    started = Workplace(tmp_path).start("simulator", "--port", "0", *chosen, *(f"--knob={one}" for one in KNOBS))
    try:
        assert started.stdout is not None
        values = dict(started.stdout.readline().strip().split("=", 1) for _ in range(4))
        url = values["IMGUR_SYNC_API_URL"]
        with httpx.Client(base_url=url, trust_env=False) as web:
            knobs = web.get("/_simulator/knobs").json()
            sent = {
                name.lower(): values[f"IMGUR_SYNC_{name}"] for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
            }
            token = web.post("/oauth2/token", data={**sent, "grant_type": "refresh_token"}).json()
            web.headers["Authorization"] = f"Bearer {token['access_token']}"
            fetched = web.post("/3/upload", data={"image": "https://example.test/?a=b", "type": "url"}).json()["data"]
            other = web.post("/3/upload", data={"image": "https://example.test/", "type": "url"})
            large = web.post("/3/upload", files={"image": picture + b" "})
            seen = [web.get("/", headers={"Host": host}).status_code for host in ("imgur.example.org", "example.org")]
    finally:
        started.terminate()
        started.communicate(timeout=60)
    told = (knobs["post_ids"], knobs["lag"], knobs["trim_text"], knobs["images_null"], knobs["gone_answer"])
    assert (*told, knobs["token_answer"]) == ("ignored", 1.5, 3, True, "by length", 401)
    assert token["expires_in"] == 3600
    assert (fetched["type"], fetched["size"]) == ("image/jpeg", 10)
    assert other.json()["data"]["error"] == "Invalid URL (https://example.test/)"
    assert large.json()["data"]["error"]["code"] == 1002
    assert seen == [200, 403]


def test_a_knob_wins_over_the_options_that_turn_several(tmp_path: Path) -> None:
    asks = "import os, urllib.request as web\nurl = os.environ['IMGUR_API_URL'] + '/_simulator/knobs'"
    asks += "\nprint(web.urlopen(url).read().decode())"
    options = ("--headers", "legacy", "--shape", "legacy", "--knob", "header_case=lower", "--knob", "shape=v1")
    done = Workplace(tmp_path).run("simulator", *options, "--", sys.executable, "-c", asks)
    for knob in ('"shape":"v1"', '"header_case":"lower"', '"reset_unit":"epoch"'):
        assert knob in done.stdout


@pytest.mark.parametrize(
    ("option", "wrong", "told"),
    [
        ("--knob", "shpae=v1", "--knob shpae=v1: unknown knob 'shpae'; there are account_answer, ad_config,"),
        ("--knob", "shape", "--knob shape: shape takes one of mixed, legacy, v1, not ''"),
        ("--knob", "lag=-1", "--knob lag=-1: lag takes a number that is not negative, not -1.0"),
        ("--knob", "lag=nan", "--knob lag=nan: lag takes a number that is not negative, not nan"),
        ("--knob", "trim_text=2.5", "--knob trim_text=2.5: trim_text takes a number that is not negative, not '2.5'"),
        ("--knob", "images_null=1", "--knob images_null=1: images_null takes true or false, not '1'"),
        ("--size", "gif=5", "--size gif=5: there is no such kind or number"),
        ("--size", "still=ten", "--size still=ten: there is no such kind or number"),
        ("--size", "still", "--size still: there is no such kind or number"),
    ],
)
def test_what_there_is_not_is_named_with_what_there_is(tmp_path: Path, option: str, wrong: str, told: str) -> None:
    done = Inside(tmp_path).run("simulator", option, wrong)
    assert done.returncode == 64
    assert f"error: {told}" in done.stderr


def test_a_fixture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    done = Inside(tmp_path).run("simulator", "--url", "https://example.test/", "none.png")
    assert done.returncode == 64
    assert "error: --url none.png: No such file or directory" in done.stderr


def test_sizes_have_units_names_are_lower_case_and_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"bytes")
    sizes = ("still=10M", "jpeg=200k", "png=5")
    given = given_options(sizes, (("https://example.test/", str(tmp_path / "a")),), ("Cats.Example",), expires_in=9)
    assert given == {
        "still_bytes": 10 << 20,
        "jpeg_bytes": 200 << 10,
        "png_bytes": 5,
        "urls": {"https://example.test/": b"bytes"},
        "names": ("cats.example",),
        "expires_in": 9,
    }


def test_each_knob_is_read_as_what_it_is() -> None:
    read = {"post_ids": "ignored", "lag": 1.5, "trim_text": 3, "images_null": True, "gone_answer": "by length"}
    assert given_knobs(KNOBS) == {**read, "token_answer": 401}
    assert given_knobs(["lag=1", "lag=2"]) == {"lag": 2.0}
    with pytest.raises(UsageError):
        given_knobs(["nothing=1"])


def test_everything_that_a_simulator_is_started_with_can_be_said_on_the_command_line() -> None:
    """What has an option of its own, and what is said with `--size`, `--url` and `--name`."""
    own = {"knobs", "limits", "windows", "latency", "chaos", *SETTINGS} - {"size", "url", "name"}
    named = {*SIZES.values(), "urls", "names"}
    assert {field.name for field in dataclasses.fields(Options)} == own | named
