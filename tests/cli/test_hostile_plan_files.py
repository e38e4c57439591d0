"""Plan files that somebody edited, and places to write one to: an edit is refused, whoever computes its checksum."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.planner.digest import digest
from imgur_sync.report import plan_reading
from imgur_sync.report.plan_file import checksum
from imgur_sync.report.plan_reading import _plan
from tests.support.command import Workplace
from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, mirror, table
from tests.support.pictures import png


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums, nothing sent yet."""
    with mirror(tmp_path, kind=Inside) as made:
        yield made


@pytest.fixture
def losing(home: Mirror) -> Mirror:
    """Both albums as wanted; then four of five files of one are gone, and one file is new."""
    home.run("apply", "-y", "-q")
    for number in range(4):
        (home.folder / f"cats/c{number}.png").unlink()
    home.put("dogs/new.png", 90)
    home.run("plan", "-q", "-o", "plan.json")
    return home


def edited(home: Mirror, place: tuple[Any, ...], value: Any, *, seal: str = "") -> None:
    """Write the plan file with one value replaced, and with checksum and digest made anew."""
    content = json.loads((home.folder / "plan.json").read_text())
    inner = content
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    content["digest"] = digest(_plan(content).albums)
    content["checksum"] = checksum(content)
    content["seal"] = seal or content["seal"]
    (home.folder / "edited.json").write_text(json.dumps(content))


EDITS: list[tuple[tuple[Any, ...], Any]] = [
    (("binding", "approvals"), {"prune": 4}),
    (("binding", "seen"), {}),
    (("binding", "serials"), {}),
    (("binding", "albums"), ["dogs"]),
    (("albums", 0, "gates"), []),
    (("notes",), ["reviewed and found good"]),
    (("price", "writes"), 1),
    (("albums", 0, "wanted"), []),
    (("albums", 1, "wanted", 0, "path"), "../../../etc/passwd"),
]


def test_an_edited_file_is_refused_however_well_it_was_edited(losing: Mirror) -> None:
    """Whoever edits it, an approval into it above all, has no key to seal it with."""
    before = losing.last()
    for place, value in EDITS:
        edited(losing, place, value)
        said = losing.run("apply", "edited.json", code=4).stderr
        assert "the plan file was changed after it was made" in said, place
    assert losing.writes(before) == []
    assert len(losing.shown("cats")) == 5


def test_a_seal_that_is_none_is_refused(losing: Mirror) -> None:
    """Of another text, or not there: 4, or 65 for what is no plan file."""
    edited(losing, ("notes",), [], seal="0" * 64)
    assert "was changed" in losing.run("apply", "edited.json", code=4).stderr
    edited(losing, ("notes",), [], seal="ü\ud800")
    assert "was changed" in losing.run("apply", "edited.json", code=4).stderr
    content = json.loads((losing.folder / "plan.json").read_text())
    del content["seal"]
    (losing.folder / "edited.json").write_text(json.dumps(content))
    assert "seal is missing" in losing.run("apply", "edited.json", code=65).stderr


def test_an_album_that_was_made_meanwhile_is_no_change_of_another(home: Mirror) -> None:
    """The plan of one album holds while another one comes into being."""
    home.run("apply", "cats", "-y", "-q")
    home.put("cats/more.png", 40)
    home.run("plan", "cats", "-q", "-o", "plan.json")
    home.run("apply", "dogs", "-y", "-q")
    home.run("apply", "plan.json")
    home.check_equal("cats", "dogs")


def test_the_seal_fits_wherever_the_state_is(home: Mirror) -> None:
    """Of albums whose keys moved or that are removed, and with a state that was lost before or after the plan."""
    home.run("apply", "-y", "-q")
    tables = '[[moved]]\nfrom = "cats"\nto = "kitties"\n[[removed]]\nalbum = "dogs"\n'
    home.manifest(table("kitties", folder="cats") + tables)
    home.put("cats/c6.png", 96)
    home.run("plan", "-q", "-o", "plan.json", "--approve", "prune=3")
    home.run("apply", "plan.json")
    for before in (False, True):
        home.put(f"cats/c{7 + before}.png", 97 + before)
        if before:
            shutil.rmtree(home.folder / ".imgur-sync")
        home.run("plan", "-q", "-o", "plan.json")
        if not before:
            shutil.rmtree(home.folder / ".imgur-sync")
        home.run("apply", "plan.json")
    assert home.shown("cats") == home.wanted("cats")


def test_a_dry_run_says_whether_a_plan_still_holds(home: Mirror) -> None:
    """A file and a digest: 0 while it does, then 4 with the difference, as apply would; also without a state."""
    home.run("plan", "-q", "-o", "plan.json")
    name = str(json.loads((home.folder / "plan.json").read_text())["digest"])
    for asked in (("plan.json",), ("--expect", name)):
        home.run("apply", *asked, "--dry-run")
    home.put("cats/late.png", 77)
    for asked in (("plan.json",), ("--expect", name)):
        said = home.run("apply", *asked, "--dry-run", code=4).stderr
        assert "+ cats/late.png: upload" in said
    (home.folder / "cats/late.png").unlink()
    home.run("apply", "plan.json")
    assert "applied already" in home.run("apply", "plan.json", "--dry-run", code=4).stderr


def test_values_that_never_were_are_refused(home: Mirror) -> None:
    """65: versions as of any other document, and times that hang on the zone of a machine, as all are those of UTC."""
    home.run("plan", "-q", "-o", "plan.json")
    content = json.loads((home.folder / "plan.json").read_text())
    for version in (0, -1, True, 1.0, "1", None):
        (home.folder / "plan.json").write_text(json.dumps({**content, "format_version": version}))
        assert "is not a plan of imgur-sync" in home.run("show", "plan.json", code=65).stderr
    for time in ("2026-01-01", "2026-01-01T00:00:00", "", "now", 5):
        content["made_at"] = time
        (home.folder / "plan.json").write_text(json.dumps({**content, "checksum": checksum(content)}))
        assert "is not a whole plan file" in home.run("show", "plan.json", code=65).stderr


