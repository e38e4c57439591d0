"""What commands that only look say where little is there to look at, and options that cannot be: words, exit codes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Limits, Options, running
from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, table

# links, history, credits, status, state


def test_links_of_nothing_and_of_what_is_not_there(unsynced: Mirror) -> None:
    """Before a sync an empty list and a note, which --quiet leaves out; a form that there is none of: 64."""
    done = unsynced.run("links")
    assert (done.stdout, "nothing was synced here yet" in done.stderr) == ("", True)
    assert unsynced.run("links", "-q").stderr == ""
    assert 'there is no album "cats"' in unsynced.run("links", "cats", code=ExitCode.USAGE).stderr
    assert (
        "use plain, csv or json" in unsynced.run("links", "--retired", "--format", "html", code=ExitCode.USAGE).stderr
    )
    assert unsynced.run("links", "--retired").stdout == ""
    assert unsynced.run("history", "-q").stderr == ""
    assert "nothing was synced here yet" in unsynced.run("history").stderr
    assert unsynced.run("history").stdout == "No run is recorded.\n"


@pytest.mark.parametrize("order", ["modified", "taken"])
def test_links_come_in_the_order_that_the_manifest_wants(order: str, synced: Mirror) -> None:
    """By the time of the files, or by the dates in them and what Imgur shows; also where the folder is gone."""
    for number in range(5):
        os.utime(synced.folder / "cats" / f"c{number}.png", (2_000_000_000 - number, 2_000_000_000 - number))
    synced.manifest(table("cats", f'order = "{order}"') + table("dogs"))
    rows = synced.run("links", "cats", "--format", "csv").stdout.splitlines()[1:]
    names = [row.split(",")[1] for row in rows]
    assert names == [f"c{n}.png" for n in ((4, 3, 2, 1, 0) if order == "modified" else (0, 1, 2, 3, 4))]
    (synced.folder / "cats").rename(synced.folder / "elsewhere")
    (synced.folder / ".imgur-sync" / "cache.db").unlink()
    assert len(synced.run("links", "cats").stdout.split()) == 5
    synced.manifest(table("dogs") + f'[defaults]\norder = "{order}"\n')
    assert len(synced.run("links", "cats").stdout.split()) == 5


def test_what_is_told_from_the_state_needs_no_readable_manifest(synced: Mirror) -> None:
    """A warning; one that was named and is not there is an error; a pipe is not waited for."""
    (synced.folder / "sync.toml").write_text("= = =", encoding="utf-8")
    done = synced.run("links")
    assert (len(done.stdout.split()), "the manifest cannot be read" in done.stderr) == (8, True)
    assert "elsewhere.toml" in synced.run("links", "-f", "elsewhere.toml", code=None).stderr
    os.mkfifo(synced.folder / "pipe.toml")
    assert synced.run("links", "-f", "pipe.toml", code=None).returncode != 0
    (synced.folder / "sync.toml").write_text(".".join("a" * 70) + " = 1\n", encoding="utf-8")
    assert "the manifest cannot be read" in synced.run("status").stderr
    (synced.folder / "sync.toml").write_text(f"# {'.' * 80}\n{HEAD}{table('cats')}", encoding="utf-8")
    assert synced.run("links", "cats").stderr == ""
    (synced.folder / "sync.toml").unlink()
    os.mkfifo(synced.folder / "sync.toml")
    assert "the manifest cannot be read" in synced.run("links").stderr


def test_history_of_one_album_counts_to_its_limit(departed: Mirror) -> None:
    """Only runs that did something in it."""
    departed.put("dogs/d9.png", 90)
    departed.run("apply", "-y", "-q")
    runs = departed.json("history", "cats")["runs"]
    assert len(runs) == 2
    assert len(departed.json("history", "cats", "--limit", "1")["runs"]) == 1
    assert len(departed.json("history")["runs"]) == 3


def test_credits_that_imgur_does_not_tell_are_told_why(unsynced: Mirror) -> None:
    """A limit: 6 with the time; an Imgur that is broken: 75."""
    body = {"data": {"error": "Too Many Requests"}, "success": False, "status": 429}
    rule = {"match": {"path": "/3/credits"}, "fault": "reply", "status": 429, "headers": {"retry-after": "600"}}
    unsynced.steer("faults", [{**rule, "body": body}])
    done = unsynced.run("credits", "--refresh", code=ExitCode.BUDGET)
    assert "a limit is used up" in done.stderr
    unsynced.calm()
    unsynced.steer("faults", [{"match": {"path": "/3/credits"}, "fault": "reply", "status": 503, "body": ""}])
    unsynced.run("credits", "--refresh", code=ExitCode.TRY_LATER)


def test_a_state_is_rebuilt_and_recovered_in_words(synced: Mirror) -> None:
    """How much was recognised, and where the state before is; a state that can be read is not replaced by its copy."""
    done = synced.run("state", "rebuild")
    assert done.stdout.startswith("Recognised 8 pictures in 2 albums.\nThe state before is kept as state.db.")
    assert "can be read: there is nothing to recover" in synced.run("state", "recover", code=ExitCode.USAGE).stderr
    (synced.folder / ".imgur-sync" / "state.db").unlink()
    done = synced.run("state", "recover", code=ExitCode.UNREADABLE)
    assert "imgur-sync state rebuild" in done.stderr
    assert "Recognised 8 pictures in 2 albums.\nLook at" in synced.run("state", "rebuild").stdout
    synced.manifest(table("cats"), head="version = 1\n")
    for arguments in (("state", "rebuild"), ("state", "recover")):
        assert "names no lineage" in synced.run(*arguments, code=ExitCode.USAGE).stderr


def test_a_state_of_another_mode_that_is_empty_takes_the_new_one(unsynced: Mirror) -> None:
    """Nothing was uploaded yet: the manifest may change its mind. Afterwards it may not."""
    unsynced.manifest("", head=HEAD)
    unsynced.run("apply", "-y", "-q")
    anonymous = HEAD + '[account]\nmode = "anonymous"\n'
    unsynced.manifest(table("cats"), head=anonymous)
    unsynced.run("apply", "-y", "-q")
    assert len(unsynced.received()) == 5
    unsynced.manifest(table("cats"))
    assert "was made in anonymous mode" in unsynced.run("plan", code=ExitCode.UNREADABLE).stderr


def test_without_an_account_a_copy_that_cannot_be_written_is_a_warning(unsynced: Mirror) -> None:
    """The pictures are up all the same; a state that was lost then has no way back, and is not taken for a new one."""
    unsynced.manifest(table("cats"), head=HEAD + '[account]\nmode = "anonymous"\n')
    told = unsynced.run("validate").stdout
    assert "note: " in told
    unsynced.put(".user/copies", b"a file where the copies go")
    unsynced.put(".user/backups", b"a file where the copies go")
    done = unsynced.run("apply", "-y", "-q", code=None)
    (unsynced.folder / ".imgur-sync" / "state.db").write_bytes(b"x" * 4096)
    lost = unsynced.run("plan", code=ExitCode.UNREADABLE)
    assert "hint: " in lost.stderr
    assert "state rebuild" not in lost.stderr
    assert done.returncode == 0
    assert "cannot be rebuilt" in unsynced.run("state", "rebuild", code=ExitCode.USAGE).stderr


# explain


def test_explain_knows_paths_ids_links_and_nothing_else(synced: Mirror) -> None:
    """What lies in no folder and is no picture is said so; an empty word and one that no system takes as well."""
    for word in ("", "nowhere/x.png", "\0", "abcdefg"):
        done = synced.place.run("explain", word)
        assert (done.returncode, "Traceback" in done.stderr) == (ExitCode.USAGE, False), word
    link = synced.run("links", "cats").stdout.split()[0]
    assert synced.json("explain", link)["path"] == "c0.png"
    assert synced.json("explain", link.rpartition("/")[2].partition(".")[0])["verdict"] == "as_wanted"
    assert synced.json("explain", "cats/nothing.png")["verdict"] == "unknown"
    (synced.folder / "cats" / "link.png").symlink_to("c0.png")
    assert "symbolic link" in synced.run("explain", "cats/link.png").stdout
    (synced.folder / "cats" / ".imgursyncignore").write_text("c4.png\n", encoding="utf-8")
    assert "in cats/.imgursyncignore, line 1" in synced.run("explain", "cats/c4.png").stdout
    assert "is never looked at" in synced.run("explain", "cats/.DS_Store").stdout


def test_explain_names_the_line_of_the_manifest_or_the_album(synced: Mirror) -> None:
    """Of the album's own table, of the defaults, or of neither where the rule goes without saying."""
    synced.manifest(table("cats", 'exclude = ["c1.png"]', 'include = ["*.png", "!c2.png"]') + table("dogs"))
    assert "`exclude` of [albums.cats], sync.toml line" in synced.run("explain", "cats/c1.png").stdout
    synced.manifest(table("cats") + table("dogs") + "[defaults]\nrecursive = false\n")
    synced.put("cats/deep/x.png", 70)
    assert "`recursive` of [defaults], sync.toml line" in synced.run("explain", "cats/deep/x.png").stdout
    text = (synced.folder / "sync.toml").read_text(encoding="utf-8")
    done = synced.run("explain", "cats/deep/x.png", "-f", "-", stdin=text)
    assert "`recursive` of the album cats is false" in done.stdout


