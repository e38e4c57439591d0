"""The user's hook, as the installed command runs it at the end of `apply`."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_interruptions import started
from tests.support.command import PROGRAM
from tests.support.inside import Inside
from tests.support.mirror import UPLOAD, Mirror, mirror, until
from tests.support.shape_check import check_document


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """The albums cats and dogs, nothing sent yet, and a hook that keeps what it gets."""
    with mirror(tmp_path, kind=Inside) as made:
        made.place = type(made.place)(made.folder, {**made.place.environment, "IMGUR_SYNC_HOOK": keeping(made.folder)})
        yield made


def keeping(folder: Path, then: str = "") -> str:
    """A hook that adds what it gets to the file `told`, whole documents only."""
    code = f"import sys; text = sys.stdin.read(); open({str(folder / 'told')!r}, 'a').write(text)\n{then}"
    return json.dumps([sys.executable, "-I", "-S", "-c", code])


def told(here: Mirror, count: int) -> list[Any]:
    """What the hook got since the last look, once it is that much."""
    file = here.folder / "told"
    until(lambda: file.exists() and file.read_text().count("\n") >= count)
    documents = [json.loads(line) for line in file.read_text().splitlines()]
    file.unlink()
    assert len(documents) == count
    for document in documents:
        check_document(document, document["kind"])
    return documents


def test_each_run_is_told_and_each_gate_that_holds(here: Mirror) -> None:
    """A run with uploads, one with nothing to do, one with a gate; what to type passes the gate, from anywhere."""
    done = here.run("apply", "-y")
    (run,) = told(here, 1)
    assert (run["event"], run["command"], run["exit_code"], run["changed"]) == ("run", "apply", 0, True)
    assert (run["uploaded"], run["manifest"]) == (8, str(here.folder / "sync.toml"))
    assert run["summary"] in done.stdout
    here.run("apply", "-y", "cats")
    (run,) = told(here, 1)
    assert (run["changed"], run["albums"], run["left"]) == (False, [], 0)
    for number in range(4):
        (here.folder / "cats" / f"c{number}.png").unlink()
    here.run("apply", "-y", "cats", code=3)
    run, gate = told(here, 2)
    assert run["exit_codes"] == [3]
    assert (gate["event"], gate["gate"], gate["album"], gate["number"]) == ("gate", "prune", "cats", 4)
    assert run["gates"] == [{name: gate[name] for name in run["gates"][0]}]
    assert gate["summary"].startswith("cats: gate prune holds back 4: ")
    typed = shlex.split(gate["type"])
    assert typed[-4:] == ["apply", "cats", "--approve", "prune=4"]
    environ = here.place.environ({"IMGUR_SYNC_HOOK": "[]"})
    command = [PROGRAM, *typed[1:], "-y"]
    elsewhere = subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True, timeout=60)
    assert elsewhere.returncode == 0, elsewhere.stderr
    here.check_equal("cats")


def test_a_folder_that_is_gone_is_told_with_its_remedy(here: Mirror) -> None:
    """No number passes it; what to type names the album."""
    here.run("apply", "-y")
    told(here, 1)
    for picture in (here.folder / "cats").iterdir():
        picture.unlink()
    here.run("apply", "-y", code=3)
    _, gate = told(here, 2)
    assert (gate["gate"], gate["number"]) == ("root", None)
    assert gate["type"].endswith(" root accept cats")


def test_no_link_id_or_secret_is_told(here: Mirror) -> None:
    """Not of a hidden album either; and the hook's environment has no credential."""
    then = f"import os, json; json.dump(dict(os.environ), open({str(here.folder / 'env')!r}, 'w'))"
    here.run("apply", "-y", environ={"IMGUR_SYNC_HOOK": keeping(here.folder, then)})
    until(lambda: (here.folder / "told").exists() and (here.folder / "told").read_text().endswith("\n"))
    text = (here.folder / "told").read_text()
    until(lambda: (here.folder / "env").exists() and (here.folder / "env").read_text().endswith("}"))
    text += (here.folder / "env").read_text()
    world = here.look("world")
    hidden = [thing["id"] for thing in (*world["albums"], *world["images"])]
    hidden += [here.server.refresh_token, here.server.client_secret, here.server.access_token, here.server.client_id]
    assert not [one for one in hidden if one in text]


