"""The demo's stage is its own, keeps the user's settings out, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from imgur_sync.cli.demo_check import ask
from imgur_sync.cli.demo_stage import command_environment, new_lineage, opened
from imgur_sync.errors import ExitCode, ImgurSyncError, InterruptedRun


def test_settings_of_the_user_and_proxies_stay_out(tmp_path: Path) -> None:
    """A real Client-ID or a proxy of the environment can never be used by the demo; the rest is passed on."""
    outer = {
        "PATH": "/bin",
        "LANG": "C",
        "NO_COLOR": "1",
        "IMGUR_SYNC_CLIENT_ID": "real",
        "IMGUR_SYNC_ACCESS_TOKEN": "real",
        "IMGUR_SYNC_REFRESH_TOKEN_FILE": "/real",
        "http_proxy": "http://proxy",
        "HTTPS_PROXY": "http://proxy",
        "ALL_PROXY": "http://proxy",
    }
    made = command_environment(outer, tmp_path, {"IMGUR_SYNC_CLIENT_ID": "random"})
    assert made["IMGUR_SYNC_CLIENT_ID"] == "random"
    assert {"PATH": "/bin", "LANG": "C", "NO_COLOR": "1"}.items() <= made.items()
    assert "real" not in "".join(made.values())
    assert not [name for name in made if name.lower().endswith("_proxy")]
    assert "HOME" not in made


def test_everything_that_commands_keep_lies_in_the_folder(tmp_path: Path) -> None:
    """Ledger, tokens and configuration too."""
    made = command_environment({}, tmp_path, {})
    assert Path(made["IMGUR_SYNC_STATE_DIR"]).is_relative_to(tmp_path)
    assert Path(made["IMGUR_SYNC_CONFIG_DIR"]).is_relative_to(tmp_path)
    assert "null" in made["PYTHON_KEYRING_BACKEND"]


def test_two_stages_have_random_clients_and_a_server_each() -> None:
    """Neither Client-ID nor address nor folder is shared."""
    with opened() as first, opened() as second:
        assert first.client_id != second.client_id
        assert first.environment["IMGUR_SYNC_CLIENT_ID"] == first.client_id
        assert first.origin != second.origin
        assert first.folder != second.folder
        assert ask(first.origin, "/_simulator/world") == {"albums": [], "images": []}
    assert new_lineage() != new_lineage()


def test_folder_and_server_are_gone_at_the_end() -> None:
    """Also when the block ends by an error."""
    with pytest.raises(ImgurSyncError, match="on purpose"), opened() as stage:
        raise ImgurSyncError("on purpose")
    assert not stage.folder.exists()
    with pytest.raises(ImgurSyncError, match="did not answer"):
        ask(stage.origin, "/_simulator/world")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, ExitCode.SIGINT), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_a_signal_ends_the_block_and_cleans_up(number: signal.Signals, code: int) -> None:
    """The handlers from before are back afterwards."""
    before = signal.getsignal(number)
    with pytest.raises(InterruptedRun, match="stopped") as stopped, opened() as stage:
        os.kill(os.getpid(), number)
    assert stopped.value.exit_code == code
    assert not stage.folder.exists()
    assert signal.getsignal(number) is before


def test_a_command_runs_in_the_folder_and_its_lines_are_handed_on() -> None:
    """`--version` prints one line and ends with 0; an unknown option ends with 64."""
    lines: list[str] = []
    with opened() as stage:
        assert stage.run("--version", say=lines.append) == ExitCode.DONE
        assert stage.run("--no-such-option", say=lines.append) == ExitCode.USAGE
    assert lines[0].startswith("imgur-sync ")
    assert "no-such-option" in "".join(lines[1:])


def test_a_signal_while_a_command_runs_ends_the_command() -> None:
    """The command is a server that would run for ever; it is gone when the block has ended."""
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if line.startswith("listening on "):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(InterruptedRun), opened() as stage:
        stage.run("simulator", "--port", "0", "--data", "world", say=say)
    with pytest.raises(ImgurSyncError, match="did not answer"):
        ask(lines[-1].removeprefix("listening on "), "/_simulator/world")
