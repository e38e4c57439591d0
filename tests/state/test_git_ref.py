"""Files in a ref of a git remote: replaced as a whole, only in the place of what was read, and nothing else touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import CredentialsError, ImgurSyncError, StateError, TryAgainLaterError
from imgur_sync.state.git_command import GitFailed, environment, explained, said
from imgur_sync.state.git_command import git as run_git
from imgur_sync.state.git_ref import GitRef, Moved
from tests.support.mirror import until
from tests.support.runners import GIT, bare, git, work_tree

REF = "refs/imgur-sync/k3v9x2mq"
ENVIRON = {"PATH": os.environ["PATH"], **GIT}


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty one."""
    return bare(tmp_path / "remote.git")


@pytest.fixture
def folder(tmp_path: Path, remote: Path) -> Path:
    """A repository of a user, with a commit."""
    made = work_tree(tmp_path / "user", remote)
    (made / "a.txt").write_text("a")
    git(made, "add", "a.txt")
    git(made, "commit", "-q", "-m", "a")
    return made


class Opens:
    """Opens refs, each a fresh look as another process has, and closes them."""

    def __init__(self) -> None:
        self.opened: list[GitRef] = []

    def __call__(self, folder: Path, name: str = REF, remote: str = "origin", **environ: str) -> GitRef:
        self.opened.append(GitRef(folder, remote, name, {**ENVIRON, **environ}))
        return self.opened[-1]


@pytest.fixture
def ref() -> Iterator[Opens]:
    """What opens them."""
    opens = Opens()
    yield opens
    for one in opens.opened:
        one.close()


def refusal(remote: Path, hook: str, script: str) -> None:
    """A hook of the remote."""
    file = remote / "hooks" / hook
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.mark.parametrize("name", [REF, "imgur-state"])
def test_what_one_writes_others_read(ref: Opens, folder: Path, name: str) -> None:
    """A ref of its own, or a branch: files as bytes, again and again, and the branch grows by commits."""
    assert ref(folder, name).read().commit == ""
    first = ref(folder, name).write({"a": b"\0\xff", "b": b""}, "", "one")
    held = ref(folder, name).read()
    assert (held.commit, held.files) == (first, {"a": b"\0\xff", "b": b""})
    writer = ref(folder, name)
    second = writer.write({"a": b"2"}, writer.read().commit, "two")
    assert ref(folder, name).read().files == {"a": b"2"}
    assert writer.write({"a": b"3"}, second, "three") == ref(folder, name).read().commit


def test_files_with_other_names_are_none_of_ours(ref: Opens, folder: Path, remote: Path) -> None:
    """A ref of the user's own, with folders and names that nobody expects: nothing of it is taken along."""
    for name in ("deep/er", "a\nb", 'q"uote', "ok", "UPPER", *(f"z{'x' * number}" for number in range(45))):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "odd")
    git(folder, "push", "-q", "origin", f"main:{REF}")
    held = ref(folder).read()
    assert {"ok", "a.txt"} < set(held.files)
    assert not {"deep/er", "UPPER", "deep"} & set(held.files)
    assert held.foreign
    assert ref(folder).write({"ok": b"1"}, held.commit, "replaced")


def test_a_branch_is_never_forced(ref: Opens, folder: Path, remote: Path) -> None:
    """Each state follows the one before, also for a remote that refuses anything else."""
    git(remote, "config", "receive.denyNonFastForwards", "true")
    for number in range(3):
        writer = ref(folder, "state")
        writer.write({"a": b"%d" % number}, writer.read().commit, "again")
    assert git(remote, "rev-list", "--count", "refs/heads/state").strip() == "3"


