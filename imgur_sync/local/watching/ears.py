"""The seam to watchdog: one inotify instance, and one thread, that listen to folders and tell where they cannot.

Of watchdog 7.1.0 this takes the inotify instance and the groups of watches, without its observers: those use a thread
for each folder and hold events back. And it takes the place of what hides things from a daemon. There, a watch that is
refused for a sub-folder is passed over without a word, and one that is refused for want of permission is taken for
given, also of the root. Lost events are told in a log only, and answered by removing and laying every watch again from
the thread that reads: the kernel answers each removal with an event, so that beyond `max_queued_events` folders one
overflow makes the next, for ever. `tests/local/test_watch_ears.py` fails where another watchdog no longer goes through
what is replaced here.
"""

from __future__ import annotations

import errno
import logging
import os

from watchdog.observers.inotify import InotifyWatchGroup
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchCallback,
    WatchDescriptor,
)
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper, PathedInotifyEvent

from imgur_sync.local.watching.inbox import Inbox
from imgur_sync.local.watching.routes import Top, is_passed_over

_CONTENTS = InotifyConstants.IN_CREATE | InotifyConstants.IN_CLOSE_WRITE | InotifyConstants.IN_DELETE
_TOLD = _CONTENTS | InotifyConstants.IN_MOVE | InotifyConstants.IN_ATTRIB
EVENTS = Mask(_TOLD | InotifyConstants.IN_DELETE_SELF | InotifyConstants.IN_ONLYDIR)
"""All that is asked of the kernel. Opening, reading and closing unwritten are not among it: our own scans do that.
Attributes are: a file or a folder that nobody could read makes no other event when somebody lets it be read."""
_VANISHED = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
# What it logs is told here in other words, or is about watches that are just being given up.
logging.getLogger("watchdog").addHandler(logging.NullHandler())
logging.getLogger("watchdog").propagate = False


class Ears:
    """Listens to any number of folders and leaves what it hears in the inbox.

    Raises `OSError` when there is no inotify instance, or no thread, to be had.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._groups: dict[Top, _Group] = {}
        self._kernel = _Kernel(inbox)
        try:
            self._kernel.start()
        except RuntimeError as error:
            raise OSError(errno.EAGAIN, str(error)) from error

    @property
    def alive(self) -> bool:
        """Whether the thread lives that all folders need."""
        return self._kernel.is_alive()

    def listen(self, top: Top) -> None:
        """Begin to listen. Raises `OSError` where the folder itself cannot be watched; the inbox hears of others."""
        self._groups[top] = _Group(self._kernel, os.fsencode(top.path), EVENTS, top.recursive)

    def leave(self, top: Top) -> None:
        """Listen no more and give the watches back. Without effect where it is not listened to."""
        group = self._groups.pop(top, None)
        if group is not None:
            group.deactivate()

    def dead(self) -> frozenset[str]:
        """The folders that were deleted: one that is made again has the same path, and can have the same inode."""
        return frozenset(top.path for top, group in self._groups.items() if group.deleted)

    def knock(self) -> None:
        """Try the folders again that were refused for want of permission; the inbox hears of those that opened."""
        for group in tuple(self._groups.values()):
            group.knock(group.path)

    def close(self) -> None:
        """End the thread and give everything back."""
        self._kernel.stop()
        self._kernel.join()
        self._groups.clear()


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
        """Read until stopped. Whatever ends this is told: a dead watch looks like a quiet one."""
        try:
            super().run()
        except Exception as error:
            self.inbox.end(f"{type(error).__name__}: {error}")
        else:
            self.inbox.end("")


class _Teller(InotifyMoveEventGrouper):
    """Tells the inbox of every event at once, in the place of a queue that holds moves back for half a second."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self._inbox = inbox
        self.moved_from: PathedInotifyEvent | None = None

    def put_event(self, event: PathedInotifyEvent) -> None:
        """Tell it; the last entry that was moved from somewhere is remembered until it is known where to."""
        if event.ev.mask & _TOLD:
            self._inbox.happened(os.fsdecode(event.path), is_folder=event.ev.is_directory)
        self.moved_from = event if event.ev.is_moved_from else None

    def get_queued_moved_from_event(self, cookie: int) -> PathedInotifyEvent | None:
        """Where the entry was that is moved with this cookie."""
        return self.moved_from if self.moved_from is not None and self.moved_from.ev.cookie == cookie else None


class _Group(InotifyWatchGroup):
    """The watches below one folder. Junk folders get none.

    Each path has one watch and each watch one path, the one that the kernel last said. watchdog lets go of that:
    folders that moved out and have a successor of their name, or that were renamed and replaced before the event was
    read, leave it with watches under wrong paths, folders without a watch, and errors that end its thread.
    """

    deleted = False

    def __post_init__(self) -> None:
        assert isinstance(self._inotify_fd, _Kernel)
        self._inbox = self._inotify_fd.inbox
        self._move_event_grouper = self._teller = _Teller(self._inbox)
        self._shut: set[bytes] = set()
        super().__post_init__()

    def on_queue_overflow(self) -> None:
        """Leave everything as it is: whoever reads the inbox makes new ears."""
        self._inbox.overflow()

    def on_event(self, event: InotifyEvent) -> None:
        """Tell an event. A folder that was moved, and did not come in anywhere with this event, has left."""
        moved = self._teller.moved_from
        if moved is not None and moved.ev.is_directory and not (event.is_moved_to and event.cookie == moved.ev.cookie):
            self._forget(moved.path)
        if self._shut and event.is_attrib and event.is_directory:
            with self._lock:
                changed = self._build_event_source_path(event)
            if changed is not None:
                self.knock(changed)
        super().on_event(event)

    def knock(self, path: bytes) -> None:
        """Try the folders at and below `path` again that were refused for want of permission, and tell of those that
        can be watched now: what happened in them until now was not heard."""
        with self._lock:
            shut = [at for at in self._shut if at == path or at.startswith(path + b"/")] if self.is_active else []
            for at in shut:
                self._shut.discard(at)
                self._add_all_callbacks(at)
            opened = [at for at in shut if at in self._active_callbacks_by_path]
        for at in opened:
            self._inbox.happened(os.fsdecode(at), is_folder=True)

    def _forget(self, path: bytes) -> None:
        """Give up the watches at and below `path` of folders that are not there any more: they would go on telling of
        what happens where they are now, under the paths where they were."""
        with self._lock:
            self._teller.moved_from = None
            if path in self._active_callbacks_by_path:
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
        except OSError as error:
            if path == self.path:
                raise
            if error.errno == errno.EACCES:
                self._shut.add(path)
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
        """Without an error for a watch that was given up before. That of the root is only lost with the root."""
        path = self._active_callbacks_by_watch.pop(wd, None)
        if path is not None:
            del self._active_callbacks_by_path[path]
        if path == self.path and self.is_active:
            self.deleted = True
            self._inbox.end("")
