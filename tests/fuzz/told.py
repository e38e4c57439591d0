"""What holds of every error that a user is shown."""

from __future__ import annotations

from pathlib import Path

from imgur_sync.errors import ExitCode, ImgurSyncError, ManifestError


def check(error: ImgurSyncError, *hidden: str, code: ExitCode | None = None) -> None:
    """It says what is wrong and what helps, and nothing of what must not be shown."""
    assert error.message
    assert error.hint
    assert code is None or error.exit_code is code
    for secret in hidden:
        assert secret not in f"{error}{error.hint}{error.__cause__}"


def check_same(path: Path, data: bytes | None) -> None:
    """The file is as it was."""
    assert (path.read_bytes() if path.exists() else None) == data


def check_problems(error: ManifestError, data: bytes) -> None:
    """Every problem has words that can be shown, and a place in the file."""
    assert error.problems
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for problem in error.problems:
        assert problem.what
        assert (problem.what + problem.remedy + problem.source).isprintable()
        assert len(problem.what) < 2000
        assert 0 <= problem.line <= len(text)
