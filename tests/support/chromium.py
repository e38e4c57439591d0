"""A headless Chromium that is driven over its DevTools pipe: no driver, no port, no library."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

WITHOUT = "PAGES_WITHOUT_CHROMIUM"
"""Set where it is known that there is no Chromium, so that its tests cannot be had."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
DEADLINE = 240.0
"""Seconds that anything may take on a machine that is busy otherwise."""
FLAGS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--password-store=basic", "--use-mock-keychain", "--disable-dev-shm-usage", "--mute-audio"),
)
LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)


def program() -> str | None:
    """Where Chromium is; None if it is not installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Tab:
    """One page: what it asked for, and what it complained about."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for room in ("Page", "Network", "Log", "Runtime", "DOM", "Accessibility"):
            self.ask(f"{room}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Give a command and wait for its result. AssertionError if it is refused."""
        self._number += 1
        sent = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            sent["sessionId"] = self._session
        os.write(self._write, json.dumps(sent).encode() + b"\0")
        until = time.monotonic() + DEADLINE
        while True:
            message = self._next(until)
            if message.get("id") == self._number:
                assert "error" not in message, (method, message)
                return dict(message["result"])
            self.events.append(message)

    def wait(self, method: str, since: int) -> dict[str, Any]:
        """The first event of that name after the first `since` events."""
        until, seen = time.monotonic() + DEADLINE, since
        while True:
            for event in self.events[seen:]:
                if event.get("method") == method:
                    return event
            seen = len(self.events)
            self.events.append(self._next(until))

    def _next(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            assert ready, "Chromium says nothing"
            piece = os.read(self._read, 1 << 20)
            assert piece, "Chromium ended"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))

    def open(self, address: str) -> None:
        """Go to a page, and wait until all of it is there."""
        since = len(self.events)
        gone = self.ask("Page.navigate", url=address)
        assert "errorText" not in gone, gone
        self.wait("Page.loadEventFired", since)

    def leaves(self, act: Callable[[], Any]) -> None:
        """Do what leads to another page, and wait until all of that is there."""
        since = len(self.events)
        act()
        self.wait("Page.loadEventFired", since)

    def run(self, script: str) -> Any:
        """The value of an expression in the page, as a debugger has it, whatever the page may run itself."""
        done = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, button: str, **typed: Any) -> None:
        """Type into the form of a button, by the names of its fields, and press it; wait for the next page."""
        script = f"""(() => {{
            const button = document.querySelector({json.dumps(button)}), typed = {json.dumps(typed)};
            for (const [name, value] of Object.entries(typed)) {{
                const field = button.form.querySelector(`[name="${{name}}"]`);
                if (typeof value === "boolean") field.checked = value; else field.value = value;
            }}
            const around = button.closest("details"); if (around) around.open = true;
            button.scrollIntoView({{block: "center"}});
            const box = button.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()"""
        x, y = self.run(script)
        self.leaves(lambda: self._click(x, y))

    def _click(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def choose_file(self, selector: str, path: Path) -> None:
        """Put a file into a field for files."""
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def wide(self, width: int, *, dark: bool = False) -> None:
        """Show pages in a window of that width, in light or dark colours."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])

    def tree(self) -> list[tuple[str, str]]:
        """Role and name of all that a screen reader has."""
        nodes = self.ask("Accessibility.getFullAXTree")["nodes"]
        return [
            (node.get("role", {}).get("value", ""), str(node.get("name", {}).get("value", "")))
            for node in nodes
            if not node.get("ignored")
        ]

    def asked(self) -> list[str]:
        """The addresses of all requests so far."""
        return [
            one["params"]["request"]["url"] for one in self.events if one.get("method") == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """Errors and warnings of the console so far: of the network, of the policy, of anything that runs."""
        found = [one["params"]["entry"] for one in self.events if one.get("method") == "Log.entryAdded"]
        told = [f"{one['source']}: {one['text']}" for one in found if one["level"] in ("error", "warning")]
        loud = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return told + [str(one["params"]) for one in self.events if one.get("method") in loud]


@contextlib.contextmanager
def browsing(folder: Path, *flags: str) -> Iterator[Tab]:
    """A Chromium with a profile of its own below `folder`, ended with the block."""
    found = program()
    assert found is not None
    (there, to_it), (from_it, back) = os.pipe(), os.pipe()
    # High numbers, so that taking the numbers 3 and 4 in the child overwrites none of them.
    passed = [fcntl.fcntl(one, fcntl.F_DUPFD, 64) for one in (there, back)]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [found, *FLAGS, *flags, *sandbox, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    child = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(passed[0]), str(passed[1]), *command],
        pass_fds=passed,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": str(folder)},
    )
    for one in (there, back, *passed):
        os.close(one)
    try:
        yield Tab(to_it, from_it)
    finally:
        os.close(to_it)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        os.close(from_it)
