"""Every message names the place and the remedy, with the right exit code: a table for each room that speaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import Inside
from tests.support.mirror import HEAD, UPLOAD, Mirror, table

KIND = Inside

LISTS = {"path": "/3/account/me/albums*"}


def refusal(status: int, text: str) -> dict[str, Any]:
    """What a fault answers in Imgur's shape."""
    return {"fault": "reply", "status": status, "body": {"data": {"error": text}, "success": False, "status": status}}


@pytest.fixture
def calm(shared: Mirror) -> Iterator[Mirror]:
    """The shared mirror; faults end with the test, and the manifest is put back."""
    text = (shared.folder / "sync.toml").read_bytes()
    yield shared
    shared.calm()
    (shared.folder / "sync.toml").write_bytes(text)


@pytest.mark.parametrize(
    ("name", "value", "code", "told", "hint"),
    [
        (
            "API_URL",
            "http://example.com",
            64,
            "IMGUR_SYNC_API_URL: plain http to example.com: credentials are sent over https, or to this machine only",
            "give the bare address, without a path, such as https://api.imgur.com",
        ),
        (
            "API_URL",
            "https://api.imgur.com/3",
            64,
            "IMGUR_SYNC_API_URL: the API address has a path",
            "give the bare address, without a path, such as https://api.imgur.com",
        ),
        (
            "SETTLE_SECONDS",
            "soon",
            64,
            "IMGUR_SYNC_SETTLE_SECONDS: this is no number of seconds from 0 to 3600",
            "give one, such as 90",
        ),
        (
            "CLIENT_ID",
            "a b",
            8,
            "IMGUR_SYNC_CLIENT_ID holds what no credential holds: spaces, several lines, letters that are not ASCII",
            "put the bare value there, up to 4096 characters",
        ),
        (
            "REFRESH_TOKEN_FILE",
            "nowhere",
            64,
            "IMGUR_SYNC_REFRESH_TOKEN and IMGUR_SYNC_REFRESH_TOKEN_FILE are both given",
            "give one of them",
        ),
        (
            "REFRESH_TOKEN",
            "wrong",
            8,
            "Imgur refuses the refresh token (Invalid refresh token): log in again (imgur-sync login), or put a new "
            "one into IMGUR_SYNC_REFRESH_TOKEN",
            "",
        ),
        (
            "STATE_DIR",
            "sync.toml",
            65,
            "{here}/sync.toml/ledger.db lies below what is no folder",
            "Name a folder: IMGUR_SYNC_STATE_DIR for the ledger, [state] path in sync.toml for the state.",
        ),
        (
            "STATE_DIR",
            "/proc/nowhere",
            65,
            "the folder /proc/nowhere cannot be made: No such file or directory",
            "Nothing was changed or sent. Name another: IMGUR_SYNC_STATE_DIR, or [state] path in sync.toml.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else "",
)
def test_settings(name: str, value: str, code: int, told: str, hint: str, shared: Mirror) -> None:
    """The variable is named, never its value where that may be a secret."""
    if value == "sync.toml":
        value = str(shared.folder / value)
    done = shared.run("plan", code=code, environ={f"IMGUR_SYNC_{name}": value})
    expected = f"error: {told.format(here=shared.folder)}\n" + (f"hint: {hint}\n" if hint else "")
    assert (done.stdout, done.stderr) == ("", expected)


@pytest.mark.parametrize(
    ("fault", "arguments", "code", "told", "hint"),
    [
        (refusal(401, "Something else"), (), 8, "Imgur refuses the credentials (Something else)", "imgur-sync login"),
        (
            refusal(429, "Slow down"),
            (),
            6,
            "Imgur allows no more for now: Slow down",
            "Imgur names no time: try again in an hour",
        ),
        (
            None,
            ("--max-credits", "1"),
            6,
            "of the 1 credits allowed for this run, 1 are spent",
            "allow this run more: --max-credits, or max_credits_per_run in [budget]",
        ),
    ],
    ids=["refused", "too fast", "our own cap"],
)
def test_what_imgur_and_the_budget_refuse(
    fault: dict[str, Any] | None, arguments: tuple[str, ...], code: int, told: str, hint: str, calm: Mirror
) -> None:
    """Who refused it, and what can be done about it; an own cap is not Imgur's."""
    if fault is not None:
        calm.steer("faults", [{"match": LISTS, **fault}])
    done = calm.run("plan", "--refresh", *arguments, code=code)
    for file in (calm.folder / ".user").glob("ledger.db*"):
        file.unlink()  # what a refusal taught shall not reach the next test
    assert f"error: {told}\n" in done.stderr
    assert hint in done.stderr.partition("hint: ")[2]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("nonsense", "--json"), 'there is no command "nonsense"; there are', "imgur-sync --help"),
        (("plan", "--json", "--nope"), "No such option '--nope'.", "imgur-sync plan --help"),
        (("plan", "--json", "--offline", "--refresh"), "--offline asks Imgur nothing", "give one of them"),
        (("explain", "--json"), "Missing argument 'PATH'.", "imgur-sync explain --help"),
        (("links", "birds", "--json"), 'no album "birds" was synced here', "there are cats, dogs"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_as_json(arguments: tuple[str, ...], message: str, hint: str, shared: Mirror) -> None:
    """One document on stdout, also where the command line could not be taken apart."""
    done = shared.run(*arguments, code=64)
    told = json.loads(done.stdout)
    assert (told["kind"], told["exit_code"], told["hint"]) == ("error", 64, hint)
    assert told["message"].startswith(message)


@pytest.mark.parametrize(
    ("lines", "told", "remedy"),
    [
        ('order = ["c1.png", "c1.png"]', "cats.order cannot be this list", 'name each file once: "c1.png" is there'),
        ('order = "date"', 'cats.order cannot be "date"', 'write "natural", "name", "modified", "taken" or a list'),
        ("prune = 3", "cats.prune cannot be 3", 'write "detach", "delete" or "never"'),
        ('titel = "x"', "unknown key albums.cats.titel", "did you mean title?"),
    ],
)
def test_manifest(lines: str, told: str, remedy: str, calm: Mirror) -> None:
    """File, line and column, the line itself, and what to write."""
    calm.manifest(table("cats", lines))
    done = calm.run("validate", code=65)
    place = f"{calm.folder / 'sync.toml'}:{HEAD.count(chr(10)) + 4}:"
    assert done.stderr.startswith(place)
    assert told in done.stderr.splitlines()[0]
    assert f"    | {lines}\n    {remedy}" in done.stderr


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("damage", "why"),
    [(lambda path: path.write_bytes(b"junk"), "is no imgur-sync state, or is damaged"), (_cut, "is truncated")],
    ids=["junk", "cut"],
)
def test_a_damaged_state_names_the_one_command_that_helps(
    damage: Callable[[Path], object], why: str, synced: Mirror
) -> None:
    """And that command does what was said: it keeps the damaged file."""
    state = synced.folder / ".imgur-sync" / "state.db"
    damage(state)
    told = synced.run("plan", code=65).stderr
    assert told.startswith(f"error: {state}: {why}")
    assert "imgur-sync state rebuild (this one is kept beside it)" in told
    assert "is kept as " in synced.run("state", "rebuild").stdout
    assert " upload" not in synced.run("plan").stdout


def test_files_that_cannot_be_sent_have_a_remedy_each(here: Mirror) -> None:
    """Once for each reason, below the files."""
    here.put("cats/cut.gif", b"GIF89a")
    here.put("cats/none.png", b"")
    here.put("cats/text.jpg", b"only text")
    here.put("cats/lfs.png", f"version https://git-lfs.github.com/spec/v1\noid sha256:{7:064d}\nsize 12\n".encode())
    told = here.run("plan").stdout
    assert "  ! 1 blocked, not downloaded (Git LFS): lfs.png\n    to get it: git lfs pull, or git annex get\n" in told
    for line in (
        "incomplete file: put the whole file there; it may still be on its way",
        "empty file: put the whole file there, or remove it",
        "not a picture: rename it, or leave it out with exclude",
    ):
        assert told.count(f"    {line}\n") == 1


def test_a_link_is_not_called_a_file_without_a_picture(synced: Mirror) -> None:
    """What is said of it is true."""
    (synced.folder / "cats" / "link.png").symlink_to("/etc/hostname")
    told = synced.run("explain", "cats/link.png").stdout
    assert "because   it is a symbolic link, and none is followed\n" in told
    assert "in the album, recorded as cats/c0.png" in synced.run("explain", "cats/c0.png").stdout


def test_forget_speaks_of_deletehashes_only_without_an_account(synced: Mirror) -> None:
    """With an account nothing is lost that a log-in does not give."""
    synced.manifest(table("cats"))
    assert "delete" not in synced.run("forget", "dogs", code=64).stderr


def test_a_wish_that_imgur_ignores_is_told_as_such(synced: Mirror) -> None:
    """By whom, how often, and until when."""
    synced.manifest(table("cats", 'cover = "c2.png"') + table("dogs"))
    synced.steer("knobs", {"cover": "ignored"})
    told = synced.run("apply", "-y", code=7).stdout
    assert "Imgur ignored the cover twice; not tried again before the manifest changes it" in told


def test_the_price_and_what_was_spent_can_be_compared(here: Mirror) -> None:
    """What was spent on carrying out is what the question said; looking is apart, in text and JSON."""
    price = next(line for line in here.run("plan").stdout.splitlines() if line.startswith("Price: "))
    credits = int(price.split()[1])
    done = here.json("apply", "-y")
    assert done["credits"] - done["credits_looking"] == credits
    again = here.run("apply", "-y").stdout
    assert again.startswith("Nothing was changed; ")
    assert again.endswith("spent, on looking.\n")
    here.put("cats/new.png", 50)
    last = here.run("apply", "-y").stdout.splitlines()[-1]
    assert "on looking for the plan, " in last
    assert last.endswith(" on carrying it out.")


def test_an_upload_that_imgur_refuses_says_what_to_type(here: Mirror) -> None:
    """The reason at once, the way back in the next plan."""
    here.steer("faults", [{"match": {**UPLOAD, "nth": 1}, **refusal(400, "File type invalid (1)")}])
    assert "File type invalid" in here.run("apply", "-y", code=7).stderr
    told = here.run("plan").stdout
    assert "refused by Imgur before (" in told
    assert "refused by Imgur before: change the file, or try again: imgur-sync apply --retry-failed" in told
