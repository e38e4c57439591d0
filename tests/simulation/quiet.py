"""The quiet phase: faults stop, files stay, approvals are given as the plan asks, time passes. At most three applies
that could act must converge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName, Plan
from tests.simulation.judging_lives import obstacles
from tests.simulation.oracle import Broken, must
from tests.simulation.vocabulary import ALL

if TYPE_CHECKING:
    from tests.simulation.playing import Play
    from tests.simulation.theatre import Run

DAY = 86_400.0
APPLIES = 3
KEYLESS = "deletehash was lost"


def quiet(play: Play) -> None:
    """Converge, or raise `Broken`."""
    stage, oracle = play.stage, play.oracle
    oracle.quiet = True
    began = stage.clock.true()
    # What was written while a clock was ahead is in doubt until that time has come.
    stage.clock.advance(max(2 * DAY, play.acts.ahead + 4000.0) if play.acts.shifted else 4000.0)
    acting, logins = 0, 0
    codes: tuple[int, ...] = ()
    # Protection that ends holds for one run still.
    while acting < APPLIES + play.acts.unprotected:
        # Whoever was at the daily limit on five days of a month waits for the next one.
        struck = any(ALL[kind].number == "F17" for kind in stage.struck_ever) or play.acts.striked
        must(
            stage.clock.true() - began <= (40 if struck else 7) * DAY,
            "V3",
            "the quiet phase takes more than seven days",
        )
        plan = _accepted(play)
        run = play.apply({"do": "apply", "approve": "right", "options": {"retry_failed": stage.any_failed()}}, plan)
        codes = run.codes
        if ExitCode.CREDENTIALS in codes:
            logins += 1
            must(logins == 1, "V1", "logged in again, and the credentials are refused")
            stage.log_in_again()
            continue
        if ExitCode.BUDGET in codes:
            _wait_for_budget(play, run.finished.resume_at if run.finished is not None else None, run.error)
            continue
        acting += 1
        if codes == expected(play, run) and not _open(run):
            break
        stage.clock.advance(2 * stage.settle + 100)
    wanted = expected(play, run)
    if run.finished is not None:
        stay = obstacles(oracle)
        left = [album for album in run.finished.left.albums if album.album not in stay]
        blocked = [item for album in left for item in album.blocked if KEYLESS not in item.reason]
        for item in blocked:
            must(" twice" not in item.reason, "V1 ignored", f"{item.album}: {item.path} {item.reason}")
            must(False, "V1", f"{item.album}: blocked: {item.path} {item.reason}")
    must(
        codes == wanted and not _open(run),
        "V1",
        f"after {acting} applies the exit codes are {codes}, not {wanted}: {_why(run)}",
    )
    _stays(play)


def expected(play: Play, run: Run) -> tuple[int, ...]:
    """The exit codes of an apply when all is in order: what cannot be sent makes it partial, and so does, without an
    account, a picture whose deletehash never arrived."""
    flawed = any(play.acts.streets.flawed(key) for key in play.stage.albums)
    if run.finished is not None and play.stage.anonymous:
        lost = [item for album in run.finished.left.albums for item in album.blocked if KEYLESS in item.reason]
        flawed = flawed or bool(lost)
    codes = {code.value for code in obstacles(play.oracle).values()} | ({ExitCode.PARTIAL.value} if flawed else set())
    return tuple(sorted(codes, reverse=True)) or (ExitCode.DONE.value,)


def _open(run: Run) -> bool:
    """Whether anything is left to do or in doubt, whatever the code says of files that cannot be sent."""
    left = run.finished.left.albums if run.finished is not None else ()
    return any(album.wanted or album.unsettled or album.gates for album in left)


def _why(run: Run) -> str:
    """What the last apply told of what is left."""
    if run.finished is None:
        return repr(run.error)
    told = [f"{album.album}: {album.problems}" for album in run.finished.albums if album.problems]
    left = [
        (a.album, a.wanted, a.gates, a.blocked, a.unsettled, a.errors) for a in run.finished.left.albums if not a.quiet
    ]
    return f"{told} {left}"[:1500]


def _wait_for_budget(play: Play, resume_at: float | None, error: object) -> None:
    moment = resume_at if resume_at is not None else getattr(error, "resume_at", None)
    clock = play.stage.clock
    clock.advance(max(1.0, moment - clock.now() + 1) if moment is not None else 3600.0)


def _accepted(play: Play) -> Plan | None:
    """The plan, once a person has looked at the folders and confirmed that they are the right ones."""
    plan = play.plan({"do": "plan"}).plan
    roots = [a.album for a in plan.albums if any(gate.name is GateName.ROOT for gate in a.gates)] if plan else []
    for key in roots:
        play.stage.accept_root(key)
        play.oracle.accepted.add(play.stage.street(key))
    return play.plan({"do": "plan"}).plan if roots else plan


def _stays(play: Play) -> None:
    """Nothing is left to do, and looking costs GETs only; another apply changes nothing."""
    play.stage.clock.advance(play.stage.options.knobs.lag + 1)
    plan = play.plan({"do": "plan"}).plan
    if plan is None:
        raise Broken("I2", "there is no plan when all is in order")
    for album in plan.albums:
        must(not album.wanted, "I2", f"{album.album}: the next plan wants {album.wanted}")
        must(not album.unsettled, "I2", f"{album.album}: in doubt: {album.unsettled}")
    deeds = len(play.watcher.deeds)
    play.apply({"do": "apply"})
    done = [sent for sent in play.stage.weather.sent if sent.method != "GET" and sent.path != "/oauth2/token"]
    must(not done, "I2", f"another apply sent {[(sent.method, sent.path) for sent in done]}")
    must(len(play.watcher.deeds) == deeds, "I2", "another apply changed something")
