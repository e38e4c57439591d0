"""A shared state in repositories as they are: odd clones, hostile configuration, refs that somebody turned back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.simulator import Limits
from imgur_sync.state.git_claim import Claim
from tests.support.inside import Inside
from tests.support.mirror import HEAD, LINEAGE, Mirror, table
from tests.support.runners import KEY, REF, SHARED, Runners, git, runners


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Runners]:
    """A repository with two albums, in a folder with a space and an umlaut in its name."""
    base = tmp_path / "a földer"
    base.mkdir()
    with runners(base) as made:
        yield made


def unchanged(machine: Mirror, uploads: int = 8) -> None:
    """It has all that there is, and nothing was uploaded for it."""
    machine.run("apply", "-y")
    machine.check_equal("cats", "dogs")
    assert len(machine.received()) == uploads


def test_an_odd_clone_and_a_hostile_git_configuration_will_do(here: Runners) -> None:
    """As CI systems check out: no history, no branch, over a URL; started from a hook of another repository; by a user
    who signs everything, has hooks that fail, checks what comes, and has no name."""
    here.clone("first").run("apply", "-y")
    hooks = here.base / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "post-checkout", "pre-commit", "post-index-change"):
        (hooks / name).write_text(f'#!/bin/sh\ntouch "{here.base}/ran"\nexit 1\n')
        (hooks / name).chmod(0o755)
    config = here.base / "gitconfig"
    config.write_text(
        "[commit]\ngpgsign = true\n[tag]\ngpgsign = true\n[push]\ngpgSign = true\ndefault = nothing\n"
        f'[gpg]\nprogram = /bin/false\n[core]\nhooksPath = "{hooks}"\nautocrlf = true\n[user]\nuseConfigOnly = true\n'
        "[push]\nfollowTags = true\n"
        "[transfer]\nfsckObjects = true\n[fetch]\nprune = true\npruneTags = true\nrecurseSubmodules = true\n"
        "[submodule]\nrecurse = true\n[init]\ndefaultObjectFormat = sha256\ntemplateDir = /nowhere\n"
        '[safe]\nbareRepository = explicit\n[remote "origin"]\nmirror = true\n[gc]\nauto = 1\n'
    )
    git(here.base, "clone", "-q", "--depth=1", f"file://{here.remote}", str(here.base / "odd"))
    odd = here.base / "odd"
    git(odd, "checkout", "-q", "--detach")
    elsewhere = {f"GIT_{name}": str(here.first.folder / ".git") for name in ("DIR", "COMMON_DIR", "OBJECT_DIRECTORY")}
    names = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    given = {**elsewhere, **dict.fromkeys(names, ""), "GIT_CONFIG_GLOBAL": str(config), "GIT_INDEX_FILE": "/nowhere"}
    kept = {**here.first.place.environment, **given, "GIT_WORK_TREE": "/", "GIT_NAMESPACE": "n", "GIT_TRACE": "1"}
    before = here.head()
    machine = Mirror(type(here.first.place)(odd, kept), here.first.server, here.first.web)
    unchanged(machine)
    assert here.head() != before, "its run was recorded"
    assert not (here.base / "ran").exists()
    assert git(odd, "status", "--porcelain", "-uno") == ""


def test_a_worktree_and_a_submodule_share_the_state_of_their_own_repository(here: Runners) -> None:
    """In both `.git` is a file."""
    here.clone("first").run("apply", "-y")
    git(here.first.folder, "worktree", "add", "-q", "--detach", str(here.base / "tree"))
    outer = here.base / "outer"
    git(here.base, "init", "-q", str(outer))
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(here.remote), "albums")
    for folder in (here.base / "tree", outer / "albums"):
        place = type(here.first.place)(folder, here.first.place.environment)
        unchanged(Mirror(place, here.first.server, here.first.web))


def test_a_ref_that_was_turned_back_or_removed_makes_nothing_twice(here: Runners) -> None:
    """Whoever may write the ref may do that: with an account the markers on Imgur tell what is there."""
    here.clone("a").run("apply", "-y")
    old = here.head()
    here.first.put("cats/new.png", 99)
    (here.first.folder / "dogs/d0.png").unlink()
    here.push()
    here.clone("b").run("apply", "-y")
    git(here.remote, "update-ref", REF, old)
    unchanged(here.clone("c"), 9)
    git(here.remote, "update-ref", "-d", REF)
    unchanged(here.clone("d"), 9)


def test_the_branch_of_the_pictures_is_never_taken_for_the_state(here: Runners) -> None:
    """A pull request names it as the ref, and brings a lease along that looks like one that was given back."""
    head = here.first.folder
    here.first.manifest(SHARED.format(lease="5m") + 'ref = "main"\n' + table("cats") + table("dogs"))
    (head / "lease.json").write_bytes(Claim("apply", "h", 1, "", 1.0, None, "t", 1).data())
    git(head, "add", "lease.json")
    here.push()
    main = git(here.remote, "rev-parse", "main")
    for command in (["plan"], ["apply", "-y"]):
        assert "holds other files" in here.clone(command[0]).run(*command, code=65).stderr
    assert git(here.remote, "rev-parse", "main") == main
    assert here.first.received() == []


HOSTILE = [
    *('remote = "ext::sh -c touch% ran"', 'remote = "--upload-pack=touch ran"', 'remote = "../x"', 'remote = "/x.git"'),
    *('remote = "https://evil.example/x"', 'remote = "a b"', 'remote = "origin\\n"', 'remote = "file:///x"'),
    *('ref = "--upload-pack=touch ran"', 'ref = "../x"', 'ref = "refs/tags/x"', 'ref = "refs/heads/"', 'ref = "a..b"'),
    *(
        'ref = "+main"',
        'ref = "HEAD"',
        'ref = "main:other"',
        'ref = "refs/heads/a b"',
        'ref = "a\\u0000"',
        'ref = "x^"',
    ),
    *('ref = "refs/imgur-sync/*"', 'ref = "refs/pull/1/head"', 'ref = ":x"', 'ref = "@{1}"', 'ref = "x.lock"'),
]


def test_a_manifest_can_name_no_address_and_no_odd_ref(here: Runners) -> None:
    """A pull request's sync.toml says only which remote of the clone, by name, and which ref: 65 for anything else, and
    git is not even started."""
    (here.base / "bin").mkdir()
    (here.base / "bin/git").write_text(f'#!/bin/sh\ntouch "{here.base}/ran"\nexec "{shutil.which("git")}" "$@"\n')
    (here.base / "bin/git").chmod(0o755)
    machine = here.clone("a", environ={"PATH": f"{here.base / 'bin'}{os.pathsep}{os.environ['PATH']}"})
    for line in HOSTILE:
        machine.manifest(SHARED.format(lease="5m") + line + "\n" + table("cats"))
        refused = machine.run("validate", code=65)
        assert "[state]" in refused.stderr or "state." in refused.stderr, refused.stderr
        machine.run("plan", code=65)
    assert not (here.base / "ran").exists()
    assert machine.requests() == []


def test_a_key_is_the_same_with_line_ends_and_no_binary(here: Runners) -> None:
    """As editors and secret stores add them; what is no text is told, not shown."""
    here.clone("a").run("apply", "-y")
    b = here.clone("b")
    file = here.base / "key"
    file.write_bytes(KEY.encode() + b"\r\n")
    b.run("plan", environ={"IMGUR_SYNC_STATE_KEY": "", "IMGUR_SYNC_STATE_KEY_FILE": str(file)})
    b.run("plan", environ={"IMGUR_SYNC_STATE_KEY": f" {KEY}\n"})
    odd = os.fsdecode(b"\xff\xfe canary of a key that is no text")
    refused = b.run("plan", code=8, environ={"IMGUR_SYNC_STATE_KEY": odd})
    assert "no plain text" in refused.stderr
    assert "canary" not in refused.stderr


def test_no_object_of_the_repository_holds_a_secret(here: Runners) -> None:
    """Not one that was written and replaced, not a commit's message or author."""
    a = here.clone("a")
    a.run("apply", "-y")
    here.first.put("cats/new.png", 99)
    here.push()
    here.clone("b").run("apply", "-y")
    objects = git(here.remote, "cat-file", "--batch-all-objects", "--batch", "--unordered")
    assert objects.count("imgur-sync: apply") > 4
    world, environ = a.look("world"), a.place.environ()
    secrets = [environ[f"IMGUR_SYNC_{name}"] for name in ("STATE_KEY", "REFRESH_TOKEN", "CLIENT_SECRET", "CLIENT_ID")]
    secrets += [album["id"] for album in world["albums"]] + [image["id"] for image in world["images"]]
    secrets += [image.deletehash for image in here.first.server.world.images.values()]
    told = [secret for secret in secrets if secret in objects]
    assert told == []