def test_a_stale_writer_is_refused(ref: Opens, folder: Path) -> None:
    """Whoever read before somebody else wrote, also when there was nothing yet."""
    one, two = ref(folder), ref(folder)
    one.read(), two.read()
    first = one.write({"a": b"1"}, "", "one")
    with pytest.raises(Moved):
        two.write({"a": b"2"}, "", "two")
    one.write({"a": b"3"}, first, "three")
    two.read()
    with pytest.raises(Moved):
        two.write({"a": b"2"}, first, "two")
    assert ref(folder).read().files == {"a": b"3"}


def test_a_ref_that_moves_while_the_server_takes_the_push_is_no_success(ref: Opens, folder: Path, remote: Path) -> None:
    """The last word is the server's."""
    first = ref(folder).write({"a": b"1"}, "", "one")
    other = ref(folder).write({"a": b"2"}, first, "two")
    refusal(remote, "pre-receive", f"env -u GIT_QUARANTINE_PATH git update-ref {REF} {first}")
    with pytest.raises(Moved):
        ref(folder).write({"a": b"3"}, other, "three")
    assert git(remote, "rev-parse", REF).strip() == first


def test_a_push_whose_answer_was_lost_is_looked_up(ref: Opens, folder: Path, remote: Path) -> None:
    """The connection breaks after the ref was moved: it was written all the same."""
    writer = ref(folder)
    refusal(remote, "post-receive", "kill -9 $PPID")
    first = writer.write({"a": b"1"}, "", "one")
    assert git(remote, "rev-parse", REF).strip() == first