def test_a_run_that_an_error_ends_is_told(here: Mirror) -> None:
    """Also where nothing could be done: the error, its exit code and what to do."""
    here.run("apply", "-y")
    told(here, 1)
    here.steer("faults", [{"match": {"method": "GET"}, "fault": "reply", "status": 401}])
    done = here.run("apply", "-y", code=8)
    (run,) = told(here, 1)
    assert (run["exit_code"], run["stopped"], run["uploaded"], run["changed"]) == (8, True, 0, False)
    assert run["message"] in done.stderr
    assert run["hint"] in done.stderr
    assert run["summary"] == run["message"]


def test_a_run_that_is_stopped_is_told(here: Mirror) -> None:
    """After SIGTERM: what was uploaded by then, and 143."""
    here.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "delay", "seconds": 1}])
    with started(here, "apply", "-y") as process:
        until(lambda: len(here.received()) >= 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143
    (run,) = told(here, 1)
    assert (run["exit_code"], run["stopped"], run["changed"]) == (143, True, True)
    assert run["uploaded"] >= 2


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        (["/nowhere/notify"], "hook: /nowhere/notify cannot be started: No such file or directory"),
        (["sh", "-c", "echo wrong; exit 1"], "hook: | wrong\nhook: it ended with exit code 1"),
        (["true"], ""),
    ],
)
def test_a_hook_that_fails_is_told_and_changes_no_exit_code(here: Mirror, hook: list[str], said: str) -> None:
    """On stderr, after the summary on stdout; with --json stdout is the document alone."""
    done = here.run("apply", "-y", "--json", "-q", environ={"IMGUR_SYNC_HOOK": json.dumps(hook)})
    assert done.stderr.strip() == said
    assert json.loads(done.stdout)["exit_code"] == 0


def test_a_hook_that_hangs_is_not_waited_for(here: Mirror) -> None:
    """The command has ended while the hook waits to be let go on; it lives on and ends by itself."""
    pipe = here.folder / "pipe"
    os.mkfifo(pipe)
    hook = keeping(here.folder, f"open({str(pipe)!r}).read(); open({str(here.folder / 'after')!r}, 'w').close()")
    done = here.run("apply", "-y", environ={"IMGUR_SYNC_HOOK": hook})
    assert "hook" not in done.stderr
    told(here, 1)
    assert not (here.folder / "after").exists()
    writer = threading.Thread(target=lambda: pipe.write_text("go"), daemon=True)
    writer.start()
    until((here.folder / "after").exists)
    writer.join(60)


def test_plans_and_declined_runs_have_no_hook(here: Mirror) -> None:
    """Nor has `--dry-run`, nor a run that finds no lock, no manifest or wrong options."""
    here.run("plan")
    here.run("apply", "--dry-run")
    here.run("apply", code=64)
    here.run("apply", "-y", "birds", code=64)
    assert not (here.folder / "told").exists()


def test_a_hook_in_the_manifest_is_refused_and_not_run(here: Mirror) -> None:
    """The message says where it belongs."""
    text = (here.folder / "sync.toml").read_text()
    (here.folder / "sync.toml").write_text(f'hook = ["touch", "{here.folder}/ran"]\n{text}')
    done = here.run("apply", "-y", code=65)
    assert "unknown key hook" in done.stderr
    assert "config.toml" in done.stderr
    assert not (here.folder / "ran").exists()


def test_a_hook_that_runs_the_command_again_has_no_end_of_hooks(here: Mirror) -> None:
    """The command within has no hook."""
    config = here.folder / "config"
    config.mkdir()
    script = f"cat >>{here.folder}/told; cd {here.folder} && {PROGRAM} apply -y --json >{here.folder}/within"
    (config / "config.toml").write_text(f'hook = ["sh", "-c", {json.dumps(script)}]\n')
    given = {"IMGUR_SYNC_CONFIG_DIR": str(config), "IMGUR_SYNC_HOOK": ""}
    here.run("apply", "-y", environ=given)
    told(here, 1)
    within = here.folder / "within"
    until(within.exists)
