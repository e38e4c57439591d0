"""Whom a daemon tells what it does: the log, the board that `status` reads, the hook, the service manager."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from imgur_sync.cli.credentials import known_settings
from imgur_sync.cli.held import HeldPlans
from imgur_sync.cli.recording import EventFile
from imgur_sync.cli.redaction import redacted, secrets
from imgur_sync.cli.session import Session, note, result
from imgur_sync.errors import ExitCode, ImgurSyncError, InterruptedRun, LockHeldError
from imgur_sync.model.event import RunFinished
from imgur_sync.report.figures import iso
from imgur_sync.report.hooks import gate_document, run_document
from imgur_sync.report.jsons import FORMAT_VERSION
from imgur_sync.report.text import Moment
from imgur_sync.watch.events import (
    Asleep,
    Began,
    GateTripped,
    Noticed,
    NotReloaded,
    PassFailed,
    Reloaded,
    WatchEvent,
)
from imgur_sync.watch.hook import Hook
from imgur_sync.watch.lasting import lasting
from imgur_sync.watch.showing import Shown
from imgur_sync.watch.telling import Level, Line, did, told

if TYPE_CHECKING:
    from imgur_sync.report.live import LiveActivity
    from imgur_sync.watch.daemon import Daemon
    from imgur_sync.watch.notify import ServiceNotifier

PATIENCE = 2.0
"""Seconds that the hook is given when the daemon ends."""


class Audience:
    """Takes in every event of a daemon and tells each listener what concerns it."""

    def __init__(self, session: Session, daemon: Daemon, live: LiveActivity, notifier: ServiceNotifier) -> None:
        self._session = session
        self._daemon = daemon
        self._notifier = notifier
        self._shown = Shown(live, daemon)
        self._held = HeldPlans(daemon.manifest.state_path.with_name("held"))
        self._events = EventFile(session.events) if session.events is not None else None
        self._wanted = {Level.WARNING} if session.quiet else {Level.WARNING, Level.INFO}
        self._wanted |= {Level.DETAIL} if session.verbose or session.debug else set()
        self._dated = not _journal()
        self._ended: tuple[object, ...] = ()
        argv = known_settings(daemon.manifest.account.profile).hook
        self._hook = Hook(argv, self._hook_line, redact=redacted)

    def take(self, event: WatchEvent) -> None:
        """Tell everybody."""
        now = time.time()
        self._log(told(event, Moment(now)), now)
        self._shown.show(event)
        self._tell_hook(event)
        self._tell_manager(event, now)
        written = self._held.take(event, now)
        if written:
            self._log(told(Noticed(written, ()), Moment(now)), now)

    def say(self, name: str, text: str) -> None:
        """Tell the log what is no event of the daemon's, under this name."""
        self._log(Line(Level.INFO, name, "", text), time.time())

    def reload(self) -> None:
        """Somebody asked for the manifest to be read anew. For signal handlers."""
        self._notifier.reloading()
        self._daemon.request_reload()

    def ended(self, error: ImgurSyncError) -> None:
        """What ended the daemon is the last line of JSON, and no document of its own; people are told on stderr."""
        if self._session.json:
            level = Level.INFO if isinstance(error, InterruptedRun) else Level.WARNING
            self._log(Line(level, "ended", "", error.message), time.time())
            self._session.told = True

    def close(self) -> None:
        """The daemon has ended."""
        self._notifier.stopping()
        self._hook.close(PATIENCE)
        self._notifier.close()
        if self._events is not None:
            self._events.close()

    def _log(self, line: Line, now: float) -> None:
        """Lines of text on stderr, or of JSON on stdout. A log that cannot be written, because the disk is full or the
        terminal was closed, ends nothing."""
        if line.level not in self._wanted:
            return
        if self._events is not None:
            self._events.write(_json(line, now))
        with suppress(OSError):
            if self._session.json:
                result(secrets.redact(_json(line, now)) + "\n")
            else:
                date = f"{datetime.fromtimestamp(now):%Y-%m-%d %H:%M:%S}  " if self._dated else ""
                note(secrets.redact(date + line.text))

    def _hook_line(self, text: str) -> None:
        self._log(Line(Level.WARNING, "hook", "", text), time.time())

    def _tell_hook(self, event: WatchEvent) -> None:
        """A run that did something or could not, and a gate that tripped."""
        file = str(self._daemon.manifest.path)
        match event:
            case RunFinished() if self._is_news(run := lasting(event)):
                self._hook.run(run_document(run, command="watch", manifest=file))
            case PassFailed(error=error) if not isinstance(error, LockHeldError):
                self._hook.run(run_document(None, command="watch", manifest=file, error=error))
            case GateTripped(gate=gate, plan=plan):
                keys = tuple(album.album for album in plan.albums)
                self._hook.run(gate_document(plan, gate, command="watch", manifest=file, albums=keys))
            case Reloaded():
                self._renew_hook()
            case _:
                pass

    def _is_news(self, run: RunFinished) -> bool:
        """Whether a run changed something, or could not do all for other reasons than the one before it."""
        problems = tuple((album.album, album.problems) for album in run.albums if not album.done)
        before, self._ended = self._ended, (run.codes, problems)
        return not run.stopped and (did(run) or (self._ended != before and run.codes[:1] != (ExitCode.DONE,)))

    def _renew_hook(self) -> None:
        """The settings may name another hook now; what waits for the one before goes to it all the same."""
        try:
            self._hook.renew(known_settings(self._daemon.manifest.account.profile).hook)
        except ImgurSyncError as error:
            self._hook_line(error.message)

    def _tell_manager(self, event: WatchEvent, now: float) -> None:
        match event:
            case Began() | Reloaded() | NotReloaded():
                self._notifier.ready()
            case Asleep() | PassFailed():
                self._notifier.status(told(event, Moment(now)).text)
            case RunFinished() if did(event):
                self._notifier.status(told(event, Moment(now)).text)
            case _:
                pass


def _json(line: Line, now: float) -> str:
    head = {"format_version": FORMAT_VERSION, "kind": "watch_event"}
    fields = {"at": iso(now), "level": line.level.value, "event": line.event, "album": line.album, "text": line.text}
    return json.dumps({**head, **fields}, ensure_ascii=True)


def _journal() -> bool:
    """Whether stderr goes to systemd's journal, which dates its lines itself."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        here = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return (device, inode) == (str(here.st_dev), str(here.st_ino))
