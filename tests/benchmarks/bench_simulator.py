"""What the local Imgur costs (L1-L5): uploads beside a bare WSGI sink, its start, and 100,000 pictures held."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks import local_imgur, stocked
from tests.benchmarks.harness import PYTHON, ROOT, Command, environment, run, script
from tests.benchmarks.local_imgur import LocalImgur
from tests.benchmarks.report import Report
from tests.support.pictures import png

SIZE = 500_000
IN_FLIGHT = 4
UPLOADS, QUICK_UPLOADS = 200, 24
HELD, QUICK_HELD = 100_000, 2_000
FEW = 1_000
CALLS = 40
BOUNDARY = "0123456789abcdef0123456789abcdef"


def measure(report: Report, work: Path, *, rounds: int, quick: bool) -> None:
    """Measure uploads, starts, memory, pages and deletions."""
    report.tell(f"\nsimulator: uploads of {SIZE:,} bytes, {IN_FLIGHT} in flight")
    _uploads(report, work, rounds, QUICK_UPLOADS if quick else UPLOADS)
    held = QUICK_HELD if quick else HELD
    report.tell(f"\nsimulator: a stored world of {held:,} pictures")
    large = stocked.stocked(work / f"simulator-{held}", held)
    small = stocked.stocked(work / f"simulator-{FEW}", FEW)
    _starts(report, work, rounds, large)
    _calls(report, work, rounds, small, large)


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens, what it is told by those who upload, and its process."""

    url: str
    token: str
    pid: int

    def cpu(self) -> float:
        """CPU seconds that it has taken so far (proc(5), stat: utime and stime)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self) -> http.client.HTTPConnection:
        """A connection of its own."""
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)


@contextlib.contextmanager
def _sink(*arguments: str) -> Iterator[Server]:
    command = script("sink", *arguments)
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Server(process.stdout.readline().split()[-1], "", process.pid)
    finally:
        process.communicate()


def server(imgur: LocalImgur) -> Server:
    """A local Imgur, to be addressed without an account."""
    return Server(imgur.url, f"Client-ID {imgur.settings['IMGUR_SYNC_CLIENT_ID']}", imgur.pid)


def _uploads(report: Report, work: Path, rounds: int, count: int) -> None:
    """The servers run all the time and take turns, so that what else the machine does hits all of them."""
    with (
        _sink() as sink,
        _sink("at-once") as at_once,
        local_imgur.running(work, 0) as plain,
        local_imgur.running(work, 0, data=work / "simulator-uploads") as stored,
    ):
        servers = {"sink": sink, "sink at once": at_once, "no folder": server(plain), "--data": server(stored)}
        for in_flight in (IN_FLIGHT, 1):
            rates: dict[str, list[float]] = {name: [] for name in servers}
            cpu = dict.fromkeys(servers, 0.0)
            for number in range(rounds + 1):
                for name, to in servers.items():
                    before = to.cpu()
                    found = rate(to, count, in_flight)
                    if number:  # the first round warms up
                        rates[name].append(found)
                        cpu[name] += to.cpu() - before
                report.tell(f"  round {number} of {rounds}, {in_flight} in flight")
            _compare(report, rates, {name: used / rounds / count for name, used in cpu.items()}, in_flight)


def _compare(report: Report, rates: dict[str, list[float]], cpu: dict[str, float], in_flight: int) -> None:
    """The goal is beside a sink served as waitress serves any application; one served as uploads are here is told."""
    base, at_once = (statistics.median(rates[name]) for name in ("sink", "sink at once"))
    for name in list(rates)[2:]:
        found = statistics.median(rates[name])
        facts = {"uploads_a_second": round(found), "of_the_sink": round(base), "cpu_ratio": cpu[name] / cpu["sink"]}
        facts |= {"of_the_sink_at_once": round(at_once), "ratio_at_once": at_once / found}
        report.goal("L1", base / found, of=f"{name}, {in_flight} in flight", **facts)
        report.tell(f"  {facts}")


def rate(to: Server, count: int, in_flight: int) -> float:
    """Uploads a second of pictures that are all different."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="x.png"\r\n\r\n'.encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    base = png(pad=SIZE - 150)
    headers = {"Authorization": to.token, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}

    def work() -> None:
        connection = to.connect()
        for _ in range(count // in_flight):
            # What stands in the last bytes of a PNG nobody looks at.
            body = b"".join((head, base, b"%d" % time.perf_counter_ns(), tail))
            connection.request("POST", "/3/upload", body, headers)
            reply = connection.getresponse()
            told = reply.read()
            assert reply.status == 200, told
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(in_flight)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count // in_flight * in_flight / (time.perf_counter() - start)


def _starts(report: Report, work: Path, rounds: int, large: Path) -> None:
    """From the start of the command to its first answer: CPU seconds, for the wall tells what else the machine does.

    The wall is told beside that of a Python that imports Flask and ends, which takes turns with the others.
    """
    peer = Command("python -c 'import flask'", (PYTHON, "-c", "import flask"), work)
    worlds: dict[str, Path | None] = {"an empty world": None, large.name: large}
    cpu: dict[str, list[float]] = {name: [] for name in worlds}
    wall: dict[str, list[float]] = {name: [] for name in worlds}
    flask: list[float] = []
    for number in range(rounds + 1):
        beside = run(peer).wall
        if number:  # the first round warms up
            flask.append(beside)
        for name, data in worlds.items():
            start = time.perf_counter()
            with local_imgur.running(work, 0, data=data) as imgur:
                imgur.look("clock")
                answered = time.perf_counter()
                if number:
                    wall[name].append(answered - start)
                    cpu[name].append(server(imgur).cpu())
    bare = statistics.median(flask)
    for name in worlds:
        took = statistics.median(wall[name])
        facts = {"wall": round(took, 3), "wall_of_import_flask": round(bare, 3), "wall_ratio": round(took / bare, 2)}
        report.goal("L2", statistics.median(cpu[name]), of=name, **facts)
        report.tell(f"  started with {name}: {facts}")


def _calls(report: Report, work: Path, rounds: int, small: Path, large: Path) -> None:
    """Calls that must not depend on how many pictures there are, and the memory that it takes to hold them."""
    times: dict[str, tuple[list[float], list[float]]] = {"page": ([], []), "deletion": ([], [])}
    with local_imgur.running(work, 0, data=small) as few, local_imgur.running(work, 0, data=large) as many:
        visits = [Visit(few), Visit(many)]
        for number in range(rounds * CALLS + 1):
            for index, visit in enumerate(visits):
                page, deletion = visit.page(), visit.deletion()
                if number:
                    times["page"][index].append(page)
                    times["deletion"][index].append(deletion)
        of = f"{large.name} / {small.name}"
        for goal, name in (("L4", "page"), ("L5", "deletion")):
            # Of calls that take milliseconds the fast ones tell most: the rest is what else the machine does.
            less, more = (statistics.quantiles(found, n=10)[0] for found in times[name])
            report.goal(goal, more / less, of=of, milliseconds=round(more * 1000, 2))
        visits[1].read_all()
        status = Path(f"/proc/{many.pid}/status").read_text(encoding="utf-8")
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        report.goal("L3", peak / 1024, of=large.name)


class Visit:
    """Calls of the demo account over one connection; each answers how many seconds it took."""

    def __init__(self, imgur: LocalImgur) -> None:
        self._anonymous = server(imgur)
        self._connection = self._anonymous.connect()
        names = ("client_id", "client_secret", "refresh_token")
        sent = {name: imgur.settings[f"IMGUR_SYNC_{name.upper()}"] for name in names}
        reply = self._ask("POST", "/oauth2/token", "", json.dumps({**sent, "grant_type": "refresh_token"}).encode())
        self._bearer = f"Bearer {reply['access_token']}"
        self._count = self._ask("GET", "/3/account/me/images/count", self._bearer)["data"]

    def page(self) -> float:
        """The page in the middle, which is the farthest from both ends."""
        return self._timed("GET", f"/3/account/me/images/{self._count // 100}", self._bearer)

    def deletion(self) -> float:
        """The deletion of an anonymous picture; its upload is not counted."""
        image = base64.b64encode(png(seed=time.perf_counter_ns())).decode()
        sent = json.dumps({"image": image, "type": "base64"}).encode()
        made = self._ask("POST", "/3/upload", self._anonymous.token, sent)["data"]
        return self._timed("DELETE", f"/3/image/{made['deletehash']}", self._anonymous.token)

    def read_all(self) -> None:
        """Every page, so that every picture is in memory as it is when it was just made."""
        for page in range((self._count - 1) // 100 + 1):
            self._ask("GET", f"/3/account/me/images/{page}?perPage=100", self._bearer)

    def _timed(self, method: str, path: str, token: str) -> float:
        start = time.perf_counter()
        self._ask(method, path, token)
        return time.perf_counter() - start

    def _ask(self, method: str, path: str, token: str, body: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
        self._connection.request(method, path, body, headers)
        reply = self._connection.getresponse()
        told = reply.read()
        assert reply.status == 200, told
        return json.loads(told)
