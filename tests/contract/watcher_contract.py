"""What every `Watcher` promises. A test class inherits this and gives the fixture `stage`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from imgur_sync.model.hint import Cause, Deaf, LookAtAll, Touched, WatchedRoot
from imgur_sync.model.ports import Clock, Watcher

PATIENCE = 60.0


class Stage(Protocol):
    """A watcher, and folders that change."""

    clock: Clock
    watcher: Watcher
    base: Path

    def put(self, path: Path) -> None:
        """Write a file; the folders around it are made."""
        ...

    def make(self, path: Path) -> None:
        """Make a folder, and those around it."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a folder with all in it."""
        ...


def told(stage: Stage, wanted: LookAtAll | Touched) -> list[LookAtAll | Touched]:
    """Takes hints until one covers what is wanted; returns them all."""
    end = stage.clock.monotonic() + PATIENCE
    seen: list[LookAtAll | Touched] = []
    while (hint := stage.watcher.next(end)) is not None:
        seen.append(hint)
        match hint, wanted:
            case LookAtAll(), LookAtAll():
                if hint.cause is wanted.cause and hint.albums == wanted.albums:
                    return seen
            case Touched(), Touched():
                if hint.album == wanted.album and {*wanted.folders} <= {*hint.folders}:
                    return seen
    raise AssertionError(f"{wanted} was not told: {seen}")


