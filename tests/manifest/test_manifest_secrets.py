"""Secrets do not belong in a manifest; where one stands there, no message repeats it."""

from __future__ import annotations

import pytest

CANARY = "kn4r13nv0g3l"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f'client_secret = "{CANARY}"\n', 2, 1),
        (f'refresh_token = "{CANARY}"\n', 2, 1),
        (f'[account]\naccess_token = "{CANARY}"\n', 3, 1),
        (f'[account]\nclient_id = "{CANARY}"\n', 3, 1),
        (f'account = {{ profile = "x", Password = "{CANARY}" }}\n', 2, 28),
        (f'[albums.cats]\nfolder = "c"\napi-key = "{CANARY}"\n', 4, 1),
        (f'[albums.cats]\nfolder = "c"\n"deletehash" = "{CANARY}"\n', 4, 1),
        (f'token = ["a", "{CANARY}"]\n', 2, 1),
        (f'[credentials]\ntoken = "{CANARY}"\n', 2, 2),
    ],
)
def test_a_secret_key_is_refused_and_its_value_not_shown(problems, text: str, line: int, column: int) -> None:
    """The remedy is the environment."""
    (problem,) = problems("version = 1\n" + text)
    assert (problem.line, problem.column) == (line, column)
    assert problem.remedy == "keep secrets out of sync.toml: use the environment"
    assert CANARY not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        f'token = "{CANARY}\n',
        f"token = {CANARY}\n",
        f'token = "{CANARY}" x\n',
        f'x = {{ token = "{CANARY}", y = }}\n',
        f'token = """\nab\n{CANARY}=\x01\n"""\n',
        f"token = '''\n{CANARY} \x01 = 1\n'''\n",
        f'token = [\n  "a",\n  "{CANARY}" "b",\n]\n',
        f'token = "{CANARY}"\ntoken = "{CANARY}"\n',
    ],
)
def test_broken_lines_of_secrets_are_not_shown(problems, text: str) -> None:
    """Before the text can be parsed, too, and in values of several lines."""
    for problem in problems("version = 1\n" + text):
        assert CANARY not in str(problem)


def test_lines_behind_a_secret_of_many_lines_are_shown(problems) -> None:
    """Only its own lines are hidden."""
    _, problem = problems('version = 1\ntoken = """\nab\n"""\nfoo = 1\n')
    assert problem.source == "foo = 1"


def test_long_values_are_cut(problems) -> None:
    """A token that was pasted under a harmless key is not repeated whole."""
    token = "0123456789abcdef" * 8
    (problem,) = problems(f'version = 1\n[albums.cats]\nfolder = "c"\nprivacy = "{token}"\n')
    assert token[:60] in problem.what
    assert token[:61] not in problem.what
    assert token[:61] not in problem.source


@pytest.mark.parametrize("evil", ["\\u001b[31m", "\\u0007", "\\u009b", "\\u202e", "\\u0085", "\\u2028"])
def test_nothing_that_a_terminal_obeys_is_repeated(problems, evil: str) -> None:
    """Escapes of the text stay escapes in keys, values, names of albums and folders."""
    text = f'version = 1\n"x{evil}" = 1\n[albums."y{evil}"]\nfolder = "../z{evil}"\nprivacy = "{evil}"\n'
    found = problems(text)
    assert len(found) == 4
    raw = evil.encode().decode("unicode_escape")[0]
    for problem in found:
        assert raw not in problem.what + problem.remedy + problem.source


def test_raw_characters_that_change_the_direction_are_escaped(problems) -> None:
    """TOML allows them in texts; the source line shows them as escapes."""
    (problem,) = problems('version = 1\nfoo = "a\u202eb"\n')
    assert problem.source == 'foo = "a\\u202eb"'
