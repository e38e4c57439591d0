"""The workflow files that `ci init` writes, carried out step by step: a bare repository, runners that keep nothing, a
forge and a local Imgur."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from imgur_sync.simulator import Options, Running, running
from tests.support.command import Workplace
from tests.support.comments import live_parts
from tests.support.mirror import HEAD, NO_LIMITS, Mirror, table
from tests.support.pictures import png
from tests.support.workflow import Repository, github, gitlab

MARK = re.compile(r"<!-- imgur-sync plan (sha256:[0-9a-f]{64}) -->")
FORGED = f"<!-- imgur-sync plan sha256:{'a' * 64} -->\nlooks good"
STRANGERS = {"iid": 1, "state": "open", "title": "Changed on Imgur", "author": {"id": 9}, "body": "mine"}
SHARED = '[state]\nbackend = "git"\n'
OWN = {"github__event__pull_request__head__repo__full_name": "team/albums"}
FORK = {"github__event__pull_request__head__repo__full_name": "stranger/albums"}


@pytest.fixture
def imgur() -> Iterator[Running]:
    """A local Imgur without limits."""
    with running(Options(limits=NO_LIMITS)) as server:
        yield server


@pytest.fixture
def team(tmp_path: Path, imgur: Running) -> Iterator[tuple[Repository, Mirror]]:
    """A repository with two albums on main, nothing applied yet; and Imgur from outside."""
    known = imgur.environment()
    secrets = {name: value for name, value in known.items() if name != "IMGUR_SYNC_API_URL"}
    secrets["IMGUR_SYNC_STATE_KEY"] = "canary-state-key-0123456789abcdef"
    repository = Repository(tmp_path, secrets, known["IMGUR_SYNC_API_URL"])
    with httpx.Client(base_url=imgur.url, trust_env=False) as web:
        yield repository, Mirror(Workplace(repository.desk, known), imgur, web)


def _first(repository: Repository, home: Mirror, kind: str, state: str = "") -> None:
    """The first commit: a manifest, pictures and the workflow, as a person makes them."""
    home.manifest(table("cats") + table("dogs"), head=HEAD + state)
    for number in range(3):
        home.put(f"cats/c{number}.png", number)
        home.put(f"dogs/d{number}.png", 10 + number)
    home.run("ci", "init", kind)
    (home.folder / ".gitignore").write_text(".imgur-sync/\n.user/\n")


def _comment(repository: Repository, number: int) -> str:
    """The one comment of a request."""
    (found,) = [one["body"] for one in repository.forge["comments"] if one["request"] == number]
    return str(found)


def _told(repository: Repository) -> str:
    return "\n".join([*repository.output, repository.forge_file.read_text()])


def test_github_plans_on_a_pull_request_and_applies_what_was_merged(team: tuple[Repository, Mirror]) -> None:
    """One comment with the plan, its outcome after the merge, nothing done that was not reviewed, no secret told."""
    repository, home = team
    _first(repository, home, "github")
    pull = {**OWN, "github__event__pull_request__number": "1"}
    commit = repository.open(1, "first")
    assert github(repository, "pull_request", commit, **pull) == {
        "validate": "success",
        "plan": "success",
        "apply": "skipped",
        "drift": "skipped",
    }, repository.output
    assert home.received() == []
    first = MARK.match(_comment(repository, 1))
    assert first is not None
    home.put("cats/c9.png", 9)
    commit = repository.open(1, "first")
    github(repository, "pull_request", commit, **pull)
    second = MARK.match(_comment(repository, 1))
    assert second is not None
    assert second[1] != first[1]
    assert github(repository, "push", repository.merge(1))["apply"] == "success", "\n".join(repository.output[-9:])
    home.check_equal("cats", "dogs")
    assert "applied (exit 0" in _comment(repository, 1)
    for secret in (*repository.secrets.values(), *(album["id"] for album in home.look("world")["albums"])):
        assert secret not in _told(repository)


def test_github_refuses_what_nobody_reviewed(team: tuple[Repository, Mirror]) -> None:
    """A commit without a pull request, one whose plan is another by now, and a fork's pull request."""
    repository, home = team
    _first(repository, home, "github")
    pushed = repository.commit("main")
    repository.change(requests={"9": {"commit": pushed, "merged": "2026-11-21T00:00:00Z", "base": "side"}})
    assert github(repository, "push", pushed)["apply"] == "failure"
    assert "nobody reviewed" in _told(repository), "what was merged into another branch was reviewed for that one"
    commit = repository.open(1, "first")
    assert github(repository, "pull_request", commit, **FORK, github__event__pull_request__number="1") == {
        "validate": "success",
        "plan": "skipped",
        "apply": "skipped",
        "drift": "skipped",
    }
    forged = {"id": 5, "request": 1, "user": {"login": "mallory"}, "author": {"id": 9}, "body": FORGED}
    repository.change(comments=[forged])
    assert github(repository, "push", repository.merge(1))["apply"] == "failure"
    assert "no comment with a plan" in _told(repository), "anybody can write a comment with a digest"
    assert _comment(repository, 1) == FORGED
    home.put("cats/c8.png", 8)
    commit = repository.open(2, "second")
    github(repository, "pull_request", commit, **OWN, github__event__pull_request__number="2")
    home.put("cats/c7.png", 7)
    late = repository.commit("second")
    requests = repository.forge["requests"]
    requests["2"]["commit"] = late
    repository.change(requests=requests)
    assert github(repository, "push", repository.merge(2))["apply"] == "failure"
    assert "exit 4" in _comment(repository, 2)
    assert home.received() == []


