"""The JSON of plans, runs and everything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from imgur_sync.errors import CredentialsError, ExitCode, ManifestError, ManifestProblem
from imgur_sync.model.budget import Budget, LimitName
from imgur_sync.model.event import AlbumResult, RunFinished
from imgur_sync.model.local import Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, Deferred, Gate, GateName, Placement, Plan, Withheld
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.model.synced import FailedFile, Intent, IntentKind
from imgur_sync.report import jsons
from imgur_sync.report.status import AlbumStatus, Status

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
Uploads = Callable[..., Upload]


def test_every_document_has_a_kind_and_a_version(plan: Plans, budget: Budget, tmp_path: Path) -> None:
    """Whoever reads it knows what it reads."""
    manifest = Manifest(tmp_path / "sync.toml", "ab", (AlbumSpec("cats", "cats", tmp_path),), tmp_path / "state.db")
    texts = {
        "plan": jsons.plan_json(plan()),
        "run": jsons.run_json(RunFinished((ExitCode.DONE,), (), 0, 0, 0, 0, 0, plan())),
        "status": jsons.status_json(Status("state.db", "lin", ())),
        "credits": jsons.credits_json(budget),
        "links": jsons.links_json(
            [("cats", "Cats", "https://imgur.com/a/x", [("a.jpg", "https://i.imgur.com/a.jpg")])]
        ),
        "validate": jsons.validate_json(manifest),
        "error": jsons.error_json(CredentialsError("no", hint="yes")),
    }
    for kind, text in texts.items():
        document = json.loads(text)
        assert (document["kind"], document["format_version"]) == (kind, 1)
        assert text == json.dumps(document, sort_keys=True, indent=2) + "\n"


def test_a_plan_names_every_step_once_with_its_kind(album: Albums, plan: Plans, upload: Uploads) -> None:
    """What is wanted, what is granted, what a gate or the budget holds back, with the price of both."""
    steps: tuple[Step, ...] = (
        CreateAlbum("cats", "Cats"),
        upload("a.jpg"),
        EditAlbum("cats", detached=()),
        EditImage("cats", "a.jpg", "0" * 64, "A", None),
        DeleteImage("cats", "b.jpg", "0" * 64),
        DeleteAlbum("cats"),
    )
    cats = album(
        *steps,
        steps=steps[:1],
        withheld=(Withheld(steps[4], GateName.PRUNE),),
        deferred=(Deferred(steps[1], LimitName.UPLOADS),),
        gates=(Gate(GateName.PRUNE, "cats", 37, "too many"),),
        unsendable=(Unsendable("bad.jpg", Why.EMPTY),),
    )
    document = json.loads(jsons.plan_json(plan(cats)))
    (told,) = document["albums"]
    kinds = ["create_album", "upload", "edit_album", "edit_image", "delete_image", "delete_album"]
    assert [step["kind"] for step in told["wanted"]] == kinds
    assert [step["kind"] for step in told["steps"]] == ["create_album"]
    assert (told["withheld"][0]["gate"], told["withheld"][0]["step"]["path"]) == ("prune", "b.jpg")
    assert (told["deferred"][0]["limit"], told["deferred"][0]["step"]["reason"]) == ("uploads", "new")
    assert document["approve"] == {"prune": 37}
    assert told["unsendable"] == [{"path": "bad.jpg", "why": "empty file", "detail": ""}]
    assert document["price"] == {
        "credits": 43,
        "writes": 41,
        "reads": 2,
        "posts": 6,
        "uploads": 4,
        "upload_bytes": 1_200_000,
    }


def test_ids_stay_out_of_a_plan(album: Albums, plan: Plans) -> None:
    """Whoever has the id of a hidden picture or album can see it, and plans are shown to others."""
    cats = album(
        replaced=(("tom.jpg", "SECRETid"),),
        placements=(Placement("SECRETid", "cats", "a.jpg", "0" * 64),),
        detachments=("SECRETid",),
        released=("SECRETid",),
        pairs=(("a.jpg", "SECRETid"),),
        leaving=frozenset({"SECRETid"}),
        deleting=(("a.jpg", "SECRETid"),),
        unpaired_pictures=(("0" * 64, "SECRETid"),),
    )
    assert "SECRETid" not in jsons.plan_json(plan(cats))


def test_a_run_lists_all_its_exit_codes_and_no_links(album: Albums, plan: Plans) -> None:
    """The ruling code is the first; pages of hidden albums are not told."""
    result = AlbumResult("cats", "Cats", 3, 1, False, "https://imgur.com/a/SECRETid", ("x.jpg: empty file",))
    run = RunFinished((ExitCode.PARTIAL, ExitCode.GATE, ExitCode.BUDGET), (result,), 3, 900, 1, 0, 31, plan(), 1e9)
    text = jsons.run_json(run)
    document = json.loads(text)
    assert document["exit_code"] == 7
    assert document["exit_codes"] == [7, 3, 6]
    assert document["resume_at"] == "2001-09-09T01:46:40Z"
    assert document["albums"][0]["problems"] == ["x.jpg: empty file"]
    assert "SECRETid" not in text


def test_names_come_back_exactly_and_the_text_is_inert(
    hostile: str, album: Albums, plan: Plans, upload: Uploads, inert: Callable[[str], None]
) -> None:
    """Whatever the name, the JSON is ASCII that a terminal can show, and a reader gets the name as it was."""
    text = jsons.plan_json(plan(album(upload(hostile), title=hostile), notes=(hostile,)))
    assert text.isascii()
    inert(text)
    document = json.loads(text)
    assert document["albums"][0]["wanted"][0]["path"] == hostile
    assert document["albums"][0]["title"] == hostile
    assert document["notes"] == [hostile]


def test_an_error_has_its_code_and_all_problems() -> None:
    """A manifest's problems come with line, column and remedy."""
    problem = ManifestProblem(3, 5, 'unknown key "privcy"', 'did you mean "privacy"?', 'privcy = "x"')
    document = json.loads(jsons.error_json(ManifestError("sync.toml", (problem,))))
    assert document["exit_code"] == 65
    assert document["exit_codes"] == [65]
    assert document["problems"] == [
        {"line": 3, "column": 5, "what": problem.what, "remedy": problem.remedy, "source": problem.source}
    ]


def test_a_status_tells_requests_in_doubt_and_failed_files() -> None:
    """Times are UTC; nothing of what was sent is told but what it was for."""
    failed = FailedFile("cats", "a.jpg", "0" * 64, "refused", 1e9)
    album = AlbumStatus("cats", "Cats", "https://imgur.com/a/x", 3, 1, 0, False, 1e9, (failed,))
    intent = Intent(4, IntentKind.UPLOAD, "cats", path="b.jpg", marker="SECRETmarker", made_at=1e9)
    text = jsons.status_json(Status("/s/state.db", "lin", (album,), (intent,), 2, "apply (pid 7)"))
    document = json.loads(text)
    assert document["albums"][0]["failed"][0]["at"] == "2001-09-09T01:46:40Z"
    assert document["albums"][0]["last_change"] == document["last_change"] == "2001-09-09T01:46:40Z"
    assert document["open_intents"][0] == {
        "number": 4,
        "request": "upload",
        "album": "cats",
        "path": "b.jpg",
        "made_at": "2001-09-09T01:46:40Z",
        "failed_at": None,
        "sends": 1,
    }
    assert (document["suspects"], document["holder"]) == (2, "apply (pid 7)")
    assert "SECRETmarker" not in text
