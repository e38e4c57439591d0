"""A file that is moved while a plan looks at folders: no picture is sent twice, and none is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import EditAlbum, Upload
from tests.support.sync_stage import SyncStage


class MovingStage(SyncStage):
    """A stage on which a file is moved right after the first look at the folder of `after`."""

    after = ""
    source = target = Path()

    def _ports(self, *arguments: Any) -> Any:
        ports = super()._ports(*arguments)
        scan = ports.local.scan

        def scanned(spec: Any, **options: Any) -> Any:
            found = scan(spec, **options)
            if spec.key == self.after:
                self.after = ""
                self.source.rename(self.target)
            return found

        ports.local.scan = scanned
        return ports

    def fill(self) -> None:
        """The albums cats and dogs, with six pictures each, mirrored some time ago."""
        self.in_flight = 1
        for key, seeds in (("cats", range(6)), ("dogs", range(20, 26))):
            self.album(key)
            for seed in seeds:
                self.put(key, f"{seed}.png", seed)
        assert self.apply().codes == (ExitCode.DONE,)
        self.clock.advance(5000)

    def move(self, source: str, target: str) -> None:
        """Have this file moved as soon as the folder that it is in was looked at."""
        self.after, self.source, self.target = source.split("/")[0], self.base / source, self.base / target

    def equal(self) -> bool:
        """Whether each album shows what its folder holds."""
        return all(sorted(self.shown(key)) == sorted(self.wanted(key)) for key in self.albums)


def test_a_file_that_no_look_saw_keeps_its_picture(tmp_path: Path) -> None:
    """Seen in neither folder: once all is done there is one picture of it, in its new album, and none was sent."""
    with MovingStage(tmp_path) as stage:
        stage.fill()
        stage.put("cats", "0new.png", 90)
        stage.put("dogs", "0new.png", 91)
        stage.move("dogs/21.png", "cats/21.png")
        stage.after = "cats"
        stage.apply()
        stage.clock.advance(5000)
        assert stage.apply_in_time().codes == (ExitCode.DONE,)
        assert stage.uploads() == 14
        assert stage.equal()


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("restless", [False, True])
def test_a_file_that_two_looks_saw_keeps_its_picture(tmp_path: Path, restless: bool, anonymous: bool) -> None:
    """Seen in both folders: the first one, in order or not, is looked at again before anything is sent."""
    with MovingStage(tmp_path, anonymous=anonymous) as stage:
        stage.fill()
        if restless:
            stage.put("cats", "0new.png", 90)
        stage.move("cats/3.png", "dogs/3.png")
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 12 + restless
        assert stage.equal()


def test_a_file_that_a_sub_folder_took_while_it_was_looked_for_keeps_its_picture(tmp_path: Path) -> None:
    """One folder is looked at piece by piece: here, too, it was seen at both places."""
    with MovingStage(tmp_path) as stage:
        stage.fill()
        scan_again = stage.base / "cats" / "sub" / "3.png"
        scan_again.parent.mkdir()
        scan_again.write_bytes((stage.base / "cats" / "3.png").read_bytes())
        stage.move("cats/3.png", "gone.png")
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 12
        assert stage.equal()


def test_a_plan_of_such_a_file_is_one_of_a_move(tmp_path: Path) -> None:
    """Two credits, as the apply after it."""
    with MovingStage(tmp_path) as stage:
        stage.fill()
        stage.move("cats/3.png", "dogs/3.png")
        plan = stage.plan()
        assert [type(step) for album in plan.albums for step in album.wanted] == [EditAlbum, EditAlbum]
        assert plan.total.uploads == 0


def test_a_copy_is_sent_as_ever(tmp_path: Path) -> None:
    """The first file is where it was: nobody moved it."""
    with MovingStage(tmp_path) as stage:
        stage.fill()
        (stage.base / "dogs" / "3.png").write_bytes((stage.base / "cats" / "3.png").read_bytes())
        stage.move("cats/4.png", "cats/four.png")
        assert [type(step) for album in stage.plan().albums for step in album.wanted] == [Upload, EditAlbum]
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 13
        assert stage.equal()


def test_an_album_that_gives_nothing_away_keeps_its_picture(tmp_path: Path) -> None:
    """`never`: it is looked at again, and what it says is what it would have said at first."""
    with MovingStage(tmp_path) as stage:
        stage.fill()
        stage.change("cats", prune=Prune.NEVER)
        stage.move("cats/3.png", "dogs/3.png")
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 13
        assert len(stage.shown("cats")) == 6


def test_an_album_that_was_not_asked_for_is_not_looked_at(tmp_path: Path) -> None:
    """A run of some albums takes nothing from the others: the file is sent, as it is without a race."""
    with MovingStage(tmp_path) as stage:
        stage.fill()
        (stage.base / "cats" / "3.png").rename(stage.base / "dogs" / "3.png")
        assert stage.apply(albums=("dogs",)).codes == (ExitCode.DONE,)
        assert stage.uploads() == 13
        assert sorted(stage.shown("dogs")) == sorted(stage.wanted("dogs"))
