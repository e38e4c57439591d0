"""Every block of the README is executed: here, or (the install and test commands) by .ci/run in a clean copy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from imgur_sync.cli.demo_drawing import cat, landscape
from imgur_sync.errors import ExitCode
from imgur_sync.manifest import draft, load
from imgur_sync.simulator import Limits, Options, running
from tests.readme import README, blocks, shell_lines

SCRIPTS = Path(sys.executable).parent


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with the pictures of the tour."""
    for folder, names in {
        "cats": ["cat1.png", "cat2.png", "cat3.png", "cat4.png"],
        "trips": ["coast.png", "hills.png", "lake.png"],
    }.items():
        (tmp_path / "photos" / folder).mkdir(parents=True)
        for number, name in enumerate(names):
            draw = cat if folder == "cats" else landscape
            (tmp_path / "photos" / folder / name).write_bytes(draw(number))
    return tmp_path


def matches(expected: str, actual: str) -> bool:
    """Whether output is what the README shows; "…" stands for anything, alone on a line for any lines."""
    lines = expected.strip("\n").splitlines()
    parts = ["(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in lines]
    printed = "".join(line + "\n" for line in actual.strip("\n").splitlines())
    return re.fullmatch("".join(parts), printed) is not None


def steps(text: str) -> list[tuple[str, str]]:
    """Commands of a console block with the output shown below each."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, output = found[-1]
            found[-1] = (command, output + line + "\n")
    return found


def test_the_tour_prints_what_the_readme_shows(here: Path) -> None:
    """Every console block, in order, against the local Imgur; the output as shown."""
    environment = {
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "HOME": str(here),
        "IMGUR_SYNC_STATE_DIR": str(here / "state"),
        "IMGUR_SYNC_CONFIG_DIR": str(here / "config"),
        "IMGUR_SYNC_SETTLE_SECONDS": "1",
        "TZ": "UTC",
    }
    with running(Options(limits=Limits())) as imgur:
        lines = "".join(f"{name}={value}\n" for name, value in imgur.environment().items())
        (here / "imgur.env").write_text(lines)
        port = imgur.url.rsplit(":", 1)[1]
        prelude = ""
        for block in blocks():
            if block.language != "console" or block.note == "simulator":
                continue
            for command, expected in steps(block.text):
                run = subprocess.run(
                    ["bash", "-c", prelude + command],
                    cwd=here,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                assert run.returncode == 0, f"$ {command}\n{run.stdout}{run.stderr}"
                shown = run.stdout.replace(f":{port}", ":8723")
                assert matches(expected, shown), f"$ {command}\nshown:\n{expected}\nprinted:\n{shown}"
                if command.startswith("set -a"):
                    prelude = command + "\n"


def test_the_simulator_prints_what_the_readme_shows(here: Path) -> None:
    """The block of the local Imgur: its lines, on a free port, then a clean end."""
    block = next(block for block in blocks() if block.note == "simulator")
    ((command, expected),) = steps(block.text)
    words = command.replace("--port 8723", "--port 0").split()
    process = subprocess.Popen(
        [str(SCRIPTS / words[0]), *words[1:]], cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("listening"):
            break
    process.terminate()
    process.communicate(timeout=20)
    assert matches(expected, re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8723", printed))
    assert (here / "imgur.env").exists()


def test_the_manifest_of_the_readme_is_the_one_that_init_writes(here: Path) -> None:
    """The toml block is a whole manifest for the folders of the tour: what `init` writes, less the comments."""
    block = next(block for block in blocks() if block.language == "toml")
    (here / "sync.toml").write_text(block.text)
    assert len(load(None, directory=here, check_folders=True).albums) == 2
    shown = tomllib.loads(block.text)
    written = draft(here, [Path("photos/cats"), Path("photos/trips")], lineage=shown["lineage"])
    assert tomllib.loads(written) == shown


def test_the_exit_codes_of_the_readme_are_those_of_the_program() -> None:
    """One row for each code, none missing, none made up."""
    section = README.read_text(encoding="utf-8").split("## Exit codes")[1].split("##")[0]
    codes = [int(row) for row in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)]
    assert codes == sorted(ExitCode)


def test_every_shell_line_of_the_readme_is_known_here() -> None:
    """Install and test commands are run by .ci/run; the others are named here, so that no new one goes untested."""
    rest = [line for line in shell_lines() if not line.endswith(("demo", "pytest"))]
    assert rest == [
        'eval "$(imgur-sync completion bash)"',
        "export IMGUR_SYNC_CLIENT_ID=… IMGUR_SYNC_CLIENT_SECRET=… IMGUR_SYNC_REFRESH_TOKEN=…",
        "imgur-sync apply --approve prune=37",
    ]


def test_the_approval_of_the_readme_is_understood(here: Path) -> None:
    """`--approve prune=37` is accepted as written; where nothing is withheld it refuses the run (3)."""
    environment = {"PATH": f"{SCRIPTS}:{os.environ['PATH']}", "HOME": str(here)}
    environment |= {"IMGUR_SYNC_STATE_DIR": str(here / "state"), "IMGUR_SYNC_CONFIG_DIR": str(here / "config")}
    with running(Options(limits=Limits(0, 0, 0, 0))) as imgur:
        environment |= imgur.environment()
        for command, code in [("imgur-sync init photos/cats", 0), ("imgur-sync apply --approve prune=37 -y", 3)]:
            run = subprocess.run(command.split(), cwd=here, env=environment, capture_output=True, text=True, timeout=60)
            assert run.returncode == code, run.stdout + run.stderr
    assert "prune=37" in run.stderr


def test_every_manifest_of_the_readme_loads(here: Path) -> None:
    """Each toml block is a whole one, without a warning."""
    for block in blocks():
        if block.language == "toml":
            (here / "sync.toml").write_text(block.text)
            assert load(None, directory=here).warnings == ()
