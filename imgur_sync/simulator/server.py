"""The simulator on a socket, under waitress; and the command that runs one until it is told to stop."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask

from imgur_sync.simulator.app import app_over
from imgur_sync.simulator.around import given_environment, run_around
from imgur_sync.simulator.blobs import FolderBlobs
from imgur_sync.simulator.channels import KEPT, Promptly, Room, take_over
from imgur_sync.simulator.clock import Clock
from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.handle import Running
from imgur_sync.simulator.options import Knobs, Limits, Options, Shape, Windows
from imgur_sync.simulator.world import World

THREADS = 8
CONNECTIONS = 900
BODY = 256 * 1024 * 1024


@contextlib.contextmanager
def running(
    options: Options | None = None,
    *,
    data: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Clock | None = None,
    world: World | None = None,
) -> Iterator[Running]:
    """Serve in a background thread while the block runs; port 0 picks a free one. OSError if the port is taken.

    The world is `world` (left open), or that of the folder `data`, or a new one whose pictures lie in a temporary
    folder that is removed at the end. Requests in progress get 2 seconds to finish; delays are cut short.
    """
    with contextlib.ExitStack() as stack:
        if world is None:
            world = _open(data, clock, stack)
        desk = Desk(world, options or Options())
        listening = _Socket(app_over(desk), host, port, desk.promptly)
        desk.waits.tell(listening.make_room)
        thread = threading.Thread(target=listening.serve, name="simulator", daemon=True)
        thread.start()
        try:
            demo = world.demo()
            shown = f"[{host}]" if ":" in host else host
            yield Running(
                f"http://{shown}:{listening.port}",
                demo.account,
                demo.client_id,
                demo.client_secret,
                demo.refresh_token,
                demo.access_token,
                world,
                Controls(desk),
            )
        finally:
            desk.waits.end()
            listening.stop()
            thread.join()


def _open(data: Path | None, clock: Clock | None, stack: contextlib.ExitStack) -> World:
    if data is not None:
        world = World.open(data, clock=clock)
    else:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="imgur-simulator-"))
        world = World(clock=clock, blobs=FolderBlobs(Path(folder)))
    stack.callback(world.close)
    return world


class _Socket:
    """Waitress with a loop that another thread can stop, and with connections that are served as `channels` says."""

    def __init__(self, app: Flask, host: str, port: int, promptly: Promptly) -> None:
        # Waitress has no type hints; loaded like this it is untyped without a complaint.
        server: Any = importlib.import_module("waitress.server")
        self._loop: Any = importlib.import_module("waitress.wasyncore")
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        # The GNU allocator gives no memory back to the system that is smaller than what it was once given at a time,
        # and keeps twice that. Else every body is received in memory that the system has to clear first.
        bytes(KEPT)
        self._map: dict[int, Any] = {}
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        # Bound here: a waitress that cannot bind leaves threads and sockets behind.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=1024)
        self._server = server.create_server(
            app,
            self._map,
            sockets=[listener],
            threads=THREADS,
            log_socket_errors=False,  # ConnectionDropped is an OSError and is meant
            max_request_body_size=BODY,
            inbuf_overflow=BODY,
            recv_bytes=256 * 1024,
            connection_limit=CONNECTIONS,
            channel_timeout=300,
            asyncore_use_poll=True,
            ident=None,
        )
        take_over(self._server, promptly)
        self.make_room = Room(self._server, THREADS, CONNECTIONS)
        self.port = int(self._server.effective_port)

    def serve(self) -> None:
        """Serve until `stop`."""
        while not self._stopping.is_set():
            self._loop.loop(timeout=1, use_poll=True, map=self._map, count=1)
        self._stopped.wait()  # `stop` still writes to what is closed below
        self._server.task_dispatcher.shutdown(timeout=2)
        self._loop.loop(timeout=0, use_poll=True, map=self._map, count=2)
        self._loop.close_all(self._map)

    def stop(self) -> None:
        """Have `serve` return soon; from any thread."""
        self._stopping.set()
        self._server.pull_trigger()
        self._stopped.set()


def serve(
    host: str = "127.0.0.1",
    port: int = 8723,
    *,
    options: Options | None = None,
    data: Path | None = None,
    ready: Callable[[Running], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, or until `stop` is set; `ready` is called once connections are accepted.

    Signals are caught only in the main thread. OSError if the port is taken, JournalError if `data` is damaged,
    FolderInUse if another simulator has it open.
    """
    stop = stop or threading.Event()
    with _signals(stop), running(options, data=data, host=host, port=port) as server:
        ready(server)
        stop.wait()


@contextlib.contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_simulator(
    host: str,
    port: int,
    data: Path | None,
    shape: Shape,
    latency_ms: float,
    user_credits: int,
    client_credits: int,
    posts: int,
    uploads: int,
    write_env: Path | None,
    echo: Callable[[str], None],
    windows: Windows = "fixed",
    switches: Mapping[str, Any] | None = None,
    chaos: str = "",
    command: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
) -> int:
    """What `imgur-sync simulator` does: print the four settings and the address through `echo`, then serve.

    `echo` gets one line at a time and has to flush it. `write_env` gets the settings too, in a file of mode 0600.
    `switches` are further knobs by name, `more` further fields of `Options`, `chaos` seeds a swarm of faults. Ends on
    SIGINT or SIGTERM, with 0; where there is a `command`, prints nothing and ends with it, and with its exit code
    (`around.py`). ValueError for a knob that there is not; OSError if the port is taken or a file cannot be written;
    JournalError and FolderInUse as `serve`.
    """
    knobs = Knobs(shape=shape).switched(switches or {})
    limits = Limits(user_credits, client_credits, posts, uploads)
    options = Options(knobs=knobs, limits=limits, latency=latency_ms / 1000, windows=windows, chaos=chaos)
    options = dataclasses.replace(options, **(more or {}))
    options = dataclasses.replace(options, names=(host.lower(), *options.names))
    if command:
        with running(options, data=data, host=host, port=port) as server:
            _announce(server, write_env, _nobody)
            return run_around(command, given_environment(os.environ, server))
    serve(host, port, options=options, data=data, ready=lambda server: _announce(server, write_env, echo))
    return 0


def _announce(server: Running, write_env: Path | None, echo: Callable[[str], None]) -> None:
    lines = [f"{name}={value}" for name, value in server.environment().items()]
    if write_env is not None:
        _write_private(write_env, "".join(f"{line}\n" for line in lines))
    for line in (*lines, f"listening on {server.url}"):
        echo(line)


def _nobody(line: str) -> None:
    """The output is the command's."""


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        os.fchmod(handle, 0o600)
        file.write(text)