def test_one_plan_on_any_machine(home: Mirror) -> None:
    """Processes with another seed for hashes, another language and zone, and folders filled in another order, with
    names that languages sort in other ways."""
    names = [
        "Zebra.png",
        "apfel.png",
        "Äpfel.png",
        "a\u0308x.png",
        "éé.png",
        "10.png",
        "9.png",
        "ı.png",
        "İ.png",
        "_.png",
    ]
    told = []
    for number, (seed, locale, zone) in enumerate(
        (("0", "C", "UTC"), ("1", "tr_TR.UTF-8", "Asia/Kathmandu"), ("4242", "de_DE.ISO-8859-1", "Pacific/Apia"))
    ):
        there = home.folder.with_name(f"machine{number}")
        (there / "cats").mkdir(parents=True)
        for index in (range(10), range(9, -1, -1), (5, 1, 8, 0, 9, 3, 7, 2, 6, 4))[number]:
            (there / "cats" / names[index]).write_bytes(png(seed=300 + index))
        (there / "sync.toml").write_text(HEAD + table("cats", 'image_title = "{stem}"'), encoding="utf-8")
        environ = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone}
        done = Workplace(there, home.place.environment).run("plan", "-q", "-o", "-", environ=environ)
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
    clocked = {"made_at", "budget", "forecast", "checksum", "seal", "observation_reads"}
    kept = [json.dumps({name: it for name, it in one.items() if name not in clocked}) for one in told]
    assert len(told[0]["albums"][0]["wanted"]) == 12
    assert kept[0] == kept[1] == kept[2]


def test_line_ends_of_another_system_change_nothing(home: Mirror) -> None:
    """As a repository may give them to a checkout."""
    home.run("plan", "-q", "-o", "plan.json")
    file = home.folder / "plan.json"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    home.run("apply", "plan.json")
    home.check_equal("cats", "dogs")


def test_a_link_in_the_place_of_a_plan_is_replaced(home: Mirror) -> None:
    """What it names is not written to: a pull request can bring a link that leads anywhere."""
    outside = home.folder.parent / "outside.txt"
    outside.write_text("kept")
    (home.folder / "plan.json").symlink_to(outside)
    (home.folder / "gone.json").symlink_to(home.folder.parent / "nothing")
    for name in ("plan.json", "gone.json"):
        home.run("plan", "-q", "-o", name)
        assert json.loads((home.folder / name).read_text())["kind"] == "plan"
        assert not (home.folder / name).is_symlink()
    assert outside.read_text() == "kept"
    assert not (home.folder.parent / "nothing").exists()


def test_what_cannot_be_replaced_by_a_file_is_written_into(home: Mirror) -> None:
    """A pipe, straight or by a link, stays one, and so does a device."""
    pipe, link = home.folder / "pipe", home.folder / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for name in ("pipe", "link"):
        told: list[str] = []
        reader = threading.Thread(target=lambda into=told: into.append(pipe.read_text()))
        reader.start()
        home.run("plan", "-q", "-o", name)
        reader.join(30)
        assert json.loads(told[0])["kind"] == "plan"
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_a_place_that_takes_no_file_is_told(home: Mirror) -> None:
    """On one line, with nothing left behind."""
    home.run("plan", "-q")
    before = sorted(path.name for path in home.folder.iterdir())
    for name, code, said in (
        ("", 64, "-o names no file"),
        ("cats", 1, "cats: Is a directory"),
        ("none/plan.json", 1, "none/plan.json: No such file"),
        ("a\x1b[31m\nb/plan.json", 1, "a\\u001b[31m\\nb/plan.json"),
        ("sync.toml/plan.json", 1, "Not a directory"),
        ("x" * 300, 1, "File name too long"),
    ):
        assert said in home.run("plan", "-q", "-o", name, code=code).stderr
    assert sorted(path.name for path in home.folder.iterdir()) == before


def test_a_plan_that_could_not_be_read_is_not_written(home: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do; there is no file then."""
    monkeypatch.setattr(plan_reading, "MOST_BYTES", 5000)
    assert "plan some of the albums" in home.run("plan", "-q", "-o", "plan.json", code=1).stderr
    assert not (home.folder / "plan.json").exists()


def test_a_cover_by_times_is_refused_with_a_digest(home: Mirror) -> None:
    """As an order by times is: the newest file of a checkout is any."""
    home.manifest(table("cats", 'cover = "newest"'))
    name = home.json("plan")["digest"]
    assert 'the cover of cats is "newest"' in home.run("apply", "--expect", name, code=64).stderr
    home.manifest(table("cats", 'cover = "newest"', 'order = "taken"'))
    home.run("apply", "--expect", home.json("plan")["digest"])


def test_of_two_applies_of_one_file_one_does_it(home: Mirror) -> None:
    """The other one finds a run at work, or the file used up; nothing is sent twice."""
    home.run("plan", "-q", "-o", "plan.json")
    apart = Workplace(home.folder, home.place.environment)
    both: list[subprocess.Popen[str]] = [apart.start("apply", "plan.json") for _ in range(2)]
    try:
        told = [one.communicate(timeout=120)[1] for one in both]
    finally:
        for one in both:
            one.kill()
    assert sorted(one.returncode for one in both) in ([0, 4], [0, 5]), told
    home.check_equal("cats", "dogs")
