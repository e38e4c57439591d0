"""`plan -o`, `show`, `diff A B`, `apply plan.json` and `apply --expect`: what was reviewed is done, nothing else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.report.plan_file import checksum
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums, nothing sent yet."""
    with mirror(tmp_path, kind=Inside) as made:
        yield made


def _digest(home: Mirror, name: str = "plan.json") -> str:
    return str(_read(home, name)["digest"])


def _read(home: Mirror, name: str = "plan.json") -> dict[str, Any]:
    table: dict[str, Any] = json.loads((home.folder / name).read_text(encoding="ascii"))
    return table


def _write(home: Mirror, content: dict[str, Any], *, sealed: bool = True) -> None:
    """Write an edited plan file, as somebody would who knows how its checksum is made."""
    if sealed:
        content["checksum"] = checksum(content)
    (home.folder / "plan.json").write_text(json.dumps(content), encoding="ascii")


def _refused(home: Mirror, *arguments: str) -> str:
    """The apply ends with 4, with nothing written to Imgur; what it said."""
    before = home.last()
    said = home.run("apply", *arguments, code=4).stderr
    assert home.writes(before) == []
    return said


def test_a_plan_file_is_applied_once_and_to_the_letter(home: Mirror) -> None:
    """Written, shown, applied without a question; a second time it is used up."""
    shown = home.run("plan", "-o", "plan.json").stdout
    assert _digest(home) in shown
    home.run("apply", "plan.json")
    home.check_equal("cats", "dogs")
    said = _refused(home, "plan.json")
    assert "applied already" in said
    assert f"imgur-sync apply --expect {_digest(home)}" in said
    home.run("apply", "--expect", _digest(home))  # nothing is left: that is no other plan


def test_a_file_more_makes_the_plan_another_one(home: Mirror) -> None:
    """The difference is told, by file, and as JSON."""
    home.run("plan", "-o", "plan.json")
    home.put("cats/late.png", 77)
    (home.folder / "dogs/d1.png").unlink()
    said = _refused(home, "plan.json")
    assert re.search(r"^  - dogs/d1\.png: upload \(", said, re.MULTILINE), said
    assert re.search(r"^  \+ cats/late\.png: upload \(", said, re.MULTILINE), said
    told = home.json("apply", "plan.json", code=4)
    assert [line for line in told["difference"] if "late" in line]
    said = _refused(home, "--expect", _digest(home))
    assert "cats/late.png" in said


def test_another_manifest_is_another_plan(home: Mirror) -> None:
    """Even where it says the same: strict is strict. By its digest alone such a plan may be applied."""
    home.run("plan", "-o", "plan.json")
    manifest = home.folder / "sync.toml"
    manifest.write_text(manifest.read_text() + "# a remark\n")
    assert "the manifest was changed" in _refused(home, "plan.json")
    home.run("apply", "--expect", _digest(home))
    home.check_equal("cats", "dogs")


def test_what_changed_on_imgur_makes_a_plan_stale(home: Mirror) -> None:
    """A person described the album: nothing of ours changes by that, but it is not what was reviewed."""
    home.manifest(table("cats"))
    home.run("apply", "-y")
    home.put("cats/more.png", 40)
    home.run("plan", "-o", "plan.json")
    album = home.album("cats")["id"]
    home.steer("edit", {"op": "set_album", "id": album, "description": "mine"})
    assert "cats changed on Imgur" in _refused(home, "plan.json", "--refresh")


def test_another_run_in_between_makes_a_plan_stale(home: Mirror) -> None:
    """One that changed the same album; the others do not count."""
    home.run("apply", "-y")
    home.put("cats/more.png", 40)
    home.run("plan", "-o", "plan.json")
    home.put("dogs/more.png", 41)
    home.run("apply", "dogs", "-y")
    home.put("cats/other.png", 42)
    home.run("apply", "cats", "-y")
    (home.folder / "cats/other.png").unlink()
    assert "another run changed cats" in _refused(home, "plan.json")


def test_a_plan_of_some_albums_touches_no_others(home: Mirror) -> None:
    """The file remembers what was asked for."""
    home.run("plan", "dogs", "-o", "plan.json")
    home.run("apply", "plan.json")
    home.check_equal("dogs")
    assert [album["title"] for album in home.look("world")["albums"]] == ["dogs"]


