"""Which branches the suite takes: counted inside a run of pytest, for the tests that tell something and cost little.

With `BRANCHES_INTO=FOLDER` in its environment a run of pytest leaves there what it counted, for
`python -m tests.branches check FOLDER`. Only some tests are counted, as counting makes them half as slow again:

- those of `MEASURED`, less `LEFT_OUT`: what these reach is reached by others;
- none whose examples hypothesis draws: what chance reaches today it may miss tomorrow.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from tests.branches.rooms import AREAS, PACKAGE

ROOT = Path(__file__).resolve().parent.parent.parent
INTO = "BRANCHES_INTO"
PROCESSES = "COVERAGE_PROCESS_START"
"""Where this names a configuration, a Python that starts counts its own branches; see the documentation of coverage."""

MEASURED = (
    "tests/cli",
    "tests/contract",
    "tests/e2e/test_anonymous_command.py",
    "tests/e2e/test_bad_files.py",
    "tests/e2e/test_bad_lifecycles.py",
    "tests/e2e/test_bad_states.py",
    "tests/e2e/test_collections.py",
    "tests/e2e/test_crossings_of_commands.py",
    "tests/e2e/test_drift.py",
    "tests/e2e/test_explain.py",
    "tests/e2e/test_explain_removed.py",
    "tests/e2e/test_history_of_runs.py",
    "tests/e2e/test_hostile_repositories.py",
    "tests/e2e/test_hook_of_apply.py",
    "tests/e2e/test_json_shapes.py",
    "tests/e2e/test_keys_and_patterns.py",
    "tests/e2e/test_links_last.py",
    "tests/e2e/test_purge_and_the_folders.py",
    "tests/e2e/test_removed_and_moved.py",
    "tests/e2e/test_reversals.py",
    "tests/e2e/test_root_accept.py",
    "tests/e2e/test_schemas_of_lines.py",
    "tests/e2e/test_shared_state.py",
    "tests/e2e/test_strikes.py",
    "tests/e2e/test_watch_page.py",
    "tests/executor",
    "tests/imgur",
    "tests/local",
    "tests/manifest",
    "tests/planner",
    "tests/report",
    "tests/simulator",
    "tests/state",
    "tests/test_settings.py",
    "tests/watch",
)
LEFT_OUT = frozenset(
    {
        # They do one thing thousands of times.
        "tests/executor/test_anonymous_doubts.py::test_a_kill_at_any_request_leaves_equal_albums",
        "tests/executor/test_arrangements.py::test_nobody_is_blamed_for_what_a_killed_run_did",
        "tests/executor/test_every_fault.py",
        "tests/executor/test_store_kills.py",
        "tests/executor/test_three_thousand.py",
        "tests/executor/test_unchanged_albums.py::test_a_thousand_unchanged_albums_cost_twenty_credits_at_most",
        "tests/planner/test_planner_least_credits.py",
        "tests/planner/test_planner_properties.py",
        "tests/state/test_state_files.py::test_a_flipped_bit_is_refused_or_does_no_harm",
        "tests/watch/test_thirty_days.py",
        # What they reach of the local Imgur its own tests reach.
        "tests/contract/test_conformance.py",
        "tests/contract/test_conformance_runner.py",
        # They measure time or memory.
        "tests/local/test_local_boundaries.py::test_a_file_made_to_keep_us_busy_is_given_up",
        "tests/local/test_local_buffers.py",
        "tests/local/test_local_cost.py",
        "tests/planner/test_planner_cut.py::test_a_large_album_is_cut_in_no_time",
        "tests/report/test_forecast_scale.py",
        # A process that is sent a signal as it starts would be hit in what counts, before it is itself.
        "tests/cli/test_demo.py::test_a_signal_at_any_time_cleans_up",
        # They look at what a process has loaded, and would see what counts.
        "tests/cli/test_command_line.py::test_telling_about_itself_loads_click_and_little_else",
        "tests/manifest/test_manifest_dumping.py::test_a_dump_is_loaded_without_pydantic_or_a_toml_parser",
    }
)
STARTING = ("tests/cli",)
"""Only here the processes that tests start are counted too: those of other tests do what is counted anyway. Whoever
adds tests: a process that may not write files cannot write down what it counted, and says so."""

EXCLUDED = (r"if TYPE_CHECKING:", r"assert_never\(", r"case _:\n\s+assert_never\(", r"^\s*\.\.\.$")
"""What is no branch: what the type checker proves to be unreachable, and bodies that are none. Nothing else."""


def configuration(into: Path) -> Path:
    """Write how to count into the folder, with whole paths, so that a process that starts elsewhere counts the same."""
    place = into / "coverage.ini"
    settings = {"branch": "true", "parallel": "true", "source_dirs": ROOT / "imgur_sync"}
    settings |= {"data_file": into / "branches", "disable_warnings": "no-data-collected", "patch": "_exit, fork"}
    lines = ["[run]", *(f"{name} = {value}" for name, value in settings.items()), "[report]", "exclude_also ="]
    place.write_text("\n".join([*lines, *(f"    {pattern}" for pattern in EXCLUDED), ""]), encoding="utf-8")
    return place


class Measuring:
    """A plug-in of pytest that counts while a chosen test runs, here and in the processes that the test starts."""

    def __init__(self, into: Path) -> None:
        into.mkdir(parents=True, exist_ok=True)
        self._place = configuration(into)
        self._coverage = coverage.Coverage(config_file=str(self._place))
        # Modules are loaded while the tests are collected, and their lines run then.
        self._coverage.start()
        self._counting = True
        _load_what_counts_whole()

    def _count(self, wanted: bool) -> None:
        if wanted and not self._counting:
            self._coverage.start()
        if self._counting and not wanted:
            self._coverage.stop()
        self._counting = wanted

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Count, or do not, while a test runs with its fixtures."""
        wanted = is_measured(item)
        self._count(wanted)
        if wanted and item.nodeid.startswith(STARTING):
            os.environ[PROCESSES] = str(self._place)
        try:
            return (yield)
        finally:
            os.environ.pop(PROCESSES, None)

    def pytest_sessionfinish(self) -> None:
        """Leave what was counted in the folder."""
        self._count(False)
        self._coverage.save()


def _load_what_counts_whole() -> None:
    """Load the modules of which every line has to run. Many are loaded when they are first needed: were that in a test
    that is not counted, as chance has it, their imports and definitions would never be."""
    whole = [area for area in AREAS if area.limit == 100]
    for module in pkgutil.walk_packages([str(ROOT / PACKAGE)], f"{PACKAGE}."):
        path = f"{module.name.removeprefix(f'{PACKAGE}.').replace('.', '/')}.py"
        if not module.ispkg and any(area.holds(path) for area in whole):
            importlib.import_module(module.name)


def is_measured(item: pytest.Item) -> bool:
    """Whether a test is one of those counted."""
    place, test = item.path.relative_to(ROOT).as_posix(), item.nodeid.partition("[")[0]
    listed = any(place == one or place.startswith(f"{one}/") for one in MEASURED)
    return listed and not {place, test} & LEFT_OUT and item.get_closest_marker("hypothesis") is None


def measure(config: pytest.Config) -> None:
    """Register the plug-in in the processes that run tests, where the environment asks for it."""
    into, runs_tests = os.environ.get(INTO), hasattr(config, "workerinput") or not config.getoption("numprocesses")
    if into and runs_tests:
        config.pluginmanager.register(Measuring(Path(into)))
