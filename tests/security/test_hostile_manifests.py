"""A manifest and a folder that somebody else wrote: they name nothing outside, burn no more than the user grants, and
run nothing."""

from __future__ import annotations

import pytest

from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, table

KIND = Inside

OUTSIDE = ("..", "../private", "/etc", "~/private", "$HOME/private", "cats/../../private", "out", "out/deep", "./out")
HOOKS = (
    '[hooks]\nbefore = "touch owned"\n',
    '[upload]\ncommand = "touch owned"\n',
    '[albums.x]\nfolder = "cats"\ntitle = "x"\nimage_title = "{stem.__class__}"\n',
    '[albums.x]\nfolder = "cats"\ntitle = "$(touch owned)"\nexec = "touch owned"\n',
    '[watch]\nhook = "touch owned"\n',
    '!!python/object/apply:os.system ["touch owned"]\n',
)


def test_no_folder_outside_is_read(here: Mirror) -> None:
    """65 with a line for each, and nothing sent; only the user's own command line allows a place."""
    private = here.folder.parent / "private"
    (private / "deep").mkdir(parents=True)
    (here.folder / "out").symlink_to(private)
    here.manifest("".join(f'[albums.x{n}]\nfolder = "{folder}"\n' for n, folder in enumerate(OUTSIDE)))
    before = here.last()
    for command in (["apply", "-y"], ["plan", "--offline"]):
        told = here.run(*command, code=65).stderr
        assert all(f"x{number}" in told for number in range(len(OUTSIDE)))
    assert here.writes(before) == []


@pytest.mark.parametrize("text", HOOKS)
def test_no_key_runs_anything(text: str, here: Mirror) -> None:
    """There is no such key: 65, or a text that stays one."""
    here.manifest(text)
    done = here.place.run("apply", "-y")
    assert done.returncode in (0, 65), done.stderr
    assert not list(here.folder.rglob("owned"))
    assert "Traceback" not in done.stderr


def test_no_more_is_spent_than_the_command_line_grants(here: Mirror) -> None:
    """Whatever the manifest says of budgets and however many pictures lie there: Imgur's own meter is asked."""
    for number in range(30):
        here.put(f"cats/more{number}.png", 300 + number)
    head = HEAD.replace("[budget]\n", "[budget]\nmax_credits_per_run = 100000\n")
    here.manifest(table("cats", "priority = 100", 'prune = "delete"'), head=head)
    before = sum(client["credits"] for client in here.look("ledger")["clients"].values())
    here.run("apply", "-y", "--max-credits", "45", code=6)
    spent = sum(client["credits"] for client in here.look("ledger")["clients"].values()) - before
    assert 0 < spent <= 45
    assert len(here.received()) <= 4