def test_explain_tells_of_an_album_that_the_manifest_dropped(synced: Mirror) -> None:
    """By its key and by its folder; a file that the folder never had is not known."""
    synced.manifest(table("dogs"))
    for asked in ("cats/c0.png", str(synced.folder / "cats" / "c0.png")):
        assert synced.json("explain", asked)["album"] == "cats"
    link = synced.run("links", "cats").stdout.split()[0]
    assert synced.json("explain", link)["path"] == "c0.png"


# options


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("apply", "--dry-run", "--wait"), "exclude each other"),
        (("plan", "--offline", "--refresh"), "give one of them"),
        (("plan", "--json", "--format", "html"), "give one of them"),
        (("plan", "--approve", "prune"), "takes NAME=NUMBER"),
        (("plan", "--approve", "prunes=1"), "did you mean prune?"),
        (("plan", "--approve", "zzz=1"), "there are prune"),
        (("plan", "--approve", "prune=1,prune=2"), "names prune twice"),
        (("apply",), "give -y"),
        (("simulator", "--write-env", "nowhere/env"), "there is no such folder"),
    ],
)
def test_options_that_cannot_be_are_told_what_to_write(
    arguments: tuple[str, ...], words: str, unsynced: Mirror
) -> None:
    """64, and nothing is sent."""
    assert words in unsynced.run(*arguments, code=ExitCode.USAGE).stderr
    assert unsynced.requests() == []


