"""The runner's guards, with a simulator in the place of the real Imgur: it asks, spends no more than it said, touches
nothing but its own, and cleans up however it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from imgur_sync.simulator import testing
from imgur_sync.simulator.testing import Running, small_picture
from tests.contract.conformance import __main__ as command
from tests.contract.conformance import meter
from tests.contract.conformance.belongings import Belongings, Lost
from tests.contract.conformance.case import Answer, Case
from tests.contract.conformance.cases import CASES, PRICE
from tests.contract.conformance.entering import Refused, enter
from tests.contract.conformance.visit import Visit

imgur_options = testing.imgur_options
real = testing.imgur

Run = Callable[..., int]


@pytest.fixture
def run(real: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`python -m tests.contract.conformance --real …` with the account of `real`; `typed` is the answer."""
    monkeypatch.chdir(tmp_path)
    for name, value in real.environment().items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str, typed: str = "yes\n") -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return command.main(["--real", *arguments])

    return call


def probing(probe: Callable[[Visit], str], price: int = 30) -> Case:
    """A case of a test's own, about some row."""
    return Case("own", "a probe of this test", "unknown endpoints", price, (Answer("expected"),), probe)


def only(monkeypatch: pytest.MonkeyPatch, *cases: Case) -> None:
    """Have these tried, and no others."""
    monkeypatch.setattr(command, "CASES", list(cases))


def empty(server: Running) -> bool:
    """Whether nothing is there."""
    return (server.pictures(), server.albums()) == ([], [])


@pytest.mark.parametrize("typed", ["", "\n", "y\n", "no\n", "Yes\n"])
def test_nothing_is_sent_without_a_yes(run: Run, real: Running, capsys: pytest.CaptureFixture[str], typed: str) -> None:
    assert run(typed=typed) == 10
    assert real.requests() == []
    told = capsys.readouterr().err
    assert f"for at most {PRICE} credits (never more than 300)" in told
    assert told.endswith("nothing was sent\n")


def test_all_cases_agree_and_nothing_is_left(
    run: Run, real: Running, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"agrees": len(CASES), "differs": 0, "not tried": 0}
    assert told["left"] == []
    assert real.ledger()["credits"] <= told["credits"] <= PRICE <= 300
    assert empty(real)
    assert [path.name for path in tmp_path.iterdir()] == ["conformance-left.jsonl.token"]


