"""The installed command against a local Imgur on a socket, from `plan` to an album that equals the folder."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Limits, Options, Running, running
from tests.support.command import PROGRAM, Workplace, fill, workplace
from tests.support.pictures import png


def test_a_folder_becomes_an_album_and_a_second_plan_is_empty(online: Workplace, imgur: Running) -> None:
    """plan exits 2 with changes; apply does them; the next plan exits 0; status and links know the pictures."""
    assert online.run("plan", "--detailed-exitcode").returncode == ExitCode.CHANGES
    done = online.run("apply", "-y")
    assert (done.returncode, done.stderr) == (0, "")
    assert "+ 3 new: p1.gif, p2.jpg, p3.png" in done.stdout
    assert "3 pictures uploaded" in done.stdout
    assert "/a/" not in done.stdout, "the page of a hidden album is not for logs"
    assert online.run("plan", "--detailed-exitcode").returncode == 0
    status = json.loads(online.run("status", "--json").stdout)
    assert status["albums"][0]["pictures"] == 3
    links = online.run("links", "cats").stdout.split()
    assert len(links) == 3
    assert all(link.startswith(f"{imgur.url}/i/") for link in links)
    assert online.run("links", "cats", "--format", "csv").stdout.splitlines()[1].startswith("cats,p1.gif,http")


def test_json_is_all_there_is_on_stdout(online: Workplace) -> None:
    """Every command's result is one document; what is told meanwhile goes to stderr."""
    for arguments, kind, code in (
        (["validate"], "validate", 0),
        (["plan"], "plan", 0),
        (["plan", "--offline"], "plan", 0),
        (["apply", "--dry-run"], "plan", 0),
        (["apply", "-y", "-v"], "run", 0),
        (["status"], "status", 0),
        (["links"], "links", 0),
        (["credits"], "credits", 0),
        (["credits", "--refresh"], "credits", 0),
        (["apply"], "error", 64),
        (["plan", "dogs"], "error", 64),
    ):
        done = online.run(*arguments, "--json")
        assert done.returncode == code, done.stderr
        document = json.loads(done.stdout)
        assert (document["kind"], document["format_version"]) == (kind, 1)


def test_plans_and_readers_change_nothing(online: Workplace, imgur: Running) -> None:
    """Neither in the folder nor on Imgur, nor do they make a state."""

    def shelf() -> list[Path]:
        return sorted(path for path in (online.folder / "photos").rglob("*"))

    before, known = shelf(), len(imgur.world.images)
    for arguments in (["plan"], ["plan", "--refresh", "--checksum"], ["apply", "--dry-run"], ["status"], ["links"]):
        assert online.run(*arguments).returncode == 0
    assert shelf() == before
    assert len(imgur.world.images) == known
    assert not (online.folder / ".imgur-sync" / "state.db").exists()


def test_a_gate_exits_3_and_its_number_passes_it(online: Workplace) -> None:
    """A wrong number refuses the run; the right one, as the plan shows it, lets it through."""
    folder = online.folder / "photos" / "cats"
    fill(folder, 6)
    assert online.run("apply", "-y").returncode == 0
    for name in sorted(path.name for path in folder.iterdir())[:5]:
        (folder / name).unlink()
    held = online.run("apply", "-y")
    assert held.returncode == ExitCode.GATE
    assert "to let it through: apply --approve prune=5" in held.stdout
    assert online.run("plan", "--approve", "prune=4").returncode == ExitCode.GATE
    assert online.run("apply", "-y", "--approve", "prune=5").returncode == 0
    assert len(online.run("links", "cats").stdout.split()) == 1


def test_a_missing_folder_is_no_reason_to_remove_anything(online: Workplace) -> None:
    """Exit 3, nothing done; the folder back, all is as it was."""
    assert online.run("apply", "-y").returncode == 0
    (online.folder / "photos").rename(online.folder / "elsewhere")
    held = online.run("apply", "-y", "--json")
    document = json.loads(held.stdout)
    assert held.returncode == ExitCode.GATE
    assert (document["exit_codes"], document["edited"], document["deleted"]) == ([3], 0, 0)
    (online.folder / "elsewhere").rename(online.folder / "photos")
    assert online.run("plan", "--detailed-exitcode").returncode == 0