def test_a_hostile_pull_request_says_nothing_and_reaches_nothing(team: tuple[Repository, Mirror]) -> None:
    """Names that mention, link, run commands and colour: words in the comment. A folder outside: no plan at all."""
    repository, home = team
    _first(repository, home, "github")
    for number, name in enumerate(("@team #1 </details>.png", "\x1b[31mred\n::error::x.png", "\u202egpj.png")):
        home.put(f"cats/{name}", 30 + number)
    pull = {**OWN, "github__event__pull_request__number": "1"}
    results = github(repository, "pull_request", repository.open(1, "first"), **pull)
    assert results["plan"] == "success", repository.output
    text = _comment(repository, 1)
    assert "gpj.png" in text
    assert live_parts(text) == []
    assert not {"\x1b", "\u202e"} & set("".join(repository.output) + text)
    assert not [line for line in "\n".join(repository.output).splitlines() if line.startswith("::error::x")]
    (home.folder.parent / "private").mkdir()
    home.manifest(table("cats", folder="../private"))
    results = github(repository, "pull_request", repository.open(1, "first"), **pull)
    assert (results["validate"], results["plan"]) == ("failure", "skipped")
    assert "sync.toml: 1 problem" in _told(repository)
    assert home.received() == []


def test_github_keeps_one_issue_about_changes_on_imgur(team: tuple[Repository, Mirror]) -> None:
    """Opened, brought up to date, closed; what a person changed there is not set back without a review."""
    repository, home = team
    _first(repository, home, "github", SHARED)
    commit = repository.open(1, "first")
    github(repository, "pull_request", commit, **OWN, github__event__pull_request__number="1")
    merged = repository.merge(1)
    github(repository, "push", merged)
    album = home.album("cats")
    home.steer("edit", {"op": "set_album", "id": album["id"], "title": "mine"})
    results = github(repository, "schedule", merged)
    assert (results["apply"], results["drift"]) == ("skipped", "success"), repository.output
    (issue,) = repository.forge["issues"]
    assert "the title was changed on Imgur" in issue["body"]
    assert home.album("mine")["id"] == album["id"], "it was set back without a review"
    home.steer("edit", {"op": "set_album", "id": album["id"], "title": "cats"})
    before = _comment(repository, 1)
    assert set(github(repository, "schedule", merged).values()) == {"skipped", "success"}
    (issue,) = repository.forge["issues"]
    assert issue["state"] == "closed"
    assert _comment(repository, 1) == before, "what the merge did is still told when there is nothing left to do"


def test_github_goes_on_by_the_schedule_with_what_the_budget_cut_off(team: tuple[Repository, Mirror]) -> None:
    """Under the digest of the one review, until all is there; the comment tells how it stands."""
    repository, home = team
    _first(repository, home, "github", "max_credits_per_run = 60\n" + SHARED)
    commit = repository.open(1, "first")
    github(repository, "pull_request", commit, **OWN, github__event__pull_request__number="1")
    merged = repository.merge(1)
    assert github(repository, "push", merged)["apply"] == "success", "\n".join(repository.output[-9:])
    assert "exit 6" in _comment(repository, 1)
    assert 0 < len(home.received()) < 6
    for _ in range(3):
        assert github(repository, "schedule", merged)["apply"] == "success", "\n".join(repository.output[-9:])
        if "applied (exit 0" in _comment(repository, 1):
            break
    home.check_equal("cats", "dogs")
    assert len(home.received()) == 6
    assert repository.forge["issues"] == [], "what is not up yet was taken for a change on Imgur"


