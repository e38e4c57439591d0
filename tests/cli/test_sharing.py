"""What the environment says about a shared state: the run of the CI system, and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.cli.redaction import redacted, secrets
from imgur_sync.cli.sharing import KEY, ci_run, state_key
from imgur_sync.errors import CredentialsError, UsageError


def test_the_page_of_the_ci_run_is_found() -> None:
    """Of GitHub and its like, GitLab, Jenkins; none on a machine of one's own."""
    github = {"GITHUB_SERVER_URL": "https://h", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7"}
    assert ci_run(github) == "https://h/o/r/actions/runs/7"
    assert ci_run({"CI_PIPELINE_URL": "https://gitlab.example/p/1"}) == "https://gitlab.example/p/1"
    assert ci_run({"BUILD_URL": "https://jenkins.example/job/1"}) == "https://jenkins.example/job/1"
    assert ci_run({"GITHUB_RUN_ID": "7"}) == ""


def test_the_key_is_blotted_out_of_all_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is given."""
    monkeypatch.setattr(secrets, "_known", frozenset())
    monkeypatch.setattr(secrets, "_pattern", None)
    key = state_key({KEY: " the key of the tests \n"})
    assert key is not None
    assert key.reveal() == "the key of the tests"
    assert "the key of the tests" not in redacted("it is: the key of the tests!")
    assert state_key({KEY: " "}) is None


def test_a_file_with_the_key_must_hold_one(tmp_path: Path) -> None:
    """And one place is enough."""
    file = tmp_path / "key"
    file.write_text("a key in a file\n")
    key = state_key({f"{KEY}_FILE": str(file)})
    assert key is not None
    assert key.reveal() == "a key in a file"
    with pytest.raises(UsageError):
        state_key({f"{KEY}_FILE": str(file), KEY: "x"})
    for bad in (b"", b"\xff\xfe", None):
        file.unlink()
        if bad is not None:
            file.write_bytes(bad)
        with pytest.raises(CredentialsError):
            state_key({f"{KEY}_FILE": str(file)})
        file.write_bytes(b"")
