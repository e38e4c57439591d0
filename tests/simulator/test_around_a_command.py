"""`imgur-sync simulator -- COMMAND`: a local Imgur for the tests of clients in any language."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgur_sync.simulator import Limits, NotStarted, Options, around, run_simulator, running
from imgur_sync.simulator.around import given_environment, run_around
from tests.support.command import PROGRAM, Workplace

CLIENT = """
import json, os, urllib.request
asked = urllib.request.Request(os.environ["IMGUR_API_URL"] + "/3/account/me",
    headers={"Authorization": "Bearer " + os.environ["IMGUR_ACCESS_TOKEN"]})
print(json.load(urllib.request.urlopen(asked))["data"]["url"], os.environ.get("IMGUR_SYNC_ACCESS_TOKEN"))
"""
WAITS = """
import signal, sys
signal.signal(signal.{0}, lambda *_: sys.exit(33))
print('up', flush=True)
signal.pause()
"""
COUNTS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGUSR1})
print('there', flush=True)
signal.sigwait({signal.SIGUSR1})
print('up', flush=True)
signal.sigwait({signal.SIGINT})
print('stopped', flush=True)
line = input()
print('once' if signal.SIGINT not in signal.sigpending() else 'again', line, flush=True)
input()
"""
TAKES = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


def test_a_command_finds_the_simulator_in_its_environment(tmp_path: Path) -> None:
    place = Workplace(tmp_path, {"IMGUR_SYNC_ACCESS_TOKEN": "real", "http_proxy": "http://127.0.0.1:1"})
    done = place.run("simulator", "--", sys.executable, "-c", CLIENT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "demo None\n", "")


def test_what_follows_the_command_is_its_own_and_so_is_its_exit_code(tmp_path: Path) -> None:
    shape = "import sys; print(sys.argv[1:]); print(sys.stdin.read()); sys.exit(7)"
    done = Workplace(tmp_path).run(
        "simulator", "--shape", "v1", sys.executable, "-c", shape, "--shape", "-x", "--", "y", stdin="fed"
    )
    assert (done.returncode, done.stdout) == (7, "['--shape', '-x', '--', 'y']\nfed\n")


def test_a_command_that_a_signal_ended_gives_its_number(tmp_path: Path) -> None:
    done = Workplace(tmp_path).run("simulator", "sh", "-c", "kill -KILL $$")
    assert (done.returncode, done.stderr) == (137, "")


@pytest.mark.parametrize(("what", "code"), [("nosuch-command", 127), (".", 126)])
def test_a_command_that_cannot_be_started_is_told(tmp_path: Path, what: str, code: int) -> None:
    done = Workplace(tmp_path).run("simulator", "--", what)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"error: {what}: ")


