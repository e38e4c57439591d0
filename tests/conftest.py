"""What holds for every test."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, settings

from tests.support import longest_first
from tests.support.figures import Figures
from tests.support.suite_times import SuiteTimes

# Shared machines are slow at times: no example fails for taking long. CI draws fewer examples of each property.
settings.register_profile(
    "steady", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow], max_examples=100
)
settings.load_profile("steady")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background ignores Ctrl-C, and so would every program that they start.
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.default_int_handler)

# The keyring of whoever runs the tests is left alone.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

for name in [name for name in os.environ if name.startswith("IMGUR_SYNC_")]:
    del os.environ[name]


_TIMES, _FIGURES = SuiteTimes(), Figures()
MANY = 500
"""Who runs fewer tests has other ways to see their times."""


def pytest_configure(config: pytest.Config) -> None:
    """Count the branches that tests take, where the environment asks for it (tests/branches)."""
    if os.environ.get("BRANCHES_INTO"):
        from tests.branches.measuring import measure

        measure(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many tests run at a time where nobody says."""
    return longest_first.workers()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest tests first."""
    longest_first.arrange(config, items)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up how long tests take, and keep the figures that they tell."""
    _TIMES.add(report.nodeid, report.duration)
    if report.when == "call":
        _FIGURES.add(report.user_properties)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the figures of tests and, after a run of many, how long each suite took."""
    for title, lines in _FIGURES.sections():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
    if _TIMES.count() >= MANY:
        terminalreporter.section("seconds of each suite, of all workers")
        for line in _TIMES.lines():
            terminalreporter.write_line(line)
