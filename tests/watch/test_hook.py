"""The hook: what the user's command is given, and everything it can do without failing or delaying what it is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.cli.redaction import Redactor
from imgur_sync.watch.hook import MOST_LINES, MOST_WAITING, Hook, hook_environment
from tests.support.mirror import until

LONG = 60.0
"""Seconds for what comes sooner on any machine; nothing waits for all of it."""


class Heard:
    """A hook whose command is a line of Python, and what its log heard."""

    def __init__(self, folder: Path, program: str, **options: Any) -> None:
        self.folder = folder
        self.lines: list[str] = []
        command = [sys.executable, "-I", "-S", "-c", f"import sys, os, time, json\n{program}", str(folder)]
        self.hook = Hook(command, self.lines.append, **options)

    def after(self, *documents: dict[str, object]) -> list[str]:
        """What was told when all of these documents were run."""
        for document in documents or ({"event": "run"},):
            self.hook.run(document)
        self.hook.close(LONG)
        return self.lines


def alive(pid: int) -> bool:
    """Whether that process runs: zombies do not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def refuse(text: str) -> None:
    """A log whose terminal is gone."""
    raise OSError(5, text)


def test_the_command_gets_each_document_on_its_stdin(tmp_path: Path) -> None:
    """One line of JSON, once, in order; nothing is told when all is well."""
    heard = Heard(tmp_path, "open(sys.argv[1] + '/got', 'a').write(sys.stdin.read())")
    documents: list[dict[str, object]] = [{"event": "run", "title": "Ä\n\udcff"}, {"event": "gate", "n": 2}]
    assert heard.after(*documents) == []
    lines = (tmp_path / "got").read_text().splitlines()
    assert [json.loads(line) for line in lines] == documents


def test_it_runs_in_a_session_of_its_own_without_a_shell(tmp_path: Path) -> None:
    """Arguments are handed over as they are."""
    out = tmp_path / "out"
    code = f"import os,sys; open({str(out)!r}, 'w').write(repr([sys.argv[1:], os.getsid(0) == os.getpid()]))"
    hook = Hook([sys.executable, "-c", code, "$(id)", "*; true", ""], pytest.fail)
    hook.run({})
    hook.close(LONG)
    assert out.read_text() == repr([["$(id)", "*; true", ""], True])


def test_no_credential_reaches_the_command(tmp_path: Path) -> None:
    """Nothing of ours but where state, settings and Imgur are; nothing of the service manager; and no hook within."""
    ours = ("CLIENT_ID", "CLIENT_SECRET_FILE", "REFRESH_TOKEN", "ACCESS_TOKEN", "STATE_KEY", "HOOK", "STATE_DIR")
    given = {f"IMGUR_SYNC_{name}": "x" for name in ours}
    managed = dict.fromkeys(("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY"), "y")
    kept = {"IMGUR_SYNC_STATE_DIR": "x", "HOME": "/h", "IMGUR_SYNC_HOOK": "[]"}
    assert hook_environment({**given, **managed, "HOME": "/h"}) == kept
    heard = Heard(
        tmp_path, "json.dump(dict(os.environ), open(sys.argv[1] + '/env', 'w'))", environ={**given, **managed}
    )
    assert heard.after() == []
    seen = json.loads((tmp_path / "env").read_text())
    assert {name for name in seen if name.startswith(("IMGUR", "NOTIFY", "WATCH"))} == {
        "IMGUR_SYNC_STATE_DIR",
        "IMGUR_SYNC_HOOK",
    }


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("sys.exit(1)", ["hook: it ended with exit code 1"]),
        ("os.kill(os.getpid(), 9)", ["hook: it was ended by signal 9"]),
        ("os.close(0); time.sleep(0.01)", []),
        ("pass", []),
        ("os.close(1); os.close(2); sys.stdin.read()", []),
        ("print('a\\x1b[31m'); print('b', file=sys.stderr)", ["hook: | a\\u001b[31m", "hook: | b"]),
    ],
)
def test_how_it_ends_is_told_and_nothing_else(tmp_path: Path, program: str, told: list[str]) -> None:
    """Also where it reads nothing of a document that no pipe holds."""
    assert sorted(Heard(tmp_path, program).after({"much": "x" * 1_000_000})) == sorted(told)


