"""Machines that keep nothing: each command runs in a fresh clone, the state lives in the repository."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Workplace
from tests.support.mirror import HEAD, UPLOAD, Mirror, table, until
from tests.support.runners import KEY, REF, SHARED, Runners, git, runners

QUICK = "1s"
"""A lease of tests that wait until one is over."""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Runners]:
    """A repository with two albums."""
    with runners(tmp_path) as made:
        yield made


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Runners]:
    """The same, with a lease that a killed run does not hold for long."""
    with runners(tmp_path, lease=QUICK) as made:
        yield made


def kill(run: subprocess.Popen[str]) -> None:
    """End it at once, and take what it told."""
    run.kill()
    run.communicate(timeout=30)


def begin(machine: Mirror, uploads: int, *arguments: str) -> subprocess.Popen[str]:
    """Start an apply; back when Imgur has got that many uploads of it."""
    run = machine.place.start("apply", "-y", *arguments)
    until(lambda: len(machine.received()) >= uploads)
    return run


def finish(here: Runners, name: str) -> Mirror:
    """A new machine brings everything in order, as soon as it is let in."""
    machine = here.clone(name)
    until(lambda: machine.run("apply", "-y", code=None).returncode == 0, 60)
    machine.check_equal("cats", "dogs")
    received = machine.received()
    assert len(received) == len(set(received)), "a picture was uploaded twice"
    return machine


def test_what_one_machine_uploads_the_next_one_knows(here: Runners) -> None:
    """Nothing is uploaded again, nothing is in doubt, and a plan changes nothing, neither on Imgur nor in the ref."""
    here.clone("a").run("apply", "-y")
    head, last = here.head(), here.first.last()
    assert here.files() == ["lease.json", "state", "tokens"]
    b = here.clone("b")
    b.json("plan")
    assert here.head() == head
    assert b.writes(last) == []
    assert not (b.folder / ".imgur-sync" / "state.db").exists()
    here.first.put("cats/new.png", 99)
    here.push()
    c = here.clone("c")
    c.run("plan", "--detailed-exitcode", code=2)
    c.run("apply", "-y")
    assert len(c.received()) == 9
    c.check_equal("cats", "dogs")
    assert "Nothing to do" in here.clone("d").run("plan").stdout


def test_commands_of_one_machine_see_what_its_last_run_left(here: Runners) -> None:
    """`state fetch` brings it to a machine that never ran; records made here are shared too."""
    a = here.clone("a")
    a.run("apply", "-y")
    assert len(a.json("links")["albums"]) == 2
    b = here.clone("b")
    assert "imgur-sync state fetch" in b.run("links").stderr
    assert b.json("state", "fetch")["from"] == f"{REF} of origin"
    assert b.run("links").stdout == a.run("links").stdout
    b.manifest(SHARED.format(lease="5m") + table("cats"))
    b.run("forget", "dogs", "--confirm", "dogs")
    c = here.clone("c")
    c.run("state", "fetch")
    assert [album["album"] for album in c.json("links")["albums"]] == ["cats"]


def test_a_run_is_refused_while_another_machine_works(here: Runners) -> None:
    """5, with the command, the machine and the page of the CI run; a plan tells of it and goes on."""
    here.first.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "delay", "seconds": 3}])
    run = begin(here.clone("a", kind=Workplace), 1)
    last = here.first.last()
    refused = here.clone("b").run("apply", "-y", code=5)
    assert "https://ci.example/team/pictures/actions/runs/a" in refused.stderr
    assert "its lease ends at" in refused.stderr
    plan = here.clone("c").run("plan")
    assert "actions/runs/a" in plan.stderr
    assert run.wait(60) == 0, run.communicate()
    run.communicate()
    assert last
    finish(here, "d")


@pytest.mark.parametrize("uploads", [1, 8])
def test_a_killed_runner_leaves_nothing_twice(uploads: int, quick: Runners) -> None:
    """Killed before, between and after its uploads, its disk gone: the next one finds them by their markers."""
    a = quick.clone("a", kind=Workplace)
    run = begin(a, uploads)
    kill(run)
    shutil.rmtree(a.folder)
    finish(quick, "b")
    assert "begun" not in quick.files()


@pytest.mark.parametrize(("hook", "push"), [("pre-receive", 2), ("post-receive", 3), ("pre-receive", 5)])
def test_a_runner_that_is_killed_at_a_push_leaves_nothing_twice(hook: str, push: int, quick: Runners) -> None:
    """Before and after the ref moved: at its foretelling, at a new album, at the end."""
    count = quick.base / "count"
    file = quick.remote / "hooks" / hook
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        f'#!/bin/sh\necho x >>"{count}"\n[ "$(wc -l <"{count}")" -eq {push} ] || exit 0\n'
        'p=$PPID\nwhile [ "$p" -gt 1 ]; do\n  if tr "\\0" " " <"/proc/$p/cmdline" | grep -q "imgur-sync apply"; then\n'
        '    kill -9 "$p"; fi\n  p=$(awk \'{print $4}\' "/proc/$p/stat")\ndone\n'
    )
    file.chmod(0o755)
    a = quick.clone("a", kind=Workplace)
    done = a.run("apply", "-y", code=None)
    assert done.returncode == -signal.SIGKILL, done.stderr
    file.unlink()
    shutil.rmtree(a.folder)
    finish(quick, "b")


def test_an_album_that_was_made_and_edited_is_known_to_the_next_machine(quick: Runners) -> None:
    """Its marker went with the edit: the ref was told of it before."""
    run = quick.clone("a", kind=Workplace).place.start("apply", "-y")
    until(lambda: any(write.startswith("PUT /3/album/") for write in quick.first.writes()))
    kill(run)
    machine = finish(quick, "b")
    assert len(machine.look("world")["albums"]) == 2


def test_a_zombie_is_refused_and_its_last_request_is_found(quick: Runners) -> None:
    """Stopped in the middle of an upload, and sent on its way when another run has done everything: exit 5, its state
    is not taken, and what it sent last is found and taken away by the next apply."""
    a = quick.clone("a", kind=Workplace)
    run = begin(a, 1)
    os.kill(run.pid, signal.SIGSTOP)
    finish(quick, "b")
    state = quick.held("state")
    os.kill(run.pid, signal.SIGCONT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 5, told
    assert "actions/runs/b" in told
    assert quick.held("state") == state
    for name in ("c", "d"):
        quick.clone(name).run("apply", "-y")
    quick.first.check_equal("cats", "dogs")


def test_a_runner_that_is_stopped_gives_the_state_back(here: Runners) -> None:
    """As CI systems do when a job is cancelled: 143, with what was done, and the next one need not wait."""
    here.first.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "delay", "seconds": 2}])
    a = here.clone("a", kind=Workplace)
    run = begin(a, 2)
    run.terminate()
    _, told = run.communicate(timeout=60)
    assert run.returncode == 143, told
    assert json.loads(here.held("lease.json"))["until"] is None
    shutil.rmtree(a.folder)
    b = here.clone("b")
    b.run("apply", "-y")
    b.check_equal("cats", "dogs")
    assert len(b.received()) == 8


def test_a_successor_token_goes_with_the_state(here: Runners) -> None:
    """Imgur ends the token that the secret of the CI system holds: the next machine knows its successor."""
    here.first.steer("faults", [{"match": {"method": "POST", "path": "/oauth2/token"}, "fault": "rotate"}])
    here.clone("a").run("apply", "-y")
    here.first.calm()
    here.first.steer("tokens", {"expire_access": True})
    b = here.clone("b")
    b.run("apply", "-y")
    assert b.run("plan").returncode == 0


KEYS = [
    ({"IMGUR_SYNC_STATE_KEY": ""}, "openssl rand"),
    ({"IMGUR_SYNC_STATE_KEY": "short"}, "shorter than"),
    ({"IMGUR_SYNC_STATE_KEY": "another key of the tests"}, "cannot be opened with the key"),
    ({"IMGUR_SYNC_STATE_KEY": "", "IMGUR_SYNC_STATE_KEY_FILE": "/nowhere"}, "IMGUR_SYNC_STATE_KEY_FILE"),
    ({"IMGUR_SYNC_STATE_KEY": "", "IMGUR_SYNC_STATE_KEY_FILE": "/dev/null"}, "is empty"),
]


def test_without_the_right_key_nothing_is_sent(here: Runners) -> None:
    """Neither by a plan nor by an apply (8); both say what to do. Offline needs no key, and both ways are too many."""
    here.clone("a").run("apply", "-y")
    state, last, b = here.held("state"), here.first.last(), here.clone("b")
    for environ, told in KEYS:
        for command in (["plan"], ["apply", "-y"]):
            done = b.run(*command, code=8, environ=environ)
            assert told in done.stderr
            assert "another key of the tests" not in done.stdout + done.stderr
    assert b.writes(last) == []
    assert here.held("state") == state
    b.run("plan", "--offline", environ={"IMGUR_SYNC_STATE_KEY": ""})
    b.run("plan", environ={"IMGUR_SYNC_STATE_KEY_FILE": "/dev/null"}, code=64)
    (here.base / "key").write_text(KEY + "\n")
    b.run("plan", environ={"IMGUR_SYNC_STATE_KEY": "", "IMGUR_SYNC_STATE_KEY_FILE": str(here.base / "key")})


def test_a_state_that_somebody_edited_is_refused_and_can_be_made_anew(here: Runners) -> None:
    """65, nothing is sent, and `state rebuild` brings everything back without one upload, also for a lost key."""
    a = here.clone("a")
    a.run("apply", "-y")
    git(a.folder, "fetch", "-q", "origin", f"{REF}:refs/heads/held")
    git(a.folder, "checkout", "-q", "-f", "held")
    sealed = (a.folder / "state").read_bytes()
    (a.folder / "state").write_bytes(sealed[:-5])
    git(a.folder, "commit", "-q", "-a", "-m", "edited")
    git(a.folder, "push", "-q", "-f", "origin", f"HEAD:{REF}")
    last, b = here.first.last(), here.clone("b", environ={"IMGUR_SYNC_STATE_KEY": "a new key of these tests"})
    refused = here.clone("c").run("apply", "-y", code=65)
    assert "changed or cut short" in refused.stderr
    assert "state rebuild" in refused.stderr
    assert here.first.writes(last) == []
    b.run("state", "rebuild")
    b.run("apply", "-y")
    assert len(b.received()) == 8
    b.check_equal("cats", "dogs")


def test_a_fresh_machine_without_any_state_rebuilds_it_from_the_markers(here: Runners) -> None:
    """With `backend = "file"` and an account every run begins so: no upload, and one credit for each hundred pictures
    of the account and each album."""
    here.first.manifest(table("cats") + table("dogs"))
    here.push()
    here.clone("a").run("apply", "-y")
    last, b = here.first.last(), here.clone("b")
    b.run("apply", "-y")
    assert b.writes(last) == []
    assert len(b.received()) == 8
    reads = [r["path"] for r in b.requests(last) if r["method"] == "GET"]
    assert len(reads) <= 12, reads


def test_nothing_secret_is_told(here: Runners) -> None:
    """Not in the plain part of the ref, not in what the commands print, not in git's arguments."""
    log = here.base / "arguments"
    spy = here.base / "bin"
    spy.mkdir()
    real = shutil.which("git")
    (spy / "git").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{log}"\nenv | grep IMGUR >>"{log}"\nexec "{real}" "$@"\n'
    )
    (spy / "git").chmod(0o755)
    a = here.clone("a", kind=Workplace, environ={"PATH": f"{spy}:{os.environ['PATH']}"})
    told = [a.run("apply", "-y", "--debug"), a.run("plan", "--debug"), a.run("apply", "-y", "-v")]
    words = "".join(done.stdout + done.stderr for done in told) + log.read_text() + here.held("lease.json")
    environ = a.place.environ()
    for name in ("STATE_KEY", "REFRESH_TOKEN", "CLIENT_SECRET"):
        assert environ[f"IMGUR_SYNC_{name}"] not in words, name
    assert "IMGUR_SYNC" not in log.read_text()
    assert json.loads(here.held("lease.json"))["run"].endswith("/a")
    whole = "".join(here.held(name) for name in here.files())
    for album in a.look("world")["albums"]:
        assert album["id"] not in whole


