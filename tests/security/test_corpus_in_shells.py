"""The corpus as keys of albums, as names of a collection's folders and as the account's name: what shells complete, and
what is told of a log-in."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from imgur_sync.cli.completing import album_keys
from tests.security.canaries import acting
from tests.security.corpus import TEXTS, file_names, shown_hidden
from tests.support.command import PROGRAM, Workplace
from tests.support.mirror import Mirror

TOUCHES = ("$(touch owned)", "`touch owned`", "a;touch owned;b", "a$IFS'b", 'x"y', "a\nplain,evil", "*", "~root", "-rf")
IN_BASH = """
PATH="{bin}:$PATH"; eval "$(imgur-sync completion bash)"; compopt() {{ :; }}
name=$(complete -p imgur-sync | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
COMP_WORDS=(imgur-sync plan ''); COMP_CWORD=2; "$name" imgur-sync '' plan
eval "true ${{COMPREPLY[*]}}"; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
IN_FISH = 'set -x PATH "{bin}" $PATH; imgur-sync completion fish | source; complete -C "imgur-sync plan "'
IN_ZSH = """
path=({bin} $path); compdef() {{ :; }}; compadd() {{ eval "true ${{(P)@[-1]}}"; print -rl -- "${{(@P)@[-1]}}"; }}
_describe() {{ print -rl -- "${{(@P)@[-1]}}"; }}
eval "$(imgur-sync completion zsh)"
words=(imgur-sync plan ''); CURRENT=3; _imgur_sync_completion
"""


def quoted(text: str) -> str:
    """The text as a basic string of TOML."""
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def test_only_keys_that_a_shell_takes_as_they_are_are_offered(tmp_path: Path) -> None:
    """Of all the corpus nothing that would have to be quoted."""
    texts = [*TEXTS, *TOUCHES, "cats", "trips/2024", "naïve", "日本"]
    path = tmp_path / "sync.toml"
    path.write_text(
        "version = 1\n" + "".join(f"[albums.{key}]\nfolder = 'x'\n" for key in dict.fromkeys(map(quoted, texts))),
        encoding="utf-8",
    )
    offered = album_keys(str(path))
    assert {"cats", "trips/2024", "naïve", "日本"} <= set(offered)
    for key in offered:
        assert not set(key) & set(" \t\n\"'`$;&|<>(){}[]*?!~#\\=,:^%@\x1b"), ascii(key)
        assert not key.startswith("-")
        assert shown_hidden(key) == []


@pytest.mark.parametrize(("shell", "script"), [("bash", IN_BASH), ("fish", IN_FISH), ("zsh", IN_ZSH)])
def test_a_tab_key_runs_nothing(shell: str, script: str, tmp_path: Path) -> None:
    """In the shells that this machine has, with what is offered put into a command line as it stands: the folders of a
    collection and the keys of a manifest that somebody else made name commands, and none of them runs."""
    for name in (*file_names()[::6], *(text.encode() for text in TOUCHES)):
        with_slash = name.replace(b"/", b"_").removesuffix(b".png") or b"x"
        (tmp_path / "trips" / with_slash.decode("utf-8", "surrogateescape")).mkdir(parents=True, exist_ok=True)
    (tmp_path / "trips" / "rome").mkdir()
    keys = "".join(f"[albums.{quoted(text)}]\nfolder = 'x'\n" for text in TOUCHES)
    program = shutil.which(shell)
    for manifest in ('[collections.trips]\nfolders = "trips/*"\n', f"[albums.rome]\nfolder = 'x'\n{keys}"):
        (tmp_path / "sync.toml").write_text(f"version = 1\n{manifest}")
        if program is None:
            continue
        option = {"bash": ["--norc"], "fish": ["--no-config"], "zsh": ["-f"]}[shell]
        done = subprocess.run(
            [program, *option, "-c", script.format(bin=PROGRAM.parent)],
            cwd=tmp_path,
            env=Workplace(tmp_path).environ(),
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=60,
            check=False,
        )
        assert "rome" in done.stdout, done.stderr
        assert acting(done.stdout) == []
        assert "touch" not in done.stdout
        assert not (tmp_path / "owned").exists()


def test_the_accounts_name_is_shown_inert(here: Mirror) -> None:
    """Imgur's answer names the account: what `login` and `doctor` tell of it acts on nothing and is bounded."""
    for text in ("\x1b]0;owned\x07\r\n::error::x##[y]" + "\n".join(TEXTS[::5])[:3000], "x" * 100_000):
        grant = {"access_token": "a" * 40, "refresh_token": "b" * 40, "expires_in": 3600, "account_username": text}
        match = {"path": "/oauth2/token"}
        here.steer("faults", [{"match": match, "fault": "reply", "status": 200, "body": grant}])
        done = here.place.run("login", "--refresh-token", "-", stdin="c" * 40 + "\n")
        assert done.returncode == 0, done.stderr
        for command in ([], ["doctor", "--offline"], ["logout", "-y"]):
            done = here.place.run(*command) if command else done
            told = done.stdout + done.stderr
            assert acting(told) == [], command
            assert shown_hidden(told) == [], command
            assert len(told) < 20_000, command
        here.calm()
