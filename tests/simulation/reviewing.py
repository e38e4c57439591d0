"""A plan that was reviewed, applied by its file and by its digest, and what must hold of that (I6), seen from Imgur."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from imgur_sync.errors import StaleError
from imgur_sync.model.event import Planned, StepDone, UploadStarted
from imgur_sync.model.plan import Plan
from imgur_sync.model.reviewed import Expected
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, Step, Upload
from imgur_sync.report.plan_file import plan_file
from imgur_sync.report.plan_reading import read_plan
from tests.simulation.oracle import must

if TYPE_CHECKING:
    from tests.simulation.playing import Play
    from tests.simulation.theatre import Run

_LATE = {"stale-read", "late-commit"}


def review(play: Play, step: Mapping[str, Any]) -> None:
    """Make a plan and write it to a file; then let happen what the step says, and judge each apply of it."""
    approvals: Mapping[Any, int] = {}
    if step.get("approve") == "right":
        seen = play.plan({"do": "plan"}).plan
        approvals = play.oracle.approvals(seen) if seen is not None else {}
    made = play.plan({"do": "plan", "options": {"bind": True, "approvals": approvals}}).plan
    if made is None:
        return
    file = read_plan(plan_file(made), "plan.json").expected
    must(file.digest == made.digest, "I6", f"the file of {made.digest} is read as {file.digest}")
    then, used = _looks(play, made), False
    for one in step["then"]:
        if "by" not in one:
            play.step(one)
            continue
        strict = one["by"] == "file"
        now = _looks(play, made)
        run = play.apply({name: value for name, value in one.items() if name != "by"}, reviewed=(made, file, strict))
        sent = [(s.method, s.path) for s in play.stage.weather.sent if s.method != "GET" and s.path != "/oauth2/token"]
        play.struck["reviewed"] += 1
        play.struck["reviewed and refused"] += isinstance(run.error, StaleError)
        play.struck["reviewed and begun"] += bool(sent)
        _nothing_else(run, made, file)
        if strict:
            must(not (used and sent), "I6", f"a plan file was applied twice: {sent[:1]}")
            # What others changed just then may not show yet.
            clear = not play.stage.options.knobs.lag and not _LATE & play.stage.struck_ever
            must(not (clear and now != then and sent), "I6", f"a plan file was applied to another world: {sent[:1]}")
            first = next((event.plan for event in run.events if isinstance(event, Planned)), None)
            other = first is not None and first.digest != file.digest
            must(not (other and sent), "I6", f"another plan than that of the file was applied: {sent[:1]}")
            used = used or bool(sent)


def _looks(play: Play, plan: Plan) -> object:
    """How the albums of the plan look on Imgur."""
    streets = {play.stage.street(album.album) for album in plan.albums if album.wanted}
    ids = {album_id for album_id, street in play.oracle.keys_of.items() if street in streets}
    albums = (album for album in play.stage.world.albums.values() if album.id in ids)
    # null, "" and missing texts are one
    return [(one.id, one.title or "", one.description or "", one.privacy, one.images, one.cover) for one in albums]


def _nothing_else(run: Run, plan: Plan, file: Expected) -> None:
    """Whatever is sent, made, taken out or deleted is in the plan that was reviewed."""
    allowed = set(_deeds(step for album in plan.albums for step in album.wanted))
    for event in run.events:
        done: Iterable[tuple[str, ...]] = ()
        if isinstance(event, UploadStarted):
            done = [(event.album, "Upload", event.path)]
        elif isinstance(event, StepDone):
            done = _deeds([event.step])
        for deed in done:
            must(deed in allowed, "I6", f"{deed} was done under {file.digest}, which does not hold it")


def _deeds(steps: Iterable[Step]) -> Iterable[tuple[str, ...]]:
    for step in steps:
        kind = type(step).__name__
        if isinstance(step, EditAlbum):
            yield from ((step.album, "out", place.path, place.digest) for place in (*step.detached, *step.retired))
            yield from ((step.album, name, value) for name, value in _fields(step) if value is not None)
        elif isinstance(step, Upload):
            yield step.album, kind, step.path
        elif isinstance(step, DeleteImage):
            yield step.album, kind, step.path, step.digest
        elif isinstance(step, CreateAlbum | DeleteAlbum):
            yield step.album, kind


def _fields(step: EditAlbum) -> Iterable[tuple[str, str | None]]:
    return ("title", step.title), ("description", step.description), ("privacy", step.privacy)