def test_without_an_account_every_answered_upload_reaches_the_next_machine(tmp_path: Path) -> None:
    """Killed during the third upload: the deletehashes of the two before are in the ref, as nothing else tells them.
    What the third one's answer said is lost, as with a file: it may have to be sent once more."""
    head = HEAD + '[account]\nmode = "anonymous"\n'
    with runners(tmp_path, lease=QUICK, head=head, state="[upload]\nin_flight = 1\n") as here:
        a = here.clone("a", kind=Workplace)
        kill(begin(a, 3))
        shutil.rmtree(a.folder)
        answered = here.first.received()[:2]
        b = here.clone("b")
        until(lambda: b.run("apply", "-y", code=None).returncode == 0, 60)
        assert [b.received().count(digest) for digest in answered] == [1, 1]
        assert (b.shown("cats"), b.shown("dogs")) == (b.wanted("cats"), b.wanted("dogs"))
        c = here.clone("c")
        (c.folder / "cats" / "c0.png").unlink()
        c.run("apply", "-y")
        assert c.shown("cats") == c.wanted("cats")


def test_a_state_that_was_kept_in_a_file_becomes_the_shared_one(here: Runners) -> None:
    """Whoever changes `backend` loses nothing; and a file of another past is kept aside, not overwritten."""
    first = here.first
    first.manifest(table("cats") + table("dogs"))
    first.run("apply", "-y")
    old = here.base / "old"
    shutil.copytree(first.folder / ".imgur-sync", old)
    first.manifest(SHARED.format(lease="5m") + table("cats") + table("dogs"))
    first.run("apply", "-y")
    assert "state" in here.files()
    b = here.clone("b")
    shutil.copytree(old, b.folder / ".imgur-sync")
    b.run("apply", "-y")
    kept = [path.name for path in (b.folder / ".imgur-sync").glob("state.db.2*")]
    assert kept
    b.manifest(table("cats") + table("dogs"))
    b.run("apply", "-y")
    b.manifest(SHARED.format(lease="5m") + table("cats") + table("dogs"))
    b.run("apply", "-y")
    again = [path.name for path in (b.folder / ".imgur-sync").glob("state.db.2*")]
    assert len(again) == len(kept) + 1, "what was recorded in the file meanwhile is not lost"
    assert len(b.received()) == 8