def test_a_bad_file_exits_7_and_the_rest_is_done(online: Workplace) -> None:
    """7 before 3 before 6, and --json lists all that apply."""
    (online.folder / "photos" / "cats" / "bad.png").write_bytes(png(8, 6, 9)[:40])
    done = online.run("apply", "-y", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["exit_codes"], document["uploaded"]) == (7, [7], 3)
    assert any("bad.png" in problem for problem in document["albums"][0]["problems"])


def test_a_run_that_may_not_spend_more_exits_6(online: Workplace) -> None:
    """Work that does not fit is left over, and the next run goes on with it."""
    fill(online.folder / "photos" / "cats", 6)
    done = online.run("apply", "-y", "--max-credits", "45", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == ExitCode.BUDGET, done.stderr
    assert document["exit_codes"] == [6]
    assert 0 < document["uploaded"] < 6
    assert document["credits"] <= 45
    assert online.run("apply", "-y").returncode == 0
    assert len(online.run("links", "cats").stdout.split()) == 6


def test_without_credentials_everything_offline_works(here: Workplace) -> None:
    """What needs Imgur exits 8 and names what to set; nothing is written."""
    for arguments in (["plan", "--offline"], ["validate"], ["status"], ["links"]):
        assert here.run(*arguments).returncode == 0
    for arguments in (["plan"], ["apply", "-y"], ["credits", "--refresh"], ["state", "rebuild"]):
        done = here.run(*arguments)
        assert done.returncode == ExitCode.CREDENTIALS, done.stderr
        assert "IMGUR_SYNC_CLIENT_ID" in done.stderr
    assert not (here.folder / ".imgur-sync" / "state.db").exists()


def test_a_token_that_imgur_refuses_exits_8(online: Workplace) -> None:
    """The token itself is in no message, not with --debug either."""
    done = online.run("apply", "-y", "--debug", environ={"IMGUR_SYNC_REFRESH_TOKEN": "canary0123456789"})
    assert done.returncode == ExitCode.CREDENTIALS
    assert "canary0123456789" not in done.stderr + done.stdout


def test_no_imgur_there_exits_75(online: Workplace) -> None:
    """Refused connections: try again later."""
    done = online.run("plan", environ={"IMGUR_SYNC_API_URL": "http://127.0.0.1:9"})
    assert done.returncode == ExitCode.TRY_LATER
    assert "Traceback" not in done.stderr


def test_the_secrets_are_in_no_output(online: Workplace, imgur: Running) -> None:
    """Neither client secret nor tokens, however much is told."""
    for arguments in (
        ["plan", "--debug"],
        ["apply", "-y", "--debug", "-v"],
        ["status", "--debug"],
        ["credits", "--debug"],
    ):
        done = online.run(*arguments)
        for secret in (imgur.client_secret, imgur.refresh_token, imgur.access_token):
            assert secret not in done.stdout + done.stderr


def test_a_lost_state_is_rebuilt_without_an_upload(online: Workplace, imgur: Running) -> None:
    """The state before, if there is one, is kept beside the new one; the next plan is empty or records only."""
    assert online.run("apply", "-y").returncode == 0
    known = len(imgur.world.images)
    done = online.run("state", "rebuild", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["albums"], document["pictures"]) == (0, 1, 3)
    assert Path(document["kept"]).exists()
    assert online.run("apply", "-y").returncode == 0
    assert len(imgur.world.images) == known


def test_a_damaged_state_exits_65_and_is_left_as_it_is(online: Workplace) -> None:
    """Never taken for an empty one."""
    assert online.run("apply", "-y").returncode == 0
    state = online.folder / ".imgur-sync" / "state.db"
    state.write_bytes(b"\0" * 5000)
    for arguments in (["plan"], ["apply", "-y"], ["status"], ["links"]):
        done = online.run(*arguments)
        assert done.returncode == ExitCode.UNREADABLE, done.stderr
        assert "hint: " in done.stderr
    assert state.read_bytes() == b"\0" * 5000


def answered(place: Workplace, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run at a terminal, type an answer when asked; returns exit code and stderr."""
    parent, child = pty.openpty()
    try:
        started = subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=place.folder,
            env=place.environ(),
            stdin=child,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        os.close(child)
        assert started.stderr is not None
        told = b""
        while b"[y/N]" not in told:
            assert select.select([started.stderr], [], [], 30)[0], "no question came"
            piece = os.read(started.stderr.fileno(), 4096)
            assert piece, told
            told += piece
        if answer == b"\x03":
            started.send_signal(signal.SIGINT)
        else:
            os.write(parent, answer)
        _, rest = started.communicate(timeout=30)
        return started.returncode, (told + rest).decode()
    finally:
        os.close(parent)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(b"y\n", 0), (b"YES\n", 0), (b"n\n", 10), (b"\n", 10), (b"yep\n", 10), (b"\x04", 10), (b"\x03", 130)],
    ids=["y", "yes", "n", "enter", "other", "end of input", "ctrl-c"],
)
def test_apply_asks_with_the_price_and_heeds_the_answer(answer: bytes, code: int, online: Workplace) -> None:
    """Only y and yes go on. What was declined leaves Imgur as it was and the lock free."""
    ended, told = answered(online, answer, "apply")
    assert ended == code, told
    (question,) = re.findall(r"Do it, for 35 credits, with 3 uploads \(.+\)\? \[y/N\] ", told)
    assert len(question) < 72, "it fits into a line, with the answer"
    assert told.endswith("stopped; nothing was changed\n") == (code == 130)
    assert "Traceback" not in told
    plan = json.loads(online.run("plan", "--json").stdout)
    assert plan["empty"] is (code == 0)
    assert online.run("apply", "-y").returncode == 0


def test_another_run_exits_5_and_names_the_holder(online: Workplace) -> None:
    """While one apply waits at its question, a second one ends at once; status shows the first."""
    parent, child = pty.openpty()
    first = subprocess.Popen(
        [PROGRAM, "apply"],
        cwd=online.folder,
        env=online.environ(),
        stdin=child,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        os.close(child)
        assert first.stderr is not None
        assert select.select([first.stderr], [], [], 30)[0]
        second = online.run("apply", "-y")
        assert second.returncode == ExitCode.LOCKED
        assert f"pid {first.pid}" in second.stderr
        told = online.run("status").stdout
        assert f"apply (pid {first.pid}) runs since " in told
        assert "  now: waiting for the answer to its question, 0 of 5 steps done\n" in told
        assert "    cats: 3 uploads and 2 other steps\n" in told
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=30)
        os.close(parent)
    assert first.returncode == ExitCode.SIGTERM


@pytest.mark.parametrize(("signals", "seconds"), [(1, 11), (2, 2)])
def test_ctrl_c_ends_a_run_in_time_and_the_next_one_goes_on(signals: int, seconds: int, tmp_path: Path) -> None:
    """One Ctrl-C: what ends within 8 s is finished. Two: within a second. Either way nothing is sent twice."""
    limits = Limits(0, 0, 0, 0)
    with running(Options(limits=limits, latency=0.3), data=tmp_path / "imgur") as server:
        place = workplace(tmp_path / "work", {**server.environment(), "IMGUR_SYNC_SETTLE_SECONDS": "1"}, pictures=12)
        started = place.start("apply", "-y", "-v")
        try:
            assert started.stderr is not None
            while "is up" not in started.stderr.readline():
                assert started.poll() is None
            for _ in range(signals):
                started.send_signal(signal.SIGINT)
            _, told = started.communicate(timeout=seconds)
        finally:
            started.kill()
            started.wait()
        assert started.returncode == 130
        assert "Traceback" not in told
        saved = "stopped; what was done is saved\nhint: run apply again to go on\n"
        assert signals == 2 or told.endswith(saved)
        done = place.run("apply", "-y")
        assert done.returncode == 0, done.stderr
        assert len(place.run("links", "cats").stdout.split()) == 12
        assert len(server.world.images) == 12
