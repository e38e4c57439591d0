"""The `git` command, run so that it never asks a person, touches nothing of the user's repository, and ends.

All objects live in a bare repository of our own, in a private folder that goes with the process. Of the user's
repository only configuration is read: the address of the remote and how to reach it. It is handed on in the
environment, because CI systems keep the password of the checkout there and it shall be in no file and no argument.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from imgur_sync.errors import CredentialsError, ImgurSyncError, StateError, TryAgainLaterError

TIMEOUT = 120.0
"""Seconds after which a git that does not end is stopped."""
_NO_CONFIG = re.compile(r"(remote|submodule|branch|core|extensions|include|includeif)\.")
_OF_REMOTE = ("url", "pushurl", "proxy", "proxyauthmethod", "uploadpack", "receivepack")
_OF_CORE = ("core.sshcommand", "core.gitproxy", "core.askpass")
_KEPT = re.compile(r"GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_\w+|CONFIG_\w+|PROXY_\w+|HTTP_\w+|EXEC_PATH)")
_SSH = "ssh -o BatchMode=yes"
_FINDING = [("safe.bareRepository", "explicit")]
"""Files of a repository that look like another one, a bare one with a configuration, are not taken for one."""
_OURS = [("core.hooksPath", "/dev/null"), ("gc.auto", "0"), ("maintenance.auto", "false"), ("core.bare", "true")]
_OURS += [("push.followTags", "false"), ("push.gpgSign", "false"), ("push.recurseSubmodules", "no")]
_PASSWORD = re.compile(r"//[^/@\s]*@")
_REFUSED = re.compile(
    r"(?i)authentication failed|could not read (username|password)|terminal prompts disabled|permission denied"
    r"|permission to \S+ denied|error: 40[13]|host key verification failed|access denied"
)
_NO_REPOSITORY = re.compile(r"(?i)repository .*not found|does not appear to be a git repository|does not exist")
_OTHER_HASH = re.compile(r"(?i)hash algorithm|mismatched algorithms|object format")


class GitFailed(Exception):
    """git ended with an error; the text is what it said on stderr."""


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What git is started with: nothing that points it at another repository, no secret of ours, no questions."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("IMGUR_SYNC_") and (not name.startswith("GIT_") or _KEPT.fullmatch(name))
    }
    fixed = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    for who in ("AUTHOR", "COMMITTER"):
        fixed |= {f"GIT_{who}_NAME": "imgur-sync", f"GIT_{who}_EMAIL": "imgur-sync@localhost"}
    return {**kept, **fixed}


def git(
    arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], data: bytes = b"", timeout: float = TIMEOUT
) -> bytes:
    """Run git and return its stdout; a Ctrl-C for us does not reach it.

    Raises `GitFailed` with its stderr, and our errors where it cannot be run.
    """
    try:
        started = subprocess.Popen(
            ["git", *arguments],
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise StateError(
            'git is not installed, and [state] backend = "git" keeps the state in a repository', hint="install git"
        ) from error
    with started as process:
        try:
            out, told = process.communicate(data, timeout)
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise GitFailed(f"git {arguments[0]} did not end within {timeout:g} seconds") from error
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        raise GitFailed(told.decode("utf-8", "replace"))
    return out


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill git with all that it started: what is left of it would go on to write what we take for not written."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


class Repository:
    """A bare repository of our own in `scratch`, with the remote of the repository that `folder` lies in."""

    def __init__(self, folder: Path, remote: str, scratch: Path, environ: Mapping[str, str]) -> None:
        self.remote = remote
        plain = _configured(environment(environ), _FINDING)
        self._cwd, hashes = self._found(folder, plain)
        settings, shells = self._settings(folder, plain)
        self._environ = _configured(plain, [*settings, (f"remote.{remote}.mirror", "false"), *_OURS])
        if not shells:  # the user's own way is none to be changed: these words would overrule it
            self._environ.setdefault("GIT_SSH_COMMAND", _SSH)
        git(["init", "--quiet", "--bare", "--template=", f"--object-format={hashes}", str(scratch)], folder, plain)
        self._environ["GIT_DIR"] = str(scratch)

    def run(self, *arguments: str, data: bytes = b"") -> bytes:
        """Run git there. Raises `GitFailed`."""
        return git(arguments, self._cwd, self._environ, data)

    def _found(self, folder: Path, environ: Mapping[str, str]) -> tuple[Path, str]:
        """Where relative addresses start, and the kind of hash of the repository around the manifest."""
        try:
            told = git(["rev-parse", "--show-object-format", "--show-cdup"], folder, environ).decode("utf-8", "replace")
        except GitFailed as failed:
            hint = '[state] backend = "git" keeps the state beside the manifest\'s repository: put it into one'
            if "dubious ownership" in str(failed):
                hint = (
                    f"the folder is another user's. If you trust it: git config --global --add safe.directory {folder}"
                )
            told = f"{folder} lies in no git repository that can be used: {said(failed)}"
            raise StateError(told, hint=hint) from failed
        hashes, _, up = told.partition("\n")
        return folder / up.strip(), hashes.strip() or "sha1"

    def _settings(self, folder: Path, environ: Mapping[str, str]) -> tuple[list[tuple[str, str]], bool]:
        """How the user's repository reaches its remotes; and whether it is told which ssh to use."""
        listed = git(["config", "--list", "--show-scope", "-z"], folder, environ).decode("utf-8", "replace")
        prefix = f"remote.{self.remote}."
        found: list[tuple[str, str]] = []
        known, shells = False, "GIT_SSH" in environ
        for scope, name, value in _entries(listed):
            ours = name.startswith(prefix) and name.removeprefix(prefix) in _OF_REMOTE
            known = known or name == f"{prefix}url"
            shells = shells or name == "core.sshcommand"
            local = scope in ("local", "worktree")
            if local and (ours or name in _OF_CORE or not _NO_CONFIG.match(name)):
                found.append((name, value))
        if not known:
            raise StateError(
                f'the repository of the manifest has no remote "{self.remote}", which is to keep the state',
                hint="add one (git remote add), or name another: [state] remote",
            )
        return found, shells


