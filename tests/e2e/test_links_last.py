"""`links --last` and `--copy`: the link of what was uploaded a moment ago, offline, on the clipboard."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from imgur_sync.cli.copying import copy_text
from imgur_sync.cli.session import Session
from imgur_sync.errors import UsageError
from tests.support.command import PROGRAM
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table
from tests.support.shape_check import check_document


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """cats, then a picture of dogs, then one more of cats were uploaded."""
    with mirror(tmp_path_factory.mktemp("last"), kind=Inside) as made:
        made.manifest(table("cats", 'title = "Our cats"').replace('title = "cats"\n', "") + table("dogs"))
        made.run("apply", "-y", "cats")
        made.put("dogs/d9.png", 99)
        for name in ("d0.png", "d1.png", "d2.png"):
            (made.folder / "dogs" / name).unlink()
        made.run("apply", "-y", "dogs")
        made.put("cats/shot [1].png", 77)
        made.run("apply", "-y", "cats")
        yield made


def link_of(here: Mirror, name: str) -> str:
    """The link as the whole list has it."""
    albums = here.json("links")["albums"]
    return next(one["link"] for album in albums for one in album["pictures"] if one["path"] == name)


CONTROLLED = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
"""Makes stdin the controlling terminal, then becomes the program that the arguments name."""


def at_terminal(
    here: Mirror, *arguments: str, environ: Mapping[str, str] | None = None
) -> tuple[subprocess.CompletedProcess[str], bytes]:
    """The command with a controlling terminal, stdout and stderr elsewhere; and what reached that terminal."""
    ours, theirs = pty.openpty()
    got: list[bytes] = []
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", CONTROLLED, PROGRAM, *arguments],
        cwd=here.folder,
        env=here.place.environ({"TERM": "xterm", **(environ or {})}),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        reader = threading.Thread(target=read_all, args=(ours, got), daemon=True)
        reader.start()
        out, err = process.communicate(timeout=60)
        os.close(theirs)
    reader.join(60)
    os.close(ours)
    return subprocess.CompletedProcess([], process.returncode, out, err), b"".join(got)


def read_all(terminal: int, got: list[bytes]) -> None:
    """Everything that is written to the terminal until nobody has it open any more."""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            got.append(piece)


def plain(text: str) -> bytes:
    """The sequence that copies this text."""
    return b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\x07"


def test_the_newest_picture_comes_first(here: Mirror) -> None:
    """Over all albums, or of one; as many as asked for; nothing is sent."""
    shot, dog = link_of(here, "shot [1].png"), link_of(here, "d9.png")
    before = here.last()
    assert here.run("links", "--last").stdout == f"{shot}\n"
    assert here.run("links", "--last", "2").stdout == f"{shot}\n{dog}\n"
    for arguments in (["dogs", "--last"], ["--last", "dogs"], ["--last", "1", "dogs"], ["--last", "--", "dogs"]):
        assert here.run("links", *arguments).stdout == f"{dog}\n"
    everything = here.run("links", "--last", "999").stdout.split()
    assert len(everything) == 7
    assert set(everything) == set(here.run("links").stdout.split())
    assert here.last() == before


def test_each_format_has_the_pictures_alone(here: Mirror) -> None:
    """To paste: no titles of albums. CSV has its head, JSON its shape, each album once."""
    shot, dog = link_of(here, "shot [1].png"), link_of(here, "d9.png")
    forms = {
        "markdown": f"![shot \\[1\\].png]({shot})\n![d9.png]({dog})\n",
        "bbcode": f"[img]{shot}[/img]\n[img]{dog}[/img]\n",
        "csv": f"album,path,link\ncats,shot [1].png,{shot}\ndogs,d9.png,{dog}\n",
    }
    for form, text in forms.items():
        assert here.run("links", "--last", "2", "--format", form).stdout == text
    page = here.run("links", "--last", "--format", "html").stdout
    assert page == f'<a href="{shot}"><img src="{shot}" alt="shot [1].png" loading="lazy"></a>\n'
    document = here.json("links", "--last", "3")
    check_document(document, "links")
    assert [album["album"] for album in document["albums"]] == ["cats", "dogs"]
    assert [len(album["pictures"]) for album in document["albums"]] == [2, 1]
    assert document["albums"][0]["title"] == "Our cats"


@pytest.mark.parametrize("wrong", [["--last", "0"], ["--last", "-3"], ["--last", "birds"], ["cats", "--last", "x"]])
def test_what_is_no_number_and_no_album_is_refused(here: Mirror, wrong: list[str]) -> None:
    """64, and so is a mixture with --retired."""
    here.run("links", *wrong, code=64)
    here.run("links", "--retired", "--last", code=64)


def test_where_nothing_was_uploaded_it_is_said(here: Mirror, tmp_path: Path) -> None:
    """A script must not take nothing for a link: exit 1."""
    bare = type(here.place)(tmp_path / "bare", here.place.environment)
    bare.folder.mkdir()
    done = bare.run("links", "--last")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no picture was uploaded here yet" in done.stderr


@pytest.mark.parametrize("output", [["--last"], ["--last", "3", "--format", "markdown"], ["--json"], ["--retired"]])
def test_what_is_printed_is_copied(here: Mirror, output: list[str]) -> None:
    """To the controlling terminal, though no stream is one; without the last line end; stdout as ever."""
    printed = here.run("links", *output, code=None).stdout
    done, seen = at_terminal(here, "links", *output, "--copy")
    if not printed:
        assert (done.returncode, seen) == (64, b"")
        return
    assert (done.returncode, done.stdout) == (0, printed)
    assert seen == plain(printed.removesuffix("\n"))
    lines = printed.count("\n")
    assert f"copied {lines} line" in done.stderr


def test_inside_tmux_and_screen_it_is_passed_through(here: Mirror) -> None:
    """As the environment tells of them."""
    link = link_of(here, "shot [1].png")
    _, seen = at_terminal(here, "links", "--last", "--copy", "-q", environ={"TMUX": "/tmp/x,1,0"})
    assert seen == plain(link) + b"\x1bPtmux;\x1b" + plain(link) + b"\x1b\\"
    _, seen = at_terminal(here, "links", "--last", "--copy", environ={"STY": "1.x", "TERM": "screen"})
    assert seen == b"\x1bP" + plain(link) + b"\x1b\\"


def test_without_a_terminal_the_link_is_printed_and_the_exit_code_is_1(here: Mirror) -> None:
    """A terminal that is dumb is none; with --json stdout stays one document."""
    process = subprocess.run(
        [PROGRAM, "links", "--last", "--copy", "--json"],
        cwd=here.folder,
        env=here.place.environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        start_new_session=True,
        timeout=60,
    )
    assert process.returncode == 1
    assert "there is no terminal to copy to" in process.stderr
    check_document(json.loads(process.stdout), "links")
    done, seen = at_terminal(here, "links", "--last", "--copy", environ={"TERM": "dumb"})
    assert (done.returncode, seen) == (1, b"")
    assert done.stdout == f"{link_of(here, 'shot [1].png')}\n"


def test_a_list_that_no_terminal_takes_is_refused() -> None:
    """Before any terminal is looked for, with what to do instead: 64."""
    with pytest.raises(UsageError, match=r"60\.0 kB are too much to copy") as caught:
        copy_text(Session(), "x" * 60_000)
    assert "--last" in caught.value.hint
