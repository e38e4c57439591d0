"""The seam to watchdog: one inotify instance that listens to folders, and tells where it cannot.

watchdog 7.1.0 hides what a daemon must know. A watch that is refused for a sub-folder is passed over without a word,
and one that is refused for want of permission is taken for given, also of the root. Lost events are told in its log
only, and answered by removing and laying every watch again from the thread that reads: the kernel answers each removal
with an event, so that beyond `max_queued_events` folders one overflow makes the next, for ever. The watches of a folder
that was moved out of the tree stay, and tell of what happens there under the old paths. So these classes take the place
of its own; `tests/local/test_watch_ears.py` fails where another watchdog no longer goes through them.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from contextlib import suppress

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.inotify import InotifyEmitter, InotifyWatchGroup
from watchdog.observers.inotify_c import CallbackId, InotifyFD, Mask, WatchCallback, WatchDescriptor

from imgur_sync.local.watching.inbox import Inbox
from imgur_sync.local.watching.routes import Top, is_passed_over

EVENTS: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
"""All that is asked of the kernel. Opening, reading and closing unwritten are not among it: our own scans do that."""
_VANISHED = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
# What it logs is told here in other words, or is about threads that are just being ended.
logging.getLogger("watchdog").addHandler(logging.NullHandler())
logging.getLogger("watchdog").propagate = False


class Ears:
    """Listens to any number of folders through one inotify instance and leaves what it hears in the inbox.

    Raises `OSError` when there is no instance to be had.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._kernel = _Kernel(inbox)
        self._observer = _Observer(_Emitter, inotify_fd=self._kernel)
        self._observer.inbox = inbox
        self._handler = _Handler(inbox, self._forget)
        self._watches: dict[Top, ObservedWatch] = {}
        try:
            self._kernel.start()
            self._observer.start()
        except RuntimeError as error:
            self.close()
            raise _no_thread(error) from error

    @property
    def alive(self) -> bool:
        """Whether the threads live that all folders need."""
        return self._kernel.is_alive() and self._observer.is_alive()

    def listen(self, top: Top) -> None:
        """Begin to listen. Raises `OSError` where the folder itself cannot be watched; the inbox hears of others."""
        try:
            self._watches[top] = self._observer.schedule(
                self._handler, top.path, recursive=top.recursive, event_filter=EVENTS
            )
        except RuntimeError as error:
            raise _no_thread(error) from error

    def leave(self, top: Top) -> None:
        """Listen no more and give the watches back. Without effect where it is not listened to."""
        watch = self._watches.pop(top, None)
        if watch is not None:
            with suppress(KeyError):
                self._observer.unschedule(watch)

    def dead(self) -> frozenset[str]:
        """The folders that nothing listens to any more; watchdog ends that, too, when the folder is deleted."""
        return frozenset(emitter.watch.path for emitter in self._observer.emitters if not emitter.is_alive())

    def close(self) -> None:
        """End all threads and give everything back."""
        self._kernel.stop()  # first, so that the watches go all at once
        self._observer.stop()
        for thread in (self._observer, self._kernel):
            if thread.ident is not None:
                thread.join()

    def _forget(self, path: str) -> None:
        """Give up the watches of a folder that was removed or moved away, as far as it is not there any more."""
        for emitter in tuple(self._observer.emitters):
            if isinstance(emitter, _Emitter):
                emitter.forget(os.fsencode(path))