class WatcherContract:
    """Inherited by the tests of every implementation."""

    def started(self, stage: Stage, *roots: WatchedRoot) -> None:
        """Watch these roots, which are made, and take what is told at the start."""
        for root in roots:
            stage.make(root.path)
        stage.watcher.watch(roots)
        albums = tuple(sorted({album for root in roots for album in root.albums}))
        assert told(stage, LookAtAll(Cause.START, albums)) == [LookAtAll(Cause.START, albums)]

    def nothing(self, stage: Stage) -> None:
        """No hint comes, and the deadline is kept to."""
        deadline = stage.clock.monotonic() + 0.02
        assert stage.watcher.next(deadline) is None
        assert stage.clock.monotonic() >= deadline

    def test_at_the_start_all_albums_are_to_be_looked_at_once(self, stage: Stage) -> None:
        """Sorted, in one hint."""
        cats, dogs = stage.base / "cats", stage.base / "dogs"
        self.started(stage, WatchedRoot(dogs, ("dogs", "all")), WatchedRoot(cats, ("cats",)))
        self.nothing(stage)
        assert stage.watcher.unwatched() == ()

    def test_a_new_file_is_told_with_its_folder(self, stage: Stage) -> None:
        """To the album that it lies in."""
        cats, dogs = stage.base / "cats", stage.base / "dogs"
        stage.make(cats / "in")
        self.started(stage, WatchedRoot(dogs, ("dogs",)), WatchedRoot(cats, ("cats",)))
        stage.put(cats / "in" / "one.png")
        seen = told(stage, Touched("cats", ("in",)))
        assert {hint.album for hint in seen if isinstance(hint, Touched)} == {"cats"}

    def test_one_folder_may_be_that_of_several_albums(self, stage: Stage) -> None:
        """Each is told, with the folder as it sees it; one without sub-folders is not told of them."""
        cats = stage.base / "cats"
        stage.make(cats / "kittens")
        roots = (
            WatchedRoot(cats, ("cats",)),
            WatchedRoot(cats, ("flat",), recursive=False),
            WatchedRoot(cats / "kittens", ("kittens",)),
        )
        self.started(stage, *roots)
        stage.put(cats / "kittens" / "one.png")
        seen = told(stage, Touched("kittens", ("",)))
        seen += [] if Touched("cats", ("kittens",)) in seen else told(stage, Touched("cats", ("kittens",)))
        assert all(hint.album != "flat" for hint in seen if isinstance(hint, Touched))
        stage.put(cats / "two.png")
        told(stage, Touched("flat", ("",)))

    def test_our_own_folder_and_litter_make_no_hint(self, stage: Stage) -> None:
        """Whatever is written into them; the pattern file, which no album holds, does make one."""
        cats = stage.base / "cats"
        stage.make(cats / ".imgur-sync")
        stage.make(cats / "last")
        self.started(stage, WatchedRoot(cats, ("cats",)))
        for name in (".imgur-sync/state.db", "Thumbs.db", "one.png.part", ".#one.png"):
            stage.put(cats / name)
        stage.put(cats / "last" / "one.png")
        assert all(hint == Touched("cats", ("last",)) for hint in told(stage, Touched("cats", ("last",))))
        stage.put(cats / ".imgursyncignore")
        told(stage, Touched("cats", ("",)))

    def test_other_roots_can_be_watched_from_now_on(self, stage: Stage) -> None:
        """Only new albums, and those with another folder, are told as new; what is watched no more is silent."""
        cats, dogs, owls = (stage.base / name for name in ("cats", "dogs", "owls"))
        self.started(stage, WatchedRoot(cats, ("cats",)), WatchedRoot(dogs, ("dogs",)))
        stage.make(owls)
        stage.watcher.watch([WatchedRoot(cats, ("cats",)), WatchedRoot(dogs, ("dogs",))])
        self.nothing(stage)
        stage.watcher.watch([WatchedRoot(cats, ("cats",)), WatchedRoot(owls, ("dogs", "owls"))])
        assert told(stage, LookAtAll(Cause.START, ("dogs", "owls"))) == [LookAtAll(Cause.START, ("dogs", "owls"))]
        stage.put(dogs / "one.png")
        stage.put(owls / "one.png")
        stage.put(cats / "one.png")
        seen = told(stage, Touched("cats", ("",)))
        assert {hint.album for hint in seen if isinstance(hint, Touched)} <= {"cats", "dogs", "owls"}
        stage.watcher.watch([WatchedRoot(cats, ("cats",))])
        stage.put(owls / "two.png")
        stage.put(cats / "two.png")
        assert all(hint == Touched("cats", ("",)) for hint in told(stage, Touched("cats", ("",))))

    def test_a_folder_that_goes_and_comes_back_is_told(self, stage: Stage) -> None:
        """As gone, with a sentence; then as to be looked at."""
        cats = stage.base / "cats"
        self.started(stage, WatchedRoot(cats, ("cats",)))
        stage.remove(cats)
        gone = told(stage, LookAtAll(Cause.GONE, ("cats",)))[-1]
        assert isinstance(gone, LookAtAll)
        assert gone.text
        assert [(one.root, one.albums, one.why) for one in stage.watcher.unwatched()] == [(cats, ("cats",), Deaf.GONE)]
        stage.make(cats)
        told(stage, LookAtAll(Cause.BACK, ("cats",)))
        assert stage.watcher.unwatched() == ()
        stage.put(cats / "one.png")
        told(stage, Touched("cats", ("",)))

    def test_a_folder_that_is_not_trusted_is_said_not_to_be_watched(self, stage: Stage) -> None:
        """With a sentence, once; what is not watched anyway, or not known, is no matter."""
        cats, dogs = stage.base / "cats", stage.base / "dogs"
        self.started(stage, WatchedRoot(cats, ("cats",)), WatchedRoot(dogs, ("dogs",)))
        stage.watcher.distrust(["cats", "owls"])
        silent = told(stage, LookAtAll(Cause.UNWATCHED, ("cats",)))[-1]
        assert isinstance(silent, LookAtAll)
        assert silent.text
        stage.watcher.distrust(["cats"])
        assert [(one.root, one.why) for one in stage.watcher.unwatched()] == [(cats, Deaf.SILENT)]
        stage.put(cats / "one.png")
        stage.put(dogs / "one.png")
        seen = told(stage, Touched("dogs", ("",)))
        assert all(isinstance(hint, Touched) and hint.album == "dogs" for hint in seen), seen

    def test_only_the_names_that_matter_are_told(self, stage: Stage) -> None:
        """Of a root of which some names are wanted; whatever they are, and beside an album with the same root."""
        home, cats = stage.base / "home", stage.base / "cats"
        named = WatchedRoot(home, ("(settings)",), False, frozenset({"sync.toml", ".git"}))
        self.started(stage, named, WatchedRoot(cats, ("cats",)))
        stage.put(home / "other.toml")
        stage.put(home / "sync.toml~")
        stage.put(cats / "one.png")
        seen = told(stage, Touched("cats", ("",)))
        assert all(isinstance(hint, Touched) and hint.album == "cats" for hint in seen), seen
        for name in ("sync.toml", ".git"):
            stage.put(home / name)
            told(stage, Touched("(settings)", ("",)))

    def test_waking_ends_one_wait_and_loses_nothing(self, stage: Stage) -> None:
        """Before the wait as well as in it; the hint that was there comes next."""
        cats = stage.base / "cats"
        stage.make(cats)
        stage.watcher.watch([WatchedRoot(cats, ("cats",))])
        stage.watcher.wake()
        assert stage.watcher.next(None) is None
        assert stage.watcher.next(None) == LookAtAll(Cause.START, ("cats",))

    def test_after_closing_nothing_is_told(self, stage: Stage) -> None:
        """At once, without a deadline; closing twice is no error."""
        cats = stage.base / "cats"
        stage.make(cats)
        stage.watcher.watch([WatchedRoot(cats, ("cats",))])
        stage.watcher.close()
        stage.watcher.close()
        assert stage.watcher.next(None) is None
        assert stage.watcher.next(None) is None