def test_a_command_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Likewise one that is no program, or no name."""
    (tmp_path / "text").write_text("no program")
    for command in (str(tmp_path / "gone"), str(tmp_path / "text"), "a\0b"):
        lines: list[str] = []
        hook = Hook([command], lines.append)
        hook.run({})
        hook.close(LONG)
        assert len(lines) == 1
        assert "cannot be started: " in lines[0] or "embedded null byte" in lines[0]


def test_one_that_hangs_is_killed_with_its_group(tmp_path: Path) -> None:
    """Deaf to SIGTERM, with a child; it is told, and the next document is run."""
    script = "cd $0; test -e pids && exit 3; trap '' TERM; sleep 1000 & echo $$ $! >new; mv new pids; wait; sleep 1000"
    lines: list[str] = []
    hook = Hook(["sh", "-c", script, str(tmp_path)], lines.append, seconds=2.0)
    hook.run({"event": "run"})
    hook.run({"event": "gate"})
    hook.close(LONG)
    assert lines == ["hook: killed: it had not ended after 2 s", "hook: it ended with exit code 3"]
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    until(lambda: not any(alive(pid) for pid in pids))


def test_a_child_that_holds_the_pipes_delays_nothing(tmp_path: Path) -> None:
    """The command's end is the end: a child in its group is killed, one that left the group goes on unheard."""
    program = """
for leaves in (False, True):
    child = os.fork()
    if not child:
        if leaves:
            os.setsid()
        while True:
            time.sleep(1000)
    open(sys.argv[1] + '/pids', 'a').write(f'{child} ')
print('done')
"""
    assert Heard(tmp_path, program, seconds=1000.0).after() == ["hook: | done"]
    stayed, left = (int(pid) for pid in (tmp_path / "pids").read_text().split())
    until(lambda: not alive(stayed))
    assert alive(left)
    os.kill(left, 9)


def test_much_output_is_bounded(tmp_path: Path) -> None:
    """100 MB on one line, and a million lines: some are told, the rest is counted."""
    told = Heard(tmp_path, "for _ in range(100):\n    os.write(1, b'x' * 1_000_000)").after()
    assert len(told) == 2
    assert len(told[0]) < 500
    assert "and 99,98" in told[1]
    told = Heard(tmp_path, "os.write(2, b'ab\\n' * 3000)").after()
    assert told[:MOST_LINES] == ["hook: | ab"] * MOST_LINES
    assert told[MOST_LINES:] == ["hook: | … and 2,980 more lines"]


def test_secrets_reach_neither_the_command_nor_the_log(tmp_path: Path) -> None:
    """What the redactor knows is blotted out, also where the command has it from elsewhere."""
    redactor = Redactor()
    redactor.know("t0ken-of-somebody")
    program = "print(sys.stdin.read() + 't0ken-of-' + 'somebody')"
    told = Heard(tmp_path, program, redact=redactor.redact).after({"message": "it said t0ken-of-somebody"})
    assert told == ['hook: | {"message": "it said ***"}', "hook: | ***"]


def test_running_is_asked_for_in_no_time_and_the_oldest_are_dropped(tmp_path: Path) -> None:
    """While one is under way so many wait; of those that are too many it is told how many there were."""
    wait = "p = sys.argv[1] + '/go'\nopen(sys.argv[1] + '/begun', 'w').close()\nwhile not os.path.exists(p):\n"
    wait += "    time.sleep(0.01)\nopen(sys.argv[1] + '/got', 'a').write(sys.stdin.read())"
    heard = Heard(tmp_path, wait, seconds=1000.0)
    heard.hook.run({"number": 0})
    until((tmp_path / "begun").exists)
    for number in range(1, MOST_WAITING + 4):
        heard.hook.run({"number": number})
    (tmp_path / "go").touch()
    heard.hook.close(LONG)
    got = [json.loads(line)["number"] for line in (tmp_path / "got").read_text().splitlines()]
    assert got == [0, *range(4, MOST_WAITING + 4)]
    assert heard.lines == ["hook: too busy: 3 documents were dropped"]


def test_what_waits_when_the_command_becomes_another_one_is_run_by_the_one_before(tmp_path: Path) -> None:
    """In order, and what comes afterwards by the new one; with none named, nothing is run any more."""
    wait = "d = sys.argv[1]\nopen(d + '/begun', 'w').close()\nwhile not os.path.exists(d + '/go'):\n"
    wait += "    time.sleep(0.01)\nopen(d + '/got', 'a').write('old ' + sys.stdin.read())"
    heard = Heard(tmp_path, wait, seconds=1000.0)
    heard.hook.run({"number": 0})
    until((tmp_path / "begun").exists)
    heard.hook.run({"number": 1})
    code = "import sys; open(sys.argv[1] + '/got', 'a').write('new ' + sys.stdin.read())"
    heard.hook.renew([sys.executable, "-c", code, str(tmp_path)])
    heard.hook.run({"number": 2})
    heard.hook.renew([])
    heard.hook.run({"number": 3})
    (tmp_path / "go").touch()
    heard.hook.close(LONG)
    got = (tmp_path / "got").read_text().splitlines()
    assert got == ['old {"number": 0}', 'old {"number": 1}', 'new {"number": 2}']
    assert heard.lines == []