def test_a_manifest_in_json_and_a_dry_run_say_the_same(unsynced: Mirror) -> None:
    """`validate --json` names the albums; `diff` and `drift` are documents; a plan may be a page."""
    assert unsynced.json("validate")["kind"] == "validate"
    assert unsynced.json("diff")["empty"] is False
    assert "You changed:" in unsynced.run("diff").stdout
    assert "Nothing was changed on Imgur" in unsynced.run("drift").stdout
    assert unsynced.run("plan", "--format", "html").stdout.startswith("<!doctype html>")
    assert (
        unsynced.run("plan", "--offline", "--detailed-exitcode", code=2).stdout
        == unsynced.run("plan", "--offline").stdout
    )


def test_a_local_imgur_that_cannot_serve_says_why(unsynced: Mirror) -> None:
    """A port that is taken, an address that is not this machine's, a folder that is a file."""
    port = unsynced.server.url.rpartition(":")[2]
    assert "the port is taken" in unsynced.run("simulator", "--port", port, code=1).stderr
    done = unsynced.run("simulator", "--host", "192.0.2.1", "--port", "0", code=None)
    assert done.returncode != 0
    assert "hint: " in done.stderr
    unsynced.put("file", b"no folder")
    assert "name another --data" in unsynced.run("simulator", "--data", "file", "--port", "0", code=1).stderr
    unsynced.put("world/journal.jsonl", b"no journal\n")
    assert unsynced.run("simulator", "--data", "world", "--port", "0", code=None).returncode != 0


def test_an_account_wide_refusal_needs_no_manifest(tmp_path: Path) -> None:
    """`credits` works anywhere; without an account it asks as one without."""
    with running(Options(limits=Limits())) as server:
        place = Inside(tmp_path, {**server.environment(), "IMGUR_SYNC_REFRESH_TOKEN": ""})
        done = place.run("credits", "--refresh")
        assert done.returncode == 0, done.stderr
        assert "credits of the day" in done.stdout