def test_what_differs_is_told_with_the_row_and_the_knob(
    run: Run, real: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    real.turn(account_answer=403)
    real.fault("reply", path="/3/credits", status=200, body={"data": {}})
    assert run("--case", "account_with_a_client_id", "--case", "credits", "--case", "no_authorization") == 1
    told = capsys.readouterr().out
    assert "agrees     no_authorization: " in told
    assert (
        "differs    account_with_a_client_id: The account's pictures with a Client-ID alone (imgur-api §1, M)\n"
        "           Imgur:      403\n"
        "           simulator:  401\n"
        "           row:        an account's private calls with a Client-ID: 401 or 403; choose account_answer=403\n"
    ) in told
    assert "Imgur:      not five integers, the reset in seconds\n" in told
    assert "no knob has the simulator do so" in told
    assert "1 agrees, 2 differs, 0 not tried; " in told


def test_a_reply_that_nobody_expected_is_a_difference(
    run: Run, real: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    real.fault("reply", path="/3/account/me/settings", status=200, body="<html>")
    assert run("--case", "settings") == 1
    assert "Imgur:      a reply that the probe does not understand: JSONDecodeError" in capsys.readouterr().out


def test_the_cap_holds_whatever_the_cases_are_priced(
    run: Run, real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends the run early enough for everything to be deleted."""
    monkeypatch.setattr(meter, "CAP", 40)
    assert run() == 7
    assert real.ledger()["credits"] <= 40
    assert empty(real)
    assert "the run was stopped: " in capsys.readouterr().out


def test_a_case_that_wants_more_than_its_price_is_stopped(
    run: Run, real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def greedy(visit: Visit) -> str:
        for number in range(9):
            visit.upload(number)
        return "expected"

    only(monkeypatch, probing(greedy, 22))
    assert run() == 1
    assert "Imgur:      OverPrice: POST /3/upload costs 10, and 2 are left" in capsys.readouterr().out
    assert (real.ledger()["uploads"], empty(real)) == (2, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/3/image/{id}"),
        ("DELETE", "/3/account/me/image/{id}"),
        ("POST", "/3/image/{id}/favorite"),
        ("PUT", "/3/account/me/settings"),
        ("POST", "/3/gallery/image/{id}"),
    ],
)
def test_what_is_not_its_own_is_not_touched(
    run: Run, real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], method: str, path: str
) -> None:
    sent = httpx.post(f"{real.url}/3/upload", headers=real.bearer, files={"image": small_picture()}, trust_env=False)
    theirs = path.format(id=sent.json()["data"]["id"])
    only(monkeypatch, probing(lambda visit: str(visit.ask(method, theirs))))
    assert run() == 1
    assert f"NotOurs: {method} {theirs}" in capsys.readouterr().out
    assert [request.path for request in real.requests()] == ["/3/upload", "/oauth2/token"]
    assert len(real.pictures()) == 1


def test_it_stops_where_little_is_left_for_others(run: Run, real: Running, capsys: pytest.CaptureFixture[str]) -> None:
    real.spend(credits=420)
    assert run() == 7
    assert "x-ratelimit-userremaining is " in capsys.readouterr().out
    assert real.ledger()["users"]["account:demo"]["used"] < 500
    assert empty(real)


@pytest.mark.parametrize("fault", ["errors-429", "over-capacity-403", "too-fast-400", "forbidden-400"])
def test_it_stops_where_imgur_refuses_for_a_limit(
    run: Run, real: Running, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    real.fault(fault, path="/3/upload", method="POST", nth=2)
    assert run() == 7
    assert "the run was stopped: Imgur refuses: " in capsys.readouterr().out
    assert empty(real)
    assert len(real.uploads()) == 2


def test_a_case_that_fails_leaves_nothing(run: Run, real: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(visit: Visit) -> str:
        visit.create(visit.upload(1).id)
        raise KeyError("what was expected")

    def looking(visit: Visit) -> str:
        return "expected" if empty(real) else "something is left"

    only(monkeypatch, probing(failing), probing(looking))
    assert run("--json") == 1
    assert empty(real)


def test_ctrl_c_in_the_middle_leaves_nothing(
    run: Run, real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed(visit: Visit) -> str:
        visit.create(visit.named.id)
        raise KeyboardInterrupt

    only(monkeypatch, probing(pressed), probing(pressed))
    assert run("--json") == 130
    assert json.loads(capsys.readouterr().out)["counts"]["not tried"] == 2
    assert empty(real)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_and_nothing_is_left(real: Running, tmp_path: Path, number: int) -> None:
    """The real command, struck where it waits, or soon will, for an answer that never comes."""
    real.fault("delay", seconds=600, after=True, method="POST", path="/3/image")
    arguments = [sys.executable, "-W", "error", "-m", "tests.contract.conformance", "--real", "--left", "left"]
    arguments += ["--case", "a_multipart_file", "--case", "the_other_path"]
    root = Path(__file__).resolve().parents[2]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), **real.environment()}
    started = subprocess.Popen(
        arguments, cwd=tmp_path, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert started.stdin is not None
    started.stdin.write(b"yes\n")
    started.stdin.flush()
    assert started.stdout is not None
    assert b"a_multipart_file" in started.stdout.readline()
    started.send_signal(number)
    out, err = started.communicate(timeout=120)
    assert started.returncode == 130, out + err
    assert b"what was made is being deleted" in err
    assert empty(real)
    assert not (tmp_path / "left").exists()


def test_what_cannot_be_deleted_is_told_and_deleted_later(
    run: Run, real: Running, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    real.fault("an-error-500", method="DELETE", path="/3/image/*")
    assert run("--case", "a_multipart_file") == 3
    (picture,) = real.pictures()
    told = capsys.readouterr().err
    assert f"still at Imgur: image {picture.id}\n" in told
    assert "it stands in conformance-left.jsonl; --real --clean tries again\n" in told
    left = tmp_path / "conformance-left.jsonl"
    assert left.stat().st_mode & 0o777 == 0o600
    assert run("--clean") == 3
    real.clear_faults()
    assert run("--clean") == 0
    assert empty(real)
    assert not left.exists()
    assert "for at most 1 credits" in capsys.readouterr().err


def test_the_next_run_deletes_what_the_last_one_left(run: Run, real: Running) -> None:
    real.fault("an-error-500", method="DELETE", path="/3/image/*")
    assert run("--case", "a_multipart_file") == 3
    real.clear_faults()
    assert run("--case", "no_such_endpoint") == 0
    assert empty(real)


def test_a_run_cannot_begin_while_what_is_left_cannot_be_deleted(
    run: Run, real: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    real.fault("an-error-500", method="DELETE", path="/3/image/*")
    assert run("--case", "a_multipart_file") == 3
    real.clear_faults()
    real.fault("closed-before", method="DELETE", path="/3/image/*", nth=1)
    assert run("--case", "no_such_endpoint") == 7
    assert "what a run before left cannot be deleted now: RemoteProtocolError" in capsys.readouterr().err
    assert empty(real)


@pytest.mark.parametrize(
    ("fault", "path", "named"),
    [("closed-after", "/3/upload", "a_multipart_file"), ("html-502-after", "/3/album", "reply_to_a_creation")],
)
def test_what_was_made_though_its_answer_was_lost_is_found_and_deleted(
    run: Run, real: Running, fault: str, path: str, named: str
) -> None:
    """By its title, in the account's lists; a picture of the account beside it stays."""
    httpx.post(f"{real.url}/3/upload", headers=real.bearer, files={"image": small_picture()}, trust_env=False)
    real.fault(fault, method="POST", path=path, nth=1)
    assert run("--case", named) in (1, 7)
    assert len(real.uploads()) > 1
    assert [picture.title for picture in real.pictures()] == [None]
    assert real.albums() == []


def test_an_anonymous_picture_whose_answer_was_lost_is_told(
    run: Run, real: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    real.fault("closed-after", method="POST", path="/3/upload", nth=1)
    assert run("--case", "a_body_without_its_end") == 3
    told = capsys.readouterr().err
    assert "still at Imgur: anonymous image perhaps, titled" in told
    assert "nobody can find that one again" in told


def test_where_even_cleaning_ends_early_what_is_left_is_told(
    run: Run, real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As when Ctrl-C is pressed again."""

    def pressed(visit: Visit, *_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Visit, "_remove", pressed)
    assert run("--case", "a_multipart_file") == 3
    assert f"still at Imgur: image {real.pictures()[0].id}\n" in capsys.readouterr().err


def test_a_list_that_cannot_be_read_leaves_what_was_lost_in_the_file(run: Run, real: Running, tmp_path: Path) -> None:
    real.fault("closed-after", method="POST", path="/3/upload", nth=1)
    real.fault("an-error-500", method="GET", path="/3/account/me/images")
    assert run("--case", "a_multipart_file") == 3
    (lost,) = Belongings.open(tmp_path / "conformance-left.jsonl").lost.values()
    assert (lost.kind, lost.owned) == ("image", True)
    real.clear_faults()
    assert run("--clean") == 0
    assert empty(real)


def test_a_torn_last_line_is_left_out_and_other_damage_is_told(run: Run, tmp_path: Path) -> None:
    left = tmp_path / "left"
    kept = Belongings(left)
    kept.made(kept.ask("image", "t", True), "abcdefg", "0123456789abcde")
    kept.ask("album", "t", False)
    whole = left.read_text()
    left.write_text(whole + '{"asked": 3, "ki')
    found = Belongings.open(left)
    assert (list(found.things), list(found.lost.values())) == (["abcdefg"], [Lost("album", "t", False)])
    left.write_text("not JSON\n" + whole)
    assert run("--left", "left") == 64


def test_too_much_to_clean_comes_first(run: Run, real: Running, tmp_path: Path) -> None:
    kept = Belongings(tmp_path / "conformance-left.jsonl")
    for _ in range(20):
        kept.ask("image", "t", True)
    assert run() == 64
    assert real.requests() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"IMGUR_SYNC_CLIENT_ID": ""}, "set IMGUR_SYNC_CLIENT_ID"),
        ({"IMGUR_SYNC_REFRESH_TOKEN": ""}, "set IMGUR_SYNC_CLIENT_ID"),
        ({"IMGUR_SYNC_REFRESH_TOKEN": "0" * 40}, "the refresh token gave no access token: KeyError"),
        ({"IMGUR_SYNC_API_URL": "http://imgur.invalid"}, "credentials go by https only"),
        ({"IMGUR_SYNC_API_URL": "http://127.0.0.1:1"}, "the refresh token gave no access token: ConnectError"),
    ],
)
def test_without_credentials_it_does_not_begin(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str], told: str
) -> None:
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    assert run() == 64
    assert told in capsys.readouterr().err


def test_a_refresh_token_that_imgur_replaces_is_kept(real: Running, tmp_path: Path) -> None:
    access = enter(real.url, real.environment(), tmp_path / "token")
    kept = json.loads((tmp_path / "token").read_text())
    assert (kept["access_token"], (tmp_path / "token").stat().st_mode & 0o777) == (access.access_token, 0o600)
    assert kept["refresh_token"] != real.refresh_token


def test_an_access_token_is_used_as_it_is(
    run: Run, real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("IMGUR_SYNC_ACCESS_TOKEN", real.access_token)
    monkeypatch.setenv("IMGUR_SYNC_REFRESH_TOKEN", "")
    assert run("--case", "token_reply", "--case", "settings") == 0
    assert "not tried  token_reply" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_token_of_no_use_is_no_access(real: Running, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="gave no access token"):
        enter(real.url, {**real.environment(), "IMGUR_SYNC_CLIENT_SECRET": "x"}, tmp_path / "token")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_case_is_told(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--case", "no_such_case") == 64
    assert "there is no case no_such_case" in capsys.readouterr().err


def test_without_real_it_asks_nobody_and_tries_the_simulator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(["--case", "token_reply", "--case", "nothing_sent"]) == 0
    assert "2 agrees, 0 differs, 0 not tried; 10 credits" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_it_waits_between_writing_and_reading_and_before_uploads(real: Running) -> None:
    """As long as it is told; at the real Imgur some seconds, and not at all on this machine."""
    slept: list[Any] = []
    with httpx.Client(trust_env=False) as http:
        visit = Visit(command.local(real), Belongings(), settle=2, pace=5, sleep=slept.append, http=http)
        visit.data(f"/3/image/{visit.named.id}")
        visit.data(f"/3/image/{visit.named.id}")
        assert visit.clean() == []
    assert slept == [5, 2]
    assert (command.SETTLE, command.PACE) == (2.0, 5.0)