def stalling(folder: Path, script: str) -> dict[str, str]:
    """A PATH with a `git` that does something else for pushes; "$@" is what was asked for."""
    (folder / "bin").mkdir()
    (folder / "bin/git").write_text(
        f'#!/bin/sh\nif [ "$1" = push ]; then\n{script}\nfi\nexec "{shutil.which("git")}" "$@"\n'
    )
    (folder / "bin/git").chmod(0o755)
    return {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def test_a_push_that_arrives_after_it_was_given_up_is_still_ours(ref: Opens, tmp_path: Path, folder: Path) -> None:
    """The next write takes its place, and nobody is told of another run; what somebody else wrote is not ours."""
    late = f'[ -e "{tmp_path}/once" ] || {{ : >"{tmp_path}/once"; echo "$@" >"{tmp_path}/late"; exit 128; }}'
    writer = ref(folder, **stalling(tmp_path, late))
    with pytest.raises(TryAgainLaterError):
        writer.write({"a": b"1"}, "", "one")
    repository = writer._repository
    assert repository is not None
    repository.run(*(tmp_path / "late").read_text().split())
    assert ref(folder).read().files == {"a": b"1"}
    second = writer.write({"a": b"2"}, "", "two")
    assert ref(folder).read().files == {"a": b"2"}
    other = ref(folder)
    other.write({"a": b"3"}, second, "three")
    with pytest.raises(Moved):
        writer.write({"a": b"4"}, second, "four")


def test_a_git_that_does_not_end_is_killed_with_all_that_it_started(tmp_path: Path, folder: Path) -> None:
    """What is left of it would write later what was taken for not written."""
    environ = {**ENVIRON, **stalling(tmp_path, f'(sleep 600 & echo $! >"{tmp_path}/pid"; wait) ; exit 1')}
    for seconds in (1.0, 10.0, 60.0):  # a machine that stalls may not have come to start anything
        with pytest.raises(GitFailed, match="did not end within"):
            run_git(["push"], folder, environ, timeout=seconds)
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"):
            break
    stat = Path("/proc") / (tmp_path / "pid").read_text().strip() / "stat"
    until(lambda: not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_remote_that_refuses_is_told_with_its_words(ref: Opens, folder: Path, remote: Path) -> None:
    """Branch protection, hooks: nothing that trying again would change."""
    refusal(remote, "pre-receive", "echo this ref is protected >&2; exit 1")
    with pytest.raises(StateError) as caught:
        ref(folder).write({"a": b"1"}, "", "one")
    assert "protected" in caught.value.message
    assert "[state] ref" in caught.value.hint


def test_nothing_of_the_users_repository_is_touched(ref: Opens, folder: Path, remote: Path) -> None:
    """Not the index, no ref, no object, no configuration, no hook of theirs runs."""

    def everything() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    refusal(folder / ".git", "pre-push", "touch ../ran; exit 1")
    before = everything()
    writer = ref(folder)
    writer.write({"a": b"1"}, writer.read().commit, "one")
    assert ref(folder, "side").write({"a": b"1"}, "", "one")
    assert everything() == before


def test_a_clone_without_history_and_one_of_another_hash_will_do(
    ref: Opens, tmp_path: Path, folder: Path, remote: Path
) -> None:
    """As CI systems check out; and SHA-256 on both sides."""
    git(folder, "push", "-q", "origin", "main")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{remote}", str(tmp_path / "shallow"))
    shallow = ref(tmp_path / "shallow", "state")
    shallow.write({"a": b"2"}, shallow.write({"a": b"1"}, "", "one"), "two")
    assert ref(folder, "state").read().files == {"a": b"2"}
    bare(tmp_path / "other.git", "--object-format=sha256")
    other = work_tree(tmp_path / "other", tmp_path / "other.git", "--object-format=sha256")
    first = ref(other).write({"a": b"1"}, "", "one")
    assert len(first) == 64
    assert ref(other).read().files == {"a": b"1"}
    git(folder, "remote", "set-url", "origin", str(tmp_path / "other.git"))
    with pytest.raises(StateError, match="hash"):
        ref(folder).write({"a": b"1"}, "", "one")


def test_relative_addresses_and_folders_inside_the_repository_work(ref: Opens, folder: Path) -> None:
    """As git itself takes them."""
    git(folder, "remote", "set-url", "origin", "../remote.git")
    inside = folder / "deep" / "down"
    inside.mkdir(parents=True)
    ref(inside).write({"a": b"1"}, "", "one")
    assert ref(folder).read().files == {"a": b"1"}


def test_how_the_repository_reaches_its_remote_is_taken_over(ref: Opens, folder: Path, remote: Path) -> None:
    """Also by settings that the checkout of a CI system includes for this repository only."""
    git(folder, "remote", "set-url", "origin", "short:remote.git")
    extra = folder.parent / "extra"
    extra.write_text(f'[url "{remote.parent}/"]\n\tinsteadOf = short:\n')
    git(folder, "config", f"includeIf.gitdir:{folder}/.git.path", str(extra))
    ref(folder).write({"a": b"1"}, "", "one")
    assert ref(folder).read().files == {"a": b"1"}


def test_what_cannot_be_used_is_told(ref: Opens, tmp_path: Path, folder: Path) -> None:
    """No repository, no such remote, no git, an address where nothing is."""
    (tmp_path / "plain").mkdir()
    with pytest.raises(StateError, match="no git repository"):
        ref(tmp_path / "plain", GIT_CEILING_DIRECTORIES=str(tmp_path)).read()
    with pytest.raises(StateError, match='no remote "upstream"'):
        ref(folder, remote="upstream").read()
    with pytest.raises(StateError, match="git is not installed"):
        ref(folder, PATH=str(tmp_path)).read()
    git(folder, "remote", "set-url", "origin", str(tmp_path / "nowhere.git"))
    with pytest.raises(StateError, match="does not"):
        ref(folder).read()
    git(folder, "remote", "set-url", "origin", "http://127.0.0.1:9/x.git")
    with pytest.raises(TryAgainLaterError):
        ref(folder).read()


def test_a_repository_that_comes_with_the_files_is_not_used(ref: Opens, folder: Path) -> None:
    """Whoever may commit files may make a folder look like a bare repository, whose configuration runs commands."""
    trap = folder / "albums"
    bare(trap)
    git(trap, "config", "core.sshCommand", f"touch {folder}/ran; false")
    git(trap, "config", "remote.origin.url", "ssh://nowhere.invalid/x")
    with pytest.raises(StateError, match="cannot use bare repository"):
        ref(trap).read()
    assert not (folder / "ran").exists()


def test_the_ssh_of_the_user_is_the_one_that_is_run(ref: Opens, folder: Path) -> None:
    """A deploy key is told in the repository's configuration, or by GIT_SSH; without either ssh asks nothing."""
    git(folder, "remote", "set-url", "origin", "ssh://nowhere.invalid/x.git")
    script = folder / "ssh.sh"
    script.write_text(f'#!/bin/sh\necho "$0" "$@" >>"{folder}/ran"\nexit 255\n')
    script.chmod(0o755)
    plain = {"GIT_SSH_VARIANT": "ssh"}
    with pytest.raises(ImgurSyncError):
        ref(folder, GIT_SSH=str(script), **plain).read()
    git(folder, "config", "core.sshCommand", f"{script} -i deploy.key")
    with pytest.raises(ImgurSyncError):
        ref(folder, **plain).read()
    first, second = (folder / "ran").read_text().splitlines()
    assert "nowhere.invalid" in first
    assert "-i deploy.key" in second
    git(folder, "config", "--unset", "core.sshCommand")
    script.rename(folder / "ssh")
    with pytest.raises(ImgurSyncError):
        ref(folder, PATH=f"{folder}{os.pathsep}{os.environ['PATH']}", **plain).read()
    assert "BatchMode=yes" in (folder / "ran").read_text().splitlines()[-1]


def test_a_repository_of_another_user_is_told_with_the_remedy(ref: Opens, tmp_path: Path, folder: Path) -> None:
    """As in a container that runs as root."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec "{shutil.which("git")}" "$@"\n')
    (tools / "git").chmod(0o755)
    with pytest.raises(StateError, match="dubious ownership") as caught:
        ref(folder, PATH=f"{tools}{os.pathsep}{os.environ['PATH']}").read()
    assert "safe.directory" in caught.value.hint


def test_gits_words_are_sorted_by_what_helps() -> None:
    """Credentials are 8, what the user has to change is 65, the rest is 75; passwords are left out."""
    asked = "fatal: could not read Username for 'https://git.example': terminal prompts disabled"
    assert isinstance(explained(GitFailed(asked), "read it"), CredentialsError)
    denied = (
        "remote: Permission to team/pictures.git denied to bot.\nfatal: unable to access: The requested URL: error: 403"
    )
    assert isinstance(explained(GitFailed(denied), "write it"), CredentialsError)
    gone = "remote: Repository not found.\nfatal: repository 'https://git.example/x/' not found"
    assert isinstance(explained(GitFailed(gone), "read it"), StateError)
    cut = "fatal: unable to access 'https://me:hush@git.example/': Could not resolve host: git.example\x1b[1m"
    error = explained(GitFailed(cut), "read it")
    assert isinstance(error, TryAgainLaterError)
    assert "hush" not in error.message
    assert "\x1b" not in error.message
    assert said(GitFailed("")) == "it said nothing"


def test_git_is_started_without_our_secrets_and_pointed_nowhere_else() -> None:
    """Whatever calls us, a hook of git too: it never asks, and learns nothing of ours."""
    given = {
        "PATH": "/bin",
        "IMGUR_SYNC_REFRESH_TOKEN": "x",
        "GIT_DIR": "/elsewhere",
        "GIT_INDEX_FILE": "y",
        "GIT_SSH_COMMAND": "ssh -i key",
    }
    made = environment(given)
    assert not [name for name in made if name.startswith("IMGUR_SYNC_")]
    assert "GIT_DIR" not in made
    assert "GIT_INDEX_FILE" not in made
    assert made["GIT_SSH_COMMAND"] == "ssh -i key"
    assert made["GIT_TERMINAL_PROMPT"] == "0"
    assert "GIT_SSH_COMMAND" not in environment({}), "it would overrule the user's core.sshCommand"