def test_a_stranger_is_validated_without_key_or_network(here: Runners) -> None:
    """What a fork's pull request runs: nothing is read but the manifest and the folders, nothing written outside."""
    a = here.clone("fork")
    for line in ('path = "/etc/passwd"', 'path = "../../elsewhere/state.db"'):
        a.manifest("[state]\n" + line + "\n" + table("cats"), head=HEAD)
        done = a.run(
            "plan", "--offline", code=None, environ={"IMGUR_SYNC_STATE_KEY": "", "IMGUR_SYNC_REFRESH_TOKEN": ""}
        )
        assert done.returncode in (0, 65), done.stderr
        assert "root:" not in done.stdout + done.stderr
    assert a.requests() == []
    assert not (here.base.parent / "elsewhere").exists()


def test_a_machine_that_knows_no_spending_keeps_to_what_imgur_says_is_left(tmp_path: Path) -> None:
    """Its ledger is empty, and most of the day was spent by others: nothing is refused, and the reserve is left, but
    for the one reading by which a machine learns of it."""
    head = f'version = 1\nlineage = "{LINEAGE}"\n[budget]\nreserve_credits = 25\n'
    with runners(tmp_path, head=head, limits=Limits(0, 110, 0, 0)) as here:
        here.clone("a").run("apply", "-y", code=6)
        for name in ("b", "c"):
            here.clone(name).run("apply", "-y", code=6)
        spent = sum(request["credits"] for request in here.first.requests())
        refused = [request for request in here.first.requests() if request["refused_by"]]
        assert refused == []
        assert 60 < spent <= 110 - 25 + 2


