"""`plan --format`: text, JSON or a page, of one and the same plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Running
from tests.support.command import Workplace
from tests.support.shape_check import check_document


@pytest.fixture
def narrow(online: Workplace) -> Workplace:
    """An online workplace whose manifest lets one upload an hour go."""
    with Path(online.folder / "sync.toml").open("a", encoding="utf-8") as manifest:
        manifest.write("\n[budget]\nuploads_per_hour = 1\n")
    return online


def test_a_plan_as_a_page(narrow: Workplace) -> None:
    """One whole page on stdout, with a drawing; nothing on stderr."""
    done = narrow.run("plan", "--format", "html")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<!doctype html>")
    assert done.stdout.endswith("</html>\n")
    assert "<svg" in done.stdout
    assert "The last picture is up" in done.stdout
    assert narrow.run("plan", "--format", "html", "--offline", "--detailed-exitcode").returncode == ExitCode.CHANGES


def test_a_plan_as_json_or_text_is_what_it_was(narrow: Workplace) -> None:
    """`--format json` is `--json`; two forms at once are refused."""
    document = json.loads(narrow.run("plan", "--format", "json").stdout)
    check_document(document, "plan")
    assert sum(window["uploads"] for window in document["forecast"]["windows"]) == 3
    assert narrow.run("plan", "--format", "text", "--offline").stdout == narrow.run("plan", "--offline").stdout
    assert json.loads(narrow.run("plan", "--offline", "--json").stdout)["forecast"] is None
    for form in ("html", "text"):
        refused = narrow.run("plan", "--json", "--format", form)
        assert refused.returncode == ExitCode.USAGE
        assert f"--json and --format {form} ask for two forms of one result" in refused.stderr


def test_a_run_that_stops_at_the_budget_says_when_all_is_up(narrow: Workplace, imgur: Running) -> None:
    """When to run again, and the date of the last picture."""
    done = narrow.run("apply", "-y")
    assert done.returncode == ExitCode.BUDGET
    after = done.stdout.split("Left over:")[1]
    assert "Run again at " in after
    assert "The last picture is up " in after
    assert len(imgur.world.images) == 1
    document = json.loads(narrow.run("apply", "-y", "--json").stdout)
    check_document(document, "run")
    assert document["left"]["forecast"]["later"]["uploads"] == 2
