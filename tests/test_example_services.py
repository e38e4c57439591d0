"""The service files under examples/: what they say holds for the program as it is. Read, not run."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import click
import pytest

from imgur_sync.cli import cli
from imgur_sync.directories import CONFIG_VARIABLE, STATE_VARIABLE
from imgur_sync.errors import ExitCode
from imgur_sync.settings import _CREDENTIALS, PREFIX
from tests.readme import README

EXAMPLES = README.parent / "examples"
UNITS = [EXAMPLES / "systemd" / name for name in ("imgur-sync.service", "imgur-sync@.service")]
EACH = pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
KNOWN = {STATE_VARIABLE, CONFIG_VARIABLE} | {f"{PREFIX}{n.upper()}{end}" for n in _CREDENTIALS for end in ("", "_FILE")}


def directives(unit: Path) -> dict[str, dict[str, list[str]]]:
    """Every value of every key, by section, in order."""
    sections: dict[str, dict[str, list[str]]] = {}
    current: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            current = sections.setdefault(match[1], {})
        elif line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            assert equals, line
            assert re.fullmatch(r"[A-Z]\w+", name), line
            current.setdefault(name, []).append(value)
    return sections


@EACH
def test_a_unit_reports_reloads_and_stops_as_the_daemon_does(unit: Path) -> None:
    """sd_notify with a watchdog; SIGHUP reloads; the end that it waits for is longer than the 10 s of a run."""
    service = directives(unit)["Service"]
    assert service["Type"] == ["notify"]
    assert service["NotifyAccess"] == ["main"]
    assert service["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert service["WatchdogSec"] == ["600"]
    assert int(service["TimeoutStopSec"][0]) > 10
    words = service["ExecStart"][0].split()
    assert words[0].endswith("/bin/imgur-sync")
    assert words[-1] == "watch"
    options = {option for parameter in cli.params for option in parameter.opts}
    assert {word for word in words[1:] if word.startswith("-")} <= options


@EACH
def test_what_no_restart_mends_is_not_restarted(unit: Path) -> None:
    """By the program's own exit codes, all of them; and a loop of restarts ends."""
    sections = directives(unit)
    service = sections["Service"]
    assert service["Restart"] == ["on-failure"]
    final = {ExitCode(int(code)) for code in service["RestartPreventExitStatus"][0].split()}
    assert final == {ExitCode.LOCKED, ExitCode.CREDENTIALS, ExitCode.USAGE, ExitCode.UNREADABLE}
    fine = {ExitCode(int(code)) for code in service["SuccessExitStatus"][0].split()}
    assert fine == {ExitCode.SIGINT, ExitCode.SIGTERM}
    assert int(sections["Unit"]["StartLimitBurst"][0]) * int(service["RestartSec"][0]) < 3600


def test_the_unit_of_the_machine_holds_no_secret_and_writes_to_its_state_only() -> None:
    """Credentials are handed over by systemd, each under the name that a variable points to."""
    service = directives(UNITS[1])["Service"]
    given = dict(line.split("=", 1) for line in service["Environment"])
    assert set(given) <= KNOWN
    assert given[STATE_VARIABLE].startswith("%S/imgur-sync/")
    handed = {line.split(":")[0] for line in service["LoadCredential"]}
    assert {value for value in given.values() if value.startswith("%d/")} == {f"%d/{name}" for name in handed}
    assert service["ProtectSystem"] == ["strict"]
    assert "ReadWritePaths" not in service
    folders = service["StateDirectory"][0].split()
    assert given[STATE_VARIABLE].removeprefix("%S/") in folders
    assert service["WorkingDirectory"][0].removeprefix("%S/") in folders
    assert service["User"] != ["root"]


def test_the_image_runs_as_nobody_and_its_check_is_a_command() -> None:
    """The commands in it are ones that there are; the folders that must survive are the user's own."""
    text = (EXAMPLES / "container" / "Containerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    steps = [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]
    last = dict(steps)
    assert last["USER"] == "10001:10001"
    check = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    assert check[0] == json.loads(last["ENTRYPOINT"])[0] == "imgur-sync"
    assert cli.get_command(click.Context(cli), check[-1]) is not None
    for pair in last["ENV"].split():
        assert pair.split("=")[0] in KNOWN | {"PYTHONDONTWRITEBYTECODE"}
    copied = [words for name, rest in steps if name == "COPY" and "--from" not in rest for words in rest.split()[:-1]]
    assert not [name for name in copied if not (README.parent / name).exists()]


def test_the_composition_gives_no_rights() -> None:
    """Pictures and manifest read-only, no capability, a restart that ends; only variables that are read."""
    text = (EXAMPLES / "container" / "compose.yaml").read_text(encoding="utf-8")
    for line in (
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        'user: "10001:10001"',
        'restart: "on-failure:10"',
        '- "./pictures:/mirror/pictures:ro"',
        '- "./sync.toml:/mirror/sync.toml:ro"',
        '- "state:/mirror/.imgur-sync"',
        '- "shared:/state"',
    ):
        assert f" {line}\n" in text
    assert set(re.findall(rf"({PREFIX}\w+):", text)) <= KNOWN
    assert "\t" not in text


def test_the_documents_beside_them_lead_somewhere() -> None:
    """Each folder's README names every file in it; scripts can be run as they are."""
    for folder in ("systemd", "container", "hooks"):
        text = (EXAMPLES / folder / "README.md").read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)\s]+)\)", text)
        assert not [link for link in links if not (EXAMPLES / folder / link).exists()]
        files = {path.name for path in (EXAMPLES / folder).iterdir()} - {"README.md", "__pycache__"}
        assert files <= set(links)
    for script in (EXAMPLES / "hooks").glob("*.[ps]*"):
        assert script.stat().st_mode & stat.S_IXUSR
        assert script.read_text(encoding="utf-8").startswith("#!")