def test_gates_are_passed_as_the_plan_was_made(home: Mirror) -> None:
    """A plan with --approve removes what was approved; one without does not, unless apply is told."""
    home.run("apply", "-y")
    for number in range(4):
        (home.folder / f"cats/c{number}.png").unlink()
    home.run("plan", "-o", "held.json")
    home.run("apply", "held.json", code=3)
    assert len(home.shown("cats")) == 5
    home.run("plan", "--approve", "prune=4", "-o", "plan.json")
    assert "approved with it: prune=4" in home.run("show", "plan.json").stdout
    home.run("apply", "plan.json")
    assert len(home.shown("cats")) == 1


def test_an_import_that_the_budget_cut_goes_on_under_its_digest(home: Mirror) -> None:
    """And only with what was reviewed: a file that came since is refused until it is reviewed too."""
    home.run("plan", "-o", "plan.json")
    digest = _digest(home)
    home.run("apply", "plan.json", "--max-credits", "50", code=6)
    sent = len(home.received())
    assert 0 < sent < 8
    home.put("cats/late.png", 77)
    assert "cats/late.png" in _refused(home, "--expect", digest)
    (home.folder / "cats/late.png").unlink()
    home.run("apply", "--expect", digest)
    home.check_equal("cats", "dogs")


def test_an_edited_file_is_refused(home: Mirror) -> None:
    """With and without a right checksum; also with a right digest of steps that nobody would plan."""
    home.run("plan", "-o", "plan.json")
    whole = _read(home)
    changed = json.loads(json.dumps(whole))
    changed["albums"][0]["wanted"][1]["path"] = "../../etc/passwd"
    _write(home, changed, sealed=False)
    assert "was changed after it was made" in _refused(home, "plan.json")
    _write(home, changed)
    assert "was changed after it was made" in _refused(home, "plan.json")
    from imgur_sync.planner.digest import digest
    from imgur_sync.report.plan_reading import _plan

    changed["digest"] = digest(_plan(changed).albums)
    _write(home, changed)
    assert "../../etc/passwd" in _refused(home, "plan.json")
    home.run("show", "plan.json")