def test_doctor_looks_into_the_ref(here: Runners) -> None:
    """With the code of what is wrong, before anything depends on it."""
    a = here.clone("a")
    assert "none yet" in a.run("doctor").stdout
    a.run("apply", "-y")
    assert "2 albums, all of it opened with the key" in here.clone("b").run("doctor").stdout
    wrong = a.run("doctor", code=8, environ={"IMGUR_SYNC_STATE_KEY": "another key of the tests"})
    assert "cannot be opened" in wrong.stdout


def test_a_remote_that_is_gone_is_told_before_anything_is_sent(here: Runners) -> None:
    """And one that is lost on the way ends the run before its next request, with what was done on this machine."""
    a = here.clone("a")
    away = here.remote.with_name("away.git")
    here.remote.rename(away)
    last = a.last()
    for command in (["plan"], ["apply", "-y"]):
        assert "does not" in a.run(*command, code=65).stderr
    assert a.writes(last) == []
    away.rename(here.remote)
    a.run("apply", "-y")
    a.check_equal("cats", "dogs")


def test_watch_works_on_the_shared_state(here: Runners) -> None:
    """It holds it for the time of a pass, and knows what other machines did since."""
    here.clone("a").run("apply", "-y")
    b = here.clone("b", kind=Workplace)
    daemon = b.place.start("watch")
    try:
        until(lambda: "state.db" in [path.name for path in (b.folder / ".imgur-sync").glob("*")])
        b.put("cats/new.png", 99)
        until(lambda: len(b.received()) == 9)
        until(lambda: json.loads(here.held("lease.json"))["until"] is None)
    finally:
        daemon.terminate()
        daemon.communicate(timeout=30)
    c = here.clone("c")
    (c.folder / "cats" / "new.png").write_bytes((b.folder / "cats" / "new.png").read_bytes())
    c.run("apply", "-y")
    assert len(c.received()) == 9
    c.check_equal("cats", "dogs")
