"""A file that Imgur refuses for itself costs its ten credits once; a refusal of the album costs no file its turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, ImgurSyncError
from imgur_sync.model.plan import GateName
from tests.support.sync_stage import SyncStage

UPLOAD = {"method": "POST", "path": "/3/upload"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of four pictures, in order on Imgur, written long ago."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(1000)
        yield stage


def refuse(stage: SyncStage, status: int, text: str, **match: Any) -> None:
    """Have Imgur refuse uploads so from now on."""
    body = {"data": {"error": text}, "success": False, "status": status}
    fault = {"match": {**UPLOAD, **match}, "fault": "reply", "status": status, "body": body}
    stage.steer("faults", [fault])


def sent(stage: SyncStage) -> list[int]:
    """The statuses of all answers to uploads after the first four."""
    requests = stage.look("history")["requests"]
    return [entry["status"] for entry in requests if (entry["method"], entry["path"]) == ("POST", "/3/upload")][4:]


@pytest.mark.parametrize(("status", "text"), [(400, "Bad thing"), (403, "no"), (403, ""), (404, "none"), (415, "no")])
def test_a_file_refused_for_itself_is_sent_again_only_when_it_changes(stage: SyncStage, status: int, text: str) -> None:
    """Ten credits once; every later run says why it is missing (7); changed or with --retry-failed it is sent."""
    stage.put("cats", "x.png", 50)
    refuse(stage, status, text)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    for _ in range(2):
        stage.clock.advance(5000)
        finished = stage.apply()
        assert finished.codes == (ExitCode.PARTIAL,)
        assert [album.done for album in finished.albums] == [False]
    assert sent(stage) == [status]
    stage.apply(retry_failed=True)
    assert sent(stage) == [status] * 2
    stage.web.delete("/_simulator/faults")
    stage.put("cats", "x.png", 51)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("name", ["size-413", "html-413", "ticket-415"])
def test_a_file_refused_by_a_proxy_or_for_its_type_is_sent_again_when_somebody_says_so(
    stage: SyncStage, name: str
) -> None:
    stage.put("cats", "x.png", 50)
    stage.steer("faults", [{"fault": name, "match": {**UPLOAD, "nth": 1}}])
    for _ in range(2):
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        stage.clock.advance(5000)
    assert sent(stage) == [int(name[-3:])]
    assert stage.apply(retry_failed=True).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (429, "Slow down"),
        (403, "Imgur is temporarily over capacity. Please try again later."),
        (403, "You must own all the image ids to add them to album"),
        (403, "You do not have permission to add to this album"),
    ],
)
def test_a_refusal_of_something_else_is_forgotten_with_the_run(stage: SyncStage, status: int, text: str) -> None:
    """A limit, a throttled address, an album of somebody else: the file itself is sent by the next run."""
    stage.put("cats", "x.png", 50)
    refuse(stage, status, text, nth=1)
    assert code_of(stage) in (ExitCode.PARTIAL, ExitCode.BUDGET, ExitCode.TRY_LATER)
    stage.clock.advance(5000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def code_of(stage: SyncStage) -> ExitCode:
    """The exit code of a run, which may end in an error."""
    try:
        return stage.apply().codes[0]
    except ImgurSyncError as error:
        return error.exit_code


def test_a_file_refused_because_its_album_is_gone_is_not_to_blame(stage: SyncStage) -> None:
    """Deleted on the site between the plan and the upload: the album is asked about, and the file goes into the new
    one."""
    stage.put("cats", "x.png", 50)
    album = stage.remote("cats")["id"]
    made = stage._ports

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        before = ports.workers.before_job

        def strike(count: int) -> None:
            # the last GET before the upload showed it alive
            if count == 4:
                stage.steer("edit", {"op": "delete_album", "id": album})
            before(count)

        ports.workers.before_job = strike
        return ports

    stage._ports = ports
    refuse(stage, 404, "Unable to find the album", nth=1)
    finished = stage.apply()
    assert sent(stage) == [404]
    assert ExitCode.GATE in finished.codes
    stage._ports = made
    assert stage.apply({GateName.RESTORE: 4}).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_an_album_that_refuses_file_after_file_is_left_alone(stage: SyncStage) -> None:
    """Three in a row (and what is under way beside them) are enough; the others are not spent on it in this run."""
    stage.in_flight = 1
    for seed in range(50, 70):
        stage.put("cats", f"{seed}.png", seed)
    refuse(stage, 400, "Bad thing")
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert sent(stage) == [400] * 3
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(5000)
    stage.apply()
    assert stage.apply(retry_failed=True).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_one_bad_file_does_not_stop_the_others(stage: SyncStage) -> None:
    """The second of six is refused: five go in, the album is edited, and only the bad one is missing."""
    stage.in_flight = 1
    for seed in range(50, 56):
        stage.put("cats", f"{seed}.png", seed)
    refuse(stage, 404, "nothing here", nth=2)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert sorted(sent(stage)) == [200] * 5 + [404]
    shown = stage.shown("cats")
    assert shown == [digest for digest in stage.wanted("cats") if digest in shown]