def test_closing_waits_no_longer_than_it_is_told(tmp_path: Path) -> None:
    """What was not begun is told; the one under way goes on, all documents of its call, and is not heard any more."""
    wait = "d = sys.argv[1]\nopen(d + '/begun', 'w').close()\nwhile not os.path.exists(d + '/go'):\n"
    wait += "    time.sleep(0.01)\nprint('late')\nopen(d + '/got', 'a').write(sys.stdin.read())"
    heard = Heard(tmp_path, wait, seconds=1000.0)
    heard.hook.run({"number": 0}, {"number": 1})
    until((tmp_path / "begun").exists)
    heard.hook.run({"number": 2})
    heard.hook.close(0.05)  # the command would go on for 1,000 seconds
    assert heard.lines == ["hook: too busy: 1 document was dropped"]
    heard.hook.run({"number": 3})
    (tmp_path / "go").touch()
    until(lambda: (tmp_path / "got").exists() and (tmp_path / "got").read_text().count("\n") == 2)
    assert len(heard.lines) == 1


def test_a_signal_that_ends_the_closing_ends_the_log_too(tmp_path: Path) -> None:
    """The waiting ends with what the handler raises; what is told afterwards would come while the interpreter ends."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    wait = "d = sys.argv[1]\nwhile not os.path.exists(d + '/go'):\n    time.sleep(0.01)\nopen(d + '/end', 'w').close()"
    heard = Heard(tmp_path, f"{wait}\nsys.exit(1)", seconds=1000.0)
    heard.hook.run({})
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    with pytest.raises(KeyboardInterrupt):
        heard.hook.close(LONG)
    signal.signal(signal.SIGALRM, before)
    (tmp_path / "go").touch()
    until((tmp_path / "end").exists)
    thread = heard.hook._thread
    assert thread is not None
    thread.join(LONG)
    assert heard.lines == []


def test_without_a_command_nothing_happens() -> None:
    """No thread is begun."""
    before = threading.active_count()
    hook = Hook([], pytest.fail)
    hook.run({})
    assert threading.active_count() == before
    hook.close(0)


def test_a_log_that_fails_and_a_document_that_is_none_end_nothing(tmp_path: Path) -> None:
    """The next document is run as if nothing had been."""
    for log in (refuse, list[str]().append):
        folder = tmp_path / log.__name__
        folder.mkdir()
        code = "open(sys.argv[1] + '/got', 'a').write(sys.stdin.read()); sys.exit(1)"
        heard = Heard(folder, code)
        heard.hook = Hook(heard.hook._argv, log)
        heard.after({"bad": object()}, {"good": 1})
        assert (folder / "got").read_text() == '{"good": 1}\n'


def test_no_descriptor_and_no_child_is_left(tmp_path: Path) -> None:
    """After many runs as many files are open as after the first."""
    heard = Heard(tmp_path, "open(sys.argv[1] + '/got', 'a').write(sys.stdin.read())")
    counts: list[int] = []
    for number in range(6):
        heard.hook.run({"number": number})
        until(_written(tmp_path / "got", number + 1))
        until(lambda: not heard.hook._busy)
        counts.append(len(os.listdir("/proc/self/fd")))
    heard.hook.close(LONG)
    assert counts[1:] == counts[:-1]


def _written(path: Path, lines: int) -> Callable[[], bool]:
    return lambda: path.exists() and path.read_text().count("\n") == lines


@pytest.mark.parametrize("cut", [b'{"a": 1}', b""])
def test_a_document_that_was_cut_off_is_not_run(tmp_path: Path, cut: bytes) -> None:
    """As when the process that wrote it was killed; those before it are run."""
    guard = Path(sys.modules[Hook.__module__].__file__ or "").with_name("hook_guard.py")
    program: Sequence[str] = [sys.executable, "-c", "import sys; print(sys.stdin.read())"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", guard, "60", *program], input=b"whole\n" + cut, capture_output=True, timeout=60
    )
    assert [json.loads(line)["output"] for line in done.stdout.splitlines()] == ["whole\n\n"]
    assert done.stderr == b""


def test_the_limit_holds_when_we_were_killed(tmp_path: Path) -> None:
    """The guard and the command outlive the process that wanted it, the command no longer than it may."""
    program = f"""
import os, signal, time
from imgur_sync.watch.hook import Hook
hook = Hook(["sh", "-c", "cd {tmp_path}; echo $$ >new; mv new pid; sleep 1000"], print, seconds=2.0)
hook.run({{}})
while not os.path.exists({str(tmp_path / "pid")!r}):
    time.sleep(0.01)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert done.returncode == -9, done.stderr
    pid = int((tmp_path / "pid").read_text())
    until(lambda: not alive(pid))
