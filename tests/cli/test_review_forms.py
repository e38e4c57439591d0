"""The forms of a plan and of drift that reviewers read, as the command prints them."""

from __future__ import annotations

import json

from imgur_sync.errors import ExitCode
from tests.support.comments import live_parts
from tests.support.mirror import Mirror


def told_ids(here: Mirror) -> list[str]:
    """Every id of an album or a picture, and every secret, that must not be in what others read."""
    world = here.look("world")
    ids = [thing["id"] for thing in (*world["albums"], *world["images"])]
    secrets = [value for name, value in here.place.environment.items() if name.endswith(("_TOKEN", "_SECRET"))]
    return [*ids, *(secret for secret in secrets if secret)]


def test_a_plan_as_a_comment(synced: Mirror) -> None:
    """Its hidden first line has the digest; no id and no secret is in it, and only GETs are sent."""
    synced.put("cats/new.png", 77)
    (synced.folder / "cats" / "c1.png").unlink()
    mark = synced.last()
    digest = synced.json("plan")["digest"]
    text = synced.run("plan", "--format", "markdown", "--detailed-exitcode", code=ExitCode.CHANGES).stdout
    assert text.splitlines()[0] == f"<!-- imgur-sync plan {digest} -->"
    assert "- cats: 1 leaves the album: c1.png" in text
    assert live_parts(text) == []
    assert synced.writes(mark) == []
    assert not [one for one in told_ids(synced) if one in text]


def test_a_plan_as_the_report_of_a_merge_request(synced: Mirror) -> None:
    """The three numbers that GitLab's widget reads, and nothing else."""
    synced.put("cats/new.png", 77)
    (synced.folder / "cats" / "c1.png").unlink()
    report = json.loads(synced.run("plan", "--format", "gitlab").stdout)
    assert report == {"create": 1, "update": 0, "delete": 1}
    refused = synced.run("plan", "--json", "--format", "gitlab", code=ExitCode.USAGE)
    assert "ask for two forms of one result" in refused.stderr


def test_drift_as_the_text_of_an_issue(synced: Mirror) -> None:
    """Exit 0 and nothing changed; exit 2 with what somebody changed; what you changed yourself is not in it."""
    text = synced.run("drift", "--format", "markdown", "--detailed-exitcode").stdout
    assert "### imgur-sync drift: nothing was changed" in text
    synced.put("cats/mine.png", 77)
    assert synced.run("drift", "--format", "markdown", "--detailed-exitcode").stdout == text
    synced.steer("edit", {"op": "set_album", "id": synced.album("cats")["id"], "title": "@team #1"})
    mark = synced.last()
    told = synced.run("drift", "--format", "markdown", "--detailed-exitcode", code=ExitCode.CHANGES).stdout
    assert synced.writes(mark) == []
    assert "- the title was changed on Imgur: **it is set back**" in told
    assert "mine.png" not in told
    assert live_parts(told) == []
    assert not [one for one in told_ids(synced) if one in told]
    document = json.loads(synced.run("drift", "--format", "json").stdout)
    assert document["albums"][0]["drift"][0]["what"] == "the title was changed on Imgur"
    assert synced.run("drift", "--format", "text").stdout.startswith("cats: the title was changed")
    synced.run("drift", "--format", "markdown", "--json", code=ExitCode.USAGE)
