"""What a good manifest becomes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from imgur_sync.model.spec import (
    AccountSpec,
    AlbumSpec,
    BudgetSpec,
    GateLimit,
    GateLimits,
    OnRemoteDelete,
    Order,
    Privacy,
    Prune,
    UploadSpec,
)

HEAD = 'version = 1\nlineage = "k3v9x2mq"\n'


def test_what_is_not_given_has_the_defaults_of_the_values(album, load_text, tmp_path: Path) -> None:
    """An album that names its folder only is hidden, detached from, restored; limits are those of the specification."""
    assert album() == AlbumSpec("cats", "cats", tmp_path.resolve() / "cats")
    manifest = load_text(HEAD)
    assert (manifest.account, manifest.budget, manifest.upload) == (AccountSpec(), BudgetSpec(), UploadSpec())
    assert manifest.gates == GateLimits()


def test_every_key_of_an_album_arrives(album, tmp_path: Path) -> None:
    """Each value in its own type."""
    spec = album(
        'title = ""\ndescription = "a\\nb"\nprivacy = "secret"\norder = "modified"\ncover = "sub/b.jpg"\n'
        'recursive = false\ninclude = ["*.jpg", "!x.jpg"]\nexclude = []\nprune = "never"\n'
        'on_remote_delete = "respect"\npriority = -5\nprotect = true\nallow_public = true\n'
    )
    assert spec == AlbumSpec(
        key="cats",
        folder="cats",
        root=tmp_path.resolve() / "cats",
        title="",
        description="a\nb",
        privacy=Privacy.SECRET,
        order=Order.MODIFIED,
        cover="sub/b.jpg",
        recursive=False,
        include=("*.jpg", "!x.jpg"),
        exclude=(),
        prune=Prune.NEVER,
        on_remote_delete=OnRemoteDelete.RESPECT,
        priority=-5,
        protect=True,
        allow_public=True,
    )
    assert isinstance(spec.privacy, Privacy)


def test_defaults_hold_for_albums_that_do_not_say_otherwise(load_text) -> None:
    """Also where an album gives back the value of the specification."""
    cats, dogs = load_text(
        f'{HEAD}[defaults]\nprivacy = "secret"\nexclude = ["x"]\nprotect = true\n[albums.dogs]\nfolder = "d"\n'
        '[albums.cats]\nfolder = "c"\nprivacy = "hidden"\nprotect = false\nexclude = []\n'
    ).albums[::-1]
    assert (dogs.privacy, dogs.exclude, dogs.protect) == (Privacy.SECRET, ("x",), True)
    assert (cats.privacy, cats.exclude, cats.protect) == (Privacy.HIDDEN, (), False)


def test_albums_keep_the_order_of_the_file(load_text) -> None:
    """`position` counts it."""
    text = HEAD + "".join(f'[albums.{key}]\nfolder = "{key}"\n' for key in ("z", "a", "m"))
    assert [(one.key, one.position) for one in load_text(text).albums] == [("z", 0), ("a", 1), ("m", 2)]


def test_tables_given_in_part_keep_the_rest(load_text) -> None:
    """A gate, the budget or the upload table with one key changes that key."""
    manifest = load_text(
        f"{HEAD}[gates]\nprune = {{ run = 7 }}\nrestore = {{ percent = 0 }}\n[budget]\nmax_credits_per_run = 1\n"
        "[upload]\nin_flight = 16\n[account]\nprofile = 'work'\n"
    )
    assert manifest.gates == GateLimits(prune_run=7, restore=GateLimit(3, 0))
    assert manifest.budget == BudgetSpec(max_credits_per_run=1)
    assert manifest.upload == UploadSpec(in_flight=16)
    assert manifest.account.profile == "work"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ('"90s"', 90),
        ('"3m"', 180),
        ('"1h"', 3600),
        ('"24h"', 86400),
        ('"2d"', 172800),
        ("90", 90),
        ("0", 0),
        ("1.5", 1.5),
        ('"1.5h"', 5400),
        ('"0s"', 0),
        ('"7d"', 604800),
    ],
)
def test_durations_are_seconds(load_text, written: str, seconds: float) -> None:
    """With a unit, or a plain number."""
    assert load_text(f"{HEAD}[upload]\nmax_wait = {written}\n").upload.max_wait == seconds


@pytest.mark.parametrize(
    ("written", "size"),
    [('"64MiB"', 64 << 20), ('"10MB"', 10_000_000), ('"1GiB"', 1 << 30), ("1048576", 1 << 20), ('"2048KiB"', 2 << 20)],
)
def test_sizes_are_bytes(load_text, written: str, size: int) -> None:
    """With a unit, decimal or binary, or a plain number."""
    assert load_text(f"{HEAD}[upload]\nbytes_in_flight = {written}\n").upload.bytes_in_flight == size


def test_without_a_lineage_a_warning_gives_the_line_to_add(load_text) -> None:
    """Always the same line for the same file, and the line is good."""
    text = 'version = 1\n[albums.cats]\nfolder = "cats"\n'
    first, again = load_text(text), load_text(text)
    assert first.lineage is None
    assert first.warnings == again.warnings
    (warning,) = first.warnings
    line = warning.partition("the line: ")[2]
    better = load_text(text.replace("version = 1", f"version = 1\n{line}"))
    assert better.warnings == ()
    assert better.lineage is not None
    assert line == f'lineage = "{better.lineage}"'


def test_a_manifest_without_albums_is_a_warning(load_text) -> None:
    """Dropping the last album is allowed; nothing is removed by it."""
    assert "no album" in load_text(HEAD).warnings[0]


def test_a_thousand_albums_are_checked_quickly(load_text) -> None:
    """0.06 s of processor time where this was written; the best of three, with room for slower machines."""
    text = HEAD + "".join(
        f'[albums.a{i}]\nfolder = "photos/a{i}"\ntitle = "Album {i}"\nprivacy = "hidden"\nexclude = ["drafts/"]\n'
        for i in range(1000)
    )
    spent = []
    for _ in range(3):
        start = time.process_time()
        assert len(load_text(text).albums) == 1000
        spent.append(time.process_time() - start)
    assert min(spent) < 0.3