def test_github_hands_out_no_more_than_is_needed() -> None:
    """Nothing of a stranger's making gets into a script, no secret into a job of strangers or an installation, every
    action is the one that was looked at, and nothing ends an apply half-way."""
    from ruamel.yaml import YAML

    text = (Path(__file__).parents[2] / "imgur_sync/cli/ci_files/github.yml").read_text()
    assert "pull_request_target" not in text
    workflow = YAML(typ="safe").load(text)
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "validate": {"contents": "read"},
        "plan": {"contents": "read", "pull-requests": "write"},
        "drift": {"contents": "read", "issues": "write"},
        "apply": {"contents": "write", "pull-requests": "write"},
    }
    assert jobs["apply"]["concurrency"] == {"group": "imgur-sync-apply", "cancel-in-progress": False}
    assert "secrets." not in json.dumps(jobs["validate"])
    assert jobs["validate"]["steps"][0]["with"] == {"persist-credentials": False}
    for job in jobs.values():
        assert "env" not in job, "each step would have it"
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            assert "run" in step or re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
            if "install" in step.get("run", "") or "uses" in step:
                assert "secrets." not in json.dumps(step)


def test_github_passes_a_gate_when_somebody_says_its_number(team: tuple[Repository, Mirror]) -> None:
    """Merged and held back: the run fails with 3; with the number of the plan it goes through."""
    repository, home = team
    _first(repository, home, "github", SHARED)
    for number in range(3, 9):
        home.put(f"cats/c{number}.png", number)
    commit = repository.open(1, "first")
    github(repository, "pull_request", commit, **OWN, github__event__pull_request__number="1")
    github(repository, "push", repository.merge(1))
    for number in range(4):
        (home.folder / f"cats/c{number}.png").unlink()
    home.put("cats/new.png", 44)
    commit = repository.open(2, "second")
    github(repository, "pull_request", commit, **OWN, github__event__pull_request__number="2")
    merged = repository.merge(2)
    assert github(repository, "push", merged)["apply"] == "failure"
    assert len(home.shown("cats")) == 10
    assert "4 leave the album" in _comment(repository, 2)
    elsewhere = {"github__ref": "refs/heads/second", "inputs__approve": "prune=4"}
    assert github(repository, "workflow_dispatch", merged, **elsewhere)["apply"] == "skipped", "a branch is not applied"
    assert github(repository, "workflow_dispatch", merged, inputs__approve="prune=4")["apply"] == "success", "\n".join(
        repository.output[-9:]
    )
    home.check_equal("dogs")
    home.check_equal("cats")


