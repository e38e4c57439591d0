"""What uploads cost (U1-U7), against a local Imgur in another process, beside a bare httpx loop, curl, imgurpython."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import local_imgur
from tests.benchmarks.harness import PYTHON, ROOT, Command, Figures, environment, imgur_sync, run, script
from tests.benchmarks.local_imgur import LocalImgur
from tests.benchmarks.machine import has
from tests.benchmarks.report import Report
from tests.support.pictures import png

SMALL, LARGE = 500_000, 20_000_000
LATENCY_MS = 50
IN_FLIGHT = 8
GB = 1e9
WAIT, QUICK_WAIT = 60.0, 5.0
TICKS = os.sysconf("SC_CLK_TCK")


def measure(report: Report, work: Path, *, rounds: int, quick: bool, imgurpython: str = "") -> None:
    """Measure speed, CPU, memory, bodies and credits of uploads."""
    _speed(report, work, rounds, 40 if quick else 200)
    _cpu(report, work, rounds, 40 if quick else 200, imgurpython)
    _memory(report, work, min(rounds, 3), 4 if quick else 12)
    _waiting(report, work, QUICK_WAIT if quick else WAIT)


def album_of(base: Path, files: int, size: int, in_flight: int) -> Path:
    """A manifest with one album of so many files of that size, never synced; pictures that are there are kept."""
    pictures = base / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    for seed in range(files):
        path = pictures / f"{seed:04}.png"
        if not path.exists():
            path.write_bytes(png(seed=seed, pad=size - 150))
    limits = "reserve_credits = 0\nuploads_per_hour = 0"
    text = f'version = 1\nlineage = "bench234"\n[budget]\n{limits}\n[upload]\nin_flight = {in_flight}\n'
    (base / "sync.toml").write_text(f'{text}[albums.all]\nfolder = "pictures"\ntitle = "All"\n', encoding="utf-8")
    _forget(base)
    return pictures


def _forget(base: Path) -> None:
    """Have nothing synced and nothing hashed."""
    for name in ("state.db", "cache.db"):
        for suffix in ("", "-wal", "-shm"):
            (base / ".imgur-sync" / f"{name}{suffix}").unlink(missing_ok=True)


def _speed(report: Report, work: Path, rounds: int, files: int) -> None:
    """Wall time of the uploads themselves, against what latency and concurrency allow."""
    report.tell(f"\nupload: {files} files of {SMALL:,} bytes, {LATENCY_MS} ms, {IN_FLIGHT} in flight")
    base = work / "upload-latency"
    pictures = album_of(base, files, SMALL, IN_FLIGHT)
    limit = files * LATENCY_MS / 1000 / IN_FLIGHT
    ours: list[float] = []
    bare: list[float] = []
    curl: list[float] = []
    with local_imgur.running(work, LATENCY_MS) as imgur:
        for number in range(rounds):
            ours.append(_applied(base, imgur)[1]["wall"])
            bare.append(_loop(imgur, pictures)["wall"])
            if has("curl"):
                curl.append(_curl(work, imgur, pictures).wall)
            report.tell(f"  round {number + 1} of {rounds}")
    facts = {"httpx loop": round(statistics.median(bare) / limit, 2), "limit_seconds": limit}
    if curl:
        facts["curl"] = round(statistics.median(curl) / limit, 2)
    report.goal("U1", statistics.median(ours) / limit, **facts)
    report.tell(f"  the same ratio of the peers: {facts}")


def _cpu(report: Report, work: Path, rounds: int, files: int, imgurpython: str) -> None:
    """CPU seconds per GB without latency, body sizes, and credits."""
    report.tell(f"\nupload: {files} files of {SMALL:,} bytes, no latency, {IN_FLIGHT} in flight")
    base = work / "upload-cpu"
    pictures = album_of(base, files, SMALL, IN_FLIGHT)
    size = sum(path.stat().st_size for path in pictures.iterdir())
    uploads: list[float] = []
    whole: list[float] = []
    bare: list[float] = []
    rival: list[float] = []
    with local_imgur.running(work, 0) as imgur:
        for number in range(rounds):
            taken, told = _applied(base, imgur)
            uploads.append(told["cpu"])
            whole.append(taken)
            bare.append(_loop(imgur, pictures)["cpu"])
            if imgurpython or importlib.util.find_spec("imgurpython"):
                rival.append(_imgurpython(imgurpython or PYTHON, imgur, pictures)["cpu"])
            report.tell(f"  round {number + 1} of {rounds}")
        _credits(report, base, imgur, files)
    counted = _told(script("bodies", str(work), "20", str(SMALL)))
    report.goal("U4", counted["body_bytes"] / counted["file_bytes"])
    ours, loop = statistics.median(uploads), statistics.median(bare)
    per_gb = {"ours": round(ours / size * GB, 2), "httpx loop": round(loop / size * GB, 2)}
    run_ratio = round(statistics.median(whole) / loop, 2)
    report.goal("U2", ours / loop, of="uploads", cpu_seconds_per_gb=per_gb, whole_run_ratio=run_ratio)
    report.tell(f"  CPU seconds per GB {per_gb}; with start, hashing and planning {run_ratio}x the loop")
    if rival:
        report.goal("U3", ours / statistics.median(rival), of="uploads")
    else:
        report.missing("U3", "imgurpython is not installed")


def _credits(report: Report, base: Path, imgur: LocalImgur, files: int) -> None:
    """One more run whose requests are counted: an album, its uploads, one edit, and the reads around them."""
    before = len(imgur.look("history")["requests"])
    _applied(base, imgur)
    sent = imgur.look("history")["requests"][before:]
    writes = sum(request["credits"] for request in sent if request["method"] != "GET")
    reads = sum(request["credits"] for request in sent if request["method"] == "GET")
    report.goal("U7", writes / (10 * files + 2), of=f"{files} uploads", writes=writes, reads=reads)


def _memory(report: Report, work: Path, rounds: int, files: int) -> None:
    """Peak memory with large files, less that of the same run with tiny ones."""
    report.tell(f"\nupload: {files} files of {LARGE:,} bytes, 4 in flight")
    peaks: dict[str, list[float]] = {"tiny": [], "large": []}
    in_flight = 0
    with local_imgur.running(work, 20) as imgur:
        for _ in range(rounds):
            for name, size in (("tiny", 1_000), ("large", LARGE)):
                base = work / f"upload-{name}"
                album_of(base, files, size, 4)
                command, out = _run_command(base, imgur)
                peaks[name].append(run(command).rss)
                in_flight = max(in_flight, json.loads(out.read_text())["in_flight_bytes"])
    over = (statistics.median(peaks["large"]) - statistics.median(peaks["tiny"])) * 2**20
    facts = {name: round(statistics.median(found), 1) for name, found in peaks.items()}
    report.goal("U5", over / in_flight, of=f"{in_flight / 1e6:.0f} MB in flight", peak_mib=facts)


def _waiting(report: Report, work: Path, seconds: float) -> None:
    """CPU of a run that waits because Imgur said so."""
    report.tell(f"\nupload: a run that waits; watched for {seconds:g} s")
    base = work / "upload-wait"
    album_of(base, 4, 1_000, 4)
    refusal = {"status": 429, "headers": {"Retry-After": str(int(seconds) + 30)}, "body": ""}
    with local_imgur.running(work, 0) as imgur:
        imgur.steer("faults", [{"match": {"method": "POST", "path": "/3/upload"}, "fault": "reply", **refusal}])
        command = imgur_sync("apply", "-y")
        process = subprocess.Popen(command, cwd=base, env=environment(imgur.settings), stdout=-3, stderr=-3)
        try:
            time.sleep(5)  # until it has started, planned and been refused
            start = _ticks(process.pid)
            time.sleep(seconds)  # what is measured: how little a waiting run does meanwhile
            used = (_ticks(process.pid) - start) / TICKS
            alive = process.poll() is None
        finally:
            process.kill()
            process.wait()
    if alive:
        report.goal("U6", 100 * used / seconds, of=f"{seconds:g} s", cpu_seconds=used)
    else:
        report.missing("U6", "the run did not wait")


def _ticks(pid: int) -> int:
    """CPU time of a living process, in clock ticks (proc(5), stat: utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _run_command(base: Path, imgur: LocalImgur) -> tuple[Command, Path]:
    out = base / "result.json"
    return Command("apply", script("applying", str(base), str(out)), ROOT, imgur.settings), out


def _applied(base: Path, imgur: LocalImgur) -> tuple[float, dict[str, Any]]:
    """A run that uploads everything anew, to an album of its own: its CPU seconds, and what it told of itself."""
    _forget(base)
    lineage = f'lineage = "b{time.time_ns() % 10**7:07}"'
    text = (base / "sync.toml").read_text(encoding="utf-8")
    lines = [lineage if line.startswith("lineage") else line for line in text.splitlines()]
    (base / "sync.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command, out = _run_command(base, imgur)
    taken = run(command)
    told: dict[str, Any] = json.loads(out.read_text())
    assert told["codes"] == [0], told
    return taken.cpu, told


def _loop(imgur: LocalImgur, pictures: Path) -> dict[str, float]:
    client = imgur.settings["IMGUR_SYNC_CLIENT_ID"]
    return _told(script("httpx_loop", imgur.url, client, str(pictures), str(IN_FLIGHT)))


def _imgurpython(python: str, imgur: LocalImgur, pictures: Path) -> dict[str, float]:
    path = str(ROOT / "tests/benchmarks/imgurpython_loop.py")
    return _told((python, path, imgur.url, imgur.settings["IMGUR_SYNC_CLIENT_ID"], str(pictures)))


def _told(argv: Sequence[str]) -> dict[str, float]:
    shown = subprocess.run(argv, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(shown.stdout)
    return told


def _curl(work: Path, imgur: LocalImgur, pictures: Path) -> Figures:
    """curl with as many transfers at once; its start is in its wall time."""
    lines = []
    for path in sorted(pictures.iterdir()):
        lines += [f'url = "{imgur.url}/3/upload"', f'form = "image=@{path}"', 'form = "type=file"']
        lines += [
            f'header = "Authorization: Client-ID {imgur.settings["IMGUR_SYNC_CLIENT_ID"]}"',
            'output = "/dev/null"',
            "next",
        ]
    config = work / "curl.txt"
    config.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    argv = ("curl", "-sS", "--parallel", "--parallel-immediate", "--parallel-max", str(IN_FLIGHT), "-K", str(config))
    return Figures("curl", (run(Command("curl", argv, work)),))
