"""Does the real Imgur do what the simulator does?

    python -m tests.contract.conformance            on the simulator
    python -m tests.contract.conformance --real     on Imgur, with the credentials of IMGUR_SYNC_…

The second one asks first, spends at most 300 credits, changes nothing but pictures and albums that it made itself, and
deletes them at its end, whatever that is. What it could not delete stands in a file, and `--clean` tries again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType

import httpx

from imgur_sync.simulator.testing import Running, running
from tests.contract.conformance.belongings import Belongings, Lost, Thing
from tests.contract.conformance.case import Case
from tests.contract.conformance.cases import CASES, PRICE
from tests.contract.conformance.entering import Refused, enter, is_here
from tests.contract.conformance.made import Access
from tests.contract.conformance.meter import CAP, Stopped
from tests.contract.conformance.run import Result, document, line, not_tried, tried
from tests.contract.conformance.visit import Visit

DONE, DIFFERS, LEFT, NOT_ALL, DECLINED, USAGE, INTERRUPTED = 0, 1, 3, 7, 10, 64, 130
SETTLE, PACE = 2.0, 5.0
"""Seconds at the real Imgur: after a write before a read (imgur-api §8.2), and before an upload (§3)."""


def main(arguments: Sequence[str]) -> int:
    """Run it; the exit code: 0 all agree, 1 some differ, 3 something is left at Imgur, 7 not all could be tried, 10
    declined, 64 wrong usage, 130 Ctrl-C."""
    chosen = _parser().parse_args(arguments)
    cases = [one for one in CASES if not chosen.case or one.name in chosen.case]
    if unknown := set(chosen.case or ()) - {one.name for one in CASES}:
        sys.stderr.write(f"there is no case {', '.join(sorted(unknown))}\n")
        return USAGE
    try:
        if not chosen.real:
            with running() as server:
                return visit_imgur(local(server), Belongings(), cases, as_json=chosen.json)
        return _real(chosen, cases)
    except (Refused, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE


def local(server: Running) -> Access:
    """The simulator as somebody who has logged in finds it."""
    given = {"account_id": 10_000_001, "token_type": "bearer", "access_token": server.access_token}
    return Access(server.url, server.client_id, server.client_secret, server.access_token, given)


def _real(chosen: argparse.Namespace, cases: Sequence[Case]) -> int:
    belongings = Belongings.open(Path(chosen.left))
    before = len(belongings.things) + 2 * len(belongings.lost)
    price = before if chosen.clean else PRICE + before
    if price > CAP:
        raise Refused(f"{price} credits are too many: {before} of them for what {chosen.left} has; first --clean")
    url = os.environ.get("IMGUR_SYNC_API_URL", "https://api.imgur.com").rstrip("/")
    what = "delete what a run before left" if chosen.clean else f"try {len(cases)} cases"
    sys.stderr.write(
        f"This is to {what} at {url}, for at most {price} credits (never more than {CAP}).\n"
        "It makes pictures and albums of its own in the account and deletes them; nothing else is changed.\n"
        f"What is there stands in {chosen.left} until it is deleted. Go on? Type yes: "
    )
    sys.stderr.flush()
    if sys.stdin.readline().strip() != "yes":
        sys.stderr.write("nothing was sent\n")
        return DECLINED
    access = enter(url, os.environ, Path(f"{chosen.left}.token"))
    return visit_imgur(access, belongings, [] if chosen.clean else cases, as_json=chosen.json)


def visit_imgur(access: Access, belongings: Belongings, cases: Sequence[Case], *, as_json: bool) -> int:
    """Try the cases and delete what they made, also when this is interrupted; tell of all of it."""
    settle, pace = (0.0, 0.0) if is_here(access.url) else (SETTLE, PACE)
    results: list[Result] = []
    interrupted = False
    with _interruptible(), httpx.Client(timeout=60, trust_env=not is_here(access.url)) as http:
        visit = Visit(access, belongings, settle=settle, pace=pace, http=http)
        try:
            if belongings.things or belongings.lost:
                visit.clean()
            for result in tried(cases, visit, lambda result: None if as_json else _say(line(result))):
                results.append(result)
        except (httpx.HTTPError, Stopped) as error:
            sys.stderr.write(f"what a run before left cannot be deleted now: {type(error).__name__}: {error}\n")
        except KeyboardInterrupt:
            interrupted = True
            sys.stderr.write("stopped; what was made is being deleted, Ctrl-C again leaves it there\n")
        finally:
            left = _cleaned(visit)
    results += [not_tried(case, "the run ended before") for case in cases[len(results) :]]
    _tell(results, left, visit.meter.spent, belongings, as_json=as_json)
    if left:
        return LEFT
    if interrupted:
        return INTERRUPTED
    verdicts = {result.verdict for result in results if not result.seen.startswith("not tried")}
    return DIFFERS if "differs" in verdicts else NOT_ALL if "not tried" in verdicts else DONE


def _cleaned(visit: Visit) -> list[Thing | Lost]:
    """Delete everything; what is left if that ends early."""
    with contextlib.suppress(KeyboardInterrupt, httpx.HTTPError, Stopped):
        return visit.clean()
    return [*visit.belongings.things.values(), *visit.belongings.lost.values()]


def _tell(
    results: Sequence[Result], left: Sequence[Thing | Lost], spent: int, belongings: Belongings, *, as_json: bool
) -> None:
    told = document(results, [asdict(thing) for thing in left], spent)
    if as_json:
        _say(json.dumps(told, indent=1))
    else:
        counts = ", ".join(f"{count} {verdict}" for verdict, count in told["counts"].items())
        _say(f"\n{counts}; {spent} credits")
    for thing in left:
        name = thing.id if isinstance(thing, Thing) else f"perhaps, titled {thing.title!r}: its answer was lost"
        sys.stderr.write(f"still at Imgur: {'' if thing.owned else 'anonymous '}{thing.kind} {name}\n")
        if isinstance(thing, Lost) and not thing.owned:
            sys.stderr.write("nobody can find that one again; the file may go once the rest is deleted\n")
    if left and belongings.path is not None:
        sys.stderr.write(f"it stands in {belongings.path}; --real --clean tries again\n")


def _say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP are like Ctrl-C."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.contract.conformance", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--real", action="store_true", help="at IMGUR_SYNC_API_URL, by default https://api.imgur.com")
    parser.add_argument("--clean", action="store_true", help="only delete what a run before left; with --real")
    parser.add_argument("--case", action="append", metavar="NAME", help="only this one, and others named so")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--left", metavar="FILE", default="conformance-left.jsonl", help="what is there to be deleted (%(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
