"""The guard of the hook, in this process: what it reports of each run."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from imgur_sync.watch.hook_guard import KEPT, main


def guarded(code: str, *documents: bytes, seconds: float = 30.0, rest: bytes = b"") -> list[dict[str, Any]]:
    """The reports of a command that is this Python code, for these documents and a `rest` that was cut off."""
    reports = io.BytesIO()
    lines = b"".join(document + b"\n" for document in documents) + rest
    main([str(seconds), sys.executable, "-c", code], io.BytesIO(lines), reports)
    return [json.loads(line) for line in reports.getvalue().splitlines()]


def test_each_document_is_a_run_of_its_own() -> None:
    """In order; one that was cut off is none."""
    reports = guarded("import sys; print(sys.stdin.read().strip()[::-1])", b"abc", b"xyz", rest=b"half")
    assert [(report["code"], report["late"], report["output"]) for report in reports] == [
        (0, False, "cba\n"),
        (0, False, "zyx\n"),
    ]


def test_an_exit_code_and_what_was_said_are_reported() -> None:
    """stderr, too."""
    (report,) = guarded("import sys; sys.stderr.write('no'); sys.exit(3)", b"{}")
    assert (report["code"], report["output"]) == (3, "no")


def test_a_run_that_does_not_end_is_killed_with_all_that_it_started() -> None:
    """Its time is up, whatever it waits for."""
    code = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    (report,) = guarded(code + "time.sleep(600)", b"{}", seconds=1.0)
    assert report["late"]
    assert report["code"] == -9


def test_much_output_is_dropped_and_counted() -> None:
    """The beginning is kept."""
    (report,) = guarded("print('x' * 1000000)", b"{}")
    assert len(report["output"]) == KEPT
    assert report["dropped"] == 1_000_001 - KEPT


def test_a_command_that_reads_nothing_is_no_error() -> None:
    """However long the document is."""
    (report,) = guarded("import sys; sys.stdin.close()", b"x" * 1_000_000)
    assert report["code"] == 0


def test_a_document_of_any_length_arrives_whole() -> None:
    """In pieces, while its echo is read."""
    (report,) = guarded("import sys; print(len(sys.stdin.buffer.read()))", b"x" * 3_000_000)
    assert report["output"] == "3000001\n"


def test_what_cannot_be_started_is_told() -> None:
    """A program that is not there, and a name that no program can have."""
    for name, error in [("/no/such/program", "No such file or directory"), ("a\0b", "it is no command")]:
        reports = io.BytesIO()
        main(["5", name], io.BytesIO(b"{}\n"), reports)
        assert json.loads(reports.getvalue()) == {"error": error}


def test_reports_that_nobody_reads_are_no_error() -> None:
    """The command ran all the same."""

    class Gone(io.BytesIO):
        """A reader that went away."""

        def write(self, data: Any) -> int:
            """Nobody is there."""
            raise BrokenPipeError

    main(["5", sys.executable, "-c", "pass"], io.BytesIO(b"{}\n"), Gone())
