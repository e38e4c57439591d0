"""A file that is moved between two albums while a plan looks at their folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from imgur_sync.errors import ExitCode
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


def test_a_file_that_no_look_saw_keeps_its_picture(tmp_path: Path) -> None:
    """Seen in neither folder: once all is done there is one picture of it, in its new album, and none was sent."""
    with MovingStage(tmp_path) as stage:
        stage.in_flight = 1
        for key, seeds in (("cats", range(6)), ("dogs", range(20, 26))):
            stage.album(key)
            for seed in seeds:
                stage.put(key, f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        stage.put("cats", "0new.png", 90)
        stage.put("dogs", "0new.png", 91)
        stage.source, stage.target = stage.albums["dogs"].root / "21.png", stage.albums["cats"].root / "21.png"
        stage.after = "cats"
        stage.apply()
        stage.clock.advance(5000)
        assert stage.apply_in_time().codes == (ExitCode.DONE,)
        assert stage.uploads() == 14
        for key in stage.albums:
            assert sorted(stage.shown(key)) == sorted(stage.wanted(key))
