"""Every block of the simulator's README is executed, and every way to steer it has an example there."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

from imgur_sync import simulator
from imgur_sync.simulator import Running, World, create_app
from imgur_sync.simulator.testing import WebSite, small_picture
from imgur_sync.simulator.website import EDITS
from tests.readme import blocks
from tests.support.console_blocks import run_blocks

README = Path(simulator.__file__).with_name("README.md")


def python_files() -> dict[str, str]:
    """The blocks that are files of a project, by name."""
    return {block.note: block.text for block in blocks(README) if block.language == "python" and block.note}


def shell() -> str:
    """All console blocks."""
    return "".join(block.text for block in blocks(README) if block.language == "console")


def test_every_block_is_of_a_kind_that_is_executed() -> None:
    assert {block.language for block in blocks(README)} == {"python", "console"}
    assert set(python_files()) == {"conftest.py", "test_mine.py", "test_steering.py"}


def test_the_shell_prints_what_is_shown(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(small_picture())
    assert run_blocks(README, tmp_path, around=True) >= 30


def test_the_projects_tests_pass(tmp_path: Path) -> None:
    """As a project of its own, with warnings as errors."""
    for name, text in python_files().items():
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    environ = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tests = sum(text.count("\ndef test_") for text in python_files().values())
    assert f" {tests} passed" in done.stdout


def test_the_other_python_runs() -> None:
    loose = [block.text for block in blocks(README) if block.language == "python" and not block.note]
    assert loose
    for text in loose:
        exec(compile(text, str(README), "exec"), {})


def test_every_call_has_an_example_for_the_shell() -> None:
    """By method and path: what curl is told, against the routes that there are."""
    told = set()
    for line in re.findall(r"^\$ curl.*", shell(), re.MULTILINE):
        if found := re.search(r"\$sim(/[a-z/]+)", line):
            method = re.search(r"-X (\w+)", line)
            told.add((method[1] if method else "POST" if " -d " in line else "GET", found[1]))
    app = create_app(World())
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/_simulator/")]
    offered = {(method, rule.rule.removeprefix("/_simulator")) for rule in rules for method in rule.methods or ()}
    assert told == {(method, path) for method, path in offered if method not in ("HEAD", "OPTIONS")}
    assert set(re.findall(r'"op": "(\w+)"', shell())) == set(EDITS)


def test_every_method_has_an_example_in_python() -> None:
    text = "".join(python_files().values())
    for kind, before in ((Running, ""), (WebSite, "web")):
        public = {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}
        told = set(re.findall(rf"{before}\.(\w+)", text))
        assert public - told - {"environment", "plain_environment", "controls", "world", "account"} == set()
