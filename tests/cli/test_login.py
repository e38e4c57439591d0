"""`imgur-sync login` and `logout` against the local Imgur, with a browser that the test plays."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Limits, Options, Running, running
from tests.support.browser import come_back, pin_of, press
from tests.support.command import Workplace, workplace
from tests.support.inside import Inside

CALLBACK = "http://127.0.0.1:0/callback"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """An Imgur of this test's own: its knobs are turned."""
    with running(Options(limits=Limits(0, 0, 0, 0))) as made:
        yield made


@pytest.fixture
def apart(tmp_path: Path, server: Running) -> Inside:
    """A workplace that knows the application, but has no token."""
    kept = {name: value for name, value in server.environment().items() if not name.endswith("REFRESH_TOKEN")}
    return Inside(workplace(tmp_path / "work").folder, kept)


def steer(server: Running, what: str, sent: object) -> None:
    """Turn something of the simulator."""
    assert httpx.post(f"{server.url}/_simulator/{what}", json=sent, trust_env=False).status_code == 200


class Waiting:
    """A login that waits for its browser."""

    def __init__(self, place: Workplace, *arguments: str) -> None:
        self.told: list[str] = []
        self.process = place.start("login", "--no-browser", "--callback", CALLBACK, *arguments, stdin=subprocess.PIPE)

    def address(self) -> str:
        """The page's address, once the command waits."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.told.append(line)
            if line.startswith("  http"):
                return line.strip()
        self.process.wait(30)
        raise AssertionError(f"no address was told: {self.told}")

    def end(self, stdin: str | None = None) -> tuple[int, str, str]:
        """Exit code, stdout, the whole of stderr."""
        out, err = self.process.communicate(stdin, timeout=60)
        return self.process.returncode, out, "".join(self.told) + err


@pytest.fixture
def waiting(apart: Workplace) -> Iterator[list[Waiting]]:
    """Those that were started; all are ended."""
    started: list[Waiting] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def begun(waiting: list[Waiting], place: Workplace, *arguments: str) -> Waiting:
    """A login under way."""
    waiting.append(Waiting(place, *arguments))
    return waiting[-1]


def secrets_of(server: Running) -> set[str]:
    """Everything that must not be shown."""
    return {server.client_secret, *(token for token in server.world.grants if len(token) > 8)}


@pytest.mark.parametrize("flow", ["code", "token"])
def test_the_browser_brings_the_answer_back(
    flow: str, apart: Workplace, server: Running, waiting: list[Waiting]
) -> None:
    """Afterwards no credentials are needed in the environment, and nothing that was told holds a secret."""
    steer(server, "knobs", {"pkce": "checked"})
    login = begun(waiting, apart, "--flow", flow, "--debug")
    landed = come_back(login.address())
    assert landed.status_code == 200
    assert "Go back to the terminal" in landed.text
    code, out, err = login.end()
    assert code == 0, err
    assert out.startswith(f"Logged in as demo at {server.url}, profile default.\n")
    assert not [secret for secret in secrets_of(server) if secret in out + err]
    bare = {"IMGUR_SYNC_CLIENT_ID": "", "IMGUR_SYNC_CLIENT_SECRET": ""}
    assert apart.run("credits", "--refresh", environ=bare).returncode == 0
    folder = apart.folder / ".user" / "tokens"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_pin_is_typed_in(apart: Workplace, server: Running, waiting: list[Waiting]) -> None:
    """Also without a terminal, on stdin; the verifier goes with it."""
    steer(server, "knobs", {"pkce": "checked"})
    login = begun(waiting, apart, "--flow", "pin", "--json")
    code, out, err = login.end(pin_of(login.address()) + "\n")
    assert code == 0, err
    told = json.loads(out)
    assert (told["kind"], told["account"], told["flow"], told["kept"]) == ("login", "demo", "pin", "file")
    assert apart.run("credits", "--refresh").returncode == 0


@pytest.mark.parametrize(("typed", "words"), [("nonsense", "Imgur refuses the PIN"), ("", "there is no PIN")])
def test_a_wrong_or_missing_pin_is_told_with_what_to_do(typed: str, words: str, apart: Workplace) -> None:
    """8, and nothing is stored."""
    done = apart.run("login", "--flow", "pin", "--no-browser", stdin=typed + "\n")
    assert done.returncode == ExitCode.CREDENTIALS
    assert words in done.stderr
    assert "hint: " in done.stderr
    assert not list((apart.folder / ".user" / "tokens").glob("*.json"))


@pytest.mark.parametrize("way", ["-", "file"])
def test_an_existing_refresh_token_is_taken(way: str, apart: Workplace, server: Running) -> None:
    """From stdin or a file; no page is opened."""
    (apart.folder / "file").write_text(f"\ufeff {server.refresh_token}\r\n", encoding="utf-8")
    done = apart.run("login", "--refresh-token", way, stdin=server.refresh_token + "\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Logged in as demo" in done.stdout
    bare = {"IMGUR_SYNC_CLIENT_ID": "", "IMGUR_SYNC_CLIENT_SECRET": ""}
    assert apart.run("plan", "-q", environ=bare).returncode == 0
    asked = [request.path for request in server.world.history]
    assert asked.count("/oauth2/token") == 1
    assert "/oauth2/authorize" not in asked


def test_the_token_that_it_came_from_may_stay_in_the_environment(apart: Workplace, server: Running) -> None:
    """The stored one is its successor and wins, also when Imgur let the old one die; any other one is warned of."""
    steer(server, "faults", [{"match": {"path": "/oauth2/token"}, "fault": "rotate"}])
    same = {"IMGUR_SYNC_REFRESH_TOKEN": server.refresh_token}
    done = apart.run("login", "--refresh-token", "-", stdin=server.refresh_token, environ=same)
    assert (done.returncode, done.stderr) == (0, "")
    steer(server, "tokens", {"expire_access": True})
    assert apart.run("credits", "--refresh", environ=same).returncode == 0
    other = {"IMGUR_SYNC_REFRESH_TOKEN": "0123456789abcdef"}
    newest = next(grant.token for grant in reversed(server.world.grants.values()) if grant.kind == "refresh")
    done = apart.run("login", "--refresh-token", "-", stdin=newest, environ=other)
    assert done.returncode == 0
    assert "IMGUR_SYNC_REFRESH_TOKEN is another log-in and wins over this one: unset it" in done.stderr


def test_a_refused_refresh_token_leaves_the_log_in_as_it_was(apart: Workplace, server: Running) -> None:
    """8, with what it may be; the tokens of before go on working."""
    assert apart.run("login", "--refresh-token", "-", stdin=server.refresh_token).returncode == 0
    before = {file.name: file.read_bytes() for file in (apart.folder / ".user" / "tokens").glob("*.json")}
    done = apart.run("login", "--refresh-token", "-", stdin="f" * 40)
    assert done.returncode == ExitCode.CREDENTIALS
    assert "Imgur refuses the refresh token (Invalid refresh token)" in done.stderr
    assert "hint: " in done.stderr
    assert "f" * 40 not in done.stderr
    after = {file.name: file.read_bytes() for file in (apart.folder / ".user" / "tokens").glob("*.json")}
    assert before == after


def test_a_token_on_the_command_line_is_refused_and_not_shown(apart: Workplace, server: Running) -> None:
    """64: everybody on the machine could read it."""
    done = apart.run("login", "--refresh-token", server.refresh_token)
    assert done.returncode == ExitCode.USAGE
    assert "pass it on stdin" in done.stderr
    assert server.refresh_token not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("knob", "words"), [("error 1024", "its error 1024"), ("closed", "leads away from its log-in page")]
)
@pytest.mark.parametrize("flow", ["code", "pin", "token"])
def test_error_1024_and_closed_pages_are_recognised(
    knob: str, words: str, flow: str, apart: Workplace, server: Running
) -> None:
    """Before anybody is sent there: 8, and what works instead."""
    steer(server, "knobs", {"authorize": knob})
    done = apart.run("login", "--flow", flow, "--callback", CALLBACK, stdin="\n")
    assert done.returncode == ExitCode.CREDENTIALS
    assert words in done.stderr
    assert "imgur-sync login --refresh-token -" in done.stderr
    assert "imgur-sync demo" in done.stderr


@pytest.mark.parametrize("flow", ["code", "token"])
def test_a_no_on_the_page_ends_it(flow: str, apart: Workplace, waiting: list[Waiting]) -> None:
    """8."""
    login = begun(waiting, apart, "--flow", flow)
    come_back(login.address(), "deny")
    code, _, err = login.end()
    assert code == ExitCode.CREDENTIALS
    assert "Imgur's page answered no (access_denied)" in err


def test_a_code_that_imgur_refuses_is_told(apart: Workplace, server: Running, waiting: list[Waiting]) -> None:
    """8: the state was right, the code was not."""
    login = begun(waiting, apart)
    back = press(login.address()).headers["location"]
    forged = re.sub(r"code=\w+", "code=forged", back)
    assert httpx.get(forged, trust_env=False).status_code == 200
    code, _, err = login.end()
    assert code == ExitCode.CREDENTIALS
    assert "Imgur refuses the code" in err


@pytest.mark.parametrize(
    ("missing", "words"),
    [("CLIENT_ID", "there is no Client-ID"), ("CLIENT_SECRET", "there is no client secret")],
)
def test_what_is_missing_is_named(missing: str, words: str, apart: Workplace) -> None:
    """8, before anything is sent."""
    done = apart.run("login", "--refresh-token", "-", stdin="x" * 40, environ={f"IMGUR_SYNC_{missing}": ""})
    assert done.returncode == ExitCode.CREDENTIALS
    assert words in done.stderr
    assert "hint: " in done.stderr
    if missing == "CLIENT_ID":
        assert "registers no new applications" in done.stderr


@pytest.mark.parametrize(
    "callback",
    [
        "https://127.0.0.1:8724/",
        "http://example.com/",
        "http://0.0.0.0:80/",
        "http://127.0.0.1:99999/",
        "x",
        "http://[",
    ],
)
def test_a_callback_elsewhere_is_refused(callback: str, apart: Workplace) -> None:
    """64: the answer would go to somebody else."""
    done = apart.run("login", "--callback", callback)
    assert done.returncode == ExitCode.USAGE, done.stderr
    assert "hint: " in done.stderr


def test_an_imgur_that_cannot_be_reached_is_try_later(apart: Workplace) -> None:
    """75, with the command that starts the local one."""
    done = apart.run("login", "--callback", CALLBACK, environ={"IMGUR_SYNC_API_URL": "http://127.0.0.1:9"})
    assert done.returncode == ExitCode.TRY_LATER
    assert "imgur-sync simulator --port 9" in done.stderr


def test_the_browser_of_the_environment_is_opened(apart: Workplace) -> None:
    """BROWSER is what webbrowser runs; this one presses Allow and follows."""
    script = apart.folder / "browser"
    root = Path(__file__).parents[2]
    script.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(root)!r})\n"
        "from tests.support.browser import come_back\ncome_back(sys.argv[1])\n"
    )
    script.chmod(0o700)
    done = apart.run("login", "--callback", CALLBACK, environ={"BROWSER": str(script)})
    assert done.returncode == 0, done.stderr
    assert "Logged in as demo" in done.stdout


def test_profiles_and_origins_are_kept_apart(apart: Workplace, server: Running) -> None:
    """A log-in of one is none of another."""
    done = apart.run("login", "--profile", "second", "--refresh-token", "-", stdin=server.refresh_token)
    assert "profile second" in done.stdout
    bare = {"IMGUR_SYNC_CLIENT_ID": "", "IMGUR_SYNC_CLIENT_SECRET": ""}
    assert apart.run("credits", "--refresh", environ=bare).returncode == ExitCode.CREDENTIALS
    manifest = apart.folder / "sync.toml"
    manifest.write_text(manifest.read_text() + '[account]\nprofile = "second"\n')
    assert apart.run("credits", "--refresh", environ=bare).returncode == 0
    port = server.url.rpartition(":")[2]
    moved = {**bare, "IMGUR_SYNC_API_URL": f"http://localhost:{port}"}
    assert apart.run("credits", "--refresh", environ=moved).returncode == ExitCode.CREDENTIALS


def test_logging_out_forgets_here_and_says_what_stays(apart: Workplace, server: Running) -> None:
    """No file of tokens is left; what the environment gives is named; where to revoke is told."""
    assert apart.run("login", "--refresh-token", "-", stdin=server.refresh_token).returncode == 0
    assert apart.run("logout").returncode == ExitCode.USAGE
    assert len(list((apart.folder / ".user" / "tokens").glob("*.json"))) == 2
    done = apart.run("logout", "-y")
    assert done.returncode == 0, done.stderr
    assert "Forgot the log-in of profile default" in done.stdout
    assert "Still given by the environment, and used: IMGUR_SYNC_CLIENT_ID, IMGUR_SYNC_CLIENT_SECRET" in done.stdout
    assert "https://imgur.com/account/settings/apps" in done.stdout
    left = [file.name for file in (apart.folder / ".user" / "tokens").iterdir() if not file.name.endswith(".lock")]
    assert left == []
    again = json.loads(apart.run("logout", "-y", "--json").stdout)
    assert (again["removed"], again["kind"]) == (False, "logout")
    assert apart.run("credits", "--refresh").returncode == ExitCode.CREDENTIALS


@pytest.mark.parametrize("harm", ["damaged", "open"])
def test_a_log_in_that_cannot_be_used_can_still_be_forgotten(harm: str, apart: Workplace, server: Running) -> None:
    """Whatever is wrong with its files."""
    bare = {"IMGUR_SYNC_CLIENT_SECRET": ""}
    assert apart.run("login", "--refresh-token", "-", stdin=server.refresh_token).returncode == 0
    for file in (apart.folder / ".user" / "tokens").glob("*.json"):
        if harm == "damaged":
            file.write_bytes(b"{")
        else:
            file.chmod(0o644)
    assert apart.run("credits", "--refresh", environ=bare).returncode == ExitCode.CREDENTIALS
    assert apart.run("logout", "-y", environ=bare).returncode == 0
    assert not list((apart.folder / ".user" / "tokens").glob("*.json*[!k]"))
