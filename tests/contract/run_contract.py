"""What every `StateStore` promises of its history of runs. Inherited by the tests of every implementation; `store` is
an empty one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgur_sync.model.change import (
    AlbumGone,
    EditDone,
    FileFailed,
    PictureAdopted,
    PictureDeleted,
    PictureDetached,
    PictureGone,
    PicturePlaced,
    PictureReleased,
    UrlRetired,
)
from imgur_sync.model.history import Run, StepKind
from imgur_sync.model.ports import StateStore
from imgur_sync.model.synced import FailedFile, RetiredUrl
from tests.contract.intent_contract import CATS, digest_of, picture, upload

DRAFT = Run(0, "apply", 100.0, ("cats", "tr*"))


class RunContract:
    """The history: runs, their ends, and what each did."""

    def test_an_empty_history(self, store: StateStore) -> None:
        """Nothing is found, and nothing raises."""
        assert store.runs() == ()
        assert store.run_steps(1) == ()

    def test_a_run_has_no_end_until_it_is_written(self, store: StateStore) -> None:
        """As it is after a kill."""
        run = store.begin_run(DRAFT)
        assert run == replace(DRAFT, number=1)
        assert store.runs() == (run,)
        ended = replace(run, ended_at=160.0, exit_codes=(7, 3, 6), credits=43, uploaded_bytes=2**40)
        store.end_run(ended)
        assert store.runs() == (ended,)

    def test_runs_come_newest_first(self, store: StateStore) -> None:
        """As many as are asked for."""
        for number in range(1, 6):
            store.end_run(replace(store.begin_run(replace(DRAFT, started_at=float(number))), ended_at=9.0))
        assert [run.number for run in store.runs()] == [5, 4, 3, 2, 1]
        assert [run.started_at for run in store.runs(2)] == [5.0, 4.0]

    def test_an_unknown_run_cannot_end(self, store: StateStore) -> None:
        """That is an error of the caller."""
        with pytest.raises(KeyError):
            store.end_run(replace(DRAFT, number=7))

    def test_what_is_recorded_during_a_run_belongs_to_it(self, store: StateStore) -> None:
        """Each thing with its place and time, in order; what comes before or after belongs to none."""
        store.record(CATS, PictureAdopted(picture("p0", path="old.jpg")))
        run = store.begin_run(DRAFT)
        intent = store.open_intent(upload())
        store.record(PictureAdopted(picture("p1", path="a\udcff.jpg"), intent.number))
        store.record(PictureAdopted(picture("p2", path="b.jpg")))
        store.record(
            PicturePlaced("p0", "cats", "new.jpg", digest_of("tom"), 130.0),
            UrlRetired(RetiredUrl("cats", "c.jpg", "o", "n", "ol", "nl", 131.0)),
            EditDone("cats", 132.0),
            PictureDetached("p2", 133.0),
            FileFailed(FailedFile("cats", "x.jpg", "d", "refused", 134.0)),
        )
        store.end_run(replace(run, ended_at=150.0, exit_codes=(0,)))
        store.record(PictureGone("p1", 160.0))
        told = [(step.kind, step.album, step.path, step.detail) for step in store.run_steps(run.number)]
        assert told == [
            (StepKind.UPLOADED, "cats", "a\udcff.jpg", "p1"),
            (StepKind.ADOPTED, "cats", "b.jpg", "p2"),
            (StepKind.PLACED, "cats", "new.jpg", "cats/old.jpg"),
            (StepKind.REPLACED, "cats", "c.jpg", "o"),
            (StepKind.EDITED, "cats", "", ""),
            (StepKind.DETACHED, "cats", "b.jpg", "p2"),
            (StepKind.FAILED, "cats", "x.jpg", "refused"),
        ]
        assert [step.number for step in store.run_steps(run.number)] == list(range(1, 8))
        (known,) = store.runs()
        assert known.count(StepKind.UPLOADED) == known.count(StepKind.EDITED) == 1
        assert known.count(*StepKind) == 7

    def test_every_departure_is_told(self, store: StateStore) -> None:
        """Deleted, un-managed, found gone; and an album made, and gone."""
        run = store.begin_run(DRAFT)
        store.record(CATS, *(PictureAdopted(picture(f"p{n}", path=f"{n}.jpg")) for n in range(3)))
        store.record(PictureDeleted("p0", 120.0), PictureReleased("p1", 121.0), PictureGone("p2", 122.0))
        store.record(AlbumGone("cats"))
        kinds = [step.kind for step in store.run_steps(run.number)]
        adopted = [StepKind.ADOPTED] * 3
        assert kinds == [
            StepKind.ALBUM_MADE,
            *adopted,
            StepKind.DELETED,
            StepKind.RELEASED,
            StepKind.GONE,
            StepKind.ALBUM_GONE,
        ]

    def test_a_record_that_fails_leaves_no_step(self, store: StateStore) -> None:
        """History and state are written together or not at all."""
        run = store.begin_run(DRAFT)
        store.record(CATS, PictureAdopted(picture("p1")))
        with pytest.raises(KeyError):
            store.record(PictureDetached("p1", 120.0), PictureDetached("nobody", 120.0))
        assert [step.kind for step in store.run_steps(run.number)] == [StepKind.ALBUM_MADE, StepKind.ADOPTED]

    def test_old_runs_that_did_nothing_are_forgotten(self, store: StateStore) -> None:
        """A run every five minutes for a year is no reason for the state to grow; one that did something stays."""
        first = store.begin_run(DRAFT)
        store.record(CATS)
        for _ in range(1001):
            store.begin_run(DRAFT)
        numbers = [run.number for run in store.runs()]
        assert numbers == [*range(1002, 2, -1), first.number]