def test_an_old_and_a_foreign_file_are_refused(home: Mirror) -> None:
    """A day old, of tomorrow, of another state."""
    home.run("plan", "-o", "plan.json")
    whole = _read(home)
    for made_at, why in (("2001-01-01T00:00:00Z", "older than 24 hours"), ("2099-01-01T00:00:00Z", "future")):
        _write(home, {**whole, "made_at": made_at})
        assert why in _refused(home, "plan.json")
    _write(home, {**whole, "lineage": "zzzzzzzz"})
    assert "another state" in _refused(home, "plan.json")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "nonsense",
        '{"kind": "plan"}',
        '{"kind": "plan", "format_version": 1}',
        '{"kind": "plan", "format_version": 99}',
        '{"kind": "plan", "format_version": 1, "binding": []}',
        '{"kind": "plan", "kind": "plan"}',
        '{"a": NaN}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_what_is_no_plan_file_is_told_so(home: Mirror, text: str) -> None:
    """65, one sentence, no traceback, by all that read one."""
    (home.folder / "bad.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    for arguments in (["show", "bad.json"], ["apply", "bad.json"], ["diff", "bad.json", "bad.json"]):
        assert home.run(*arguments, code=65).stderr.startswith("error: ")
    assert home.run("show", "missing.json", code=65).stderr.startswith("error: missing.json cannot be read")


def test_two_plans_are_compared(home: Mirror) -> None:
    """By what they do; equal ones say so."""
    home.run("plan", "-o", "a.json")
    home.run("plan", "-o", "b.json")
    assert home.run("diff", "a.json", "b.json", "--detailed-exitcode").stdout == "The two plans do the same.\n"
    home.put("cats/late.png", 77)
    (home.folder / "dogs/d1.png").unlink()
    home.run("plan", "-o", "b.json")
    lines = home.run("diff", "a.json", "b.json", "--detailed-exitcode", code=2).stdout.splitlines()
    assert [line.split(" (")[0] for line in lines if "upload" in line] == [
        "+ cats/late.png: upload",
        "- dogs/d1.png: upload",
    ]
    rows = home.json("diff", "a.json", "b.json")["elements"]
    assert {(row["only"], row["path"]) for row in rows if row["does"] == "upload"} == {
        ("first", "d1.png"),
        ("second", "late.png"),
    }
    home.run("diff", "a.json", code=64)
    home.run("diff", "a.json", "cats", code=64)


def test_a_file_shows_what_the_plan_showed(home: Mirror) -> None:
    """Word for word but for the times; as JSON and as a page, too; from stdin."""
    printed = home.run("plan", "-o", "plan.json").stdout
    shown = home.run("show", "plan.json").stdout
    assert _timeless(shown) == _timeless(printed)
    text = (home.folder / "plan.json").read_text()
    assert home.run("show", "-", stdin=text).stdout == shown
    assert json.loads(home.run("show", "plan.json", "--json").stdout)["digest"] == _digest(home)
    assert home.run("show", "plan.json", "--format", "html").stdout.startswith("<!doctype html>")
    assert home.run("plan", "-o", "-").stdout.startswith("{")


def _timeless(text: str) -> str:
    return re.sub(r"\d+ (seconds?|minutes?|hours?)|\d\d:\d\d(:\d\d)?|[0-9]+ s\b|just now", "T", text)


def test_nothing_secret_is_in_a_plan_file(home: Mirror) -> None:
    """No id of an album or picture, no path of this machine."""
    home.run("apply", "-y")
    home.put("cats/c0.png", 99)
    (home.folder / "dogs/d1.png").unlink()
    home.run("plan", "-o", "plan.json")
    text = (home.folder / "plan.json").read_text()
    world = home.look("world")
    for thing in (*world["albums"], *world["images"]):
        assert thing["id"] not in text
    assert str(home.folder) not in text


def test_the_same_plan_is_the_same_bytes_anywhere(home: Mirror) -> None:
    """In another folder, zone and language, with the files made in another order, from a state of its own."""
    home.run("plan", "-o", "plan.json")
    there = home.folder.with_name("there")
    there.mkdir()
    for name in ("dogs", "cats"):
        (there / name).mkdir()
        for file in sorted((home.folder / name).iterdir(), reverse=True):
            (there / name / file.name).write_bytes(file.read_bytes())
            os.utime(there / name / file.name, (1, 1))
    (there / "sync.toml").write_bytes((home.folder / "sync.toml").read_bytes())
    other = Mirror(type(home.place)(there, home.place.environment), home.server, home.web)
    other.run("plan", "-o", "plan.json", environ={"TZ": "Asia/Kathmandu", "LC_ALL": "C"})
    assert _same(_read(other)) == _same(_read(home))


def _same(plan: dict[str, Any]) -> dict[str, Any]:
    """All but what the clock and the ledger tell."""
    clocked = {"made_at", "budget", "forecast", "resume_at", "oldest_listing", "checksum", "seal", "observation_reads"}
    return {name: value for name, value in plan.items() if name not in clocked}


def test_an_order_by_times_is_refused_with_a_digest(home: Mirror) -> None:
    """Two checkouts of one commit have different times: the key is named."""
    home.manifest(table("cats", 'order = "modified"'))
    home.run("plan", "-o", "plan.json")
    said = home.run("apply", "--expect", _digest(home), code=64).stderr
    assert "the order of cats" in said
    home.run("apply", "plan.json")
    assert len(home.shown("cats")) == 5


def test_wrong_usage_is_told(home: Mirror) -> None:
    """Each with what to type instead."""
    home.run("apply", "plan.json", "cats", code=64)
    home.run("apply", "--expect", "sha256:12", code=64)
    home.run("plan", "-o", "plan.json", "--offline", code=64)
    home.run("plan", "-o", "plan.json")
    home.run("apply", "plan.json", "--expect", _digest(home), code=64)
    assert "plan file" in home.run("apply", code=64).stderr
    assert "cannot be written" in home.run("plan", "-o", "missing/plan.json", code=1).stderr