def _entries(listed: str) -> Iterator[tuple[str, str, str]]:
    """Scope, name and value of each setting: "scope NUL name LF value NUL" (git-config(1))."""
    parts = listed.split("\0")
    for scope, entry in zip(parts[0::2], parts[1::2], strict=False):
        name, _, value = entry.partition("\n")
        yield scope, name, value


def _configured(environ: Mapping[str, str], settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The environment with these settings behind those that it has."""
    count = environ.get("GIT_CONFIG_COUNT", "")
    first = int(count) if count.isdecimal() else 0
    added: dict[str, str] = {}
    for number, (name, value) in enumerate(settings, first):
        added |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return {**environ, **added, "GIT_CONFIG_COUNT": str(first + len(settings))}


def said(failed: GitFailed) -> str:
    """The line of git's words that tells most, without passwords."""
    lines = [line.strip() for line in _PASSWORD.sub("//***@", str(failed)).splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote: error:", "remote:"))]
    line = (told or lines or ["it said nothing"])[0]
    return "".join(char if char.isprintable() else " " for char in line)[:300]


def explained(failed: GitFailed, what: str) -> ImgurSyncError:
    """The error to show where git could not do `what` ("read …"): 8, 65 or 75 by what it said."""
    text, words = f"git could not {what}: {said(failed)}", str(failed)
    if _REFUSED.search(words):
        return CredentialsError(text, hint="give git a way in that asks nothing: a token, a key, a credential helper")
    if _OTHER_HASH.search(words):
        return StateError(text, hint="the remote uses another kind of hash than the repository: they cannot talk")
    if _NO_REPOSITORY.search(words):
        return StateError(text, hint="check the address of the remote: git remote -v")
    return TryAgainLaterError(text, hint="try again later; nothing was sent to Imgur without its record being safe")
