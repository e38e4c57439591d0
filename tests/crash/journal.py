"""Whether what is sent was written down first: the order of writes, syncs and sendings in a trace of system calls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.crash.traced import Called

_REQUEST = re.compile(rb"^(GET|POST|PUT|DELETE) (/\S*) HTTP/1\.1\r\n")
_NAME = re.compile(rb'name="name"\r\n\r\n([^\r]+)\r\n')
_ID = re.compile(rb'"id": ?"([0-9A-Za-z]{5,})"')
_SYNCS = ("fdatasync", "fsync")


@dataclass
class Disk:
    """What of the files whose names end so is on disk: written parts, and those a later sync has covered."""

    suffixes: tuple[str, ...]
    written: list[tuple[int, str, bytes]] = field(default_factory=list)
    synced: list[bytes] = field(default_factory=list)
    syncs: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, call: Called) -> None:
        """A write, or a sync of what was written before it began."""
        if not call.path.endswith(self.suffixes) or call.result is None or call.result < 0:
            return
        if call.name in ("pwrite64", "write") and call.texts:
            self.written.append((call.ended, call.path, call.texts[0]))
        elif call.name in _SYNCS:
            covered = [one for one in self.written if one[1] == call.path and one[0] < call.began]
            self.written = [one for one in self.written if one not in covered]
            self.synced += [data for _, _, data in covered]
            self.syncs[call.thread] += bool(covered)

    def holds(self, *parts: bytes) -> bool:
        """Whether one synced page has all of these."""
        return any(all(part in data for part in parts) for data in self.synced)


class Journal:
    """Reads the calls of one run in order; `broken` are the requests that left too early."""

    def __init__(self) -> None:
        self.state = Disk(("/state.db-wal", "/state.db"))
        self.ledger = Disk(("/ledger.db-wal", "/ledger.db"))
        self.broken: list[str] = []
        self.writes = self.reads = self.uploads = self.depended = self.tokens = 0
        self._ids: set[bytes] = set()
        self._asked: dict[int, bytes] = {}
        self._granted: dict[int, int] = defaultdict(int)
        self._sent_writes = 0
        self._renamed: dict[int, str] = {}
        self._main = 0

    def read(self, calls: Iterable[Called]) -> Journal:
        """Take in a whole trace."""
        ordered = sorted(calls, key=lambda call: call.began if call.name == "sendto" else call.ended)
        self._main = min((call.thread for call in ordered), default=0)
        sync_of_files: set[str] = set()
        for call in ordered:
            self.state.take(call)
            self.ledger.take(call)
            if call.name in _SYNCS and call.result == 0:
                sync_of_files.add(call.path)
                self._renamed = {t: p for t, p in self._renamed.items() if p.rsplit("/", 1)[0] != call.path}
            elif call.name == "rename" and len(call.texts) == 2 and b"tokens-" in call.texts[1]:
                self._replaced(call, sync_of_files)
            elif call.name == "sendto" and call.texts:
                self._sent(call)
            elif call.name == "recvfrom" and call.texts:
                self._received(call)
        return self

    def _replaced(self, call: Called, synced: set[str]) -> None:
        """Token files are whole on disk before they take their name [I21]."""
        self.tokens += 1
        old, new = (text.decode() for text in call.texts)
        if old not in synced:
            self.broken.append(f"{new} replaced by a file that was not synced")
        self._renamed[call.thread] = new

    def _received(self, call: Called) -> None:
        """The answer to a making tells an id that nobody else knows."""
        if self._asked.get(call.thread) == b"POST" and call.texts[0].startswith(b"HTTP/1.1 200"):
            self._ids.update(found for found in _ID.findall(call.texts[0]))

    def _sent(self, call: Called) -> None:
        data = call.texts[0]
        first = _REQUEST.match(data)
        path = first[2] if first else b""
        if call.thread in self._renamed:
            self.broken.append("a request left before the name of the new token was synced")
        name = _NAME.search(data)
        if name is not None:
            self.uploads += 1
            if not self.state.holds(name[1]):
                self.broken.append(f"upload {name[1].decode()} left before its record was synced")
        self._depends(data)
        if first is not None:
            self._asked[call.thread] = first[1] if path.startswith(b"/3/") else b""
        if first is None or not path.startswith(b"/3/"):
            return
        if first[1] == b"GET":
            self._paid(call)
            return
        self._sent_writes += 1
        self.writes += 1
        if self.ledger.syncs[self._main] < self._sent_writes:
            self.broken.append(f"{first[1].decode()} {path.decode()} left before it was paid for")
        self._recorded(first[1], path)

    def _paid(self, call: Called) -> None:
        """A reading is paid for on the thread that sends it, anew for each."""
        self.reads += 1
        if self.ledger.syncs[call.thread] <= self._granted[call.thread]:
            self.broken.append("a reading left before it was paid for")
        self._granted[call.thread] = self.ledger.syncs[call.thread]

    def _recorded(self, method: bytes, path: bytes) -> None:
        """The record of an edit or deletion names what it is about."""
        if method == b"POST" and path == b"/3/upload":
            return
        kind = b"create_album" if (method, path) == (b"POST", b"/3/album") else b""
        if kind:
            if not self.state.holds(kind):
                self.broken.append("an album was made before its record was synced")
            return
        target = path.split(b"/")[3].split(b"?")[0]
        kinds = {b"PUT": b"edit_", b"DELETE": b"delete_", b"POST": b"edit_"}
        if not self.state.holds(kinds[method], target):
            self.broken.append(f"{method.decode()} {path.decode()} left before its record was synced")

    def _depends(self, data: bytes) -> None:
        """What Imgur answered with is on disk before anything is asked that names it [I17]."""
        for found in self._ids:
            if found in data:
                self.depended += 1
                if not self.state.holds(found):
                    self.broken.append(f"a request names {found.decode()}, which was not synced")