def test_gitlab_plans_applies_and_tells_of_changes(team: tuple[Repository, Mirror]) -> None:
    """The same with a note, a report and an issue there."""
    repository, home = team
    _first(repository, home, "gitlab", SHARED)
    commit = repository.open(3, "first")
    request = {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5"}
    assert gitlab(repository, "merge_request_event", commit, **request) == {
        "imgur-sync validate": "success",
        "imgur-sync plan": "success",
    }, repository.output
    report = json.loads((repository.base / "runner" / "work" / "report.json").read_text())
    assert report["create"] == 8
    assert MARK.match(_comment(repository, 3))
    ours = repository.forge["comments"]
    talk = [{"id": n, "request": 3, "author": {"id": 9}, "user": {"login": "x"}, "body": FORGED} for n in range(120)]
    repository.change(comments=[*talk[:110], *ours, *talk[110:]], issues=[dict(STRANGERS)])
    foreign = {**request, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "6"}
    assert list(gitlab(repository, "merge_request_event", commit, **foreign)) == ["imgur-sync validate"]
    there = {**foreign, "CI_PROJECT_ID": "6"}  # as the fork's own pipeline sees it
    assert list(gitlab(repository, "merge_request_event", commit, **there)) == ["imgur-sync validate"]
    merged = repository.merge(3)
    branch = {"CI_COMMIT_BRANCH": "main"}
    assert gitlab(repository, "push", merged, **branch) == {"imgur-sync apply": "success"}, repository.output
    home.check_equal("cats", "dogs")
    others = repository.forge["comments"]
    noted = others.pop(110)
    assert "applied (exit 0" in noted["body"], "it was not found among more notes than a page has"
    assert others == talk
    home.steer("edit", {"op": "set_album", "id": home.album("cats")["id"], "title": "mine"})
    last = home.last()
    assert gitlab(repository, "schedule", merged, **branch) == {
        "imgur-sync drift": "success",
        "imgur-sync apply": "success",
    }
    theirs, issue = repository.forge["issues"]
    assert theirs == STRANGERS, "an issue that somebody else made was written over"
    assert issue["title"] == "Changed on Imgur"
    assert home.writes(last) == [], "it was set back without a review"
    home.steer("edit", {"op": "set_album", "id": home.album("mine")["id"], "privacy": "public"})
    gitlab(repository, "schedule", merged, **branch)
    _, later = repository.forge["issues"]
    assert later["iid"] == issue["iid"]
    assert later["body"] != issue["body"], "it was not brought up to date"
    home.steer("edit", {"op": "set_album", "id": home.album("mine")["id"], "title": "cats", "privacy": "hidden"})
    assert set(gitlab(repository, "schedule", merged, **branch).values()) == {"success"}
    theirs, issue = repository.forge["issues"]
    assert (theirs, issue["state"]) == (STRANGERS, "closed")
    for secret in repository.secrets.values():
        assert secret not in _told(repository)


def test_gitlab_hands_out_no_more_than_is_needed() -> None:
    """One job at a time looks at Imgur for changes or applies: an apply under way is no change of a person's. Only
    merge requests of the project's own branches are planned, and what is reported is the report that is read."""
    from ruamel.yaml import YAML

    text = (Path(__file__).parents[2] / "imgur_sync/cli/ci_files/gitlab.yml").read_text()
    jobs = YAML(typ="safe").load(text)
    assert jobs["imgur-sync drift"]["resource_group"] == jobs["imgur-sync apply"]["resource_group"]
    assert "interruptible" not in text
    assert jobs["imgur-sync plan"]["artifacts"]["reports"] == {"terraform": "report.json"}
    own = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID"
    assert own in jobs["imgur-sync plan"]["rules"][0]["if"]


@pytest.mark.parametrize(
    ("kind", "file", "schema"),
    [
        ("github", ".github/workflows/imgur-sync.yml", "vendor.github-workflows"),
        ("gitlab", ".gitlab-ci.yml", "vendor.gitlab-ci"),
    ],
)
def test_a_workflow_file_is_what_its_forge_reads(tmp_path: Path, kind: str, file: str, schema: str) -> None:
    """Checked against its schema; never written over one that is there; the same on stdout."""
    place = Workplace(tmp_path)
    written = place.run("ci", "init", kind)
    assert f"Wrote {file}." in written.stdout
    assert "not the top of a git repository" in written.stderr
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file]
    checked = subprocess.run(checker, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert checked.returncode == 0, checked.stdout
    text = (tmp_path / file).read_text()
    assert place.run("ci", "init", kind, "-o", "-").stdout == text
    assert "@VERSION@" not in text
    again = place.run("ci", "init", kind)
    assert (again.returncode, (tmp_path / file).read_text()) == (64, text)


def test_the_hooks_of_pre_commit_are_commands_that_work(tmp_path: Path) -> None:
    """Those that `ci init` writes, and those that this repository offers; they fail for a wrong manifest."""
    from ruamel.yaml import YAML

    place = Workplace(tmp_path)
    place.run("ci", "init", "pre-commit")
    reader = YAML(typ="safe")
    written = reader.load((tmp_path / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    offered = reader.load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())
    assert [hook["entry"] for hook in written] == [hook["entry"] for hook in offered]
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats/c.png").write_bytes(png())
    for text, codes in ((HEAD + table("cats"), (0, 1)), ("version = \n", (65, 65))):
        (tmp_path / "sync.toml").write_text(text)
        found = tuple(place.run(*hook["entry"].split()[1:]).returncode for hook in offered)
        assert found == codes