def test_a_key_is_changed_without_an_account(tmp_path: Path) -> None:
    """Fetched with the old key, the ref taken away, sealed with the new one: no deletehash is lost."""
    new = {"IMGUR_SYNC_STATE_KEY": "a new key of these tests"}
    with runners(tmp_path, head=HEAD + '[account]\nmode = "anonymous"\n') as here:
        here.clone("a").run("apply", "-y")
        b = here.clone("b")
        b.run("state", "fetch")
        git(b.folder, "push", "-q", "origin", "--delete", REF)
        b.run("apply", "-y", environ=new)
        c = here.clone("c", environ=new)
        (c.folder / "cats" / "c0.png").unlink()
        c.run("apply", "-y")
        assert c.shown("cats") == c.wanted("cats")
        assert len(c.received()) == 8


@pytest.mark.parametrize("left", [1, 0])
def test_what_a_person_accepts_in_one_clone_holds_in_the_next(here: Runners, left: int) -> None:
    """A pull request takes most pictures out of an album, or all: each clone has other folders, made at other times."""
    here.clone("a").run("apply", "-y")
    for number in range(left, 5):
        (here.first.folder / f"cats/c{number}.png").unlink()
    if not left:
        (here.first.folder / "cats/.gitkeep").touch()  # git keeps no empty folder
    here.push()
    assert "root" in here.clone("b").run("apply", "-y", code=3).stdout
    c = here.clone("c")
    assert isinstance(c.place, Inside)
    done = c.place.typing("cats\n", "root", "accept", "cats", *(["--empty"] if not left else []))
    assert done.returncode == 0, done.stderr
    d = here.clone("d")
    d.run("apply", "-y", "--approve", f"prune={5 - left}")
    assert d.shown("cats") == (d.wanted("cats") if left else [])