class _Kernel(InotifyFD):
    """The inotify instance and the thread that reads it. Tells the inbox of refused watches and of its own end."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        try:
            super().__init__()
        except OSError:
            descriptor = getattr(self, "_inotify_fd", None)  # given before something else was refused
            if descriptor is not None:
                os.close(descriptor)
            raise
        os.set_inheritable(self._inotify_fd, False)

    def add_callback(self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId) -> WatchDescriptor:
        """Watch a folder. Raises `OSError`, also where permission is wanting, which watchdog takes for success."""
        try:
            with self._lock:
                watch = self._get_or_create_watch(path, mask)
                if watch.wd == -1:
                    self._watch_for_wd.pop(watch.wd, None)
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
                # The same folder may have been watched under another path; that is replaced without a warning.
                watch.callbacks[id_] = callback
                return watch.wd
        except OSError as error:
            number = error.errno or 0
            if number not in (*_VANISHED, errno.EACCES) and isinstance(callback, InotifyWatchGroup):
                self.inbox.refuse(os.fsdecode(callback.path), number)
            raise

    def run(self) -> None:
        """Read until stopped."""
        _told_at_the_end(super().run, self.inbox)


class _Group(InotifyWatchGroup):
    """The watches below one folder. Junk folders get none.

    Each path has one watch and each watch one path, the one that the kernel last said. watchdog lets go of that:
    folders that moved out and have a successor of their name, or that were renamed and replaced before the event was
    read, leave it with watches under wrong paths, folders without a watch, and errors that end its thread.
    """

    def on_queue_overflow(self) -> None:
        """Leave everything as it is: whoever reads the inbox makes new ears."""
        if isinstance(self._inotify_fd, _Kernel):
            self._inotify_fd.inbox.overflow()

    def forget(self, path: bytes) -> None:
        """Give up the watches at and below `path` of folders that are not there any more."""
        with self._lock:  # so no watch is added meanwhile
            if path in self._active_callbacks_by_path and path != self.path:
                self._remove_callbacks([wd for at, wd in self._below(path) if not os.path.lexists(at)])

    def _below(self, path: bytes) -> list[tuple[bytes, WatchDescriptor]]:
        """The watches at and below a path."""
        start = path + b"/"
        return [(at, wd) for at, wd in self._active_callbacks_by_path.items() if at == path or at.startswith(start)]

    def _add_callback(self, path: bytes) -> None:
        """Watch the folder that is at `path` now; a watch that was known for the path is given up."""
        if is_passed_over(os.fsdecode(path[len(self.path) :])):
            return
        try:
            wd = self._inotify_fd.add_callback(path, self.event_mask, self, self._id)
        except OSError:
            if path == self.path:
                raise
            return
        paths, watches = self._active_callbacks_by_path, self._active_callbacks_by_watch
        before = watches.get(wd, path)
        if before != path:
            del paths[before]
        if paths.get(path, wd) != wd:
            self._remove_callbacks([paths[path]])
        paths[path], watches[wd] = wd, path

    def _move_watches(self, move_src_path: bytes, move_dst_path: bytes) -> bool:
        """Move watches, and have every folder that is there now watched: it may be another one than that moved."""
        if move_src_path not in self._active_callbacks_by_path:
            return False
        self._remove_callbacks([wd for _, wd in self._below(move_dst_path)])
        moved = super()._move_watches(move_src_path, move_dst_path)
        if self.is_recursive:
            self._add_all_callbacks(move_dst_path)
        return moved

    def _remove_watch_internally(self, wd: WatchDescriptor) -> None:
        """Without an error for a watch that was given up before."""
        path = self._active_callbacks_by_watch.pop(wd, None)
        if path is not None:
            del self._active_callbacks_by_path[path]


class _Emitter(InotifyEmitter):
    """Passes on the events from below one folder, in a thread of its own."""

    def on_thread_start(self) -> None:
        """Lay the watches."""
        self._inotify = _Group(
            self._inotify_fd,
            os.fsencode(self.watch.path),
            is_recursive=self.watch.is_recursive,
            event_mask=self.get_event_mask_from_filter(),
            follow_symlink=self.watch.follow_symlink,
        )

    def forget(self, path: bytes) -> None:
        """Give up the watches at and below `path` of folders that are not there any more."""
        group = self._inotify
        if isinstance(group, _Group):
            group.forget(path)

    def run(self) -> None:
        """Pass events on until stopped, or until the folder is deleted."""
        if isinstance(self._inotify_fd, _Kernel):
            _told_at_the_end(super().run, self._inotify_fd.inbox)


class _Observer(BaseObserver):
    """Hands all events to the handler, in a thread of its own."""

    inbox: Inbox

    def run(self) -> None:
        """Hand events on until stopped."""
        _told_at_the_end(super().run, self.inbox)


class _Handler(FileSystemEventHandler):
    """Leaves the paths of events in the inbox."""

    def __init__(self, inbox: Inbox, forget: Callable[[str], None]) -> None:
        self._inbox = inbox
        self._forget = forget

    def dispatch(self, event: FileSystemEvent) -> None:
        """Called by the observer's thread for each event."""
        if isinstance(event, DirDeletedEvent):
            self._forget(os.fsdecode(event.src_path))
        for path in (event.src_path, event.dest_path):
            if path:
                self._inbox.happened(os.fsdecode(path), is_folder=event.is_directory)


def _told_at_the_end(run: Callable[[], None], inbox: Inbox) -> None:
    """Run a thread; whatever ends it is told, since a dead watch looks like a quiet one."""
    try:
        run()
    except Exception as error:
        inbox.end(f"{type(error).__name__}: {error}")
    else:
        inbox.end("")


def _no_thread(error: RuntimeError) -> OSError:
    return OSError(errno.EAGAIN, str(error))
