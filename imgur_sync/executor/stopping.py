"""What a run did that was ended before its end: by a signal, by Imgur, or by the network."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.errors import BudgetError, ImgurSyncError
from imgur_sync.executor.session import Session
from imgur_sync.model.event import Event, Planned, RunFinished, StepDone, UploadDone, UploadFound
from imgur_sync.model.plan import AlbumPlan, Plan, Price
from imgur_sync.model.step import DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.model.synced import IntentStatus
from imgur_sync.planner.price import price_albums
from imgur_sync.planner.remarks import doubt_text


class Deeds:
    """The last plan of a run, and which of its steps were done since, as the run's events tell.

    `agreed` is set when the plan may be carried out: before that there is nothing to tell.
    """

    def __init__(self) -> None:
        self.agreed = False
        self._plan: Plan | None = None
        self._done: set[tuple[object, ...]] = set()

    def take(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case Planned(plan=plan):
                self._plan = plan
                self._done.clear()
            case UploadDone(album=album, path=path) | UploadFound(album=album, path=path):
                self._done.add((Upload, album, path))
            case StepDone(step=step):
                self._done.add(_name(step))
            case _:
                pass

    def left(self) -> Plan | None:
        """The last plan without what was done of it; None while nothing may be done."""
        if self._plan is None or not self.agreed:
            return None
        albums = [self._left_of(album) for album in self._plan.albums]
        return replace(self._plan, albums=tuple(albums), price=Price(), total=price_albums(albums, wanted=True))

    def _left_of(self, album: AlbumPlan) -> AlbumPlan:
        left = tuple(step for step in album.wanted if _name(step) not in self._done)
        if left == album.wanted:
            return album
        steps = tuple(step for step in album.steps if _name(step) not in self._done)
        # What the state alone had to be told goes with the edit.
        return replace(album, wanted=left, steps=steps, placements=(), detachments=(), released=())


def _name(step: Step) -> tuple[object, ...]:
    """What tells the steps of one plan apart, also after one was narrowed down before it was sent."""
    match step:
        case Upload(album=album, path=path) | EditImage(album=album, path=path) | DeleteImage(album=album, path=path):
            return type(step), album, path
        case EditAlbum(album=album, narrows=narrows):
            return EditAlbum, album, narrows
        case _:
            return type(step), step.album


def cut_short(session: Session, run: RunFinished, error: ImgurSyncError) -> RunFinished:
    """The result of a run that this error ends: its exit code, and what is in doubt in each album."""
    return replace(
        with_doubts(session, run),
        codes=(error.exit_code,),
        resume_at=error.resume_at if isinstance(error, BudgetError) else session.waiting_until,
        stopped=True,
    )


def with_doubts(session: Session, run: RunFinished) -> RunFinished:
    """The result of a run that could not look at what it did: every request in doubt is told with its album."""
    doubts: dict[str, list[str]] = {}
    for intent in session.store.intents(IntentStatus.OPEN):
        doubts.setdefault(intent.album, []).append(doubt_text(intent))
    albums = []
    for album in run.albums:
        here = [text for text in doubts.get(album.album, ()) if text not in album.problems]
        done = album.done and album.album not in doubts
        problems = (*session.tally(album.album).problems, *here) if album.done else (*album.problems, *here)
        albums.append(replace(album, done=done, problems=() if done else problems))
    return replace(run, albums=tuple(albums), in_doubt=sum(len(texts) for texts in doubts.values()))