def test_its_world_and_settings_can_be_kept(tmp_path: Path) -> None:
    make = "import os, urllib.request as u\nu.urlopen(u.Request(os.environ['IMGUR_API_URL'] + '/3/album', b'', "
    make += "{'Authorization': 'Bearer ' + os.environ['IMGUR_ACCESS_TOKEN']}))"
    done = Workplace(tmp_path).run(
        "simulator", "--data", "world", "--write-env", "env", "--", sys.executable, "-c", make
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with running(data=tmp_path / "world") as server:
        assert len(server.albums()) == 1
    assert (tmp_path / "env").read_text().startswith("IMGUR_SYNC_API_URL=http://127.0.0.1:")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_goes_to_the_command_and_its_end_is_the_end(tmp_path: Path, name: str) -> None:
    before = signal.signal(signal.Signals[name], signal.SIG_DFL)  # ignored where the tests themselves run under nohup
    try:
        started = Workplace(tmp_path).start("simulator", "--", sys.executable, "-c", WAITS.format(name))
    finally:
        signal.signal(signal.Signals[name], before)
    assert started.stdout is not None
    assert started.stdout.readline() == "up\n"
    started.send_signal(signal.Signals[name])
    out, err = started.communicate(timeout=120)
    assert (started.returncode, out, err) == (33, "", "")


def test_ctrl_c_at_a_terminal_reaches_the_command_once(tmp_path: Path) -> None:
    """A terminal's keys signal all that runs there: the command is not told a second time."""
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-c", TAKES, PROGRAM, "simulator", sys.executable, "-c", COUNTS],
        cwd=tmp_path,
        env=Workplace(tmp_path).environ(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        read_until(ours, b"there\r\n")
        started.send_signal(signal.SIGUSR1)  # once it is passed on, the command is known to whoever started it
        read_until(ours, b"up\r\n")
        os.write(ours, b"\x03")
        read_until(ours, b"stopped\r\n")
        os.write(ours, b"typed\n")
        read_until(ours, b"once typed\r\n")
        os.write(ours, b"end\n")
        assert started.wait(120) == 0
    finally:
        started.kill()
        started.wait()
        os.close(ours)


def read_until(terminal: int, awaited: bytes) -> None:
    """Read what the terminal shows up to there."""
    told = b""
    while awaited not in told:
        try:
            told += os.read(terminal, 1024)
        except OSError as error:  # nobody is there any more
            raise AssertionError(told) from error


def test_a_signal_that_comes_too_early_waits_for_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the handlers and the start of the process nothing is lost."""
    start = around._Child.start

    def struck(child: around._Child, command: list[str], environment: dict[str, str]) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        start(child, command, environment)

    monkeypatch.setattr(around._Child, "start", struck)
    before = signal.getsignal(signal.SIGTERM)
    assert run_around([sys.executable, "-c", "import signal; signal.pause()"], os.environ) == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_was_ignored_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under nohup, also for the command."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        asks = "import signal, sys; sys.exit(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
        assert run_around([sys.executable, "-c", asks], os.environ) == 1
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_while_it_runs_is_passed_on_where_no_terminal_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside this process, whose standard streams are no terminal."""
    monkeypatch.setattr(sys, "__stdin__", None)
    tells = "import os, signal; os.kill(os.getppid(), signal.SIGINT); signal.pause()"
    code = run_around([sys.executable, "-c", f"import signal; signal.signal(2, signal.SIG_DFL)\n{tells}"], os.environ)
    assert code == 128 + signal.SIGINT


def test_the_command_of_the_python_function_has_its_code_and_prints_nothing(tmp_path: Path) -> None:
    lines: list[str] = []
    shows = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w')); sys.exit(5)"
    told = [sys.executable, "-c", shows, str(tmp_path / "seen")]
    code = run_simulator("127.0.0.1", 0, None, "mixed", 0, 500, 12500, 1250, 50, None, lines.append, command=told)
    assert (code, lines) == (5, [])
    seen = json.loads((tmp_path / "seen").read_text())
    assert seen["IMGUR_SYNC_API_URL"] == seen["IMGUR_API_URL"]


def test_a_command_that_is_not_there_is_an_error_with_a_code() -> None:
    with pytest.raises(NotStarted, match="nosuch-command: No such file") as raised:
        run_around(["nosuch-command"], os.environ)
    assert raised.value.code == 127


def test_proxies_are_told_to_leave_it_alone() -> None:
    with running(Options(limits=Limits(0, 0, 0, 0)), host="::1") as server:
        given = given_environment({"NO_PROXY": "example.org", "PATH": "p"}, server)
    assert (given["NO_PROXY"], given["no_proxy"], given["PATH"]) == ("example.org,::1", "::1", "p")


def test_in_the_foreground_the_keys_of_a_terminal_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command has them already."""
    monkeypatch.setattr(os, "tcgetpgrp", lambda stream: os.getpgrp())
    monkeypatch.setattr(sys, "__stdin__", sys.__stderr__)
    tells = "import os, signal, sys; os.kill(os.getppid(), signal.SIGINT); sys.exit(4)"
    assert run_around([sys.executable, "-c", tells], os.environ) == 4


def test_beside_the_main_thread_it_minds_no_signals() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run_around, [sys.executable, "-c", "raise SystemExit(6)"], os.environ).result() == 6
