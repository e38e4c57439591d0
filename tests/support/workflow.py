"""Carries out workflow files as their runners would: each job in a fresh checkout with a home of its own, that is gone
afterwards. Only what workflow files of ours use is understood."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.support.command import PROGRAM
from tests.support.forge import fresh, tools

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "team",
    "GIT_AUTHOR_EMAIL": "team@example.invalid",
    "GIT_COMMITTER_NAME": "team",
    "GIT_COMMITTER_EMAIL": "team@example.invalid",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git; what it printed."""
    done = subprocess.run(
        ["git", "-C", folder, *arguments], env={**os.environ, **GIT}, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Repository:
    """A bare repository, a clone that people work in, and a forge with its requests, comments and issues."""

    base: Path
    secrets: Mapping[str, str]
    api_url: str
    output: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        git(self.base, "init", "-q", "--bare", "-b", "main", "origin.git")
        git(self.base, "clone", "-q", "origin.git", "desk")
        git(self.desk, "checkout", "-q", "-B", "main")
        self.forge_file.write_text(json.dumps(fresh()))
        tools(self.base / "bin", self.forge_file)
        (self.base / "bin/imgur-sync").symlink_to(PROGRAM)

    @property
    def desk(self) -> Path:
        """Where people work."""
        return self.base / "desk"

    @property
    def forge_file(self) -> Path:
        """What the forge holds."""
        return self.base / "forge.json"

    @property
    def forge(self) -> dict[str, Any]:
        """What the forge holds."""
        held: dict[str, Any] = json.loads(self.forge_file.read_text())
        return held

    def change(self, **values: Any) -> None:
        """Change what the forge holds."""
        self.forge_file.write_text(json.dumps({**self.forge, **values}))

    def commit(self, branch: str, message: str = "change") -> str:
        """Commit all that is at the desk to a branch and push it; the commit."""
        git(self.desk, "checkout", "-q", "-B", branch)
        git(self.desk, "add", "-A")
        git(self.desk, "commit", "-q", "--allow-empty", "-m", message)
        git(self.desk, "push", "-q", "-f", "origin", branch)
        return git(self.desk, "rev-parse", "HEAD")

    def open(self, number: int, branch: str) -> str:
        """A pull request of what is at the desk; its commit."""
        commit = self.commit(branch)
        requests = {**self.forge["requests"], str(number): {"commit": commit, "merged": ""}}
        self.change(requests=requests)
        return commit

    def merge(self, number: int) -> str:
        """Merge it into main, as it is; the commit."""
        commit = str(self.forge["requests"][str(number)]["commit"])
        git(self.desk, "checkout", "-q", "-B", "main", commit)
        git(self.desk, "push", "-q", "-f", "origin", "main")
        requests = {**self.forge["requests"], str(number): {"commit": commit, "merged": "2026-11-22T00:00:00Z"}}
        self.change(requests=requests)
        return commit

    def runner(self, commit: str) -> tuple[Path, dict[str, str]]:
        """A fresh checkout of a commit, and the environment of a runner that has it."""
        place = self.base / "runner"
        shutil.rmtree(place, ignore_errors=True)
        for name in ("home", "temp"):
            (place / name).mkdir(parents=True)
        git(self.base, "clone", "-q", "origin.git", str(place / "work"))
        git(place / "work", "checkout", "-q", commit)
        environ = {
            **GIT,
            "PATH": f"{self.base / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(place / "home"),
            "RUNNER_TEMP": str(place / "temp"),
            "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
            "GITHUB_OUTPUT": str(place / "output"),
            "IMGUR_SYNC_API_URL": self.api_url,
            "IMGUR_SYNC_SETTLE_SECONDS": "0.1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONWARNINGS": "error",
            "CI": "true",
            **({"COVERAGE_PROCESS_START": start} if (start := os.environ.get("COVERAGE_PROCESS_START")) else {}),
        }
        return place / "work", environ

    def script(self, text: str, work: Path, environ: Mapping[str, str], shell: str) -> int:
        """Run a script as a step does; its exit code."""
        done = subprocess.run(
            [shell, "-e", "-c", text], cwd=work, env=dict(environ), capture_output=True, encoding="utf-8", check=False
        )
        self.output += [done.stdout, done.stderr]
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode


def github(repository: Repository, event: str, commit: str, **facts: str) -> dict[str, str]:
    """Carry the jobs of the GitHub workflow out for an event; the result of each job: success, failure or skipped.

    `facts` are values of expressions, such as `inputs.approve`, with "__" for a dot.
    """
    text = (repository.desk / ".github/workflows/imgur-sync.yml").read_text()
    values = {
        **{f"secrets.{name}": value for name, value in repository.secrets.items()},
        "github.event_name": event,
        "github.sha": commit,
        "github.token": "canary-github-token",
        "github.ref": "refs/pull/1/merge" if event == "pull_request" else "refs/heads/main",
        "github.repository": "team/albums",
        **{name.replace("__", "."): value for name, value in facts.items()},
    }
    results: dict[str, str] = {}
    for name, job in YAML(typ="safe").load(text)["jobs"].items():
        needed = job.get("needs")
        held = needed is not None and results[needed] != "success" and "!cancelled()" not in job["if"]
        values |= {f"needs.{needed}.result": results[needed]} if needed is not None else {}
        if held or not _holds(job["if"], values):
            results[name] = "skipped"
            continue
        work, environ = repository.runner(commit)
        environ |= {key: _filled(value, values) for key, value in job.get("env", {}).items()}
        results[name] = "success"
        for step in job["steps"]:
            own = {key: _filled(value, values) for key, value in step.get("env", {}).items()}
            if "run" in step and repository.script(step["run"], work, {**environ, **own}, "bash"):
                results[name] = "failure"
                break
        told = Path(environ["GITHUB_OUTPUT"])
        if told.exists():
            pairs = (line.partition("=") for line in told.read_text().splitlines())
            values |= {
                f"needs.{name}.outputs.{output}": value for output, _, value in pairs if output in job["outputs"]
            }
    return results


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: values.get(found[1], ""), text)


def _holds(condition: str, values: Mapping[str, str]) -> bool:
    """An `if` of comparisons that are joined by &&."""
    for part in condition.split(" && "):
        if part == "!cancelled()":
            continue
        left, sign, right = part.split(" ")
        wanted = right.strip("'") if right.startswith("'") else values.get(right, "")
        if (values.get(left, "") == wanted) is not (sign == "=="):
            return False
    return True


def gitlab(repository: Repository, source: str, commit: str, **variables: str) -> dict[str, str]:
    """Carry the jobs of the GitLab pipeline out; the result of each job that its rules let in."""
    pipeline = YAML(typ="safe").load((repository.desk / ".gitlab-ci.yml").read_text())
    common = pipeline[".imgur-sync"]
    told: dict[str, str] = {}
    results: dict[str, str] = {}
    for name, job in pipeline.items():
        if not isinstance(job, dict) or name.startswith("."):
            continue
        known = {
            "CI_PIPELINE_SOURCE": source,
            "CI_COMMIT_SHA": commit,
            "CI_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_PROJECT_ID": "5",
            "CI_DEFAULT_BRANCH": "main",
            "CI_API_V4_URL": "https://gitlab.example/api/v4",
            **variables,
            **told,
        }
        rule = job["rules"][0]
        if "failure" in results.values() or not _holds(re.sub(r"\$(\w+)", r"\1", rule["if"]).replace('"', "'"), known):
            continue
        work, environ = repository.runner(commit)
        environ |= {**known, **repository.secrets, "API": "https://gitlab.example/api/v4/projects/5"}
        environ["IMGUR_SYNC_GITLAB_TOKEN"] = "canary-gitlab-token"
        script = "\n".join((*common["before_script"], *job["script"]))
        results[name] = "failure" if repository.script(script, work, environ, "bash") else "success"
        if reported := job.get("artifacts", {}).get("reports", {}).get("dotenv"):
            told |= dict(line.split("=", 1) for line in (work / reported).read_text().splitlines())
    return results
